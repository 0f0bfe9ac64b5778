"""A kiosk forgets its visitors, and has no way to accounts or other sites."""

import re

import pytest
from sqlalchemy import select

from app.extensions import db
from app.models import Artwork, MediaKind, Query, WorkMedia
from app.web.shell.museum import KIOSK
from tests.support.people import Person, logged_in
from tests.support.sites import set_site

HERE = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def kiosk(app, client):
    set_site(app, kiosk_seconds=45)
    assert client.get("/kiosk/").location == "/"
    return client


def test_there_are_none_unless_the_museum_has_some(client):
    assert client.get("/kiosk/").status_code == 404
    assert 'class="kiosk"' not in client.get("/").text


def test_its_pages_name_no_account_and_begin_again(kiosk):
    page = kiosk.get("/").text
    assert 'class="kiosk"' in page
    assert 'data-seconds="45"' in page
    assert "Start again" in page
    for way in ("/account/", "/history", "/api", "http://", "https://"):
        assert f'href="{way}' not in page
    assert "It is looked at and not kept." in page


def test_what_works_tell_leads_to_no_other_site(kiosk, app):
    with app.app_context():
        work = db.session.get_one(Artwork, 1)
        work.details = {"story@en": "By [the river](https://example.org/r)."}
        link = {"kind": MediaKind.LINK, "address": "https://example.org/l"}
        work.media = [WorkMedia(title="More", language="en", **link)]
        db.session.commit()
        address = f"/works/{work.accession}"
    page = kiosk.get(address).text
    assert "By the river." in re.sub(r"<[^>]+>", "", page)
    assert "example.org" not in page
    elsewhere = app.test_client().get(address).text
    assert 'href="https://example.org/r"' in elsewhere
    assert 'href="https://example.org/l"' in elsewhere


@pytest.mark.parametrize(
    "address",
    ["/account/login", "/account/register", "/history", "/admin/", "/curate/works/"],
)
def test_what_is_nothing_for_a_kiosk_leads_to_the_first_page(kiosk, address):
    answer = kiosk.get(address)
    assert (answer.status_code, answer.location) == (303, "/")


def test_no_photo_is_kept_and_no_link_is_made(kiosk, app, ask, photo):
    answer = ask(photo)
    page = kiosk.get(answer.location).text
    assert "Your photo shows" in page
    assert "Your photo was looked at and not kept." in page
    assert "could not be kept" not in page
    assert "Make a link" not in page
    assert "Delete this search" not in page
    with app.app_context():
        query = db.session.scalars(select(Query)).one()
        assert query.photo_name is None
        assert (query.activation_map, query.seen) == (None, None)
        assert query.source == KIOSK
    folder = app.config["MORELLI_INSTANCE"] / "media" / "queries"
    assert not [path for path in folder.rglob("*") if path.is_file()]


def test_the_next_visitor_finds_nothing_of_the_last(kiosk, ask, photo):
    person = Person(kiosk.application)
    person.browser = kiosk
    person.post("/language", page="/", language="de")
    answered = ask(photo).location
    assert "data-used" in kiosk.get("/").text
    anew = kiosk.post("/kiosk/anew", headers=HERE)
    assert (anew.status_code, anew.location) == (303, "/")
    assert anew.headers["Clear-Site-Data"] == '"storage"'
    assert kiosk.get(answered).status_code == 404
    page = kiosk.get("/").text
    assert '<html lang="en" class="kiosk">' in page
    assert "data-used" not in page


def test_another_site_cannot_begin_it_again(kiosk, ask, photo):
    answered = ask(photo).location
    headers = {"Sec-Fetch-Site": "cross-site"}
    assert kiosk.post("/kiosk/anew", headers=headers).status_code == 400
    assert kiosk.get(answered).status_code == 200


def test_a_usual_browser_keeps_its_answers(app, client, ask, photo):
    set_site(app, kiosk_seconds=45)
    answered = ask(photo).location
    client.post("/kiosk/anew", headers=HERE)
    assert client.get(answered).status_code == 200


def test_a_kiosk_becomes_a_usual_browser_again(kiosk):
    page = kiosk.get("/kiosk/end").text
    [token] = set(re.findall(r'name="csrf_token" value="([^"]+)"', page))
    kiosk.post("/kiosk/end", data={"csrf_token": token})
    assert 'class="kiosk"' not in kiosk.get("/").text
    assert kiosk.get("/account/login").status_code == 200


def test_without_kiosks_there_is_none_left(app, kiosk):
    set_site(app, kiosk_seconds=0)
    assert 'class="kiosk"' not in kiosk.get("/").text
    assert kiosk.get("/account/login").status_code == 200


def test_who_is_logged_in_is_asked_and_logged_out(app):
    set_site(app, kiosk_seconds=45)
    anna = logged_in(app)
    copied = anna.browser.get_cookie("morelli").value
    assert "You are logged out" in anna.browser.get("/kiosk/").text
    assert anna.is_logged_in
    anna.post("/kiosk/")
    assert 'class="kiosk"' in anna.browser.get("/").text
    other = app.test_client()
    other.set_cookie("morelli", copied)
    assert other.get("/account/").status_code == 302
