import pytest

from app.background import BACKGROUND
from app.extensions import db
from app.models import Artwork
from app.services.map import building
from tests.support.mapped import add_features, make_map
from tests.support.people import logged_in

PAGE = "/curate/map/"


@pytest.fixture
def curator(app):
    return logged_in(app, "curator@example.org", "curator")


def test_the_button_makes_the_map_once_at_a_time(app, curator, monkeypatch):
    monkeypatch.setattr(building, "live_model_id", lambda _folders: "fake")
    with app.app_context():
        add_features(db.session())
    assert "There is no map yet." in curator.browser.get(PAGE).text
    first = curator.post(f"{PAGE}make", page=PAGE)
    assert first.status_code == 303
    second = curator.post(f"{PAGE}make", page="/curate/works/")
    assert second.location == first.location
    assert "The map is being made." in curator.browser.get(PAGE).text
    task = curator.browser.get(first.location).text
    assert "Making the map of the collection" in task
    assert app.extensions[BACKGROUND].work_off() == 1
    page = curator.browser.get(PAGE).text
    assert "Make the map anew" in page
    assert "Works on the map" in page
    assert 'href="/map"' in page
    state = curator.browser.get(f"{first.location}/state").json
    assert state["step"] == "Drawing the sheets of small pictures"


def test_the_page_says_how_old_the_map_is(app, curator):
    make_map(app)
    with app.app_context():
        db.session.add(Artwork(accession="new"))
        db.session.commit()
    page = " ".join(curator.browser.get(PAGE).text.split())
    assert "<dt>Works on the map</dt><dd>7</dd>" in page
    assert "<dt>Works on show</dt><dd>8</dd>" in page
    assert "<dt>Model</dt><dd>fake</dd>" in page


def test_without_features_the_task_says_what_to_do(app, curator):
    answer = curator.post(f"{PAGE}make", page=PAGE)
    app.extensions[BACKGROUND].work_off()
    assert "precompute_descriptors.py" in curator.browser.get(answer.location).text


def test_the_way_to_the_curators_pages_is_marked_on_all_of_them(curator):
    way = '<a href="/curate/works/" aria-current="{}">Curate</a>'
    assert way.format("true") in curator.browser.get(PAGE).text
    assert way.format("page") in curator.browser.get("/curate/works/").text
    elsewhere = curator.browser.get("/about").text
    assert '<a href="/curate/works/">Curate</a>' in elsewhere
    assert '<a href="/curate/works/">Curate</a>' in curator.browser.get("/no").text
