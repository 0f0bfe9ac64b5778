"""Webhooks are told at least once, in order, by one worker at a time, with patience."""

import base64
import hashlib
import hmac
import socket
from datetime import timedelta

import pytest
from sqlalchemy import create_engine, select, update
from sqlalchemy.orm import Session

from app.models import DeliveryState, User, Webhook, WebhookDelivery, now
from app.services.system.tasks import TaskContext
from app.services.system.webhooks import hooks, outbox, sending
from app.services.system.webhooks.events import CHOICES, EventKind
from app.services.system.webhooks.signing import secret_of
from app.services.system.workers import WorkerProcess
from tests.services.system.webhooks.conftest import CONFIG, SECRET_KEY


def told(session, *numbers):
    for number in numbers:
        outbox.tell(session, EventKind.WORK_CHANGED, {"number": number})
    session.commit()


def numbers(receiver):
    return [message.data["number"] for message in receiver.messages]


def deliveries(session):
    session.expire_all()
    return session.scalars(select(WebhookDelivery).order_by(WebhookDelivery.id)).all()


def states(session):
    return [one.state.value for one in deliveries(session)]


def move(session, hook, address):
    """Give a webhook another address, as its page does."""
    user = User(email="ada@example.org", fs_uniquifier="a")
    session.add(user)
    hooks.change(session, hook, hooks.HookFacts(hook.name, address, CHOICES), user)
    session.commit()


def later(session, **wait):
    """Let some time pass for all that is due at a moment."""
    past = timedelta(**wait)
    for table, names in (
        (Webhook, ("due_at", "failing_since", "lease_until")),
        (WebhookDelivery, ("due_at", "asked_at")),
    ):
        for row in session.scalars(select(table)):
            for name in names:
                if getattr(row, name) is not None:
                    setattr(row, name, getattr(row, name) - past)
    session.commit()


def test_what_waits_is_sent_signed_and_in_order(session, context, hook, receiver):
    told(session, 1, 2, 3)
    assert sending.is_awaited(context, now())
    sending.run_job(context)
    assert numbers(receiver) == [1, 2, 3]
    assert states(session) == ["delivered"] * 3
    assert not sending.is_awaited(context, now())
    message = receiver.messages[0]
    key = base64.b64decode(secret_of(hook.salt, SECRET_KEY).removeprefix("whsec_"))
    signed = ".".join(
        (message.headers["webhook-id"], message.headers["webhook-timestamp"], "")
    )
    digest = hmac.new(key, signed.encode() + message.body, hashlib.sha256).digest()
    expected = f"v1,{base64.b64encode(digest).decode()}"
    assert message.headers["webhook-signature"] == expected
    assert len({one.headers["webhook-id"] for one in receiver.messages}) == 3


def test_what_is_not_taken_is_sent_again_under_its_name_later(
    session, context, hook, receiver
):
    receiver.answers = [500]
    told(session, 1, 2)
    sending.run_job(context)
    assert numbers(receiver) == [1]
    assert states(session) == ["waiting"] * 2
    one = deliveries(session)[0]
    assert (one.tries, one.status, hook.failures) == (1, 500, 1)
    assert not sending.is_awaited(context, now())  # it is left in peace
    later(session, seconds=31)
    sending.run_job(context)
    # What was never tried comes first.
    assert numbers(receiver) == [1, 2, 1]
    first, _, last = receiver.messages
    assert first.headers["webhook-id"] == last.headers["webhook-id"]
    assert first.body == last.body
    assert states(session) == ["delivered"] * 2
    session.refresh(hook)
    assert (hook.failures, hook.failing_since, hook.due_at) == (0, None, None)


def test_one_message_that_is_never_taken_keeps_no_other_waiting(
    session, context, hook, receiver
):
    receiver.answers = [400]
    told(session, 1)
    sending.run_job(context)
    told(session, 2, 3)
    later(session, seconds=31)
    receiver.answers = [204, 204, 400]
    sending.run_job(context)
    assert numbers(receiver) == [1, 2, 3, 1]
    assert states(session) == ["waiting", "delivered", "delivered"]
    assert deliveries(session)[0].due_at > now() + timedelta(seconds=45)


def test_waiting_grows_and_has_an_end():
    waits = [sending.wait_after(failures) for failures in (1, 2, 3, 9, 10, 10**6)]
    assert waits[:3] == [timedelta(seconds=30 * 2**n) for n in range(3)]
    assert waits[3] == timedelta(seconds=30 * 2**8)
    assert waits[4:] == [timedelta(hours=4)] * 2


def test_after_days_of_failure_it_is_switched_off_and_what_waits_is_kept(
    session, context, hook, receiver
):
    receiver.answers = [500] * 3
    told(session, 1)
    sending.run_job(context)
    later(session, days=4)
    told(session, 2)
    sending.run_job(context)
    assert hook.is_on
    later(session, days=1)
    sending.run_job(context)
    session.refresh(hook)
    assert (hook.off_because, hook.is_noted) == (sending.BECAUSE_FAILING, False)
    later(session, days=1)
    sending.run_job(context)
    assert len(receiver.messages) == 3
    assert "waiting" in states(session)


def test_a_message_is_given_up_although_others_are_taken(
    session, context, hook, receiver
):
    receiver.answers = [400]
    told(session, 1)
    sending.run_job(context)
    later(session, days=5)
    told(session, 2)
    receiver.answers = [204, 400]
    sending.run_job(context)
    assert states(session) == ["given_up", "delivered"]
    assert hook.is_on


