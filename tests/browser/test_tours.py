"""A tour: put together by a curator, walked by a visitor, also without a network."""

import time

import pytest

from app.extensions import db
from app.web.shell.languages import LANGUAGES
from tests.browser.conftest import WHOLE
from tests.browser.keyboard import press
from tests.browser.test_accessibility import log_in
from tests.browser.test_languages import faults_of, untranslated
from tests.browser.test_offline import CONTROLLED
from tests.browser.views import OVERFLOWS, faults_in_all_views, shows
from tests.support.people import with_account
from tests.support.visits import tour_of, work_of

pytestmark = pytest.mark.browser

KEPT = """
async () => (await caches.keys()).filter((name) => name.startsWith("tour-"))
"""
CACHE_SECONDS = 15


@pytest.fixture(scope="module")
def chromium(launch):
    """The whole one: see test_offline.py."""
    return launch(WHOLE)


@pytest.fixture
def curator(app):
    return with_account(app, "curator@example.org", "curator")


def add(page, number):
    page.get_by_label("Add a work").fill(number)
    page.get_by_role("button", name="Look for it").click()
    page.get_by_role("button", name="Add ").first.click()
    page.get_by_text("Added as the last stop").wait_for()


def kept_is(page, condition):
    """Wait until the names of the kept tours are as they should be."""
    ends = time.monotonic() + CACHE_SECONDS
    while not condition(names := page.evaluate(KEPT)):
        assert time.monotonic() < ends, names
        page.wait_for_timeout(50)


def put_together(page, curator):
    """Make a tour of two works, without a script; return its visitors' address."""
    log_in(page, curator)
    page.goto("/curate/tours/")
    page.get_by_label("Title").fill("Animals")
    page.get_by_label("Introduction").fill("For children.")
    page.get_by_role("button", name="Begin the tour").click()
    add(page, "1900.3")
    add(page, "1900.0")
    page.get_by_label("Text – The Astronomer’s Table").fill("Look at the globe.")
    page.get_by_role("button", name="Save the text – The Astronomer’s Table").click()
    page.get_by_text("Saved.").wait_for()
    page.get_by_role("button", name="Earlier The Astronomer’s Table").press("Enter")
    page.get_by_role("button", name="Publish").click()
    page.get_by_role("link", name="As visitors see it").click()
    page.get_by_role("heading", name="Animals", level=1).wait_for()
    return page.url


def headings(page):
    return [
        heading.inner_text()
        for heading in page.get_by_role("heading", level=2).all()
        if heading.is_visible()
    ]


def test_a_tour_is_walked_without_a_network(open_page, curator):
    desk = open_page("/account/login", java_script_enabled=False)
    address = put_together(desk, curator)
    assert headings(desk) == ["The Astronomer’s Table", "Landscape 3"]

    page = open_page("/tours/", width=390, service_workers="allow")
    page.get_by_role("link", name="Animals").click()
    page.get_by_text("this tour opens without a network").wait_for()
    page.evaluate(CONTROLLED)
    assert not page.evaluate(OVERFLOWS)
    assert headings(page) == []
    page.context.set_offline(True)
    page.goto("/")
    page.get_by_role("heading", name="There is no network here").wait_for()
    page.get_by_role("link", name="Animals").wait_for()
    found = faults_in_all_views(page)
    press(page, "Animals")
    page.get_by_role("heading", name="Animals", level=1).wait_for()
    press(page, "Begin the tour")
    page.get_by_text("Look at the globe.").wait_for()
    assert found + faults_in_all_views(page) == []
    page.set_viewport_size({"width": 390, "height": 844})
    assert headings(page) == ["The Astronomer’s Table"]
    assert page.evaluate("document.activeElement.id") == "stop-1"
    assert shows(page.locator("#stop-1 img"))
    assert not page.evaluate(OVERFLOWS)
    page.get_by_role("link", name="Next").press("Enter")
    page.get_by_role("heading", name="Landscape 3").wait_for()
    page.reload()
    assert headings(page) == ["Landscape 3"]
    page.get_by_role("link", name="All stops").click()
    page.get_by_role("link", name="Go on with stop 2").wait_for()
    assert page.locator(".mark").count() == 2

    page.context.set_offline(False)
    desk.goto(address.replace("/tours/", "/curate/tours/"))
    desk.get_by_role("button", name="Unpublish").click()
    page.goto("/")
    kept_is(page, lambda names: not names)
    page.context.set_offline(True)
    page.goto(address)
    page.get_by_role("heading", name="There is no network here").wait_for()


def test_a_tour_without_a_network_speaks_every_language(app, open_page):
    with app.app_context():
        tour = tour_of(work_of(0), work_of(3), title="Tiere")
        db.session.add(tour)
        db.session.commit()
        address = f"/tours/{tour.id}"
    found = []
    for language in LANGUAGES:
        english = untranslated(language) if language != "en" else set()
        page = open_page(address, width=390, locale=language, service_workers="allow")
        page.evaluate(CONTROLLED)
        kept_is(page, lambda names: len(names) == 1)
        page.context.set_offline(True)
        page.goto(address)
        page.get_by_role("heading", name="Tiere").wait_for()
        found += faults_of(page, language, english)
        page.context.close()
    assert found == []


def test_a_changed_tour_is_kept_anew_and_nothing_of_a_visitor_is(open_page, curator):
    desk = open_page("/account/login", java_script_enabled=False)
    address = put_together(desk, curator)
    page = open_page(address, service_workers="allow")
    page.get_by_text("this tour opens without a network").wait_for()
    [before] = page.evaluate(KEPT)
    desk.goto(address.replace("/tours/", "/curate/tours/"))
    desk.get_by_label("Title").fill("Beasts")
    desk.get_by_role("button", name="Save the texts").click()
    page.goto("/tours/")
    kept_is(page, lambda names: len(names) == 1 and names[0] != before)
    kept = page.evaluate(
        "async (path) => (await (await caches.match(path)).text())",
        address.removeprefix(page.evaluate("location.origin")),
    )
    assert "Beasts" in kept
    assert "csrf_token" not in kept
    assert "curator@example.org" not in kept
