import re
from datetime import date

import pytest
from flask_babel import format_date, format_decimal

from tests.support.people import TOKEN, Person, logged_in

LANG = re.compile(r'<html lang="([^"]+)"')


@pytest.fixture
def visitor(app):
    return Person(app)


def language_of(answer):
    return LANG.findall(answer.text)[0]


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("de-AT, en;q=0.5", "de"),
        ("it-CH, fr;q=0.8, es;q=0.7", "it"),
        ("nl-BE", "nl"),
        ("es-MX", "es"),
        ("ja", "en"),
        ("", "en"),
    ],
)
def test_the_browser_says_which_language(client, accepted, language):
    answer = client.get("/", headers={"Accept-Language": accepted})
    assert language_of(answer) == language


def test_the_visitors_choice_wins_over_the_browsers(visitor):
    choose(visitor, "fr", "/")
    german = {"Accept-Language": "de"}
    assert language_of(visitor.browser.get("/about", headers=german)) == "fr"


@pytest.mark.parametrize(
    "page",
    ["/works/?q=caf%C3%A9&artist=Ada+Bright", "/works/1900.0", "/about", "/"],
)
def test_every_page_offers_to_come_back_to_it(visitor, page):
    shown = visitor.browser.get(page).text
    [own] = re.findall(r'name="page" value="([^"]+)"', shown)
    answer = choose(visitor, "es", own.replace("&amp;", "&"))
    assert answer.headers["Location"] == page


@pytest.mark.parametrize(
    "page",
    [
        "https://evil.example/",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "https:evil.example",
        "javascript:alert(1)",
        "http://[",
        "/nowhere",
        "/queries",
        "/account/logout",
        "\r\nLocation: https://evil.example/",
        "",
    ],
)
def test_the_switch_leads_to_no_other_site(visitor, page):
    assert choose(visitor, "de", page).headers["Location"] == "/"


def test_the_way_of_a_foreign_address_is_taken_on_this_site(visitor):
    answer = choose(visitor, "de", "https://evil.example/works/")
    assert answer.headers["Location"] == "/works/"


def test_an_unknown_language_changes_nothing(visitor):
    assert choose(visitor, "tlh", "/").status_code == 302
    assert language_of(visitor.browser.get("/")) == "en"


def test_the_choice_is_remembered_for_mails(app):
    anna = logged_in(app)
    choose(anna, "es", "/")
    assert anna.account().language == "es"


def test_each_language_is_named_in_itself(client):
    shown = client.get("/about").text
    for code, name in (("de", "Deutsch"), ("fr", "Français"), ("es", "Español")):
        assert f'value="{code}" lang="{code}">{name}<' in shown
    assert 'lang="en" aria-current="true">English<' in shown


def test_what_is_wrong_with_a_form_is_said_in_the_language(visitor):
    choose(visitor, "de", "/")
    answer = visitor.post("/account/register", email="anna", password="short")
    for sentence in (
        "Das ist keine E-Mail-Adresse. Eine sieht so aus: name@example.org.",
        "Ein Passwort braucht mindestens 10 Zeichen.",
    ):
        assert sentence in answer.text


def test_the_page_without_a_network_is_in_the_language_of_its_address(client):
    answer = client.get("/offline?language=fr", headers={"Accept-Language": "de"})
    assert language_of(answer) == "fr"
    assert "Il n’y a pas de réseau ici" in answer.text
    assert "/language" not in answer.text  # there is nobody to ask


def test_numbers_and_dates_are_written_as_in_the_language(app):
    with app.test_request_context(headers={"Accept-Language": "fr"}):
        assert format_decimal(2254) == "2\u202f254"
        assert format_date(date(2026, 3, 1), "long") == "1 mars 2026"


def choose(person, language, page):
    """Press a language's button of the first page, as if it stood on another page."""
    [token] = set(TOKEN.findall(person.browser.get("/").text))
    fields = {"csrf_token": token, "language": language, "page": page}
    return person.browser.post("/language", data=fields)
