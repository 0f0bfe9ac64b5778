import re
from io import BytesIO

import pytest
from sqlalchemy import select

from app.extensions import db
from app.models import Artwork
from app.retrieval.descriptors.subjects import SUBJECTS
from app.services.collection.subjects import keep_seen
from tests.support.fakes import draw_picture, photograph
from tests.support.museum import FakePublication, encoded, make_searcher
from tests.support.people import TOKEN, logged_in


@pytest.fixture
def publication():
    """Publishes a searcher of the test's own: it is going to change."""
    return FakePublication(make_searcher(range(7)))


@pytest.fixture
def curator(app):
    return logged_in(app, "curator@example.org", "curator")


def page_of(curator, number=0):
    """Return the address of a work's page, as its list links it."""
    listed = curator.browser.get(f"/curate/works/?q=1900.{number}").text
    return re.findall(r'href="(/curate/works/\d+)"', listed)[0]


def named(app, number):
    """What a photo is answered with, asked by a program."""
    photo = BytesIO(encoded(photograph(draw_picture(number))))
    answer = app.test_client().post(
        "/api/v1/search", data={"photo": (photo, "photo.jpg")}
    )
    return [match["accession"] for match in answer.json["matches"]]


def picture(number):
    return (BytesIO(encoded(draw_picture(number))), "picture.jpg")


def test_a_work_added_in_the_browser_is_found_by_the_next_photo(app, curator):
    assert named(app, 30) == []
    made = curator.post(
        "/curate/works/new", accession="2026.1", title="Hare", picture=picture(30)
    )
    assert made.status_code == 303
    page = curator.browser.get(made.location).text
    assert "The very next photo finds it" in page
    assert 'value="Dürer"' not in page
    assert named(app, 30) == ["2026.1"]


def test_the_number_that_is_taken_is_marked_at_its_field(curator):
    page = curator.post("/curate/works/new", accession="1900.0", title="Kept")
    assert page.status_code == 422
    assert "Another work has this number" in page.text
    assert "Kept" in page.text
    assert 'id="accession-error"' in page.text


def test_a_work_needs_a_number(curator):
    page = curator.post("/curate/works/new", title="Kept")
    assert page.status_code == 422
    assert "A work needs an accession number." in page.text


def test_a_label_is_changed_and_changed_back(app, curator):
    address = page_of(curator)
    page = curator.browser.get(address).text
    seen = re.findall(r'name="seen"[^>]*value="([^"]+)"', page)[0]
    curator.post(address, title="New Title", seen=seen)
    assert "New Title" in app.test_client().get("/works/1900.0").text
    changes = curator.browser.get("/curate/changes/").text
    assert "curator@example.org" in changes
    [undo] = re.findall(r'action="(/curate/changes/\d+/undo)"', changes)
    curator.post(undo, page="/curate/changes/")
    assert "The Astronomer’s Table" in app.test_client().get("/works/1900.0").text
    again = curator.post(undo, page="/curate/changes/")
    assert "cannot be taken back" in curator.browser.get(again.location).text


def test_who_comes_second_is_told(curator):
    address = page_of(curator)
    page = curator.browser.get(address).text
    seen = re.findall(r'name="seen"[^>]*value="([^"]+)"', page)[0]
    curator.post(address, title="First", seen=seen)
    second = curator.post(address, title="Second", seen=seen)
    page = curator.browser.get(second.location).text
    assert "Somebody else changed this work meanwhile" in page
    assert "First" in page
    assert "Second" not in page


def seen_in(page):
    return re.findall(r'name="seen"[^>]*value="([^"]+)"', page)[0]


def ticked(page):
    boxes = re.findall(r'<input type="checkbox" name="shows"[^>]*>', page)
    assert len(boxes) == len(SUBJECTS)
    return {
        found[1]
        for box in boxes
        if " checked" in box and (found := re.search('value="([^"]+)"', box))
    }


def see(*subjects):
    work = db.session.scalars(select(Artwork).filter_by(accession="1900.0")).one()
    keep_seen(db.session(), {image.id: subjects for image in work.images})
    db.session.commit()


def test_what_a_work_shows_is_corrected_and_given_back(app, curator):
    with app.app_context():
        see("dog", "ship")
    address = page_of(curator)
    page = curator.browser.get(address).text
    assert ticked(page) == {"dog", "ship"}
    assert "nobody has confirmed it" in page
    stated = {"shows": ["cat", "ship", "unicorn"], "seen": seen_in(page)}
    curator.post(f"{address}/shows", page=address, **stated)
    page = curator.browser.get(address).text
    assert ticked(page) == {"cat", "ship"}
    assert "As a curator stated it" in page
    assert "<ins>Cat, Ship or boat</ins>" in page
    with app.app_context():
        see("bird")
    label = app.test_client().get("/works/1900.0").text
    assert 'href="/works/?shows=cat"' in label
    assert "recognised by the program" not in label
    curator.post(f"{address}/shows", page=address, unstated="yes", seen=seen_in(page))
    assert ticked(curator.browser.get(address).text) == {"bird"}
    label = app.test_client().get("/works/1900.0").text
    assert "recognised by the program" in label


