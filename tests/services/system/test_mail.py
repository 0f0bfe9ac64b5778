import os
import re
import time
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
import time_machine

from app.configuration.load import Folders
from app.models import now
from app.services.system.deferrals import NAME, Deferral, Deferrals
from app.services.system.lock import exclusively
from app.services.system.mail import (
    KEPT_SECONDS,
    LOCK,
    Mailer,
    Outbox,
    deliver,
    is_awaited,
    read,
)
from app.services.system.mail_server import MailServer
from app.services.system.tasks import TaskContext
from tests.support.mail_server import Mailbox, serving

TEXT = "Größe zählt nicht: https://museum.org/" + "x" * 200


@pytest.fixture
def mailbox():
    return Mailbox()


@pytest.fixture
def server(mailbox):
    with serving(mailbox) as port:
        yield MailServer("127.0.0.1", port, "none", "", "")


@pytest.fixture
def outbox(tmp_path):
    return Outbox(tmp_path / "mail")


def make_mailer(outbox, server=None):
    return Mailer(outbox, "Museum <search@museum.org>", "https://museum.org/x", server)


def a_mail(outbox, to="anna@example.org"):
    return make_mailer(outbox).compose(to, "Zum Üben", TEXT, "de")


def test_a_mail_can_be_read_as_it_lies_there(outbox):
    path = outbox.put(a_mail(outbox))
    text = path.read_text("utf-8")
    assert TEXT in text
    mail = read(path)
    assert mail["From"] == "Museum <search@museum.org>"
    assert mail["Subject"] == "Zum Üben"
    assert mail["Message-ID"].endswith("@museum.org>")
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Content-Language"] == "de"


def test_only_the_program_may_read_what_waits(outbox):
    path = outbox.put(a_mail(outbox))
    assert path.stat().st_mode & 0o777 == 0o600
    assert outbox.folder.stat().st_mode & 0o777 == 0o700


def test_nothing_is_left_of_a_rehearsal(outbox):
    outbox.rehearse(a_mail(outbox))
    assert list(outbox.folder.iterdir()) == []


