"""What was read on a label, as the answer's page, the list and programs are told it."""

import pytest
from sqlalchemy import update

from app.extensions import db
from app.models import Artwork, Feedback, Query, now
from app.services.labels.reading import LabelReading, ReadWork, Sign
from app.web.shell.current import SEARCH
from tests.support.people import TOKEN

OUTLINE = [[0.1, 0.1], [0.6, 0.1], [0.6, 0.3], [0.1, 0.3]]
TITLE = "The Astronomer’s Table"


class FakeLabels:
    """Understands every photo in the way that a test wants."""

    fault = None

    def __init__(self, *works, lines=("Ada Bright", "<b>1668</b>")):
        self.reading = LabelReading.of(works, lines)

    def look(self, photo):
        return photo

    def understand(self, _seen, _session):
        return self.reading


def read(accession, *, is_sure=True):
    return ReadWork(accession, is_sure, (Sign.TITLE, Sign.ARTIST), OUTLINE)


@pytest.fixture
def answer(app, ask, unknown_photo):
    """Ask about an unknown photo whose label says something; return the page."""

    def make(*works, **options):
        with app.app_context():
            app.extensions[SEARCH].labels = FakeLabels(*works, **options)
        return ask(unknown_photo, follow_redirects=True).text

    return make


def test_the_page_says_that_the_label_was_read(answer):
    page = answer(read("1900.0"))
    assert "We read the label" in page
    assert f">{TITLE}</h1>" in page
    assert "The work itself was not recognised" in page
    assert "Read: title, artist." in page
    assert 'href="/works/1900.0"' in page
    assert 'class="verdict found"' not in page
    assert "Ada Bright<br>&lt;b&gt;1668&lt;/b&gt;" in page


def test_two_labels_are_both_shown(answer):
    page = answer(read("1900.0"), read("1900.3"))
    assert "2 labels in your photo" in page
    assert page.count("Read: title, artist.") == 2


def test_a_doubtful_label_claims_nothing(answer):
    page = answer(read("1900.0", is_sure=False))
    assert "We read the label" not in page
    assert "The label may be of one of these" in page
    assert "We do not know this one" in page
    assert 'href="/works/1900.0"' in page


def test_text_without_a_work_is_told_as_text(answer):
    page = answer(lines=("No photography",))
    assert "There is text in your photo" in page
    assert "No photography" in page


def test_a_work_that_is_no_longer_on_show_is_not_named(answer, app, client):
    answer(read("1900.0"))
    with app.app_context():
        db.session.execute(
            update(Artwork)
            .values(withdrawn_at=now())
            .where(Artwork.accession == "1900.0")
        )
        db.session.commit()
        address = f"/queries/{db.session.query(Query).one().id}"
    page = client.get(address).text
    assert "No longer in the collection" in page
    assert TITLE not in page


def test_the_list_of_searches_says_it_too(answer, client):
    answer(read("1900.0"))
    page = client.get("/history").text
    assert "We read the label" in page
    assert TITLE in page


def test_programs_are_told_what_was_read(app, ask_api, unknown_photo):
    with app.app_context():
        app.extensions[SEARCH].labels = FakeLabels(
            read("1900.0"), lines=("Ada Bright",)
        )
    told = ask_api(unknown_photo).json
    assert told["decision"] == "not_found"
    [work] = told["reading"]["works"]
    assert told["reading"]["lines"] == ["Ada Bright"]
    assert (work["accession"], work["title"], work["sure"]) == ("1900.0", TITLE, True)
    assert work["signs"] == ["title", "artist"]
    assert work["outline"] == OUTLINE


def test_who_asked_says_that_the_label_is_the_works(answer, app, client):
    page = answer(read("1900.0"), read("1900.3", is_sure=False))
    assert page.count('name="by" value="label"') == 1
    with app.app_context():
        address = f"/queries/{db.session.query(Query).one().id}"
    fields = {"csrf_token": TOKEN.findall(page)[0], "work": "1900.0", "by": "label"}
    answered = client.post(f"{address}/work", data=fields)
    assert answered.location == "/works/1900.0"
    with app.app_context():
        given = db.session.query(Feedback).one()
        assert (given.found_by, given.is_right) == ("label", False)
    assert 'value="label"' not in client.get(address).text
