import re

import pytest
from sqlalchemy import select

from app.extensions import db
from app.models import Artwork, now
from tests.support.people import logged_in

SEEN = re.compile(r'name="seen"[^>]*value="([^"]*)"')


@pytest.fixture
def curator(app):
    return logged_in(app, "curator@example.org", "curator")


def fact(app, number, name):
    with app.app_context():
        return getattr(db.session.get_one(Artwork, number), name)


def opened(curator, number):
    address = f"/curate/works/?edit={number}"
    return address, SEEN.findall(curator.browser.get(address).text)[0]


def first(app):
    with app.app_context():
        asked = select(Artwork.id).where(Artwork.accession == "1900.0")
        return db.session.scalars(asked).one()


def test_a_line_is_saved_and_the_next_one_opened(app, curator):
    number = first(app)
    with app.app_context():
        db.session.get_one(Artwork, number).rights = "CC0"
        db.session.commit()
    address, seen = opened(curator, number)
    fields = {"title": "The Globe", "artist": "Ada Bright", "seen": seen}
    answer = curator.post(
        f"/curate/works/{number}/line?order=title", address, **fields, next="3"
    )
    assert answer.status_code == 303
    assert answer.location.endswith("order=title&page=1&edit=3#work-3")
    assert fact(app, number, "title") == "The Globe"
    assert fact(app, number, "rights") == "CC0"
    page = curator.browser.get(answer.location).text
    assert 'action="/curate/works/3/line?' in page


def test_what_somebody_else_saved_is_told_and_not_overwritten(app, curator):
    number = first(app)
    address, seen = opened(curator, number)
    with app.app_context():
        work = db.session.get_one(Artwork, number)
        work.title, work.updated_at = "Theirs", now()
        db.session.commit()
    fields = {"title": "Mine"}
    page = curator.post(f"/curate/works/{number}/line", address, **fields, seen=seen)
    assert page.status_code == 409
    assert "They wrote: Theirs" in page.text
    assert 'value="Mine"' in page.text
    assert fact(app, number, "title") == "Theirs"
    again = SEEN.findall(page.text)[0]
    curator.post(f"/curate/works/{number}/line", address, **fields, seen=again)
    assert fact(app, number, "title") == "Mine"


def test_what_is_too_long_is_marked_in_its_line(app, curator):
    number = first(app)
    address, seen = opened(curator, number)
    page = curator.post(
        f"/curate/works/{number}/line", address, artist="a" * 1001, seen=seen
    )
    assert page.status_code == 422
    assert 'aria-describedby="artist-error"' in page.text
    assert fact(app, number, "artist") == "Ada Bright"
