"""The map of the collection, in a real browser: opened, moved, asked, without WebGL."""

import re
from io import BytesIO

import numpy as np
import pytest
from PIL import Image as Pillow

from tests.browser.test_accessibility import WEIGHT
from tests.browser.views import faults_in_views
from tests.support.fakes import draw_picture
from tests.support.mapped import make_map

pytestmark = pytest.mark.browser

MIDDLE = "[data-map] canvas"


@pytest.fixture
def mapped(app):
    return make_map(app)


@pytest.fixture
def open_map(mapped, open_page):
    def start(path="/map", **options):
        page = open_page(path, **options)
        page.wait_for_selector("[data-drawn]")
        page.locator("[data-colour]:enabled").wait_for()
        return page

    return start


def box_of(page):
    return page.locator(MIDDLE).bounding_box()


def in_view(page, count):
    """Wait until the list has come to rest with so many works."""
    page.locator(
        "[data-list-status]", has_text=re.compile(rf"Works: {count}$")
    ).wait_for()
    page.locator('[data-list][aria-busy="false"]').wait_for()


def ring_of(page, number):
    """Point at an entry of the list; return the middle of the ring around its work."""
    page.locator(f'[data-work="{number}"]').hover()
    ring = page.locator("[data-ring]")
    ring.wait_for()
    box = ring.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_the_map_opens_with_all_works_in_view(open_map):
    page = open_map()
    in_view(page, 7)
    assert page.locator("[data-list] > li").count() == 7
    assert page.get_by_text("drawn by a script with WebGL").is_hidden()
    assert page.get_by_role("navigation", name="Pages").count() == 0
    assert page.evaluate(WEIGHT) < 200_000


def test_every_work_lies_where_the_list_says_and_with_its_own_picture(open_map):
    page = open_map()
    in_view(page, 7)
    page.wait_for_timeout(500)  # for the fine sheet
    for number in range(7):
        x, y = ring_of(page, number)
        address = page.locator(f'[data-work="{number}"] a').get_attribute("href")
        picture = draw_picture(int(address.rpartition(".")[2]))
        shown = np.asarray(Pillow.open(BytesIO(page.screenshot())).convert("RGB"))
        seen = shown[int(y) - 8 : int(y) + 8, int(x) - 8 : int(x) + 8]
        height, width = picture.shape[:2]
        part = max(1, int(16 * width / (0.92 * width_of_cell(page)) / 2))
        middle = picture[
            height // 2 - part : height // 2 + part,
            width // 2 - part : width // 2 + part,
        ]
        apart = np.abs(seen.mean(axis=(0, 1)) - middle.mean(axis=(0, 1)))
        assert apart.max() < 30, (number, apart)


def width_of_cell(page):
    return page.locator("[data-ring]").bounding_box()["width"]


def test_the_wheel_the_buttons_and_the_keys_enlarge_and_move(open_map):
    page = open_map()
    in_view(page, 7)
    box = box_of(page)
    x, y = ring_of(page, 0)
    for _ in range(12):
        page.mouse.move(x, y)
        page.mouse.wheel(0, -400)
    # What is under the mouse stays there.
    page.locator("[data-list-status]", has_text=re.compile(r"Works: [1-6]$")).wait_for()
    assert page.locator('[data-list] [data-work="0"]').count() == 1
    page.get_by_role("button", name="The whole map").click()
    in_view(page, 7)
    page.locator(MIDDLE).focus()
    for _ in range(8):
        page.keyboard.press("+")
        page.wait_for_timeout(200)
    page.locator(
        "[data-list-status]", has_text=re.compile(r"Works: [1-6]$|no work")
    ).wait_for()
    page.keyboard.press("0")
    in_view(page, 7)
    for _ in range(8):
        page.get_by_role("button", name="Larger").click()
        page.wait_for_timeout(200)
    before = settled(nearest, page)
    page.mouse.move(box["x"] + 300, box["y"] + 200)
    page.mouse.down()
    page.mouse.move(box["x"] + 100, box["y"] + 120, steps=5)
    page.mouse.up()
    assert any(nearest(page) != before for _ in range(10))


def nearest(page):
    """Return which works are listed after a moment, the nearest to the middle first.

    All at once, for the list changes as long as the map glides.
    """
    page.wait_for_timeout(500)
    entries = page.locator("[data-list] > li")
    return entries.evaluate_all("all => all.map((one) => one.dataset.work)")


def test_the_arrow_keys_move_the_map_and_not_the_page(open_map):
    page = open_map()
    for _ in range(6):
        page.get_by_role("button", name="Larger").click()
        page.wait_for_timeout(200)
    page.locator(MIDDLE).focus()
    scrolled = page.evaluate("scrollY")
    seen = set()
    for key in (
        "ArrowRight",
        "ArrowDown",
        "ArrowLeft",
        "ArrowLeft",
        "ArrowUp",
        "ArrowUp",
    ):
        page.keyboard.press(key)
        page.wait_for_timeout(250)
        seen.add(tuple(nearest(page)))
    assert len(seen) > 2
    assert page.evaluate("scrollY") == scrolled


def test_pointing_shows_the_label_and_a_click_leads_to_the_work(open_map):
    page = open_map()
    in_view(page, 7)
    entry = page.locator("[data-list] > li", has_text="The Astronomer’s Table")
    x, y = ring_of(page, entry.get_attribute("data-work"))
    page.mouse.move(x, y)
    card = page.locator("[data-card]")
    card.wait_for()
    assert card.locator("cite").inner_text() == "The Astronomer’s Table"
    assert card.locator(".by").inner_text() == "Ada Bright, 1668"
    card.locator("img:visible").wait_for()
    page.mouse.click(x, y)
    page.wait_for_url("**/works/1900.0")


