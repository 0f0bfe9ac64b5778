"""Hearts beside works, and the list of favourites."""

import re

import pytest

from app.services.visits import favourites
from tests.support.people import Person, logged_in
from tests.web.visits.test_visit import ask

PAGES = ("/works/", "/works/1900.0", "/", "/find?q=astronomer")
HEART = r'<button class="heart" name="(keep|drop)" value="1900.0" aria-pressed="(\w+)"'


@pytest.fixture(params=["account", "session"])
def anna(request, app):
    return logged_in(app) if request.param == "account" else Person(app)


def hearts(person, page):
    return set(re.findall(HEART, person.browser.get(page).text))


def press(person, back="/works/", **fields):
    return person.post("/favourites", page="/works/", back=back, **fields)


def listed(person):
    page = person.browser.get("/favourites").text
    return re.findall(r'<button class="heart"[^>]* value="([^"]+)"', page)


@pytest.mark.parametrize("page", PAGES)
def test_there_is_a_heart_wherever_a_work_is(anna, page):
    assert hearts(anna, page) == {("keep", "false")}
    answer = press(anna, keep="1900.0", back=page)
    assert (answer.status_code, answer.location) == (303, page)
    assert hearts(anna, page) == {("drop", "true")}
    press(anna, drop="1900.0")
    assert hearts(anna, page) == {("keep", "false")}


def test_there_is_one_on_an_answer(anna, photo):
    assert hearts(anna, ask(anna, photo)) == {("keep", "false")}


def test_they_are_listed_and_all_removed(anna):
    press(anna, keep="1900.0")
    press(anna, keep="1900.3")
    assert listed(anna) == ["1900.3", "1900.0"]
    anna.post("/favourites/delete", page="/favourites")
    assert listed(anna) == []
    assert "There is none yet" in anna.browser.get("/favourites").text


def test_nobody_else_sees_or_drops_them(app, anna):
    press(anna, keep="1900.0")
    for other in (logged_in(app, "ben@example.org"), Person(app, "x@example.org")):
        assert listed(other) == []
        press(other, drop="1900.0")
        other.post("/favourites/delete", page="/works/")
    assert listed(anna) == ["1900.0"]


def test_a_script_is_told_how_it_is(anna, monkeypatch):
    headers = {"Accept": "application/json"}
    token = re.findall(
        r'name="csrf_token" value="([^"]+)"', anna.browser.get("/works/").text
    )[0]

    def send(**fields):
        data = {"csrf_token": token, **fields}
        return anna.browser.post("/favourites", data=data, headers=headers).json

    assert send(keep="1900.0") == {"is_kept": True, "fault": ""}
    assert send(drop="1900.0") == {"is_kept": False, "fault": ""}
    monkeypatch.setattr(favourites, "MOST_FAVOURITES", 0)
    assert send(keep="1900.0")["fault"]


@pytest.mark.parametrize("fields", [{}, {"keep": "nowhere"}])
def test_what_is_no_work_is_refused(anna, fields):
    assert press(anna, **fields).status_code == 400


def test_too_many_are_told(anna, monkeypatch):
    monkeypatch.setattr(favourites, "MOST_FAVOURITES", 0)
    press(anna, keep="1900.0")
    assert "there can be no more" in anna.browser.get("/favourites").text
    assert listed(anna) == []


def test_to_look_at_hearts_names_nobody(client):
    client.get("/works/")
    with client.session_transaction() as session:
        assert "visitor" not in session


def test_an_account_takes_them_along(app):
    person = Person(app)
    logged_in(app)
    press(person, keep="1900.0")
    person.log_in()
    assert listed(person) == ["1900.0"]
