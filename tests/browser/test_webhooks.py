"""A webhook in a real browser: from its address to a message that has arrived."""

import pytest

from app.background import WEBHOOKS
from app.extensions import db
from app.services.system.periodic import run_due
from app.services.system.tasks import TaskContext
from app.web.shell.current import folders
from tests.browser.test_imports import log_in
from tests.browser.views import faults_in_views
from tests.support.people import with_account
from tests.support.receiver import receiving

pytestmark = pytest.mark.browser


@pytest.fixture
def app(make_app):
    return make_app(MORELLI_WEBHOOK_HOSTS="127.0.0.1")


@pytest.fixture
def receiver():
    with receiving() as receiver:
        yield receiver


def send(app):
    with app.app_context():
        run_due(TaskContext(db.session(), folders(), app.config), (WEBHOOKS,))


def test_a_webhook_is_added_tested_and_a_message_sent_again(app, open_page, receiver):
    admin = with_account(app, "ada@example.org", "admin")
    page = open_page(width=390)
    log_in(page, admin)
    page.goto("/admin/")
    page.get_by_role("link", name="Webhooks").click()
    page.get_by_label("Name").fill("The archive")
    page.get_by_label("Address").fill("http://example.org/")
    page.get_by_role("button", name="Add the webhook").click()
    page.get_by_text("The address has to begin with https").wait_for()
    assert faults_in_views(page) == []
    page.get_by_label("Address").fill(receiver.address)
    page.get_by_role("button", name="Add the webhook").click()
    assert page.get_by_label("Secret").input_value().startswith("whsec_")
    page.get_by_role("link", name="Done: I have copied it").click()
    receiver.answers = [500]
    page.get_by_role("button", name="Send a test").click()
    page.get_by_text("A test is on its way.").wait_for()
    send(app)
    page.reload()
    page.get_by_text("It answered 500.").wait_for()
    assert faults_in_views(page) == []
    page.get_by_role("button", name="Send again Test").click()
    page.get_by_text("It is sent again.").wait_for()
    send(app)
    page.reload()
    page.get_by_text("Delivered").wait_for()
    assert receiver.kinds == ["webhook.test"] * 2
    page.get_by_role("button", name="Switch it off").click()
    page.get_by_text("It is told nothing any more.").wait_for()
    page.get_by_role("button", name="Delete the webhook").click()
    page.get_by_text("The webhook “The archive” is deleted.").wait_for()
