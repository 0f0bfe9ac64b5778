"""Who is mailed the monthly report: who asked for it, once, in their language."""

import os
from datetime import date

import pytest
import time_machine
from sqlalchemy import update

from app.background import JOBS
from app.extensions import db
from app.models import User
from app.services.accounts import accounts
from app.services.operations.monthly import sending
from app.services.operations.monthly.sending import ask_for_reports
from app.services.system.mail import Mailer, Outbox, read
from app.services.system.tasks import TaskContext
from app.services.system.workers import WorkerProcess
from app.web.shell.current import folders
from tests.support.sites import set_site

pytestmark = pytest.mark.usefixtures("in_app")
FEBRUARY = "2026-02-10T12:00:00Z"
MARCH = "2026-03-01T06:00:00Z"


@pytest.fixture
def outbox():
    return Outbox(folders().mail)


@pytest.fixture
def context(app):
    config = {**app.config, "MORELLI_SMTP_HOST": "mail.museum.org"}
    return TaskContext(db.session(), folders(), config, WorkerProcess())


def admin(email="ada@example.org", *roles, language=None):
    """Return an account that asked for reports in February."""
    user = accounts.create_confirmed(email, "hash")
    user.language = language
    for role in roles or ("admin",):
        accounts.grant(user, role)
    with time_machine.travel(FEBRUARY):
        ask_for_reports(user, is_wanted=True)
    db.session.commit()
    return user


def sent(context, outbox, moment=MARCH):
    """Return the mails that are there after the job was done, by their readers."""
    with time_machine.travel(moment, tick=False):
        sending.run_job(context)
    mails = [read(path) for path in outbox.waiting()]
    return sorted(mails, key=lambda mail: mail["To"])


def test_the_report_of_the_month_before_is_attached(app, context, outbox):
    set_site(app, name="House of Art")
    admin()
    [mail] = sent(context, outbox)
    assert mail["To"] == "ada@example.org"
    assert mail["Subject"] == "Monthly report: February 2026 – House of Art"
    text = mail.get_body(("plain",)).get_content()
    assert f"{app.config['PUBLIC_URL'].rstrip('/')}/admin/monthly/" in text
    [attached] = mail.iter_attachments()
    assert attached.get_content_type() == "application/pdf"
    assert attached.get_filename() == "morelli-2026-02.pdf"
    assert attached.get_content().startswith(b"%PDF-")


def test_it_is_in_the_language_of_its_reader_or_the_museums(app, context, outbox):
    set_site(app, language="fr")
    admin("ada@example.org", language="de")
    admin("ben@example.org")
    german, french = sent(context, outbox)
    assert "Februar 2026" in german["Subject"]
    assert "février 2026" in french["Subject"].lower()
    languages = [
        next(mail.iter_attachments()).get_content() for mail in (german, french)
    ]
    assert b"/Lang (de)" in languages[0]
    assert b"/Lang (fr)" in languages[1]


def test_a_month_is_sent_once_and_the_next_one_again(context, outbox):
    admin()
    assert sent(context, outbox, FEBRUARY) == []
    assert len(sent(context, outbox)) == 1
    assert len(sent(context, outbox, "2026-03-31T06:00:00Z")) == 1
    assert len(sent(context, outbox, "2026-04-01T06:00:00Z")) == 2


def test_another_worker_that_saw_the_same_sends_none(context, outbox, monkeypatch):
    user = admin()
    composed = sending._compose

    def overtaken(*arguments):
        db.session.execute(
            update(User)
            .where(User.id == user.id)
            .values(reported_month=date(2026, 2, 1))
        )
        db.session.commit()
        return composed(*arguments)

    monkeypatch.setattr(sending, "_compose", overtaken)
    assert sent(context, outbox) == []


def test_what_a_full_disk_stopped_is_sent_later(context, outbox, monkeypatch):
    admin()

    def full(_descriptor):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space"):
            sent(context, outbox)
    db.session.rollback()
    assert len(sent(context, outbox)) == 1


def test_a_mail_whose_mark_is_not_kept_is_taken_back(context, outbox, monkeypatch):
    admin()
    commits = iter((None, RuntimeError("gone")))
    committed = db.session().commit

    def commit():
        if fault := next(commits):
            raise fault
        committed()

    with monkeypatch.context() as patched:
        patched.setattr(db.session(), "commit", commit)
        with pytest.raises(RuntimeError):
            sent(context, outbox)
    db.session.rollback()
    assert outbox.waiting() == []
    assert len(sent(context, outbox)) == 1


def test_only_administrators_who_may_log_in_get_it(context, outbox):
    admin("curator@example.org", "curator")
    admin("locked@example.org").active = False
    admin("new@example.org").confirmed_at = None
    ask_for_reports(admin("no@example.org"), is_wanted=False)
    db.session.commit()
    assert sent(context, outbox) == []


def test_without_a_mail_server_it_waits_for_one(app, context, outbox):
    admin()
    without = TaskContext(db.session(), folders(), app.config, WorkerProcess())
    assert Mailer.from_config(app.config).server is None
    assert sent(without, outbox) == []
    assert len(sent(context, outbox)) == 1


def test_asking_again_sends_nothing_twice(context, outbox):
    user = admin()
    sent(context, outbox)
    ask_for_reports(user, is_wanted=True)
    with time_machine.travel(MARCH):
        ask_for_reports(user, is_wanted=False)
        ask_for_reports(user, is_wanted=True)
    db.session.commit()
    assert len(sent(context, outbox)) == 1


def test_the_worker_does_it():
    assert sending.run_job in [job.run for job in JOBS]
