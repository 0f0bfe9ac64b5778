"""What was asked before: listed, taken away and deleted by its owner alone."""

import json
import re
import zipfile
from io import BytesIO

import pytest
from sqlalchemy import func, select

from app.extensions import db
from app.models import Feedback, Query, QueryMatch
from tests.support.people import TOKEN, Person, logged_in

BESIDE = ("visits.json", "visit_links.json", "favourites.json")
"""What an export has beside searches: see tests/web/visits/test_visit.py."""


def ask(person, photo):
    """Ask about a photo; return the address of the answer."""
    token = TOKEN.findall(person.browser.get("/").text)[0]
    fields = {"csrf_token": token, "photo": (BytesIO(photo), "photo.jpg")}
    return person.browser.post("/queries", data=fields).location


def listed(person):
    page = person.browser.get("/history").text
    return list(dict.fromkeys(re.findall(r'href="(/queries/[0-9a-f-]{36})"', page)))


def exported(person):
    """Return what the list of the archive says, and the photos in it by name."""
    with person.browser.get("/history/searches.zip") as response:
        assert response.mimetype == "application/zip"
        file = zipfile.ZipFile(BytesIO(response.data))
    assert file.testzip() is None
    [name, *photos] = [one for one in file.namelist() if one not in BESIDE]
    return json.loads(file.read(name)), {photo: file.read(photo) for photo in photos}


def kept(app):
    """Return how many rows there are of each kind, and how many photos."""
    with app.app_context():
        rows = [
            db.session.scalar(select(func.count()).select_from(table))
            for table in (Query, QueryMatch, Feedback)
        ]
    folder = app.config["MORELLI_INSTANCE"] / "media" / "queries"
    return *rows, len(list(folder.glob("*.jpg")))


@pytest.fixture(params=["account", "session"])
def anna(request, app):
    """With an account, and without one."""
    return logged_in(app) if request.param == "account" else Person(app)


@pytest.fixture
def others(app, unknown_photo):
    """Give everybody else, each with a search of their own."""
    people = [logged_in(app, "ben@example.org"), Person(app, "x@example.org")]
    for person in people:
        ask(person, unknown_photo)
    return people


def test_the_newest_search_comes_first_with_photo_answer_work_and_time(
    anna, photo, unknown_photo
):
    first, second = ask(anna, photo), ask(anna, unknown_photo)
    assert listed(anna) == [second, first]
    page = anna.browser.get("/history").text
    assert "2 searches. Only you can see them." in page
    assert "The Astronomer’s Table" in page
    assert "Ada Bright" in page
    assert page.index("Not in this collection") < page.index("Found")
    assert len(re.findall(r'<time datetime="20\d\d-[^"]+\+00:00">', page)) == 2
    [_, small] = re.findall(r'src="(/queries/[^"]+)"', page)
    assert small == f"{first}/photo.s.jpg"


def test_the_small_photo_is_small_and_tells_nothing_else(anna, photo):
    with anna.browser.get(f"{ask(anna, photo)}/photo.s.jpg") as response:
        assert response.mimetype == "image/jpeg"
        cache_control = response.headers["Cache-Control"]
        assert cache_control in ("no-store", "private, max-age=3600")
        assert len(response.data) < 40_000
        assert b"Exif" not in response.data


def test_nobody_sees_takes_or_deletes_anothers_history(app, anna, others, photo):
    answer = ask(anna, photo)
    assert len(others) == 2
    for other in (*others, Person(app)):
        assert answer not in listed(other)
        searches, photos = exported(other)
        assert answer not in json.dumps(searches)
        assert answer.rpartition("/")[2] not in "".join(photos)
        assert other.browser.get(f"{answer}/photo.s.jpg").status_code == 404
        assert other.browser.get(f"{answer}/delete").status_code == 404
        own = listed(other)
        page = f"{own[0]}/delete" if own else "/"  # for its token
        assert other.post(f"{answer}/delete", page=page).status_code == 404
        other.post("/history/delete", page=page)
    assert listed(anna) == [answer]
    with anna.browser.get(f"{answer}/photo.jpg") as response:
        assert response.status_code == 200


