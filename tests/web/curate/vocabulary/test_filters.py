import pytest

from app.extensions import db
from app.models import SavedFilter
from tests.support.people import logged_in

LIST = "/curate/works/?q=oil&order=date"


@pytest.fixture
def curator(app):
    return logged_in(app, "curator@example.org", "curator")


def kept(curator, name="Oil by date", **fields):
    address = "/curate/filters/?q=oil&order=date"
    return curator.post(address, page=LIST, name=name, **fields)


def test_a_filter_is_kept_renamed_and_removed(app, curator):
    answer = kept(curator)
    assert answer.status_code == 303
    assert answer.location == "/curate/works/?q=oil&order=date"
    page = curator.browser.get("/curate/works/").text
    assert 'href="/curate/works/?q=oil&amp;order=date">Oil by date</a>' in page
    assert "Keep this filter" not in curator.browser.get(answer.location).text
    renamed = curator.post("/curate/filters/1", page="/curate/filters/", name="Oil")
    assert renamed.status_code == 303
    assert ">Oil</a>" in curator.browser.get("/curate/works/").text
    curator.post("/curate/filters/1/remove", page="/curate/filters/")
    with app.app_context():
        assert db.session.query(SavedFilter).count() == 0


def test_a_wrong_name_is_told_in_words(curator):
    kept(curator)
    answer = kept(curator)
    page = curator.browser.get(answer.location).text
    assert "You have a filter of this name already." in page


def test_shared_filters_are_seen_by_others_and_changed_by_nobody_else(app, curator):
    kept(curator, shared="yes")
    kept(curator, "Mine")
    other = logged_in(app, "other@example.org", "curator")
    page = other.browser.get("/curate/filters/").text
    assert "Oil by date" in page
    assert "Mine" not in page
    for number in (1, 2):
        for address in (
            f"/curate/filters/{number}",
            f"/curate/filters/{number}/remove",
        ):
            answer = other.post(address, page="/curate/filters/", name="Taken")
            assert answer.status_code == 404
    with app.app_context():
        names = [one.name for one in db.session.query(SavedFilter)]
    assert sorted(names) == ["Mine", "Oil by date"]
