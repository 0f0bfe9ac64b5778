"""How curators put tours together; nobody else may."""

import re

import pytest
from sqlalchemy import select

from app.extensions import db
from app.models import Tour, now
from tests.support.people import Person, logged_in
from tests.support.visits import work_of


@pytest.fixture
def curator(app):
    return logged_in(app, "ada@example.org", "curator")


@pytest.fixture
def address(curator):
    """Of a tour with three works."""
    begun = begin(curator, title="Animals")
    for number in (0, 3, 5):
        add(curator, begun.location, f"1900.{number}")
    return begun.location


def begin(person, **fields):
    data = {"title": "", "intro": "", "language": "en", **fields}
    return person.post("/curate/tours/", **data)


def add(person, address, accession):
    return person.post(f"{address}/stops", page=address, work=accession)


def stops(person, address):
    """Return the numbers of stops by the accession number of their work."""
    page = person.browser.get(address).text
    found = re.findall(r'<li id="stop-(\d+)">(.*?)</li>', page, re.S)
    return {re.findall(r"1900\.\d", text)[0]: int(number) for number, text in found}


def do(person, address, accession, **fields):
    number = stops(person, address)[accession]
    return person.post(f"{address}/stops/{number}", page=address, **fields)


def shown(app, address):
    """Tell whether visitors see a tour."""
    visitors = address.replace("/curate", "")
    return app.test_client().get(visitors).status_code == 200


def test_a_tour_is_begun_filled_ordered_and_published(app, curator, address):
    do(curator, address, "1900.5", do="up")
    do(curator, address, "1900.0", do="down")
    assert list(stops(curator, address)) == ["1900.5", "1900.0", "1900.3"]
    do(curator, address, "1900.3", do="remove")
    number = curator.browser.get(address).text
    seen = re.findall(r'name="seen" value="(\d+)"', number)[0]
    told = do(
        curator, address, "1900.5", do="tell", text=" Look.\r\n\r\nUp. ", seen=seen
    )
    assert told.location.startswith(f"{address}#stop-")
    assert not shown(app, address)
    curator.post(f"{address}/publish", page=address, is_published="yes")
    page = app.test_client().get(address.replace("/curate", "")).text
    assert "<p>Look.</p><p>Up.</p>" in page
    curator.post(f"{address}/publish", page=address, is_published="no")
    assert not shown(app, address)


def test_works_are_found_by_words_with_slips(curator, address):
    page = curator.browser.get(f"{address}?q=astronomr").text
    assert "It is in this tour already" in page
    page = curator.browser.get(f"{address}?q=1900.6").text
    assert f'action="{address}/stops"' in page
    assert 'name="work" value="1900.6"' in page
    assert "Nothing is called like that" in curator.browser.get(f"{address}?q=zzz").text


@pytest.mark.parametrize(
    ("accession", "words"),
    [("1900.0", "in this tour already"), ("nowhere", "No work on show has the number")],
)
def test_what_cannot_be_added_is_said(curator, address, accession, words):
    assert add(curator, address, accession).status_code == 303
    assert words in curator.browser.get(address).text
    assert len(stops(curator, address)) == 3


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"title": ""}, "A tour needs a title"),
        ({"title": "A", "language": "xx-nowhere"}, "Write the language’s code"),
        ({"title": "A" * 201}, "200"),
    ],
)
def test_what_is_missing_or_wrong_is_said(curator, fields, words):
    answer = begin(curator, **fields)
    assert answer.status_code == 422
    assert words in answer.text


def test_the_preview_shows_what_is_not_published(app, curator, address):
    page = curator.browser.get(f"{address}/preview")
    assert page.status_code == 200
    assert "So visitors see this tour" in page.text
    assert "data-keeping" not in page.text
    for person, status in ((logged_in(app), 403), (Person(app), 302)):
        assert person.browser.get(f"{address}/preview").status_code == status


def test_a_withdrawn_work_is_flagged(app, curator, address):
    with app.app_context():
        work_of(3).withdrawn_at = now()
        db.session.commit()
    assert "visitors do not see this stop" in curator.browser.get(address).text
    assert "is withdrawn" in curator.browser.get("/curate/tours/").text


def test_texts_are_changed_unless_somebody_was_quicker(app, curator, address):
    page = curator.browser.get(address).text
    seen = re.findall(r'name="seen"[^>]* value="(\d+)"', page)[-1]
    texts = {"intro": "", "language": "de", "translation_of_id": "0", "seen": seen}
    curator.post(address, title="Tiere", **texts)
    assert "Saved." in curator.browser.get(address).text
    curator.post(address, title="Bestien", **texts)
    page = curator.browser.get(address).text
    assert "Somebody else changed this tour meanwhile" in page
    assert "Bestien" not in page
    do(curator, address, "1900.0", do="tell", text="Late.", seen=seen)
    page = curator.browser.get(address).text
    assert "Somebody else changed this tour meanwhile" in page


def test_a_tour_names_what_it_translates(app, curator, address):
    german = begin(curator, title="Tiere", language="de").location
    original = address.rpartition("/")[2]
    page = curator.browser.get(german).text
    assert f'<option value="{original}">Animals (en)</option>' in page
    fields = {"title": "Tiere", "intro": "", "language": "de"}
    curator.post(german, translation_of_id=original, **fields)
    with app.app_context():
        tour = db.session.scalars(select(Tour).where(Tour.title == "Tiere")).one()
        assert tour.translation_of_id == int(original)
    english = {"title": "Animals", "intro": "", "language": "en"}
    number = german.rpartition("/")[2]
    refused = curator.post(address, translation_of_id=number, **english)
    assert refused.status_code == 422  # a translation is not offered


def test_every_change_is_recorded_and_can_be_taken_back(app, curator, address):
    curator.post(f"{address}/publish", page=address, is_published="yes")
    curator.post(f"{address}/delete", page=address)
    assert curator.browser.get(address).status_code == 404
    assert not shown(app, address)
    page = curator.browser.get("/curate/changes/").text
    assert "Tour deleted" in page
    assert "2 stops before, 3 after" in page
    newest = re.findall(r'action="(/curate/changes/\d+/undo)"', page)[0]
    curator.post(newest, page="/curate/changes/")
    assert shown(app, address)
    assert "Tour brought back" in curator.browser.get("/curate/changes/").text


def test_a_stop_of_another_tour_is_not_changed_by_this_ones_address(curator, address):
    other = begin(curator, title="Ships").location
    number = stops(curator, address)["1900.0"]
    curator.post(f"{other}/stops/{number}", page=other, do="remove")
    assert len(stops(curator, address)) == 3
    assert curator.post(
        f"{address}/stops/{number}", page=address, do="x"
    ).status_code == (400)


def test_others_change_nothing(app, curator, address):
    number = stops(curator, address)["1900.0"]
    posts = {
        address: {"title": "Mine"},
        f"{address}/stops": {"work": "1900.6"},
        f"{address}/stops/{number}": {"do": "remove"},
        f"{address}/publish": {"is_published": "yes"},
        f"{address}/delete": {},
        "/curate/tours/": {"title": "Mine", "language": "en"},
    }
    for person, status in ((logged_in(app), 403), (Person(app), 401)):
        for where, fields in posts.items():
            assert person.post(where, page="/", **fields).status_code == status
    assert len(stops(curator, address)) == 3
    assert not shown(app, address)