def test_a_tap_shows_the_label_with_the_way_to_the_work(open_map):
    page = open_map(width=390)
    in_view(page, 7)
    entry = page.locator("[data-list] > li", has_text="The Astronomer’s Table")
    entry.locator("a").focus()
    page.evaluate("scrollTo(0, 0)")
    ring = page.locator("[data-ring]").bounding_box()
    page.touchscreen.tap(ring["x"] + ring["width"] / 2, ring["y"] + ring["height"] / 2)
    card = page.locator("[data-card]")
    card.wait_for()
    assert card.locator("cite").inner_text() == "The Astronomer’s Table"
    card.locator("a").tap()
    page.wait_for_url("**/works/1900.0")


def test_a_lasso_lists_the_works_inside_until_it_is_cleared(open_map):
    page = open_map()
    in_view(page, 7)
    places = {number: ring_of(page, number) for number in range(7)}
    ordered = sorted(places, key=lambda number: places[number][0])
    x = [places[number][0] for number in ordered]
    # Through the widest gap: works may lie nearly above each other.
    count = max(range(1, 7), key=lambda number: x[number] - x[number - 1])
    left, border = ordered[:count], (x[count - 1] + x[count]) / 2
    box = box_of(page)
    page.get_by_role("button", name="Lasso").click()
    corners = [
        (box["x"] + 3, box["y"] + 3),
        (border, box["y"] + 3),
        (border, box["y"] + box["height"] - 3),
        (box["x"] + 3, box["y"] + box["height"] - 3),
    ]
    page.mouse.move(*corners[0])
    page.mouse.down()
    for corner in corners[1:]:
        page.mouse.move(*corner, steps=4)
    page.mouse.up()
    page.get_by_role("heading", name="Works in the lasso").wait_for()
    in_view(page, count)
    found = page.locator("[data-list] > li").all()
    assert {int(one.get_attribute("data-work")) for one in found} == set(left)
    page.get_by_role("button", name="Clear the choice").click()
    page.get_by_role("heading", name="Works in view").wait_for()
    in_view(page, 7)


def test_colours_are_named_and_one_can_be_seen_alone(open_map):
    page = open_map()
    page.get_by_label("Colour by").select_option("school")
    legend = page.locator("[data-legend] button")
    assert [one.inner_text().split() for one in legend.all()] == [
        ["Dutch", "1"],
        ["no", "school", "6"],
    ]
    before = settled(drawn, page)
    legend.first.click()
    assert legend.first.get_attribute("aria-pressed") == "true"
    assert any(drawn(page) != before for _ in range(20))
    legend.first.click()
    assert legend.first.get_attribute("aria-pressed") == "false"
    page.get_by_label("Colour by").select_option("date")
    assert legend.first.inner_text().startswith("1600–1699")
    page.get_by_label("Colour by").select_option("")
    assert page.locator("[data-legend]").is_hidden()


def settled(look, page):
    """Look until the same is seen twice, so that only what is done next changes it."""
    before, now = None, look(page)
    while now != before:
        before, now = now, look(page)
    return now


def drawn(page):
    """Return what the map looks like after a moment."""
    page.wait_for_timeout(200)
    return page.locator(MIDDLE).screenshot()


def test_the_likeness_can_be_chosen(open_map):
    page = open_map()
    page.get_by_role("link", name="Recognition").click()
    page.wait_for_url("**/map?by=picture")
    page.wait_for_selector("[data-drawn]")
    in_view(page, 7)


@pytest.mark.parametrize("width", [390, 1280])
def test_the_list_beside_it_is_reached_by_the_keyboard(open_map, width):
    page = open_map(width=width)
    in_view(page, 7)
    page.locator(MIDDLE).focus()
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.closest('[data-list]') !== null"):
            break
    page.locator("[data-ring]").wait_for()
    page.keyboard.press("Enter")
    page.wait_for_url("**/works/1900.*")


def test_without_webgl_the_works_are_a_list(mapped, open_page):
    page = open_page("/")
    page.add_init_script("HTMLCanvasElement.prototype.getContext = () => null")
    page.goto("/map")
    page.wait_for_load_state("networkidle")
    assert page.get_by_text("drawn by a script with WebGL").is_visible()
    assert page.locator("[data-map]").is_hidden()
    assert page.locator("[data-list] > li").count() == 7
    assert faults_in_views(page) == []


def test_without_scripts_the_works_are_a_list(mapped, open_page):
    page = open_page("/map", java_script_enabled=False)
    assert page.get_by_text("drawn by a script with WebGL").is_visible()
    assert page.locator("[data-list] > li").count() == 7


def test_the_map_is_for_everybody_with_card_colours_and_lasso(open_map):
    page = open_map()
    in_view(page, 7)
    page.get_by_label("Colour by").select_option("artist")
    assert faults_in_views(page) == []
    page.set_viewport_size({"width": 1280, "height": 844})
    page.wait_for_timeout(500)
    page.mouse.move(*ring_of(page, 0))
    page.locator("[data-card]").wait_for()
    page.get_by_role("button", name="Lasso").click()
    assert faults_in_views(page) == []


def test_who_wants_no_motion_sees_none(open_map):
    page = open_map(reduced_motion="reduce")
    in_view(page, 7)
    page.get_by_role("button", name="Larger").click()
    shots = [page.locator(MIDDLE).screenshot() for _ in range(2)]
    assert shots[0] == shots[1]
