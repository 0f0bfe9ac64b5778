"""A curator's day, in a real browser: a work recorded, found, taken back."""

import pytest

from tests.browser.test_accessibility import ask, log_in
from tests.support.fakes import draw_picture, photograph
from tests.support.museum import FakePublication, encoded, make_searcher
from tests.support.people import with_account

pytestmark = pytest.mark.browser


@pytest.fixture
def publication():
    """Publishes a searcher of the test's own: it is going to change."""
    return FakePublication(make_searcher(range(7)))


@pytest.fixture
def curator(app):
    return with_account(app, "curator@example.org", "curator")


def picture(number):
    data = encoded(draw_picture(number))
    return {"name": "picture.jpg", "mimeType": "image/jpeg", "buffer": data}


def photo_of(number):
    return encoded(photograph(draw_picture(number)))


def record(page, accession, title, number):
    page.goto("/curate/works/new")
    page.get_by_label("Accession number").fill(accession)
    page.get_by_label("Picture").set_input_files(picture(number))
    page.get_by_label("Title").fill(title)
    page.get_by_role("button", name="Record the work").click()
    page.get_by_text("The very next photo finds it by its picture.").wait_for()


def test_a_recorded_work_is_found_by_a_visitors_photo(open_page, curator):
    page = open_page(width=390)
    log_in(page, curator)
    page.get_by_role("link", name="Curate").click()
    record(page, "2026.1", "The Hare", 30)
    visitor = open_page(width=390)
    ask(visitor, photo_of(30))
    assert visitor.get_by_role("heading", level=1).inner_text() == "The Hare"


def test_a_withdrawn_work_is_gone_and_taken_back_it_is_there(open_page, curator):
    page, visitor = open_page(), open_page()
    log_in(page, curator)
    page.goto("/curate/works/?q=1900.0")
    page.get_by_role("link", name="The Astronomer’s Table").click()
    page.get_by_role("button", name="Withdraw the work").click()
    page.get_by_text("No search finds it any more.").wait_for()
    ask(visitor, photo_of(0))
    assert visitor.get_by_text("We do not know this one").is_visible()
    page.goto("/curate/changes/")
    page.get_by_role("button", name="Take back").click()
    page.get_by_text("Taken back.").first.wait_for()
    ask(visitor, photo_of(0))
    assert visitor.get_by_role("heading", level=1).inner_text() == (
        "The Astronomer’s Table"
    )


def test_the_page_of_background_work_keeps_itself_up_to_date(app, open_page, curator):
    page = open_page()
    log_in(page, curator)
    page.goto("/curate/index/")
    page.get_by_role("button", name="Build the index anew").click()
    page.locator("[data-words]", has_text="Waiting").wait_for()
    page.get_by_role("button", name="Pause").click()
    page.get_by_role("button", name="Go on").click()
    assert app.extensions["morelli.background"].work_off() == 1
    page.locator("[data-words]", has_text="Done").wait_for()
    page.goto("/curate/index/")
    assert page.get_by_text("live", exact=False).first.is_visible()
    assert page.locator(".generation").count() == 1
