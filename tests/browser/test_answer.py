"""The answer in a real browser: compare, look, share, say whether it is right."""

import re
import time

import numpy as np
import pytest
from sqlalchemy import select, update

from app.extensions import db
from app.models import Feedback, Query
from app.retrieval.images.codec import decode
from app.retrieval.search.explanation import encode_attention
from tests.browser.views import faults, shows

pytestmark = pytest.mark.browser

PROBE = """
(seen) => {
  const clip = getComputedStyle(seen).clipPath;
  const probe = document.createElement("div");
  probe.style.position = "absolute";
  probe.style.width = clip.match(/inset\\(0px (.*) 0px 0px\\)/)[1];
  seen.parentElement.append(probe);
  const hidden = probe.getBoundingClientRect().width;
  probe.remove();
  return seen.getBoundingClientRect().width - hidden;
}
"""
FOCUSED = "document.activeElement"


@pytest.fixture
def answered(open_page, photo_file):
    """Return a function that asks and gives the page of the answer."""

    def ask(photo=photo_file, **options):
        page = open_page(**options)
        page.get_by_label("Your photo of the work").set_input_files(photo)
        page.get_by_role("button", name="Find the work").click()
        page.wait_for_url("**/queries/*")
        return page

    return ask


def stage_of(page):
    """What the pictures lie on, once they are there: they give it its size."""
    for name in (".own", ".seen"):
        assert shows(page.locator(f".stage {name}"))
    return page.locator(".stage")


def boxes_of(page):
    """Where the work and the photo lie."""
    stage = stage_of(page)
    return [stage.locator(name).bounding_box() for name in (".own", ".seen")]


def clip_of(page):
    """How far the photo reaches over the work, in pixels of the page."""
    return stage_of(page).locator(".seen").evaluate(PROBE)


def test_the_slider_works_by_keyboard(answered):
    page = answered()
    slider = page.get_by_role("slider", name="How much of your photo")
    assert slider.get_attribute("aria-valuetext") == "50 % of your photo"
    before = clip_of(page)
    slider.focus()
    for _ in range(10):
        page.keyboard.press("ArrowRight")
    assert slider.get_attribute("aria-valuetext") == "60 % of your photo"
    assert clip_of(page) > before + 10
    page.keyboard.press("Home")
    assert clip_of(page) < before / 2


def test_the_slider_follows_a_finger(answered):
    page = answered(width=390)
    stage = stage_of(page)
    stage.scroll_into_view_if_needed()
    box = stage.bounding_box()
    page.touchscreen.tap(box["x"] + 0.8 * box["width"], box["y"] + box["height"] / 2)
    assert abs(clip_of(page) - 0.8 * box["width"]) < 0.08 * box["width"]


def test_both_pictures_of_the_comparison_are_there_and_alike(answered):
    own, seen = boxes_of(answered())
    assert own == seen


def test_without_a_script_the_pictures_lie_side_by_side(answered):
    page = answered(java_script_enabled=False)
    own, seen = boxes_of(page)
    assert seen["x"] + seen["width"] <= own["x"]
    assert page.get_by_role("slider").count() == 0
    page.get_by_role("button", name="Yes, this is it").click()
    page.get_by_text("You said that this is right.").wait_for()
    page.get_by_role("button", name="Make a link").click()
    assert "/shared/" in page.get_by_label("Link to this answer").input_value()


def test_details_are_joined_across_both_pictures(answered):
    page = answered()
    drawing = page.locator(".points svg")
    assert drawing.get_attribute("role") == "img"
    lines = drawing.locator("line")
    assert lines.count() == 40
    assert drawing.locator("image").count() == 2
    frame = drawing.bounding_box()
    box = lines.first.bounding_box()
    assert frame["y"] <= box["y"]
    assert box["y"] + box["height"] <= frame["y"] + frame["height"]


@pytest.mark.parametrize("scripts", [True, False])
def test_what_is_drawn_on_the_photo_can_be_chosen(app, answered, scripts):
    page = answered(java_script_enabled=scripts)
    with app.app_context():
        # Geometry was certain, so that no network has looked anywhere.
        map_ = encode_attention(np.full((6, 8), 200, np.uint8))
        db.session.execute(update(Query).values(activation_map=map_))
        db.session.commit()
    page.reload()
    heat, outline = page.locator("img.heat"), page.locator(".overlaid .outlines")
    assert outline.is_visible()
    assert not heat.is_visible()
    page.get_by_label("Where the network looked").focus()
    page.keyboard.press("Space")
    assert heat.is_visible()
    assert page.get_by_text("The brighter, the more this place counted").is_visible()
    page.get_by_label("Outline").uncheck()
    assert not outline.is_visible()
    if scripts:
        assert shows(heat)
        photo = page.locator(".overlaid img").first.bounding_box()
        assert heat.bounding_box() == pytest.approx(photo, abs=1)


