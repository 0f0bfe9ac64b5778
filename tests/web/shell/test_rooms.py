"""Every page of the staff belongs to a room, which its tabs mark."""

import re

import pytest

from tests.support.people import logged_in

AREAS = ("/curate/", "/admin/")
NAV = re.compile(r'<nav class="rooms".*?</nav>', re.S)
MOST_ROOMS = 8
"""In one row at 1280 pixels, in every language."""


@pytest.fixture
def browser(app):
    return logged_in(app, "ada@example.org", "curator", "admin").browser


def pages(app, browser):
    """Yield the pages that need no number, with their tabs."""
    for rule in app.url_map.iter_rules():
        if not rule.rule.startswith(AREAS) or rule.arguments:
            continue
        if "GET" not in (rule.methods or ()):
            continue
        answer = browser.get(rule.rule, buffered=True)
        if answer.status_code == 200 and answer.mimetype == "text/html":
            yield rule, NAV.search(answer.text)


@pytest.mark.slow
def test_every_page_marks_its_room_and_itself(app, browser):
    seen = 0
    for rule, tabs in pages(app, browser):
        assert tabs, f"{rule.rule} has no tabs"
        assert tabs[0].count('aria-current="true"') == 1, f"{rule.rule} is in no room"
        first = tabs[0].partition('class="inner"')[0]
        assert first.count("<li>") <= MOST_ROOMS
        seen += 1
    assert seen > 30


def test_pages_of_single_works_are_in_a_room_too(browser):
    for page in ("/curate/works/1", "/curate/works/1/content"):
        tabs = NAV.search(browser.get(page).text)
        assert tabs
        assert 'aria-current="true">Works</a>' in tabs[0]
