"""Administrators write the museum's own pages."""

import re

import pytest

from app.extensions import db
from app.services.site.editing import list_pages
from tests.support.people import logged_in
from tests.support.sites import add_page

NEW = "/admin/site/pages/new"
SEEN = re.compile(r'name="seen" value="(\d+)"')


@pytest.fixture
def admin(app):
    return logged_in(app, "ada@example.org", "admin")


def pages(app):
    with app.app_context():
        return {page.slug: page.texts for page in list_pages(db.session())}


def save(admin, address, **fields):
    seen = SEEN.findall(admin.browser.get(address).text)[0]
    return admin.post(address, **{"seen": seen, "position": "1", **fields})


def test_an_imprint_is_written_and_read(app, admin):
    form = admin.browser.get(f"{NEW}?begin=imprint").text
    assert 'value="Impressum"' in form
    answer = save(admin, NEW, slug="imprint", title_de="Impressum", text_de="**Haus**")
    assert answer.status_code == 303
    german = {"Accept-Language": "de"}
    page = app.test_client().get("/pages/imprint", headers=german).text
    assert "<strong>Haus</strong>" in page


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"slug": "", "title_en": "A"}, "needs a name in its address"),
        ({"slug": "Über uns", "title_en": "A"}, "Only small letters"),
        ({"slug": "a/b", "title_en": "A"}, "Only small letters"),
        ({"slug": "a-", "title_en": "A"}, "Only small letters"),
        ({"slug": "a"}, "a title in at least one language"),
        ({"slug": "a", "title_en": "A", "text_de": "B"}, "This text needs a title."),
        ({"slug": "taken", "title_en": "A"}, "Another page has this name"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_lost(app, admin, fields, words):
    add_page(app, "taken", en=("Taken", ""))
    answer = save(admin, NEW, **{"title_fr": "", "text_fr": "", **fields})
    assert answer.status_code == 422
    assert words in answer.text
    for value in fields.values():
        assert value in answer.text
    assert pages(app).keys() == {"taken"}


def test_a_page_is_changed_and_deleted(app, admin):
    add_page(app, "visit", en=("Visit", "Daily"))
    assert "Daily" in admin.browser.get("/admin/site/pages/1").text
    save(admin, "/admin/site/pages/1", slug="visiting", title_en="Visit", text_en="Now")
    assert pages(app)["visiting"]["en"]["text"] == "Now"
    seen = SEEN.findall(admin.browser.get("/admin/site/pages/1").text)[0]
    admin.post("/admin/site/pages/1/delete", page="/admin/site/pages/1", seen=seen)
    assert pages(app) == {}


def test_who_has_seen_an_older_page_is_told(app, admin):
    add_page(app, "visit", en=("Visit", "Daily"))
    address = "/admin/site/pages/1"
    answer = save(admin, address, seen="0", slug="visit", title_en="Mine")
    assert answer.status_code == 422
    assert "Somebody else has changed the site" in answer.text
    assert "Mine" in answer.text
    gone = admin.post(f"{address}/delete", page=address, seen="0")
    assert "Somebody else" in admin.browser.get(gone.location).text
    assert pages(app)["visit"]["en"]["title"] == "Visit"


def test_curators_write_none(app):
    curator = logged_in(app, "bob@example.org", "curator")
    assert curator.browser.get(NEW).status_code == 403