def test_a_page_that_was_led_to_is_read_from_its_heading(answered):
    page = answered()
    assert page.evaluate(f"{FOCUSED}.tagName") == "H1"
    page.get_by_role("button", name="No", exact=True).click()
    page.get_by_role("heading", name="Which one is it?").wait_for()
    page.wait_for_load_state()  # then its script has moved the focus
    assert page.evaluate(f"{FOCUSED}.id") == "find"


def test_after_a_no_the_right_work_is_tapped(app, answered):
    page = answered(width=390)
    page.get_by_role("button", name="No", exact=True).click()
    page.get_by_role("heading", name="Is it one of these?").wait_for()
    assert faults(page) == []
    page.locator(".tapped button").first.click()
    page.wait_for_url("**/works/*")
    page.get_by_text("Thank you. You said that it is").wait_for()
    with app.app_context():
        [said] = db.session.scalars(select(Feedback)).all()
        assert not said.is_right
        assert said.artwork is not None
        assert page.url.endswith(said.artwork.accession)
        assert said.found_by == "alike"


@pytest.mark.parametrize("scripts", [True, False])
def test_each_of_several_works_is_tapped_on_the_photo(answered, photo_of_two, scripts):
    file = {"name": "two.jpg", "mimeType": "image/jpeg", "buffer": photo_of_two}
    page = answered(file, width=390, java_script_enabled=scripts)
    works = page.get_by_role("group", name="The works in your photo")
    links = works.get_by_role("link")
    assert links.count() == 2
    box = links.nth(1).locator("circle").bounding_box()
    assert min(box["width"], box["height"]) >= 24
    page.touchscreen.tap(box["x"] + 40, box["y"])  # anywhere on the work
    page.wait_for_url("**#work-2")
    page.locator("#work-2").get_by_role("link").first.click()
    page.wait_for_url("**/works/1900.4")


def test_a_wrong_click_can_be_mended(answered):
    page = answered()
    page.get_by_role("button", name="No", exact=True).click()
    page.get_by_text("You said that this is not right.").first.wait_for()
    page.get_by_role("button", name="Yes, this is it").click()
    page.get_by_text("You said that this is right.").wait_for()
    pressed = page.locator('[aria-pressed="true"]')
    assert pressed.inner_text() == "Yes, this is it"


def test_a_shared_answer_opens_elsewhere_until_it_is_taken_back(answered, open_page):
    page = answered()
    page.get_by_role("button", name="Make a link").click()
    field = page.get_by_label("Link to this answer")
    field.wait_for()
    page.wait_for_load_state()  # then its script has made the address whole
    address = field.input_value()
    assert address.startswith(page.url.split("/queries/")[0])
    friend = open_page(address, width=390)
    assert friend.get_by_role("heading", level=1).inner_text() == (
        "The Astronomer’s Table"
    )
    assert shows(friend.locator(".overlaid img").first)
    assert friend.get_by_role("main").get_by_role("button").count() == 0
    assert faults(friend) == []
    page.get_by_role("button", name="Take the link back").click()
    page.get_by_role("button", name="Make a link").wait_for()
    assert friend.reload().status == 404


def test_somebody_else_is_refused(answered, open_page):
    page = answered()
    stranger = open_page()
    assert stranger.goto(page.url).status == 404
    assert stranger.goto(f"{page.url}/heat.png").status == 404
    assert stranger.goto(f"{page.url}/rectified/0.jpg").status == 404


def test_on_paper_the_pictures_lie_side_by_side_and_nothing_is_to_be_pressed(answered):
    page = answered()
    page.emulate_media(media="print")
    own, seen = boxes_of(page)
    assert seen["x"] + seen["width"] <= own["x"]
    buttons = page.get_by_role("button").all()
    assert not [button for button in buttons if button.is_visible()]


def test_photo_and_work_are_looked_at_closely(answered):
    page = answered()
    for name in ("Your photo", "In the collection"):
        page.get_by_role("link", name=re.compile(f"Look closer.*{name}")).click()
        canvas = page.locator("[data-zoom] canvas")
        page.locator("[data-zoom] canvas[data-scale]").wait_for()
        deadline = time.monotonic() + 10
        while decode(canvas.screenshot()).std() < 20:  # still an even wall
            assert time.monotonic() < deadline
        assert faults(page) == []
        canvas.press("Escape")
        page.locator("[data-zoom]").wait_for(state="hidden")


def test_a_picture_that_does_not_come_leaves_no_hole(answered, photo_of_two):
    page = answered({"name": "a.jpg", "mimeType": "image/jpeg", "buffer": photo_of_two})
    page.route("**/media/works/**", lambda route: route.abort())
    page.reload()
    stands = page.locator(".proposals .no-picture")
    stands.first.wait_for()
    assert "The Astronomer’s Table" in stands.first.inner_text()
    assert page.locator(".proposals .hung img").count() == 0
    assert faults(page) == []
