"""Pages of webhooks: registered with a secret that is shown once, tested, ended."""

import re

import pytest
from sqlalchemy import select

from app.background import BACKGROUND, WEBHOOKS
from app.extensions import db
from app.models import Webhook, WebhookDelivery
from app.services.system.periodic import run_due
from app.services.system.tasks import TaskContext
from app.services.system.webhooks.sending import BECAUSE_FAILING
from app.services.system.webhooks.signing import secret_of
from app.web.shell.current import folders
from tests.support.people import logged_in
from tests.support.receiver import receiving
from tests.support.waiting import WAIT_SECONDS

PAGE = "/admin/webhooks/"
SECRET = re.compile(r"whsec_[A-Za-z0-9+/=]+")


@pytest.fixture
def receiver():
    with receiving() as receiver:
        yield receiver


@pytest.fixture
def app(make_app):
    return make_app(MORELLI_WEBHOOK_HOSTS="127.0.0.1")


@pytest.fixture
def ada(app):
    return logged_in(app, "ada@example.org", "admin")


def add(ada, address, name="The archive", events=("work.added",)):
    return ada.post(PAGE, name=name, address=address, events=list(events))


def hook(app):
    with app.app_context():
        return db.session.scalars(select(Webhook)).one()


def send(app):
    with app.app_context():
        context = TaskContext(db.session(), folders(), app.config)
        return run_due(context, (WEBHOOKS,))


def test_the_secret_is_shown_once_and_is_the_one_that_signs(app, ada, receiver):
    answer = add(ada, receiver.address)
    [secret] = SECRET.findall(answer.text)
    assert secret == secret_of(hook(app).salt, app.config["SECRET_KEY"])
    for address in (PAGE, f"{PAGE}{hook(app).id}"):
        page = ada.browser.get(address).text
        assert "The archive" in page
        assert "whsec_" not in page


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"address": "http://example.org/"}, "has to begin with https"),
        ({"address": "https://10.0.0.1/"}, "not on the public internet"),
        ({"address": "https://example.org:99/"}, "Only port 443"),
        ({"address": "https://a:b@example.org/"}, "a name or a password"),
        ({"address": "nonsense"}, "not a web address"),
        ({"events": ["webhook.test"]}, "valid"),
        ({"events": []}, "at least one event"),
        ({"name": ""}, "required"),
    ],
)
def test_what_cannot_be_a_webhook_is_told_with_what_was_typed(app, ada, fields, fault):
    said = {"name": "The shop", "address": "https://example.org/", "events": []}
    said["events"] = ["work.added"]
    answer = ada.post(PAGE, **{**said, **fields})
    assert answer.status_code == 422
    assert fault in answer.text
    if "name" not in fields:
        assert 'value="The shop"' in answer.text
    with app.app_context():
        assert db.session.scalars(select(Webhook)).all() == []


def test_a_test_arrives_and_is_listed(app, ada, receiver):
    add(ada, receiver.address)
    page = f"{PAGE}{hook(app).id}"
    answer = ada.post(f"{page}/test", page=page)
    assert (answer.status_code, answer.location) == (303, page)
    assert "Waits" in ada.browser.get(page).text
    send(app)
    assert receiver.kinds == ["webhook.test"]
    shown = ada.browser.get(page).text
    assert "Delivered" in shown
    assert "tried once" in shown
    with app.app_context():
        number = db.session.scalars(select(WebhookDelivery.id)).one()
    ada.post(f"{page}/deliveries/{number}/again", page=page)
    send(app)
    assert receiver.kinds == ["webhook.test"] * 2


def test_why_it_fails_is_said(app, ada, receiver):
    add(ada, receiver.address)
    page = f"{PAGE}{hook(app).id}"
    receiver.answers = [302]
    ada.post(f"{page}/test", page=page)
    send(app)
    shown = ada.browser.get(page).text
    assert "It answered 302: redirects are not followed." in shown
    assert "It has taken nothing since" in shown
    assert "Failed once" in ada.browser.get(PAGE).text


def test_it_is_changed_switched_off_and_on_and_deleted(app, ada, receiver):
    add(ada, receiver.address)
    page = f"{PAGE}{hook(app).id}"
    fields = {"name": "The shop", "address": "https://example.org/", "events": []}
    change = f"{page}/change"
    assert ada.post(change, page=page, **fields).status_code == 422
    fields["events"] = ["index.live", "work.merged"]
    assert ada.post(change, page=page, **fields).status_code == 303
    assert hook(app).events == ["work.merged", "index.live"]
    ada.post(f"{page}/switch/off", page=page)
    assert not hook(app).is_on
    assert "switched off. Switch it on first" in (
        ada.post(f"{page}/test", page=page) and ada.browser.get(page).text
    )
    ada.post(f"{page}/switch/on", page=page)
    assert hook(app).is_on
    salt = hook(app).salt
    answer = ada.post(f"{page}/secret", page=page)
    assert SECRET.search(answer.text)
    assert hook(app).salt != salt
    assert ada.post(f"{page}/delete", page=page).location == PAGE
    assert ada.browser.get(page).status_code == 404
    trail = ada.browser.get("/admin/changes/").text
    for done in ("added", "changed", "switched off", "switched on", "deleted"):
        assert f"Webhook {done}" in trail


def test_one_that_the_program_switched_off_says_why(app, ada, receiver):
    add(ada, receiver.address)
    with app.app_context():
        one = db.session.scalars(select(Webhook)).one()
        one.off_at, one.off_because = one.created_at, BECAUSE_FAILING
        db.session.commit()
    page = ada.browser.get(f"{PAGE}{hook(app).id}").text
    assert "taken no message for five days" in page
    assert "Switch it on" in page


def test_a_delivery_of_another_webhook_is_not_there(app, ada, receiver):
    add(ada, receiver.address)
    page = f"{PAGE}{hook(app).id}"
    ada.post(f"{page}/test", page=page)
    add(ada, receiver.address, name="another")
    with app.app_context():
        number = db.session.scalars(select(WebhookDelivery.id)).one()
        other = max(db.session.scalars(select(Webhook.id)))
    address = f"{PAGE}{other}/deliveries/{number}/again"
    assert ada.post(address, page=page).status_code == 404
    assert ada.post(f"{PAGE}99/test", page=page).status_code == 404


def test_an_edit_of_a_curator_reaches_the_receiver(app, ada, receiver):
    add(ada, receiver.address, events=["work.changed"])
    curator = logged_in(app, "cyd@example.org", "curator")
    curator.post("/curate/works/1", title="Another title")
    send(app)
    [message] = receiver.messages
    [work] = message.data["works"]
    assert work["title"] == "Another title"
    assert "cyd" not in message.body.decode()
    assert ada.browser.get(work["url"]).status_code == 200
    assert ada.browser.get(work["api_url"]).status_code == 200


def test_the_worker_sends_in_a_thread_of_its_own(app, ada, receiver):
    add(ada, receiver.address)
    page = f"{PAGE}{hook(app).id}"
    with app.extensions[BACKGROUND].working(jobs=True):
        ada.post(f"{page}/test", page=page)
        assert receiver.arrived.wait(WAIT_SECONDS)
    assert receiver.kinds == ["webhook.test"]
