import pytest

from app.extensions import db
from app.models import Artwork, TermCode
from tests.support.people import logged_in

PAGE = "/curate/vocabulary/?field=technique"


@pytest.fixture
def curator(app):
    return logged_in(app, "curator@example.org", "curator")


def stated(curator, text="Oil on canvas", **codes):
    fields = {"text": text, "seen": ""} | codes
    return curator.post(PAGE, **fields)


def codes(app):
    with app.app_context():
        return {
            (one.text, one.authority): one.code for one in db.session.query(TermCode)
        }


def test_codes_of_a_term_are_shown_on_pages_in_the_api_and_taken_back(app, curator):
    answer = stated(curator, aat="http://vocab.getty.edu/aat/300178684")
    assert answer.status_code == 303
    assert codes(app) == {("Oil on canvas", "aat"): "300178684"}
    with app.app_context():
        work = db.session.query(Artwork).filter_by(technique="Oil on canvas").one()
        accession = work.accession
    page = curator.browser.get(f"/works/{accession}").text
    assert 'href="http://vocab.getty.edu/aat/300178684"' in page
    told = curator.browser.get(f"/api/v1/works/{accession}").json
    assert told["codes"] == [
        {
            "field": "technique",
            "authority": "aat",
            "code": "300178684",
            "uri": "http://vocab.getty.edu/aat/300178684",
        }
    ]
    assert "Codes of a term changed" in curator.browser.get("/curate/changes/").text
    curator.post("/curate/changes/1/undo", page="/curate/changes/")
    assert codes(app) == {}


def test_what_is_no_code_is_marked_and_stays_as_typed(app, curator):
    answer = stated(curator, aat="oil", wikidata="Q296955")
    assert answer.status_code == 422
    assert "That is no code of Getty AAT." in answer.text
    assert 'value="oil"' in answer.text
    assert 'value="Q296955"' in answer.text
    assert codes(app) == {}


def test_who_saw_other_codes_is_told(app, curator):
    stated(curator, aat="300178684")
    answer = stated(curator, aat="300015050")
    page = curator.browser.get(answer.location).text
    assert "Somebody else changed the codes" in page
    assert codes(app) == {("Oil on canvas", "aat"): "300178684"}


def test_terms_that_nobody_uses_and_other_fields_are_not_there(curator):
    assert stated(curator, text="Nothing").status_code == 404
    assert curator.browser.get("/curate/vocabulary/?field=title").status_code == 404
    assert curator.browser.get("/curate/values/title").status_code == 404
    assert curator.browser.get("/curate/vocabulary/?page=99").status_code == 404


def test_terms_that_share_a_code_lead_to_their_unification(app, curator):
    with app.app_context():
        works = db.session.query(Artwork).order_by(Artwork.accession).all()
        works[0].technique, works[1].technique = "Oil on canvas", "oil/canvas"
        db.session.commit()
    stated(curator, aat="300178684")
    stated(curator, text="oil/canvas", aat="300178684")
    assert "Terms that share a code" in curator.browser.get(PAGE).text
    answer = curator.post(
        "/curate/variants/?field=technique",
        page=PAGE,
        **{
            "group": "1",
            "text-1": "oil/canvas",
            "value-1-1": "Oil on canvas",
            "become-1": "1",
        },
    )
    assert "Change 1 work" in curator.browser.get(answer.location).text


def test_values_are_suggested(curator):
    told = curator.browser.get("/curate/values/technique?q=canv").json
    assert told == {"values": ["Oil on canvas"]}


def test_visitors_get_no_values(client):
    assert client.get("/curate/values/technique").status_code == 302
