import pytest
from sqlalchemy import func, select

from app.models import AuditEntry, User, Webhook, WebhookDelivery, now
from app.services.system import audit
from app.services.system.webhooks import hooks, outbox, sending
from app.services.system.webhooks.events import EventKind
from app.services.system.webhooks.hooks import HookFacts


@pytest.fixture
def ada(session):
    user = User(email="ada@example.org", fs_uniquifier="a")
    session.add(user)
    session.commit()
    return user


@pytest.fixture
def facts(receiver):
    return HookFacts("The archive", receiver.address, (EventKind.WORK_ADDED,))


def trail(session):
    entries = session.scalars(select(AuditEntry).order_by(AuditEntry.id))
    return [(entry.action, entry.subject) for entry in entries]


def test_everything_done_to_a_webhook_is_in_the_trail_without_its_address(
    session, ada, facts
):
    hook = hooks.add(session, facts, ada)
    salt = hook.salt
    new = HookFacts("The shop", facts.address, (EventKind.INDEX_LIVE,))
    assert hooks.change(session, hook, new, ada)
    assert not hooks.change(session, hook, new, ada)
    hooks.renew_secret(session, hook, ada)
    assert hook.salt != salt
    hooks.switch_off(session, hook, ada)
    hooks.switch_on(session, hook, ada)
    hooks.delete(session, hook, ada)
    session.commit()
    actions = (audit.HOOK_CHANGE, audit.HOOK_SECRET, audit.HOOK_OFF, audit.HOOK_ON)
    assert trail(session) == [
        (audit.HOOK_ADD, "The archive"),
        *((action, "The shop") for action in actions),
        (audit.HOOK_DELETE, "The shop"),
    ]
    changes = session.scalars(select(AuditEntry)).all()
    assert not any("127.0.0.1" in str(one.after) for one in changes)
    assert set(actions) < set(audit.ADMINS_ACTIONS)


def test_there_are_not_any_number_of_them(session, ada, facts):
    for _ in range(hooks.MOST_HOOKS):
        hooks.add(session, facts, ada)
    with pytest.raises(hooks.TooManyHooksError):
        hooks.add(session, facts, ada)


def test_a_test_goes_to_one_webhook_at_once(session, context, hook, add_hook, receiver):
    add_hook(receiver.address, name="another")
    hook.due_at = now().replace(year=2100)
    hooks.test(session, hook)
    session.commit()
    sending.run_job(context)
    assert receiver.kinds == ["webhook.test"]


def test_what_waited_is_sent_once_it_is_on_again(session, context, ada, hook, receiver):
    outbox.tell(session, EventKind.WORK_ADDED, {"count": 1})
    hooks.switch_off(session, hook, ada)
    session.commit()
    outbox.tell(session, EventKind.WORK_CHANGED, {})
    session.commit()
    sending.run_job(context)
    assert receiver.messages == []
    assert hooks.count_waiting(session) == {hook.id: 1}
    hooks.switch_on(session, hook, ada)
    session.commit()
    sending.run_job(context)
    assert receiver.kinds == ["work.added"]
    page = hooks.list_deliveries(session, hook)
    assert page is not None
    assert [one.event.data for one in page.entries] == [{"count": 1}]
    assert hooks.list_deliveries(session, hook, 2) is None


def test_deleted_it_leaves_no_delivery(session, ada, hook):
    outbox.tell(session, EventKind.WORK_ADDED, {})
    session.commit()
    hooks.delete(session, hook, ada)
    session.commit()
    assert hooks.list_hooks(session) == []
    assert session.scalars(select(func.count(WebhookDelivery.id))).one() == 0


def test_events_are_chosen_by_name_and_a_test_is_none(session):
    chosen = hooks.chosen_events(["index.live", "work.added", "webhook.test", "x"])
    assert chosen == (EventKind.WORK_ADDED, EventKind.INDEX_LIVE)


def test_an_account_that_is_deleted_leaves_its_webhook(session, ada, facts):
    hooks.add(session, facts, ada)
    session.commit()
    session.delete(ada)
    session.commit()
    session.expire_all()
    assert session.scalars(select(Webhook)).one().user_id is None
