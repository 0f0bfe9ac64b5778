"""A visit: found, added, printed, sent, and opened by somebody else; favourites."""

import pytest

from tests.browser.views import OVERFLOWS, shows

pytestmark = pytest.mark.browser


def find(page, photo_file):
    page.goto("/")
    page.locator("#photo").set_input_files(photo_file)
    page.get_by_role("button", name="Find the work").click()
    page.wait_for_url("**/queries/*")


def headings(page):
    page.locator(".seen h3").first.wait_for()
    return page.locator(".seen h3").all_inner_texts()


def test_a_visit_of_two_works_is_printed_sent_and_opened(open_page, photo_file):
    page = open_page(width=390)
    find(page, photo_file)
    page.goto("/works/1900.3")
    page.get_by_role("button", name="Add to my visit").click()
    page.get_by_role("link", name="In your visit of today").click()
    assert headings(page) == ["The Astronomer’s Table", "Landscape 3"]
    assert not page.evaluate(OVERFLOWS)
    assert page.get_by_role("button", name="Print").is_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Save as PDF").click()
    assert download.value.suggested_filename.endswith(".pdf")

    page.get_by_role("button", name="Make a link").click()
    link = page.get_by_label("Link to this visit").input_value()
    page.emulate_media(media="print")
    for gone in ("Print", "Take out", "Make a link"):
        assert not page.get_by_role("button", name=gone).first.is_visible()
    assert not page.get_by_role("navigation").first.is_visible()
    assert page.get_by_role("heading", name="Room 12").is_visible()
    assert shows(page.locator(".seen img").first)

    other = open_page(link)
    assert headings(other) == ["The Astronomer’s Table", "Landscape 3"]
    assert shows(other.locator(".seen img").first)
    assert not other.get_by_role("link", name="The answer").count()

    page.emulate_media(media="screen")
    page.get_by_role("button", name="Take the link back").click()
    page.get_by_role("button", name="Make a link").wait_for()
    assert other.goto(link).status == 404


def test_hearts_are_pressed_without_leaving_the_page(open_page):
    page = open_page("/works/")
    heart = page.get_by_role("button", name="Favourite: The Astronomer’s Table")
    heart.focus()
    page.keyboard.press("Enter")
    page.locator('button.heart[value="1900.0"][aria-pressed="true"]').wait_for()
    assert page.evaluate("document.activeElement.value") == "1900.0"
    page.goto("/favourites")
    heart.click()
    page.locator('button.heart[value="1900.0"][aria-pressed="false"]').wait_for()
    page.reload()
    page.get_by_text("There is none yet").wait_for()


def test_hearts_and_visits_work_without_a_script(open_page):
    page = open_page("/works/1900.0", java_script_enabled=False)
    page.get_by_role("button", name="Favourite", exact=True).click()
    page.get_by_role("button", name="Favourite", exact=True, pressed=True).wait_for()
    page.get_by_role("button", name="Add to my visit").click()
    page.get_by_role("link", name="In your visit of today").click()
    page.get_by_role("button", name="Take out").click()
    page.get_by_text("There is none yet").wait_for()
