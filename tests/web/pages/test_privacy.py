"""The page that says what is kept says what the settings make true."""

import pytest

from app.factory import create_app
from tests.support.people import logged_in


@pytest.mark.parametrize(
    ("days", "promises", "silence"),
    [
        ("30", ("for 30 days", "After 30 days the answer"), "never stored"),
        ("1", ("for 1 day;", "After 1 day the answer"), "never stored"),
        ("0", ("never stored", "After 1 day the answer"), "random name"),
    ],
)
def test_it_says_how_long(make_app, days, promises, silence):
    client = make_app(MORELLI_RETENTION_DAYS=days).test_client()
    page = client.get("/privacy").text
    for promise in promises:
        assert promise in page
    assert silence not in page


@pytest.mark.parametrize(
    ("days", "promise"),
    [
        ("30", "kept for 30 days, without place, time or camera data"),
        ("0", "It is looked at and not kept."),
    ],
)
def test_who_is_asked_for_a_photo_is_told_before(make_app, days, promise):
    page = make_app(MORELLI_RETENTION_DAYS=days).test_client().get("/").text
    assert promise in page
    assert page.count('href="/privacy"') >= 2


@pytest.mark.parametrize("days", ["30", "0"])
def test_the_page_about_the_search_leads_to_it(make_app, days):
    page = make_app(MORELLI_RETENTION_DAYS=days).test_client().get("/about").text
    assert ("deleted after 30 days" in page) == (days == "30")
    assert page.count('href="/privacy"') >= 2


def test_links_are_spoken_of_only_where_they_can_be_given(make_app):
    asked = "address of a picture"
    assert asked in make_app().test_client().get("/privacy").text
    assert asked not in make_app(MORELLI_LINKS="no").test_client().get("/privacy").text


def test_an_account_is_led_to_its_end(app, client):
    assert 'href="/account/delete"' in logged_in(app).browser.get("/privacy").text
    page = client.get("/privacy").text
    assert 'href="/account/delete"' not in page
    assert 'href="/history"' in page


def test_it_can_be_read_before_there_is_a_collection(tmp_path):
    app = create_app({"MORELLI_INSTANCE": tmp_path})
    assert app.test_client().get("/privacy").status_code == 200


def test_it_says_when_a_session_ends(client):
    page = client.get("/privacy").text
    assert "not come for 30 days; after 90 days you log in again" in page
