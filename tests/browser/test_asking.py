"""Asking in a real browser: choose, turn, crop, find the frame, link, send."""

import base64
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO

import numpy as np
import pytest
from flask import request
from PIL import Image as Pillow
from sqlalchemy import select

from app.extensions import db
from app.models import Query
from app.services.system.links.fetching import LinkReader
from app.web.shell.current import LINKS
from tests.browser.views import faults, faults_in_views
from tests.support.fakes import draw_picture
from tests.support.museum import encoded
from tests.support.waiting import ended

pytestmark = pytest.mark.browser

PASTE = """
(base64) => {
  const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
  const clipboardData = new DataTransfer();
  clipboardData.items.add(new File([bytes], "pasted.jpg", {type: "image/jpeg"}));
  document.dispatchEvent(new ClipboardEvent("paste", {clipboardData}));
}
"""


@pytest.fixture
def elsewhere(photo):
    """A site elsewhere on the internet, played by this machine."""

    class Site(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.end_headers()
            self.wfile.write(photo)

        def log_message(self, *_arguments):
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    thread = threading.Thread(daemon=True, target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server
    server.shutdown()
    ended(thread)
    server.server_close()


@pytest.fixture
def app(make_app, elsewhere):
    port = elsewhere.server_port
    reader = LinkReader(
        10_000_000,
        resolve=lambda _host, _port: ["127.0.0.1"],
        permits=lambda _address: True,
        ports=(port,),
    )
    app = make_app()
    app.extensions[LINKS] = reader
    return app


@pytest.fixture
def room():
    """A dark wall with work 0 on it, upright, at [0.25, 0.2, 0.75, 0.8]."""
    wall = np.full((600, 960, 3), 205, np.uint8)
    wall[120:480, 240:720] = draw_picture(0).repeat(2, 0).repeat(2, 1)[60:420, 80:560]
    return {"name": "room.jpg", "mimeType": "image/jpeg", "buffer": encoded(wall)}


def choose(page, file):
    page.get_by_label("Your photo of the work").set_input_files(file)
    page.locator("[data-editor]").wait_for()


def find(page):
    page.get_by_role("button", name="Find the work").click()
    page.wait_for_url("**/queries/*")


def the_query(app):
    with app.app_context():
        return db.session.scalars(select(Query)).one()


def crop_of(page):
    """Where the crop box is, as shares of the stage: left, top, right, bottom."""
    names = ("left", "top", "right", "bottom")
    style = page.locator("[data-stage]").evaluate(
        "(stage, names) => names.map((n) => stage.style.getPropertyValue(`--${n}`))",
        names,
    )
    return [float(value.removesuffix("%")) / 100 for value in style]


def point(page, x, y):
    box = page.locator("[data-stage]").bounding_box()
    return box["x"] + x * box["width"], box["y"] + y * box["height"]


def drag(page, start, end):
    page.locator("[data-stage]").scroll_into_view_if_needed()
    page.mouse.move(*point(page, *start))
    page.mouse.down()
    page.mouse.move(*point(page, *end), steps=4)
    page.mouse.up()


def swipe(page, start, end):
    """Draw one finger over the page, as the browser itself would report it."""
    page.locator("[data-stage]").scroll_into_view_if_needed()
    session = page.context.new_cdp_session(page)

    def touch(kind, *points):
        spots = [{"x": x, "y": y} for x, y in points]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": spots})

    touch("touchStart", point(page, *start))
    for share in (0.3, 0.6, 1):
        step = [a + (b - a) * share for a, b in zip(start, end, strict=True)]
        touch("touchMove", point(page, *step))
    touch("touchEnd")


@pytest.mark.parametrize("width", [390, 1280])
def test_a_photo_turned_and_cropped_leads_to_the_label(open_page, app, room, width):
    page = open_page(width=width)
    choose(page, room)
    page.get_by_role("button", name="Rotate right").click()
    page.get_by_role("button", name="Rotate left").click()
    page.get_by_role("button", name="Find the frame").click()
    page.get_by_text("This may be the frame").wait_for()
    assert crop_of(page) == pytest.approx([0.25, 0.2, 0.75, 0.8], abs=0.04)
    find(page)
    assert page.get_by_role("heading", level=1).inner_text() == "The Astronomer’s Table"
    query = the_query(app)
    assert query.width == pytest.approx(480, abs=40)
    assert query.height == pytest.approx(360, abs=25)


def test_turning_turns_the_photo_and_the_box(open_page, app, room):
    page = open_page()
    choose(page, room)
    page.get_by_role("button", name="Crop", exact=True).click()
    drag(page, (0, 0), (0.25, 0.2))
    page.get_by_role("button", name="Rotate right").click()
    assert crop_of(page) == pytest.approx([0, 0.25, 0.8, 1], abs=0.02)
    find(page)
    query = the_query(app)
    assert query.width / query.height == pytest.approx(480 / 720, abs=0.03)


@pytest.mark.parametrize(("width", "draw"), [(1280, drag), (390, swipe)])
def test_the_box_is_drawn_by_mouse_and_by_finger(open_page, room, width, draw):
    page = open_page(width=width)
    choose(page, room)
    page.get_by_role("button", name="Crop", exact=True).click()
    draw(page, (0, 0), (0.25, 0.2))
    draw(page, (1, 1), (0.75, 0.8))
    assert crop_of(page) == pytest.approx([0.25, 0.2, 0.75, 0.8], abs=0.02)
    draw(page, (0.5, 0.5), (0.6, 0.6))
    assert crop_of(page) == pytest.approx([0.35, 0.3, 0.85, 0.9], abs=0.02)
    draw(page, (0.35, 0.6), (0.95, 0.6))
    left, _, right, _ = crop_of(page)
    assert right - left > 0.02  # an edge cannot be drawn over the other one
    assert right == pytest.approx(0.85, abs=0.02)


def test_the_box_is_moved_by_keys_and_told(open_page, room):
    page = open_page()
    choose(page, room)
    page.get_by_role("button", name="Crop", exact=True).click()
    corner = page.get_by_role("slider", name="Crop box, top left corner")
    corner.focus()
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("ArrowDown")
    assert crop_of(page) == pytest.approx([0.05, 0.01, 1, 1])
    assert corner.get_attribute("aria-valuetext") == "1 %, 5 %"
    told = page.get_by_text("Crop box: left 5 %, top 1 %, width 95 %, height 99 %.")
    told.wait_for()
    assert told.bounding_box()["width"] <= 1, "for ears only"
    page.locator("[data-crop]").focus()
    page.keyboard.press("ArrowLeft")
    assert crop_of(page) == pytest.approx([0.04, 0.01, 0.99, 1])
    for _ in range(30):
        page.keyboard.press("Shift+ArrowLeft")
    assert crop_of(page)[0] == 0


def test_exact_values_are_for_those_who_want_them(open_page, room):
    page = open_page(width=390)
    choose(page, room)
    page.get_by_role("button", name="Crop", exact=True).click()
    left = page.get_by_label("Left, %")
    assert not left.is_visible()
    page.get_by_text("Exact values").click()
    left.fill("25")
    page.keyboard.press("Tab")
    page.get_by_label("Bottom, %").fill("80")
    page.keyboard.press("Enter")
    assert crop_of(page) == pytest.approx([0.25, 0, 1, 0.8], abs=0.001)
    left.fill("300")
    page.keyboard.press("Tab")
    assert crop_of(page)[0] < 1, "an edge cannot be put over the other one"
    assert int(left.input_value()) == round(100 * crop_of(page)[0])
    left.fill("")
    page.keyboard.press("Tab")
    assert left.input_value() != ""
    assert faults(page) == []


def test_the_file_button_is_in_the_pages_language(open_page, photo_file):
    page = open_page(width=390, locale="de")
    assert not page.locator("input[type=file]").is_visible()
    button = page.locator("[data-choose]")
    assert button.is_visible()
    with page.expect_file_chooser() as chooser:
        button.press("Enter")
    chooser.value.set_files(photo_file)
    page.locator("[data-editor]").wait_for()
    with page.expect_file_chooser():
        button.click()


def test_without_a_script_the_file_field_is_the_browsers(open_page):
    page = open_page(java_script_enabled=False)
    assert page.get_by_label("Your photo of the work").is_visible()
    assert not page.locator("[data-choose]").is_visible()


def test_a_video_is_told_as_one_before_it_is_sent(open_page):
    page = open_page()
    video = {"name": "a.mp4", "mimeType": "video/mp4", "buffer": b"ftyp"}
    page.get_by_label("Your photo of the work").set_input_files(video)
    assert "That is a video." in page.get_by_role("alert").inner_text()


def test_every_handle_can_be_reached_seen_and_hit(open_page, room):
    page = open_page(width=390)
    choose(page, room)
    page.get_by_role("button", name="Crop", exact=True).click()
    page.locator("[data-crop]").focus()
    for _ in range(8):
        page.keyboard.press("Tab")
        style = "getComputedStyle(document.activeElement, '::before').outlineStyle"
        assert page.evaluate("document.activeElement.role") == "slider"
        assert page.evaluate(style) == "solid"
    for handle in page.get_by_role("slider").all():
        box = handle.bounding_box()
        assert min(box["width"], box["height"]) >= 44


def test_reset_gives_the_whole_photo_back(open_page, app, room):
    page = open_page()
    choose(page, room)
    page.get_by_role("button", name="Rotate right").click()
    page.get_by_role("button", name="Crop", exact=True).click()
    drag(page, (0, 0), (0.3, 0.3))
    page.get_by_role("button", name="Reset").click()
    assert not page.locator("[data-crop]").is_visible()
    find(page)
    assert (the_query(app).width, the_query(app).height) == (960, 600)


def test_a_wall_without_a_frame_is_told_as_such(open_page, grey_photo):
    page = open_page()
    choose(page, {"name": "wall.jpg", "mimeType": "image/jpeg", "buffer": grey_photo})
    page.get_by_role("button", name="Find the frame").click()
    page.get_by_text("No frame was found").wait_for()
    assert not page.locator("[data-crop]").is_visible()


def test_a_big_photo_is_sent_small_and_upright(open_page, app):
    lengths = []
    app.before_request(lambda: lengths.append(request.content_length or 0))
    tall = np.rot90(draw_picture(0)).repeat(12, 0).repeat(12, 1)
    big = encoded(np.ascontiguousarray(tall), exif=orientation(6)) + bytes(3_000_000)
    page = open_page()
    choose(page, {"name": "big.jpg", "mimeType": "image/jpeg", "buffer": big})
    find(page)
    assert 20_000 < max(lengths) < 400_000
    query = the_query(app)
    assert (query.width, query.height) == (1280, 960)


def test_how_much_is_sent_is_shown(open_page):
    noise = np.random.default_rng(0).integers(0, 256, (700, 900, 3), np.uint8)
    page = open_page()
    choose(page, {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": encoded(noise)})
    slow = {"offline": False, "latency": 0, "downloadThroughput": -1}
    page.context.new_cdp_session(page).send(
        "Network.emulateNetworkConditions", {**slow, "uploadThroughput": 150_000}
    )
    page.get_by_role("button", name="Find the work").click()
    bar = page.get_by_role("progressbar", name="Sending the photo")
    bar.wait_for()
    assert 0 < bar.evaluate("bar => bar.value") < 100
    page.wait_for_url("**/queries/*")


def test_where_an_account_is_needed_the_form_gives_way(open_page, app):
    app.config["MORELLI_ANONYMOUS_SEARCH"] = False
    page = open_page()
    assert page.get_by_text("Searching needs an account here").is_visible()
    assert page.get_by_label("Your photo of the work").count() == 0


def orientation(value):
    """EXIF that says how the camera was held."""
    exif = Pillow.Exif()
    exif[0x0112] = value
    return exif


def test_what_the_browser_cannot_show_is_sent_as_it_is(open_page, photo):
    file = BytesIO()
    Pillow.open(BytesIO(photo)).save(file, "TIFF")
    page = open_page()
    page.get_by_label("Your photo of the work").set_input_files(
        {"name": "a.tiff", "mimeType": "image/tiff", "buffer": file.getvalue()}
    )
    page.get_by_text("This browser cannot show this kind of photo").wait_for()
    find(page)
    assert page.get_by_role("heading", level=1).inner_text() == "The Astronomer’s Table"


def test_a_photo_can_be_pasted(open_page, photo):
    page = open_page()
    page.evaluate(PASTE, base64.b64encode(photo).decode())
    page.locator("[data-editor]").wait_for()
    find(page)
    assert page.get_by_text("Found", exact=True).is_visible()


@pytest.mark.parametrize("java_script_enabled", [True, False])
def test_a_link_leads_to_an_answer(open_page, app, elsewhere, java_script_enabled):
    page = open_page(java_script_enabled=java_script_enabled)
    page.get_by_text("Or give the address of a picture").click()
    address = f"http://pictures.example:{elsewhere.server_port}/photo.jpg"
    page.get_by_label("Address of the picture").fill(address)
    find(page)
    assert page.get_by_role("heading", level=1).inner_text() == "The Astronomer’s Table"
    assert the_query(app).source == "link"


def test_a_refusal_is_told_without_losing_the_page(open_page):
    page = open_page()
    page.get_by_text("Or give the address of a picture").click()
    page.get_by_label("Address of the picture").fill("file:///etc/passwd")
    page.get_by_role("button", name="Find the work").click()
    page.get_by_role("alert").wait_for()
    assert "begin with http" in page.get_by_role("alert").inner_text()
    assert page.get_by_role("button", name="Find the work").is_enabled()


def test_asking_for_nothing_is_told(open_page):
    page = open_page()
    page.get_by_role("button", name="Find the work").click()
    page.get_by_role("alert").wait_for()
    assert "Please choose one" in page.get_by_role("alert").inner_text()


def test_a_form_whose_session_is_gone_is_sent_all_the_same(open_page, photo_file):
    page = open_page()
    choose(page, photo_file)
    page.context.clear_cookies()
    find(page)
    assert page.get_by_text("Found", exact=True).is_visible()


@pytest.mark.parametrize("path", ["/", "/offline"])
def test_nobody_is_kept_from_editing(open_page, room, path):
    page = open_page(path)
    choose(page, room)
    page.get_by_role("button", name="Crop", exact=True).click()
    assert faults_in_views(page) == []


def test_pages_are_light(open_page):
    """At most 200 kB before pictures, nothing compressed yet."""
    page = open_page()
    sizes = page.evaluate(
        "performance.getEntriesByType('resource').concat("
        "performance.getEntriesByType('navigation'))"
        ".filter((e) => !e.name.includes('/media/')).map((e) => e.decodedBodySize)"
    )
    assert sum(sizes) < 200_000
