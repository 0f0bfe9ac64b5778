"""The pages of one's own visits: shown, changed, printed, taken away, deleted."""

import json
import re
import zipfile
from datetime import timedelta
from io import BytesIO

import pytest

from app.models import now
from app.services.visits import visit as visits
from tests.support.people import TOKEN, Person, logged_in

TODAY = now().date()


@pytest.fixture(params=["account", "session"])
def anna(request, app):
    """With an account, and without one."""
    return logged_in(app) if request.param == "account" else Person(app)


def ask(person, photo):
    token = TOKEN.findall(person.browser.get("/").text)[0]
    fields = {"csrf_token": token, "photo": (BytesIO(photo), "photo.jpg")}
    return person.browser.post("/queries", data=fields).location


def change(person, day=TODAY, **fields):
    return person.post(f"/visit/{day}/works", page="/works/1900.3", **fields)


def seen(person, address="/visit"):
    page = (
        person.browser.get(address).text.partition("<main")[2].partition("</main>")[0]
    )
    return re.findall(r'<h3><a href="/works/([^"]+)"', page)


def test_what_was_found_today_is_shown_with_picture_label_and_room(anna, photo):
    answer = ask(anna, photo)
    assert seen(anna) == seen(anna, f"/visit/{TODAY}") == ["1900.0"]
    page = anna.browser.get("/visit").text
    assert "<h2>Room 12</h2>" in page
    assert "Ada Bright" in page
    assert "Oil on canvas" in page
    assert f'href="{answer}"' in page
    assert "photo.jpg" not in page


def test_works_are_listed_as_it_went_or_by_room(anna, photo):
    change(anna, add="1900.3")
    ask(anna, photo)
    assert seen(anna) == ["1900.0", "1900.3"]  # whose room is unknown
    assert seen(anna, "/visit?order=time") == ["1900.3", "1900.0"]
    assert "Room unknown" in anna.browser.get("/visit").text
    assert "Room unknown" not in anna.browser.get("/visit?order=time").text


def test_to_look_at_a_work_is_not_to_visit_it(anna):
    page = anna.browser.get("/works/1900.3").text
    assert "Add to my visit" in page
    assert seen(anna) == []


def test_a_work_is_added_and_taken_out(anna):
    added = change(anna, add="1900.3", back="/works/1900.3")
    assert (added.status_code, added.location) == (303, "/works/1900.3")
    assert "In your visit of today" in anna.browser.get("/works/1900.3").text
    assert seen(anna) == ["1900.3"]
    change(anna, out="1900.3")
    assert seen(anna) == []


def test_a_stranger_sees_nothing_of_it_and_changes_nothing(app, anna, photo):
    ask(anna, photo)
    for other in (logged_in(app, "ben@example.org"), Person(app, "x@example.org")):
        assert seen(other) == []
        assert other.browser.get(f"/visit/{TODAY}.pdf").status_code == 404
        assert other.post(f"/visit/{TODAY}/share", page="/").status_code == 404
        change(other, out="1900.0")
    assert seen(anna) == ["1900.0"]


@pytest.mark.parametrize(
    ("days", "fields"),
    [(0, {}), (0, {"add": "no"}), (2, {"add": "1900.3"}), (-40, {"add": "1900.3"})],
)
def test_what_makes_no_sense_is_refused(anna, days, fields):
    day = TODAY + timedelta(days=days)
    assert change(anna, day=day, **fields).status_code == 400


def test_a_form_without_its_token_is_refused(app):
    fields = {"add": "1900.3"}
    answer = app.test_client().post(f"/visit/{TODAY}/works", data=fields)
    assert answer.status_code == 400


@pytest.mark.parametrize("day", ["yesterday", "2026-13-01", "20261101", "0001-01-01"])
def test_what_is_no_day_is_not_found(client, day):
    assert client.get(f"/visit/{day}").status_code == 404
    assert client.get(f"/visit/{day}.pdf").status_code == 404


def test_a_day_without_anything_says_so(client):
    assert "There is none yet" in client.get("/visit").text
    assert "Nothing of this day is kept" in client.get("/visit/2026-01-01").text


def test_a_full_visit_says_so(anna, monkeypatch):
    monkeypatch.setattr(visits, "MOST_WORKS", 1)
    change(anna, add="1900.3")
    change(anna, add="1900.4")
    assert "works at most" in anna.browser.get("/visit").text
    assert seen(anna) == ["1900.3"]


def test_it_is_taken_away_as_pdf(anna, photo):
    ask(anna, photo)
    address = re.findall(r'href="(/visit/[^"]+\.pdf)"', anna.browser.get("/visit").text)
    answer = anna.browser.get(address[0])
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Cache-Control"] == "no-store"
    assert f"morelli-{TODAY}.pdf" in answer.headers["Content-Disposition"]
    assert answer.data.startswith(b"%PDF-")
    assert answer.data.count(b"/DCTDecode") == 1


def test_an_export_holds_it(anna):
    change(anna, add="1900.3")
    anna.post("/favourites", page="/works/1900.3", keep="1900.3")
    with anna.browser.get("/history/searches.zip") as response:
        file = zipfile.ZipFile(BytesIO(response.data))
    assert json.loads(file.read("visits.json"))[0]["accession"] == "1900.3"
    assert json.loads(file.read("favourites.json"))[0]["accession"] == "1900.3"
    assert json.loads(file.read("searches.json")) == []


def test_it_goes_with_the_search_and_with_the_history(anna, photo):
    answer = ask(anna, photo)
    anna.post(f"{answer}/delete")
    assert seen(anna) == []
    change(anna, add="1900.3")
    assert "Delete your visits?" in anna.browser.get("/history/delete").text
    anna.post("/history/delete")
    assert "Your visits are deleted" in anna.browser.get("/history").text
    assert seen(anna) == []


def test_an_account_takes_it_along(app):
    person = Person(app)
    logged_in(app)
    change(person, add="1900.3")
    person.log_in()
    assert seen(person) == ["1900.3"]
    person.log_out()
    assert seen(person) == []


def test_the_days_are_the_museums(make_app, photo):
    zone = "Pacific/Kiritimati" if now().hour >= 10 else "Pacific/Pago_Pago"
    person = Person(make_app(MORELLI_TIME_ZONE=zone))
    ask(person, photo)
    assert seen(person, f"/visit/{TODAY}") == []
    assert seen(person) == ["1900.0"]
