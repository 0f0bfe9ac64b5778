"""What the museum says of its site is on the very next page, and costs little."""

import re

import pytest
from sqlalchemy import event

from app.configuration.load import ROOT
from app.extensions import db
from tests.support.people import Person
from tests.support.sites import add_page, set_site


@pytest.fixture
def visitor(app):
    return Person(app)


def count_statements(app, client, address):
    """Return how many statements a page sends to the database."""
    sent = []

    def note(*_facts):
        sent.append(1)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        with client.get(address):
            return len(sent)
    finally:
        event.remove(engine, "before_cursor_execute", note)


def test_a_page_asks_once_and_files_never(app, client):
    set_site(app, name="House", accent_light="#14532d", greeting={"en": "Hello"})
    add_page(app, "imprint", en=("Imprint", "House"))
    client.get("/privacy")
    assert count_statements(app, client, "/privacy") == 1
    sheet = "/brand/14532d-e3a58d.css"
    assert count_statements(app, client, sheet) == 0
    icon = client.get("/favicon.ico").location
    assert count_statements(app, client, icon) == 0
    assert count_statements(app, client, "/healthz") == 0


def test_another_servers_change_is_on_the_next_page(make_app):
    one, other = make_app(), make_app()
    page = other.test_client()
    assert "<span>Morelli</span>" in page.get("/").text
    set_site(one, name="House")
    assert "<span>House</span>" in page.get("/").text


def test_the_greeting_is_in_the_visitors_language(app, client):
    set_site(app, greeting={"en": "Hello", "de": "Guten Tag"})
    german = client.get("/", headers={"Accept-Language": "de"}).text
    assert '<p class="greeting">Guten Tag</p>' in german
    french = client.get("/", headers={"Accept-Language": "fr"}).text
    assert '<p class="greeting" lang="en">Hello</p>' in french


def test_only_languages_that_are_offered_are_spoken(app, visitor):
    set_site(app, languages=["de", "fr"], language="fr")
    page = visitor.browser.get("/", headers={"Accept-Language": "es, en"}).text
    assert '<html lang="fr">' in page
    assert 'value="de"' in page
    assert 'value="en"' not in page
    visitor.post("/language", page="/", language="en")
    assert '<html lang="fr">' in visitor.browser.get("/").text
    visitor.post("/language", page="/", language="de")
    assert '<html lang="de">' in visitor.browser.get("/").text


def test_a_choice_that_is_not_offered_any_more_is_forgotten(app, visitor):
    visitor.post("/language", page="/", language="es")
    set_site(app, languages=["de"], language="de")
    assert '<html lang="de">' in visitor.browser.get("/").text


def test_own_pages_are_named_on_every_page(app, client):
    add_page(app, "imprint", de=("Impressum", "Haus"))
    german = {"Accept-Language": "de"}
    for address in ("/", "/about", "/nowhere", "/account/login"):
        page = client.get(address, headers=german).text
        assert '<a href="/pages/imprint">Impressum</a>' in page
    assert '<a href="/pages/imprint" lang="de">Impressum</a>' in client.get("/").text


def test_no_page_calls_itself_by_the_programs_name():
    named = re.compile(r"{% block title %}.*Morelli")
    templates = sorted((ROOT / "templates").rglob("*.html"))
    assert len(templates) > 50
    assert not [one for one in templates if named.search(one.read_text("utf-8"))]


def test_mails_name_the_museum(app):
    set_site(app, name="House of Art")
    anna = Person(app)
    anna.register()
    assert "at House of Art" in anna.mails()[-1].get_content()


def test_whose_name_the_program_has_is_told_only_under_that_name(app, client):
    assert "Giovanni Morelli" in client.get("/").text
    set_site(app, name="House")
    assert "Giovanni Morelli" not in client.get("/").text
