"""How the instance is, as admins see it."""

from datetime import timedelta

import pytest

from app.extensions import db
from app.models import Query, Worker, now
from app.services.operations.inspection import MASK
from tests.support.people import logged_in

PAGE = "/admin/health/"
SECRET = "x" * 40


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


def test_a_password_in_the_databases_address_is_not_shown(make_app, tmp_path):
    app = make_app()
    app.config["MORELLI_DATABASE_URL"] = "postgresql://u:hush@host/db"
    admin = logged_in(app, "ada@example.org", "admin")
    page = admin.browser.get(PAGE).text
    assert "hush" not in page
    assert "host/db" in page


def test_storage_and_work_are_counted(app, admin):
    page = admin.browser.get(PAGE).text
    assert "morelli.db" in page
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
