"""The viewfinder in Chromium, whose camera plays a video of drawn works."""

import re
import time

import numpy as np
import pytest
from sqlalchemy import select

from app.extensions import db
from app.models import Query
from app.retrieval.images.codec import encode_jpeg
from app.web.shell.languages import LANGUAGES
from tests.browser.conftest import NAMES
from tests.browser.keyboard import press, reach
from tests.browser.test_languages import faults_of, untranslated
from tests.browser.views import faults, faults_in_all_views, shows
from tests.support.fakes import draw_picture, photograph

pytestmark = pytest.mark.browser

FRAMES = "**/viewfinder/frames"
ALLOWS = "--use-fake-ui-for-media-stream"
"""Allows the camera; with ``=deny``, it does not."""
FPS = 30
"""Pictures a second that Chromium plays of such a file."""
HIDE = """
(hidden) => {
  Object.defineProperty(document, "hidden", {configurable: true, get: () => hidden});
  document.dispatchEvent(new Event("visibilitychange"));
}
"""
NOTE_SIZES = """
() => {
  window.sizes = [];
  const encode = HTMLCanvasElement.prototype.toBlob;
  HTMLCanvasElement.prototype.toBlob = function (done, ...options) {
    const noted = (blob) => {
      sizes.push(blob.size);
      done(blob);
    };
    encode.call(this, noted, ...options);
  };
}
"""
LIVE_TRACKS = """
() => document.querySelector("video").srcObject?.getTracks()
  .filter((track) => track.readyState === "live").length ?? 0
"""


def video_of(folder, *scenes):
    """Write a video of (picture, seconds) scenes; Chromium plays it again and again."""
    path = folder / "camera.mjpeg"
    with path.open("wb") as file:
        for picture, seconds in scenes:
            file.write(encode_jpeg(picture, quality=92) * round(seconds * FPS))
    return path


@pytest.fixture(scope="module")
def scenes():
    """What there is to see: two works, and a wall with nothing on it."""
    wall = np.full((480, 640, 3), 140, np.uint8)
    first, second = wall.copy(), wall.copy()
    first[60:420, 80:560] = photograph(draw_picture(0))
    second[60:420, 80:560] = photograph(draw_picture(4), seed=1)
    pair = [photograph(draw_picture(4), seed=1), photograph(draw_picture(0))]
    both = np.repeat(wall, 2, axis=1)
    both[60:420, 100:580], both[60:420, 700:1180] = pair
    return {"first": first, "second": second, "wall": wall, "both": both}


@pytest.fixture
def camera(launch, tmp_path, open_page, scenes):
    """Return a function that opens the viewfinder in front of some scenes."""
    browsers = []

    def start(*shown, allows="", **options):
        film = [(scenes[name], seconds) for name, seconds in shown]
        flags = [f"{ALLOWS}{allows}", "--host-resolver-rules=MAP museum.test 127.0.0.1"]
        if film:
            flags.append("--use-fake-device-for-media-stream")
            path = video_of(tmp_path, *film)
            flags.append(f"--use-file-for-fake-video-capture={path}")
        browsers.append(launch(NAMES, *flags))
        return open_page("/viewfinder", browser=browsers[-1], **options)

    yield start
    for browser in browsers:
        browser.close()


def begin(page):
    page.get_by_role("button", name="Start the camera").click()


def rows(app):
    with app.app_context():
        found = db.session.scalars(select(Query).order_by(Query.created_at)).all()
        return [
            (one.matches[0].artwork.accession, one.photo_name is not None)
            for one in found
        ]


def listen(page):
    """Return the moments at which frames are asked about."""
    moments = []

    def note(request):
        if request.url.endswith("/viewfinder/frames"):
            moments.append(time.monotonic())

    page.on("request", note)
    return moments


