"""Finding a work without a photo, in a real browser: words, number pad, room."""

import pytest

from app.extensions import db
from app.models import Artwork, Feedback
from tests.browser.views import faults_in_views, shows
from tests.support.museum import accession_of

pytestmark = pytest.mark.browser


@pytest.fixture
def rooms(app):
    """Put two works into a room."""
    with app.app_context():
        for number in (3, 4):
            found = db.session.query(Artwork).filter_by(accession=accession_of(number))
            found.one().location = "Room 2"
        db.session.commit()


@pytest.fixture
def unanswered(open_page, unknown_photo):
    """Return a function that opens an answer that names no work."""
    photo = {"name": "p.jpg", "mimeType": "image/jpeg", "buffer": unknown_photo}

    def ask(**options):
        page = open_page(**options)
        page.get_by_label("Your photo of the work").set_input_files(photo)
        page.get_by_role("button", name="Find the work").click()
        page.wait_for_url("**/queries/*")
        return page

    return ask


def what_was_said(app):
    with app.app_context():
        return [
            (one.artwork and one.artwork.accession, one.found_by)
            for one in db.session.query(Feedback)
        ]


@pytest.mark.parametrize("width", [390, 1280])
def test_words_are_suggested_and_chosen_by_keyboard(open_page, width):
    page = open_page(width=width)
    field = page.get_by_role("combobox", name="Title or artist")
    field.press_sequentially("astronmer")
    options = page.get_by_role("option")
    options.first.wait_for()
    assert field.get_attribute("aria-expanded") == "true"
    assert "The Astronomer’s Table" in options.first.inner_text()
    assert shows(options.first.locator("img"))
    status = page.locator(".combobox [role=status]")
    assert "Suggestions:" in status.inner_text()
    field.press("Escape")
    assert options.count() == 0
    assert field.get_attribute("aria-expanded") == "false"
    field.press("ArrowDown")
    options.first.wait_for()
    field.press("ArrowDown")
    marked = field.get_attribute("aria-activedescendant")
    assert page.locator(f"#{marked}").get_attribute("aria-selected") == "true"
    assert faults_in_views(page) == []
    field.press("Enter")
    page.wait_for_url("**/works/1900.0")


def test_words_that_mean_nothing_are_told(open_page):
    page = open_page("/find")
    page.get_by_role("combobox", name="Title or artist").press_sequentially("qqqq")
    page.get_by_text("Nothing is called like that.").wait_for()
    assert page.locator(".combobox [role=option]").count() == 0


@pytest.mark.parametrize("width", [390, 1280])
def test_a_number_is_typed_on_the_pad(open_page, width):
    page = open_page(width=width)
    pad = page.get_by_role("group", name="Number pad")
    for key in "1900-35":
        pad.get_by_role("button", name=key, exact=True).click()
    pad.get_by_role("button", name="Delete the last character").click()
    field = page.get_by_label("Number on the label")
    assert field.input_value() == "1900-3"
    pad.get_by_role("button", name="Letters").click()
    assert field.evaluate("(field) => field === document.activeElement")
    field.press("Enter")
    page.wait_for_url("**/works/1900.3")


@pytest.mark.parametrize("scripts", [True, False])
def test_after_not_found_the_room_is_asked_and_a_picture_tapped(
    app, rooms, unanswered, scripts
):
    page = unanswered(width=390, java_script_enabled=scripts)
    page.get_by_role("link", name="Which room are you in?").click()
    page.get_by_label("Which room are you in?").select_option("Room 2")
    page.get_by_role("button", name="Show its works").click()
    page.get_by_role("heading", name="Room 2", exact=True).wait_for()
    if scripts:
        assert faults_in_views(page) == []
    page.get_by_role("link", name="Back to the answer").click()
    page.get_by_role("heading", name="In your room: Room 2").wait_for()
    if scripts:
        assert faults_in_views(page) == []
    page.get_by_role("button", name="It is this one: Landscape 4").click()
    page.wait_for_url("**/works/1900.4")
    assert what_was_said(app) == [("1900.4", "room")]
    page.get_by_role("heading", name="Also in this room").wait_for()


def test_after_not_found_a_suggestion_is_the_answer(app, unanswered):
    page = unanswered()
    page.get_by_role("combobox", name="Title or artist").press_sequentially("astronmer")
    page.get_by_role("option").first.click()
    page.wait_for_url("**/works/1900.0")
    assert what_was_said(app) == [("1900.0", "words")]


def test_without_a_script_words_lead_to_a_page(open_page):
    page = open_page(java_script_enabled=False)
    page.get_by_label("Title or artist").fill("astronmer")
    page.get_by_role("search", name="By words").get_by_role("button").click()
    page.get_by_role("link", name="The Astronomer’s Table").click()
    page.wait_for_url("**/works/1900.0")