def test_a_search_is_deleted_with_all_that_belongs_to_it(app, anna, others, photo):
    before = kept(app)
    answer = ask(anna, photo)
    anna.post(f"{answer}/feedback", page=answer, said="yes")
    anna.post(f"{answer}/share", page=answer)
    assert kept(app) != before
    question = anna.browser.get(f"{answer}/delete").text
    assert "Your photo shows The Astronomer’s Table" in question
    assert kept(app) != before  # asking is not deleting
    deleted = anna.post(f"{answer}/delete")
    assert (deleted.status_code, deleted.location) == (303, "/history")
    assert "The search is deleted" in anna.browser.get("/history").text
    assert kept(app) == before
    assert anna.browser.get(answer).status_code == 404


def test_all_searches_are_deleted_at_once_and_nobody_elses(app, anna, others, photo):
    before = kept(app)
    for _ in range(3):
        ask(anna, photo)
    assert "Delete all 3 searches?" in anna.browser.get("/history/delete").text
    assert anna.post("/history/delete").status_code == 303
    assert "3 searches are deleted" in anna.browser.get("/history").text
    assert kept(app) == before
    assert anna.browser.get("/history/delete").location == "/history"


def test_a_deleted_search_leads_back_to_the_page_it_was_on(anna, photo):
    answer = ask(anna, photo)
    assert anna.post(f"{answer}/delete?page=3").location == "/history?page=3"
    assert anna.browser.get("/history?page=3").status_code == 200


def test_everything_can_be_taken_away(anna, others, photo, unknown_photo):
    answers = [ask(anna, photo), ask(anna, unknown_photo)]
    searches, photos = exported(anna)
    assert [f"/queries/{search['id']}" for search in searches] == answers
    assert [search["answer"] for search in searches] == ["found", "not_found"]
    assert searches[0]["works"][0]["title"] == "The Astronomer’s Table"
    assert [search["photo"] for search in searches] == list(photos)
    for search in searches:
        with anna.browser.get(f"/queries/{search['id']}/photo.jpg") as response:
            assert photos[search["photo"]] == response.data


def test_without_a_search_there_is_nothing_but_the_way_to_the_first_one(app):
    person = Person(app)
    page = person.browser.get("/history").text
    assert "There is nothing yet" in page
    assert "/history/delete" not in page
    assert exported(person) == ([], {})
    assert person.browser.get("/history/delete").location == "/history"


def test_a_history_without_photos_has_no_broken_pictures(app, anna, photo):
    answer = ask(anna, photo)
    for path in (app.config["MORELLI_INSTANCE"] / "media" / "queries").glob("*.jpg"):
        path.unlink()
    page = anna.browser.get("/history").text
    assert "No photo is kept" in page
    assert "photo.s.jpg" not in page
    assert anna.browser.get(f"{answer}/photo.s.jpg").status_code == 404
    [search], photos = exported(anna)
    assert photos == {}
    assert search["answer"] == "found"
    anna.post(f"{answer}/delete")
    assert listed(anna) == []


def test_the_history_of_a_session_goes_into_the_account(app, photo):
    anna = Person(app)
    answer = ask(anna, photo)
    anna.register()
    anna.follow(anna.mailed_link())
    anna.log_in()
    assert listed(anna) == [answer]
    anna.log_out()
    assert listed(anna) == []


def test_the_history_stays_in_no_browser(anna, photo):
    ask(anna, photo)
    for address in ("/history", "/history/delete", "/history/searches.zip"):
        with anna.browser.get(address) as response:
            assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("number", ["0", "-1", "x", "9" * 30])
def test_a_page_that_there_is_not_shows_one_that_there_is(anna, photo, number):
    answer = ask(anna, photo)
    page = anna.browser.get(f"/history?page={number}")
    assert page.status_code == 200
    assert answer in page.text