def test_nothing_half_written_is_left_by_a_full_disk(outbox, monkeypatch):
    def full(_descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        outbox.put(a_mail(outbox))
    assert list(outbox.folder.iterdir()) == []


def test_mails_wait_in_order_and_old_ones_are_cleared_out(outbox):
    first = outbox.put(a_mail(outbox))
    second = outbox.put(a_mail(outbox))
    assert outbox.waiting() == [first, second]
    long_ago = time.time() - KEPT_SECONDS - 1
    os.utime(first, (long_ago, long_ago))
    third = outbox.put(a_mail(outbox))
    assert outbox.waiting() == [second, third]


def test_clearing_out_needs_no_mails(outbox):
    outbox.clear_out()
    assert outbox.waiting() == []


def test_mails_to_an_address_can_be_forgotten(outbox):
    outbox.put(a_mail(outbox, "Anna@example.org"))
    to_ben = outbox.put(a_mail(outbox, "ben@example.org"))
    outbox.forget("anna@example.org")
    assert outbox.waiting() == [to_ben]


def test_no_header_can_be_smuggled_in(outbox):
    with pytest.raises(ValueError, match="linefeed"):
        make_mailer(outbox).compose("a@example.org\r\nBcc: b@example.org", "x", "y")


def test_without_a_server_mails_stay(outbox):
    mailer = make_mailer(outbox)
    path = mailer.outbox.put(a_mail(outbox))
    mailer.deliver()
    assert outbox.waiting() == [path]


def test_a_server_gets_what_waits_and_it_waits_no_more(outbox, server, mailbox):
    outbox.put(a_mail(outbox))
    make_mailer(outbox, server).deliver()
    [envelope] = mailbox.mails
    assert envelope.rcpt_tos == ["anna@example.org"]
    assert envelope.mail_from == "search@museum.org"
    assert envelope.content.isascii()
    assert outbox.waiting() == []


def test_what_is_attached_is_handed_over_with_its_text(outbox, server, mailbox):
    mail = a_mail(outbox)
    mail.add_attachment(b"%PDF-", maintype="application", subtype="pdf", filename="a")
    outbox.put(mail)
    make_mailer(outbox, server).deliver()
    [envelope] = mailbox.mails
    assert envelope.content.isascii()
    received = message_from_bytes(envelope.content, policy=policy.default)
    text, attached = received.iter_parts()
    assert TEXT in text.get_content()
    assert attached.get_content() == b"%PDF-"


def config_of(outbox, **settings):
    return {
        "MORELLI_INSTANCE": outbox.folder.parent,
        "MORELLI_SMTP_HOST": "",
        "MORELLI_SMTP_PORT": 1,
        "MORELLI_SMTP_ENCRYPTION": "none",
        "MORELLI_SMTP_USER": "",
        "MORELLI_SMTP_PASSWORD": "",
        "MORELLI_MAIL_FROM": "",
        "PUBLIC_URL": "https://museum.org",
        **settings,
    }


def test_the_worker_hands_over_what_is_new_and_then_nothing_is_awaited(
    session, outbox, server, mailbox
):
    settings = {"MORELLI_SMTP_HOST": server.host, "MORELLI_SMTP_PORT": server.port}
    folders = Folders(outbox.folder.parent)
    context = TaskContext(session, folders, config_of(outbox, **settings))
    begun = now() - timedelta(seconds=5)
    assert not is_awaited(context, begun)
    outbox.put(a_mail(outbox))
    assert is_awaited(context, begun)
    assert not is_awaited(context, now() + timedelta(seconds=5))  # tried since
    deliver(context)
    assert len(mailbox.mails) == 1
    assert not is_awaited(context, begun)


def test_without_a_server_nothing_is_awaited(session, outbox):
    outbox.put(a_mail(outbox))
    context = TaskContext(session, Folders(outbox.folder.parent), config_of(outbox))
    assert not is_awaited(context, now() - timedelta(seconds=5))
    deliver(context)
    assert len(outbox.waiting()) == 1


@pytest.mark.parametrize(
    ("answer", "left"), [("451 Try later", 1), ("554 Not wanted", 0)]
)
def test_only_what_may_succeed_is_tried_again(outbox, server, mailbox, answer, left):
    mailbox.answer = answer
    outbox.put(a_mail(outbox))
    make_mailer(outbox, server).deliver()
    assert len(outbox.waiting()) == left


def test_a_server_that_is_down_loses_nothing(outbox, caplog):
    outbox.put(a_mail(outbox))
    make_mailer(outbox, MailServer("127.0.0.1", 1, "none", "", "")).deliver()
    assert len(outbox.waiting()) == 1
    assert "1 mails wait" in caplog.text


@pytest.mark.parametrize("demand", [{"encryption": "starttls"}, {"user": "us"}])
def test_nothing_is_sent_less_safely_than_set(outbox, server, mailbox, demand):
    outbox.put(a_mail(outbox))
    make_mailer(outbox, replace(server, **demand)).deliver()
    assert mailbox.mails == []
    assert len(outbox.waiting()) == 1


def test_two_processes_do_not_send_a_mail_twice(outbox, server, mailbox):
    outbox.put(a_mail(outbox))
    with exclusively(outbox.folder / LOCK):
        make_mailer(outbox, server).deliver()
    assert mailbox.mails == []
    assert len(outbox.waiting()) == 1


@pytest.fixture
def put_off(outbox, server, mailbox):
    """A mail to Anna, whose server puts it off, and one to Ben."""
    mailbox.refused = {"anna@example.org": "450 4.2.0"}
    to_anna = outbox.put(a_mail(outbox))
    outbox.put(a_mail(outbox, "ben@example.org"))
    mailer = make_mailer(outbox, server)
    mailer.deliver()
    return mailer, to_anna


def test_who_is_put_off_keeps_nobody_else_waiting(outbox, mailbox, put_off):
    _, to_anna = put_off
    assert mailbox.readers == ["ben@example.org"]
    assert outbox.waiting() == [to_anna]


def test_a_mail_that_was_put_off_is_tried_later_and_later(
    outbox, server, mailbox, put_off
):
    tried = []

    async def note(_server, _session, _envelope, address, _options):
        tried.append(address)
        return "450 4.2.0 Later"

    mailbox.handle_RCPT = note
    begun = time.time()
    after = 0
    for minutes in (1, 2, 4, 8, 16, 32, 64, 128, 240, 240):
        for seconds, count in ((60 * minutes - 5, 0), (60 * minutes + 1, 1)):
            with time_machine.travel(begun + after + seconds, tick=False):
                # Of a worker that was started again.
                make_mailer(Outbox(outbox.folder), server).deliver()
            assert len(tried) == count, minutes
        after += 60 * minutes + 1
        tried.clear()


def test_a_mail_that_was_put_off_arrives_and_nothing_is_left(outbox, mailbox, put_off):
    mailer, _ = put_off
    mailbox.refused = {}
    with time_machine.travel(time.time() + 61):
        mailer.deliver()
    assert mailbox.readers == ["ben@example.org", "anna@example.org"]
    assert [path.name for path in outbox.folder.iterdir()] == [LOCK]


def test_after_a_week_a_mail_is_dropped_and_the_log_says_so(outbox, put_off, caplog):
    mailer, to_anna = put_off
    long_ago = time.time() - KEPT_SECONDS - 1
    os.utime(to_anna, (long_ago, long_ago))
    mailer.deliver()
    assert outbox.waiting() == []
    assert "deleted unsent" in caplog.text


def test_a_clock_that_was_wrong_puts_nothing_off_for_long(outbox, mailbox, put_off):
    mailer, to_anna = put_off
    known = Deferrals.read(outbox.folder)
    known.mails[to_anna.name] = Deferral(1, time.time() + 365 * 86_400)
    known.keep({to_anna.name})
    mailbox.refused = {}
    mailer.deliver()
    assert outbox.waiting() == []


@pytest.mark.parametrize("text", ["", "{", "[]", '{"mails": {"x": 1}, "words": ""}'])
def test_damaged_deferrals_are_forgotten(outbox, mailbox, put_off, text):
    mailer, _ = put_off
    (outbox.folder / NAME).write_text(text)
    mailbox.refused = {}
    mailer.deliver()
    assert outbox.waiting() == []


def test_a_server_that_hangs_up_on_one_mail_takes_the_others_next_time(
    outbox, server, mailbox
):
    mailbox.refused = {"anna@example.org": "421 4.3.0"}
    to_anna = outbox.put(a_mail(outbox))
    outbox.put(a_mail(outbox, "ben@example.org"))
    mailer = make_mailer(outbox, server)
    mailer.deliver()
    mailer.deliver()
    assert mailbox.readers == ["ben@example.org"]
    assert outbox.waiting() == [to_anna]


@pytest.mark.parametrize("code", ["450 4.2.0", "550 5.1.1"])
@pytest.mark.parametrize("answer", ["250 OK", "554 <anna@example.org> is a bad one"])
def test_no_address_is_in_the_log_or_beside_the_mails(
    outbox, server, mailbox, caplog, code, answer
):
    caplog.set_level("INFO", "app")
    mailbox.refused = {"anna@example.org": code}
    mailbox.answer = answer
    for reader in ("anna@example.org", "ben@example.org"):
        outbox.put(a_mail(outbox, reader))
    make_mailer(outbox, server).deliver()
    assert "greylisted" in caplog.text
    assert not re.search("anna|ben|example.org", caplog.text)
    known = outbox.folder / NAME
    assert not known.exists() or "example.org" not in known.read_text()


def test_a_mail_whose_account_was_deleted_meanwhile_is_no_fault(outbox, server):
    path = outbox.put(a_mail(outbox))
    waiting = outbox.waiting
    outbox.waiting = lambda: [path, *waiting()]
    outbox.forget("anna@example.org")
    outbox.forget("anna@example.org")
    make_mailer(outbox, server).deliver()
    assert waiting() == []