@pytest.mark.parametrize("width", [390, 1280])
def test_the_label_lies_over_the_work_and_leads_to_its_page(app, camera, width):
    page = camera(("first", 2), width=width)
    press(page, "Start the camera")
    tag = page.locator(".tag")
    tag.wait_for()
    assert "The Astronomer’s Table" in tag.inner_text()
    assert page.get_by_role("status").inner_text() == (
        "Found: The Astronomer’s Table, Ada Bright, c. 1668."
    )
    # The outline lies where the work is in the picture.
    picture = page.locator("video").bounding_box()
    outline = page.locator(".sight .line").bounding_box()
    left = (outline["x"] - picture["x"]) / picture["width"]
    right = left + outline["width"] / picture["width"]
    assert 80 / 640 - 0.05 < left < right < 560 / 640 + 0.05
    box = tag.bounding_box()
    assert box["height"] >= 44
    assert picture["x"] <= box["x"]
    assert box["x"] + box["width"] <= picture["x"] + picture["width"] + 1
    assert shows(page.locator(".seen img"))
    assert faults_in_all_views(page, [width]) == []
    assert rows(app) == [("1900.0", False)]
    reach(page, lambda focused: "The Astronomer’s Table" in focused["name"])
    page.keyboard.press("Enter")
    page.wait_for_url("**/works/1900.0")


def test_it_speaks_every_language_while_it_runs(camera, open_page):
    browser = camera(("first", 2)).context.browser
    found = []
    for language in LANGUAGES:
        page = open_page("/viewfinder", browser=browser, width=390, locale=language)
        page.locator("[data-start]").click()
        page.locator("[data-stop]").wait_for()
        english = untranslated(language) if language != "en" else set()
        found += faults_of(page, language, english)
        page.context.close()
    assert found == []


def test_it_goes_on_to_the_next_work_by_itself(app, camera):
    page = camera(("first", 3), ("wall", 2), ("second", 3), ("wall", 2))
    asked = listen(page)
    page.evaluate(NOTE_SIZES)
    begin(page)
    for title in ("The Astronomer’s Table", "Landscape 4"):
        page.locator(".tag", has_text=title).wait_for()
    page.locator(".tag").wait_for(state="detached")
    listed = page.locator(".seen h3")
    listed.nth(1).wait_for()
    assert sorted(listed.all_inner_texts()) == ["Landscape 4", "The Astronomer’s Table"]
    page.locator(".tag", has_text="The Astronomer’s Table").wait_for()
    assert len(asked) >= 3
    assert min(np.diff(asked)) >= 0.5, "two a second at most"
    assert len(rows(app)) == 2, "each work counts once"
    page.get_by_role("button", name="Stop the camera").click()
    told = page.locator("[data-sent]").inner_text()
    total, count, each = map(int, re.findall(r"\d+", told))
    assert count == len(asked)
    sizes = page.evaluate("sizes")
    assert len(sizes) == count
    assert total == pytest.approx(sum(sizes) / 1000, rel=0.1, abs=2)
    assert each == pytest.approx(np.mean(sizes) / 1000, rel=0.1, abs=2)
    assert each < 100


def test_however_fast_the_view_changes_two_a_second_are_asked(camera):
    page = camera(("first", 0.4), ("second", 0.4))
    asked = listen(page)
    nothing = '{"verdict": "not_found", "works": [], "advice": null}'
    answer = {"body": nothing, "headers": {"Content-Type": "application/json"}}
    page.route(FRAMES, lambda route: route.fulfill(status=200, **answer))
    begin(page)
    page.wait_for_timeout(6_000)
    assert len(asked) >= 4
    assert min(np.diff(asked)) >= 0.5


def test_several_works_have_their_labels_from_left_to_right(camera):
    page = camera(("both", 2), width=390)
    begin(page)
    tags = page.locator(".tag")
    tags.nth(1).wait_for()
    assert tags.all_inner_texts() == ["1 Landscape 4", "2 The Astronomer’s Table"]
    picture = page.locator("video").bounding_box()
    left, right = (tag.bounding_box() for tag in tags.all())
    assert picture["x"] <= left["x"]
    assert left["x"] + left["width"] < right["x"]
    assert right["x"] + right["width"] <= picture["x"] + picture["width"] + 1
    assert faults(page) == []