def test_a_receiver_that_is_gone_for_good_is_told_no_more(
    session, context, hook, receiver
):
    receiver.answers = [410]
    told(session, 1)
    sending.run_job(context)
    session.refresh(hook)
    assert (hook.is_on, hook.off_because) == (False, sending.BECAUSE_GONE)


def test_why_there_was_no_answer_is_written_down(session, context, add_hook):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        add_hook(f"http://127.0.0.1:{unused.getsockname()[1]}/")
        told(session, 1)
        sending.run_job(context)
    one = deliveries(session)[0]
    assert (one.status, one.fault, one.tries) == (None, "unreachable", 1)


def test_one_that_fails_keeps_no_other_webhook_waiting(
    session, context, add_hook, receiver
):
    add_hook("https://127.0.0.2/")
    add_hook(receiver.address)
    told(session, 1)
    sending.run_job(context)
    assert numbers(receiver) == [1]
    assert states(session) == ["waiting", "delivered"]


@pytest.fixture
def other(session, context):
    """Another worker, with a connection of its own."""
    engine = create_engine(session.get_bind().url)
    with Session(engine) as own:
        yield TaskContext(own, context.folders, CONFIG, WorkerProcess())
    engine.dispose()


def test_a_webhook_is_told_by_one_worker_at_a_time(
    session, context, other, hook, receiver
):
    told(session, 1, 2)
    receiver.meanwhile = lambda: sending.run_job(other)
    sending.run_job(context)
    assert numbers(receiver) == [1, 2]


def test_what_a_killed_worker_had_in_hand_another_one_sends(
    session, context, other, hook, receiver
):
    told(session, 1)
    claim = sending.claim_next(session)
    assert claim is not None
    sending.run_job(other)
    assert receiver.messages == []
    later(session, seconds=61)
    sending.run_job(other)
    assert numbers(receiver) == [1]


def test_who_lost_the_lease_writes_nothing_down(
    session, context, other, hook, receiver
):
    told(session, 1, 2)

    def take_over():
        receiver.meanwhile = lambda: None
        taken = update(Webhook).values(claim="another", lease_until=now())
        other.session.execute(taken)
        other.session.commit()

    receiver.meanwhile = take_over
    sending.run_job(context)
    # The first was sent, and nobody wrote that down: so it is sent again.
    assert numbers(receiver) == [1, 1, 2]
    assert states(session) == ["delivered"] * 2
    assert (
        receiver.messages[0].headers["webhook-id"]
        == (receiver.messages[1].headers["webhook-id"])
    )


def test_a_stopping_worker_leaves_the_rest_to_the_next(
    session, context, hook, receiver
):
    told(session, 1, 2)
    receiver.meanwhile = context.process.stopping.set
    sending.run_job(context)
    assert numbers(receiver) == [1]
    assert states(session) == ["delivered", "waiting"]
    session.refresh(hook)
    assert (hook.claim, hook.lease_until) == (None, None)


def test_a_long_turn_ends_so_that_others_have_theirs(
    session, context, add_hook, receiver, monkeypatch
):
    monkeypatch.setattr(sending, "TURN_SECONDS", 0)
    add_hook(receiver.address, name="first", events=[EventKind.WORK_CHANGED])
    told(session, 1, 2)
    add_hook(receiver.address, name="second", events=[EventKind.INDEX_LIVE])
    outbox.tell(session, EventKind.INDEX_LIVE, {})
    session.commit()
    sending.run_job(context)
    assert receiver.kinds == ["work.changed", "index.live", "work.changed"]


def test_what_was_deleted_while_it_was_sent_is_gone(
    session, context, other, hook, receiver
):
    told(session, 1)

    def delete():
        there = other.session.get_one(Webhook, hook.id)
        other.session.delete(there)
        other.session.commit()

    receiver.meanwhile = delete
    sending.run_job(context)
    assert deliveries(session) == []


def test_a_failure_at_an_address_that_was_changed_meanwhile_says_nothing_of_the_new(
    session, context, other, hook, receiver
):
    told(session, 1)
    hook_id, new = hook.id, f"{receiver.address}/new"

    def change():
        receiver.meanwhile = lambda: None
        there = other.session.get_one(Webhook, hook_id)
        move(other.session, there, new)

    receiver.meanwhile = change
    receiver.answers = [410]
    sending.run_job(context)
    assert [message.path for message in receiver.messages] == ["/told", "/told/new"]
    assert states(session) == ["delivered"]
    assert hook.is_on


def test_what_an_address_did_not_take_another_one_gets_at_once(
    session, context, hook, receiver
):
    receiver.answers = [500]
    told(session, 1)
    sending.run_job(context)
    move(session, hook, f"{receiver.address}/new")
    sending.run_job(context)
    assert [message.path for message in receiver.messages] == ["/told", "/told/new"]


def test_sent_again_it_has_its_name_and_its_time(session, context, hook, receiver):
    receiver.answers = [500]
    told(session, 1)
    sending.run_job(context)
    hooks.send_again(hook, deliveries(session)[0])
    session.commit()
    sending.run_job(context)
    assert numbers(receiver) == [1, 1]
    one = deliveries(session)[0]
    assert (one.state, one.tries) == (DeliveryState.DELIVERED, 1)
