"""Administrators are mailed once that a webhook was switched off, and why."""

import pytest

from app.extensions import db
from app.models import now
from app.services.accounts import accounts
from app.services.operations.webhooks import notes
from app.services.system.mail import Outbox, read
from app.services.system.tasks import TaskContext
from app.services.system.webhooks.sending import BECAUSE_FAILING, BECAUSE_GONE
from app.services.system.workers import WorkerProcess
from app.web.shell.current import folders
from tests.support.hooks import listen

pytestmark = pytest.mark.usefixtures("in_app")


@pytest.fixture
def context(app):
    config = {**app.config, "MORELLI_SMTP_HOST": "mail.museum.org"}
    return TaskContext(db.session(), folders(), config, WorkerProcess())


def account(email, *roles, language=None):
    user = accounts.create_confirmed(email, "hash")
    user.language = language
    for role in roles:
        accounts.grant(user, role)
    db.session.commit()


def sent(context):
    notes.run_job(context)
    mails = [read(path) for path in Outbox(folders().mail).waiting()]
    return sorted(mails, key=lambda mail: mail["To"])


def test_every_administrator_learns_of_it_once(context):
    account("ada@example.org", "admin")
    account("ben@example.org", "admin")
    account("cyd@example.org", "curator")
    hook = listen(
        db.session(), off_at=now(), off_because=BECAUSE_FAILING, is_noted=False
    )
    mails = sent(context)
    assert [mail["To"] for mail in mails] == ["ada@example.org", "ben@example.org"]
    text = mails[0].get_content()
    assert "“listener”" in mails[0]["Subject"]
    assert "no message for five days" in text
    assert f"/admin/webhooks/{hook.id}" in text
    assert hook.is_noted
    assert len(sent(context)) == 2


def test_one_that_is_gone_is_told_as_such(context):
    account("ada@example.org", "admin")
    listen(db.session(), off_at=now(), off_because=BECAUSE_GONE, is_noted=False)
    [mail] = sent(context)
    assert "gone for good" in mail.get_content()


def test_without_a_mail_server_nothing_is_written_and_it_is_not_tried_again(
    app, context
):
    account("ada@example.org", "admin")
    hook = listen(
        db.session(), off_at=now(), off_because=BECAUSE_FAILING, is_noted=False
    )
    config = {**context.config, "MORELLI_SMTP_HOST": ""}
    assert sent(TaskContext(db.session(), folders(), config)) == []
    db.session.refresh(hook)
    assert hook.is_noted


def test_who_switched_it_off_by_hand_needs_no_mail(context):
    account("ada@example.org", "admin")
    listen(db.session(), off_at=now())
    assert sent(context) == []