def test_of_a_wall_nothing_is_asked(camera):
    page = camera(("wall", 2))
    asked = listen(page)
    begin(page)
    page.locator("[data-hint]", has_text="Point the camera at a work.").wait_for()
    page.wait_for_timeout(1_000)
    assert asked == []
    page.get_by_role("button", name="Stop the camera").click()
    assert page.evaluate(LIVE_TRACKS) == 0
    assert faults(page) == []


def test_in_the_background_the_camera_is_off(camera):
    page = camera(("first", 2))
    begin(page)
    page.locator(".tag").wait_for()
    assert page.evaluate(LIVE_TRACKS) == 1
    page.evaluate(HIDE, True)
    page.get_by_text("The camera is off while").first.wait_for()
    assert page.evaluate(LIVE_TRACKS) == 0
    asked = listen(page)
    page.wait_for_timeout(1_200)
    assert asked == []
    page.evaluate(HIDE, False)
    page.locator(".tag").wait_for()
    assert page.evaluate(LIVE_TRACKS) == 1


def test_a_picture_is_kept_where_that_is_asked(app, camera):
    page = camera(("first", 2))
    begin(page)
    page.get_by_role("button", name="Keep the picture of The Astronomer").click()
    link = page.get_by_role("link", name="Picture kept: see the answer")
    link.wait_for()
    assert rows(app) == [("1900.0", True)]
    assert "Only those were kept" in page.locator("[data-sent]").inner_text()
    link.click()
    page.wait_for_url("**/queries/*")
    assert shows(page.locator(".overlaid img").first)


def test_it_waits_as_long_as_it_is_told(camera):
    page = camera(("first", 2))
    moments = []

    def refuse(route):
        moments.append(time.monotonic())
        if len(moments) > 1:
            route.continue_()
            return
        body = '{"error": {"code": "queue_full", "message": "later"}}'
        headers = {"Retry-After": "2", "Content-Type": "application/json"}
        route.fulfill(status=503, body=body, headers=headers)

    page.route(FRAMES, refuse)
    begin(page)
    page.get_by_text(re.compile("Many are asking just now")).first.wait_for()
    page.locator(".tag").wait_for()
    assert moments[1] - moments[0] >= 2


def test_without_a_network_it_goes_on_when_there_is_one(camera):
    page = camera(("first", 2))
    page.route(FRAMES, lambda route: route.abort())
    begin(page)
    page.get_by_text("There is no network.").first.wait_for()
    page.unroute(FRAMES)
    page.evaluate("dispatchEvent(new Event('online'))")
    page.locator(".tag").wait_for()


def test_a_camera_that_is_not_allowed_is_told(camera):
    page = camera(("first", 1), allows="=deny")
    begin(page)
    page.get_by_role("alert").get_by_text("The camera was not allowed.").wait_for()
    assert page.get_by_role("button", name="Start the camera").is_visible()
    assert faults(page) == []


def test_a_device_without_a_camera_is_told(camera):
    page = camera()
    begin(page)
    page.get_by_role("alert").get_by_text("There is no camera").wait_for()


def test_a_camera_in_use_is_told(open_page):
    page = open_page("/viewfinder")
    page.evaluate(
        "() => { navigator.mediaDevices.getUserMedia = () =>"
        " Promise.reject(new DOMException('', 'NotReadableError')); }"
    )
    begin(page)
    page.get_by_role("alert").get_by_text("Another program uses the camera").wait_for()


def test_without_https_it_is_told_before_anybody_tries(camera, address):
    elsewhere = address.replace("127.0.0.1", "museum.test")
    page = camera(("first", 1), base_url=elsewhere)
    page.get_by_role("alert").get_by_text("only to pages with https").wait_for()
    assert page.get_by_role("button", name="Start the camera").is_disabled()
    assert faults(page) == []


def test_without_a_script_the_page_leads_to_the_other_ways(open_page):
    page = open_page("/viewfinder", java_script_enabled=False)
    assert page.get_by_text("needs a browser that runs scripts").is_visible()
    assert not page.get_by_role("button", name="Start the camera").is_visible()
    page.get_by_role("link", name="Ask with a photo").click()
    page.get_by_label("Your photo of the work").wait_for()
