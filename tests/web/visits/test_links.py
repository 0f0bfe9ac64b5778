"""Links to visits: made and taken back by the owner, good for whoever has them."""

import re
from datetime import timedelta

import pytest
import time_machine

from app.models import now
from tests.support.people import Person, logged_in
from tests.web.visits.test_visit import TODAY, ask, change, seen

LINK = re.compile(r'data-link="(/visits/[^"]+)"')


@pytest.fixture
def anna(app, photo):
    person = Person(app)
    ask(person, photo)
    change(person, add="1900.3")
    return person


@pytest.fixture
def link(anna):
    assert f'action="/visit/{TODAY}/share"' in anna.browser.get("/visit").text
    assert anna.post(f"/visit/{TODAY}/share", page="/visit").status_code == 303
    assert f'action="/visit/{TODAY}/unshare"' in anna.browser.get("/visit").text
    [link] = LINK.findall(anna.browser.get("/visit").text)
    return link


def test_it_shows_the_works_to_anybody_and_never_a_photo(app, link):
    stranger = app.test_client()
    page = stranger.get(link).text
    main = page.partition("<main")[2].partition("</main>")[0]
    assert seen(Person(app), link) == ["1900.0", "1900.3"]
    assert "Room 12" in main
    assert "/queries/" not in main
    assert "<form" not in main
    assert {name.split("/")[1] for name in re.findall(r'src="([^"]+)"', main)} == {
        "media"
    }


def test_no_search_engine_lists_it_and_no_browser_keeps_it(app, link):
    answer = app.test_client().get(link)
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert answer.headers["Cache-Control"] == "no-store"


def test_it_gives_no_more_than_that_visit(app, anna, link):
    stranger = Person(app, "x@example.org")
    stranger.browser.get(link)
    assert seen(stranger) == []
    assert stranger.browser.get(f"/visit/{TODAY}.pdf").status_code == 404


def test_it_is_taken_back_by_its_owner_alone(app, anna, link):
    other = logged_in(app, "ben@example.org")
    other.post(f"/visit/{TODAY}/unshare", page="/")
    assert other.browser.get(link).status_code == 200
    anna.post(f"/visit/{TODAY}/unshare", page="/visit")
    assert other.browser.get(link).status_code == 404
    assert "Make a link" in anna.browser.get("/visit").text


def test_it_expires_and_a_guess_is_not_found(app, anna, link):
    stranger = app.test_client()
    assert stranger.get("/visits/" + "x" * 43).status_code == 404
    with time_machine.travel(now() + timedelta(days=31)):
        assert stranger.get(link).status_code == 404


def test_without_works_there_is_nothing_to_share(app):
    person = Person(app)
    assert person.post(f"/visit/{TODAY}/share", page="/").status_code == 404


def test_it_goes_with_the_history(app, anna, link):
    anna.post("/history/delete")
    assert app.test_client().get(link).status_code == 404