def test_a_work_may_show_none_of_it(app, curator):
    with app.app_context():
        see("dog")
    address = page_of(curator)
    seen = seen_in(curator.browser.get(address).text)
    curator.post(f"{address}/shows", page=address, seen=seen)
    assert ticked(curator.browser.get(address).text) == set()
    assert "shows=dog" not in app.test_client().get("/works/1900.0").text
    late = curator.post(f"{address}/shows", page=address, shows="cat", seen=seen)
    page = curator.browser.get(late.location).text
    assert "Somebody else changed this work meanwhile" in page
    assert ticked(page) == set()


def test_only_curators_correct_what_a_work_shows(app, curator):
    address = page_of(curator)
    visitor = logged_in(app, "visitor@example.org")
    refused = visitor.post(f"{address}/shows", page="/account/", shows="cat")
    assert refused.status_code == 403
    stranger = app.test_client().post(f"{address}/shows", data={"shows": "cat"})
    assert stranger.status_code in (302, 400, 401)
    assert ticked(curator.browser.get(address).text) == set()


def test_a_withdrawn_work_is_gone_for_photos_and_pages_and_comes_back(app, curator):
    address = page_of(curator)
    curator.post(f"{address}/withdraw", page=address)
    assert named(app, 0) == []
    assert app.test_client().get("/works/1900.0").status_code == 404
    assert "withdrawn" in curator.browser.get("/curate/works/?presence=withdrawn").text
    curator.post(f"{address}/restore", page=address)
    assert named(app, 0) == ["1900.0"]


def test_pictures_are_added_replaced_moved_and_removed(app, curator):
    address = page_of(curator)
    curator.post(f"{address}/pictures/", page=address, picture=picture(40))
    assert named(app, 40) == ["1900.0"]
    first, second = image_ids(curator, address)
    curator.post(f"{address}/pictures/{second}/move", page=address, to="earlier")
    assert image_ids(curator, address) == [second, first]
    curator.post(
        f"{address}/pictures/{second}/replace", page=address, picture=picture(41)
    )
    assert named(app, 40) == []
    assert named(app, 41) == ["1900.0"]
    curator.post(f"{address}/pictures/{first}/remove", page=address)
    assert named(app, 0) == []


def image_ids(curator, address):
    page = curator.browser.get(address).text
    return re.findall(r"/pictures/(\d+)/remove", page)


def test_what_is_no_picture_is_refused_with_a_sentence(curator):
    address = page_of(curator)
    file = (BytesIO(b"<svg onload=alert(1)>"), "picture.jpg")
    answer = curator.post(f"{address}/pictures/", page=address, picture=file)
    page = curator.browser.get(answer.location).text
    assert "not a picture that can be read" in page
    nothing = curator.post(f"{address}/pictures/", page=address)
    assert "Please choose a picture." in curator.browser.get(nothing.location).text


def test_another_works_picture_cannot_be_reached(curator):
    other = page_of(curator, 1)
    [image] = image_ids(curator, other)
    address = page_of(curator)
    answer = curator.post(f"{address}/pictures/{image}/remove", page=address)
    assert answer.status_code == 404


def test_labels_that_try_to_break_out_are_shown_as_text(curator):
    curator.post(
        "/curate/works/new", accession="<b>1", title="<script>alert(2)</script>"
    )
    for address in ("/curate/works/", "/curate/changes/"):
        page = curator.browser.get(address).text
        assert "<script>alert" not in page
        assert "<b>1" not in page


@pytest.mark.parametrize("action", ["withdraw", "restore", "pictures/"])
def test_changes_need_the_forms_token(app, curator, action):
    address = page_of(curator)
    assert curator.browser.post(f"{address}/{action}").status_code == 400
    with app.app_context():
        work = db.session.scalars(select(Artwork).where(Artwork.accession == "1900.0"))
        assert not work.one().is_withdrawn


@pytest.mark.parametrize("address", ["/curate/works/999", "/curate/works/?page=9"])
def test_what_is_not_there_is_not_there(curator, address):
    assert curator.browser.get(address).status_code == 404


def test_an_unknown_change_cannot_be_undone(curator):
    answer = curator.browser.get("/curate/works/").text
    token = TOKEN.findall(answer)[0]
    undone = curator.browser.post("/curate/changes/9/undo", data={"csrf_token": token})
    assert undone.status_code == 404
