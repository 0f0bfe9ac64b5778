"""How the instance is, as admins see it."""

import re
import smtplib
from datetime import timedelta
from types import SimpleNamespace

import pytest
import time_machine

from app.extensions import db
from app.models import Query, Worker, now
from app.retrieval.runtime.extras import Extra
from app.services.operations.inspection import MASK
from app.services.system.deferrals import Deferrals, words_of
from app.web.account.mail import MAILER
from app.web.admin import health
from app.web.shell.current import SEARCH
from tests.support.extras import leave_out
from tests.support.people import logged_in
from tests.support.postgresql import POSTGRESQL

PAGE = "/admin/health/"
SECRET = "x" * 40


def mailer_of(app):
    return app.extensions[MAILER]


@pytest.fixture
def admin(app):
    return logged_in(app, "ada@example.org", "admin")


def test_settings_tell_their_source_and_no_secret(make_app):
    app = make_app(MORELLI_SECRET_KEY=SECRET, MORELLI_QUEUE=7)
    admin = logged_in(app, "ada@example.org", "admin")
    page = admin.browser.get(PAGE).text
    assert SECRET not in page
    assert MASK in page
    rows = {row.split("<")[0]: row for row in page.split('<th scope="row">')[1:]}
    assert "environment" in rows["MORELLI_QUEUE"]
    assert ">7<" in rows["MORELLI_QUEUE"]
    assert "default" in rows["MORELLI_PROXIES"]


def test_a_password_in_an_address_is_not_shown(make_app, tmp_path):
    app = make_app()
    app.config["MORELLI_DATABASE_URL"] = "postgresql://u:hush@host/db"
    app.config["MORELLI_LIMITS_URL"] = "redis://:hush@counters:6379/0"
    admin = logged_in(app, "ada@example.org", "admin")
    page = admin.browser.get(PAGE).text
    assert "hush" not in page
    assert "host/db" in page
    assert "counters:6379/0" in page


def test_storage_and_work_are_counted(app, admin):
    page = admin.browser.get(PAGE).text
    assert ("morelli.db" in page) is not POSTGRESQL
    assert "media/works" in page
    assert "generation-1" in page
    assert "No worker is running" in page
    with app.app_context():
        db.session.add(Worker(name="alive"))
        db.session.commit()
    assert "No worker is running" not in admin.browser.get(PAGE).text


def test_without_an_index_the_page_is_there(admin, publication):
    publication.searcher = None
    assert "Nothing can be searched" in admin.browser.get(PAGE).text


def test_old_photos_go_at_once(app, admin, ask, photo):
    ask(photo)
    with app.app_context():
        query = db.session.query(Query).one()
        query.created_at = now() - timedelta(days=40)
        db.session.commit()
    admin.post(f"{PAGE}retention", page=PAGE)
    with app.app_context():
        assert db.session.query(Query).one().photo_name is None
    page = admin.browser.get("/admin/changes/").text
    assert "Old photos deleted" in page
    assert "Last deleted" in admin.browser.get(PAGE).text


def test_mails_that_wait_are_told_of_with_the_servers_words_but_no_address(app, admin):
    outbox = mailer_of(app).outbox
    assert "The oldest since" not in admin.browser.get(PAGE).text
    mail = mailer_of(app).compose("anna@example.org", "Hello", "You")
    path = outbox.put(mail)
    known = Deferrals.read(outbox.folder)
    known.defer(path.name)
    refusal = {"anna@example.org": (450, b"<anna@example.org>: greylisted")}
    known.words = words_of(smtplib.SMTPRecipientsRefused(refusal))
    known.keep({path.name})
    page = admin.browser.get(PAGE).text
    assert "The oldest since" in page
    assert "450 &lt;…&gt;: greylisted" in page
    assert "anna" not in page
    assert re.search(r"Put off by the mail server</dt><dd>1<", page)


def test_a_deletion_that_may_be_a_mistake_is_explained_and_waits(
    app, admin, ask, photo
):
    ask(photo)
    admin.post(f"{PAGE}retention", page=PAGE)
    with time_machine.travel(now() + timedelta(days=365)):
        admin.log_in()
        admin.post(f"{PAGE}retention", page=PAGE)
        page = admin.browser.get(PAGE).text
        assert "No photo is deleted: 1 of 1 would go." in page
        assert "the clock has been set forward" in page
        admin.post(f"{PAGE}retention", page=PAGE, confirm="yes")
        assert "No photo is deleted" not in admin.browser.get(PAGE).text
    with app.app_context():
        assert db.session.query(Query).one().photo_name is None


def test_a_missing_public_address_is_said(admin, make_app):
    told = "what other sites and collections fetch from here"
    assert told in admin.browser.get(PAGE).text
    public = make_app(MORELLI_PUBLIC_URL="http://localhost")
    other = logged_in(public, "grace@example.org", "admin")
    assert told not in other.browser.get(PAGE).text


def test_it_names_the_extras_that_are_left_out(admin, monkeypatch):
    assert "Without the extra" not in admin.browser.get(PAGE).text
    leave_out(monkeypatch, Extra.LABELS)
    page = admin.browser.get(PAGE).text
    assert "Without the extra “labels” no labels and codes in photos are read." in page
    assert "Run: pip install" in page


def test_it_says_whether_labels_are_read_and_why_not(app, admin):
    def told(browser):
        return re.findall(r"Labels in photos[^<]*", browser.get(PAGE).text)

    app.extensions[SEARCH].labels = None
    assert told(admin.browser) == []
    app.extensions[SEARCH].labels = SimpleNamespace(fault="the file is damaged")
    assert told(admin.browser) == ["Labels in photos are not read: the file is damaged"]
    app.extensions[SEARCH].labels = SimpleNamespace(fault=None)
    assert told(admin.browser) == ["Labels in photos are read where no work is found."]
    app.config["MORELLI_LABELS"] = False
    assert "MORELLI_LABELS" in told(admin.browser)[0]


def test_what_the_doctor_finds_is_shown_with_its_remedy(app, admin):
    page = admin.browser.get(PAGE).text
    assert "No index is live: nothing can be searched." in page
    assert "Run: flask --app wsgi collection rebuild" in page
    assert "The database answers" not in page  # which is as it should be
    assert "(packages)" not in page


def test_that_all_is_well_is_said(admin, monkeypatch):
    monkeypatch.setattr(health, "examine", lambda *_, **__: iter(()))
    assert "All is well." in admin.browser.get(PAGE).text
