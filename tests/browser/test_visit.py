import base64
import threading

import pytest

from app.services.search.service import SearchService
from tests.browser.views import OVERFLOWS, shows

pytestmark = pytest.mark.browser

DROP = """
([frame, base64]) => {
  const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
  const dataTransfer = new DataTransfer();
  dataTransfer.items.add(new File([bytes], "dropped.jpg", {type: "image/jpeg"}));
  const event = new DragEvent("drop", {dataTransfer, bubbles: true, cancelable: true});
  document.querySelector(frame).dispatchEvent(event);
}
"""


def find(page):
    page.get_by_role("button", name="Find the work").click()
    page.wait_for_url("**/queries/*")


def assert_is_answered(page):
    assert page.get_by_text("Found", exact=True).is_visible()
    assert page.get_by_role("heading", level=1).inner_text() == (
        "The Astronomer’s Table"
    )
    box = page.locator("polygon.line").bounding_box()
    photo = page.locator(".overlaid img:not(.heat)").bounding_box()
    # The drawn work fills the middle of its photo, as it was photographed.
    assert abs(box["x"] + box["width"] / 2 - photo["x"] - photo["width"] / 2) < (
        0.12 * photo["width"]
    )
    assert 0.5 < box["width"] / photo["width"] < 0.9
    assert shows(page.locator(".overlaid img:not(.heat)"))
    assert shows(page.locator(".reference img"))


@pytest.mark.parametrize("width", [390, 1280])
def test_from_a_photo_to_the_label(open_page, photo_file, width):
    page = open_page(width=width)
    page.get_by_label("Your photo of the work").set_input_files(photo_file)
    page.locator("[data-editor]").wait_for()
    assert not page.evaluate(OVERFLOWS)
    find(page)
    assert_is_answered(page)
    assert not page.evaluate(OVERFLOWS)


def test_everything_works_without_a_script(open_page, photo_file):
    page = open_page(java_script_enabled=False)
    page.get_by_label("Your photo of the work").set_input_files(photo_file)
    page.get_by_role("button", name="Find the work").click()
    assert page.get_by_role("heading", level=1).inner_text() == (
        "The Astronomer’s Table"
    )


def test_a_photo_can_be_dropped_into_the_frame(open_page, photo):
    page = open_page()
    page.evaluate(DROP, ["[data-frame]", base64.b64encode(photo).decode()])
    page.locator("[data-editor]").wait_for()
    find(page)
    assert_is_answered(page)


def test_a_phone_is_offered_its_camera(open_page):
    phone = open_page(width=390)
    with phone.expect_file_chooser():
        phone.get_by_role("button", name="Take a photo").click()
    assert open_page().get_by_role("button", name="Take a photo").count() == 0


def test_looking_is_shown_and_said(open_page, photo_file, monkeypatch):
    may_answer = threading.Event()
    search = SearchService.search

    def search_later(*arguments, **options):
        may_answer.wait(10)
        return search(*arguments, **options)

    monkeypatch.setattr(SearchService, "search", search_later)
    page = open_page()
    page.get_by_label("Your photo of the work").set_input_files(photo_file)
    page.get_by_role("button", name="Find the work").click()
    looking = page.get_by_role("button", name="Looking…")
    looking.wait_for()
    page.get_by_text("Looking through the collection…").wait_for()
    assert looking.is_disabled()
    may_answer.set()
    page.wait_for_url("**/queries/*")


def test_a_photo_can_be_sent_by_keyboard_alone(open_page, photo_file):
    page = open_page()
    page.get_by_label("Your photo of the work").set_input_files(photo_file)
    page.locator("[data-editor]").wait_for()
    assert page.evaluate("document.activeElement.type") == "submit"
    page.keyboard.press("Enter")
    page.wait_for_url("**/queries/*")
    assert_is_answered(page)


def test_a_letter_is_sent_back_with_another_try(open_page):
    page = open_page(java_script_enabled=False)
    page.get_by_label("Your photo of the work").set_input_files(
        {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": b"Dear museum"}
    )
    page.get_by_role("button", name="Find the work").click()
    assert "not a picture" in page.get_by_role("alert").inner_text()
    assert page.get_by_label("Your photo of the work").is_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_stand_out_from_the_wall(open_page, scheme):
    """WCAG 2.2, 1.4.3: contrast of at least 4.5 for every colour text is set in.

    On any page: test_accessibility.py sees whether one of them has others.
    """
    page = open_page("/works/", color_scheme=scheme)
    for colour in ("--ink", "--quiet", "--accent"):
        for ground in ("--wall", "--mat"):
            assert contrast(page, colour, ground) >= 4.5, (colour, ground)
    assert contrast(page, "--on-accent", "--accent") >= 4.5


def contrast(page, *names):
    style = "name => getComputedStyle(document.documentElement).getPropertyValue(name)"
    dark, light = sorted(luminance(page.evaluate(style, name)) for name in names)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour):
    """Relative luminance of ``#rrggbb`` as WCAG defines it."""
    digits = colour.strip().removeprefix("#")
    shares = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [
        share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4
        for share in shares
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
