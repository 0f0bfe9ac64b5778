"""The museum makes the site its own, and visitors see it, in frames and at kiosks."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.browser.views import faults_in_views, shows
from tests.support.logos import png_logo
from tests.support.people import PASSWORD, with_account
from tests.support.sites import add_page, set_site
from tests.support.waiting import ended

pytestmark = pytest.mark.browser

ACCENT = "getComputedStyle(document.querySelector('[data-ask] button[type=submit]'))"
IDLE_SECONDS = 60


@pytest.fixture
def log_in(app, open_page):
    admin = with_account(app, "ada@example.org", "admin")

    def start(**options):
        page = open_page("/account/login", **options)
        page.get_by_label("E-mail address").fill(admin.email)
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Log in").click()
        page.wait_for_url(lambda address: "/account/login" not in address)
        return page

    return start


@pytest.fixture
def other_site(address):
    """Another site, which shows what its address names in a frame.

    A browser knows it by another name of this machine: it is no other port that makes
    another site, and cookies of one are kept from frames in the other.
    """

    class Page(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            frame = f'<!doctype html><iframe src="{address}{self.path}" title="box" '
            self.wfile.write(f'{frame} width="900" height="400">'.encode())

        def log_message(self, *_facts):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    thread = threading.Thread(daemon=True, target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()
    ended(thread)
    server.server_close()


def save(page, part):
    page.locator(f"#part-{part}").get_by_role("button", name="Save").click()
    page.get_by_text("Saved, and seen by everybody").wait_for()


def test_a_visitor_sees_name_colours_and_logo_that_an_admin_chose(log_in, open_page):
    page = log_in(width=390)
    page.goto("/admin/site/")
    page.get_by_label("Name of the site").fill("Kunsthaus Aaweiler")
    save(page, "name")
    file = {"name": "logo.png", "mimeType": "image/png", "buffer": png_logo()}
    page.get_by_label("Picture of the logo").set_input_files(file)
    page.get_by_role("button", name="Take this logo").click()
    page.get_by_role("img", name="The logo as it is now").wait_for()
    page.get_by_label("On light pages").fill("#ffcc00")
    page.get_by_label("On dark pages").fill("#8fd3a8")
    page.locator("#part-colours").get_by_role("button", name="Save").click()
    page.get_by_text("1.35 : 1").wait_for()
    page.get_by_role("button", name="Take #876c00 instead").click()
    page.get_by_text("Saved, and seen by everybody").wait_for()
    assert faults_in_views(page) == []
    for scheme, colour in (
        ("light", "rgb(135, 108, 0)"),
        ("dark", "rgb(143, 211, 168)"),
    ):
        visitor = open_page(color_scheme=scheme, width=390)
        assert visitor.evaluate(f"{ACCENT}.backgroundColor") == colour
        name = visitor.get_by_role("link", name="Kunsthaus Aaweiler")
        assert shows(name.locator("img"))
        assert visitor.title().endswith("Kunsthaus Aaweiler")
        assert faults_in_views(visitor) == []


def test_an_imprint_is_written_without_a_script(log_in, open_page):
    page = log_in(java_script_enabled=False)
    page.goto("/admin/site/")
    page.get_by_role("link", name="Write an imprint").click()
    german = page.get_by_role("group", name="Deutsch")
    german.get_by_label("Text").fill("# Haus\n\nMarkt 1, **Aaweiler**")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Saved, and seen by everybody").wait_for()
    visitor = open_page("/about", locale="de", width=390)
    visitor.get_by_role("link", name="Impressum").click()
    visitor.get_by_role("heading", name="Haus", exact=True).wait_for()
    assert faults_in_views(visitor) == []


@pytest.mark.parametrize("scripts", [True, False])
def test_a_photo_is_asked_about_on_another_site(
    app, open_page, other_site, photo_file, scripts
):
    set_site(app, embedding=[other_site])
    page = open_page(f"{other_site}/embed?language=de", java_script_enabled=scripts)
    box = page.frame_locator("iframe")
    box.get_by_label("Ihr Foto des Werks").set_input_files(photo_file)
    with page.expect_popup() as opened:
        box.get_by_role("button", name="Werk finden").click()
    answer = opened.value
    answer.wait_for_url("**/queries/*")
    # A tab of the museum's own, with its cookies: the answer is the visitor's.
    answer.reload()
    heading = answer.get_by_role("heading", level=1)
    assert heading.inner_text() == "The Astronomer’s Table"
    words = box.get_by_role("searchbox")
    words.fill("table")
    with page.expect_popup() as opened:
        words.press("Enter")
    opened.value.wait_for_url("**/find?q=table")


def test_only_the_box_is_framed_and_only_where_it_may_be(
    app, open_page, other_site, chromium
):
    set_site(app, embedding=["https://www.museum.org"])
    # Refusals are said on the console, which other tests take for a fault.
    context = chromium.new_context()
    page = context.new_page()
    page.goto(f"{other_site}/embed")
    assert page.frames[-1].get_by_role("button").count() == 0
    set_site(app, embedding=[other_site])
    page.goto(f"{other_site}/embed")
    page.frames[-1].get_by_role("button").first.wait_for()
    page.goto(f"{other_site}/works/1900.0")
    assert page.frames[-1].get_by_role("heading").count() == 0
    context.close()


def test_the_box_is_for_everybody(app, open_page):
    set_site(app, embedding=["https://www.museum.org"])
    assert faults_in_views(open_page("/embed")) == []


def test_a_kiosk_begins_anew_when_nobody_is_left(app, open_page, photo_file):
    set_site(app, kiosk_seconds=IDLE_SECONDS)
    add_page(app, "visit", en=("Visit", "See [our town](https://example.org/)."))
    page = open_page()
    page.clock.install()
    page.goto("/kiosk/")
    page.get_by_role("button", name="Start again").wait_for()
    assert page.get_by_role("link", name="Log in").count() == 0
    assert faults_in_views(page) == []
    page.locator("#photo").set_input_files(photo_file)
    page.get_by_role("button", name="Find the work").click()
    page.wait_for_url("**/queries/*")
    answer = page.url
    page.clock.run_for(1_000 * (IDLE_SECONDS - 5))
    still = page.get_by_role("dialog", name="Are you still there?")
    assert still.count() == 0
    page.clock.run_for(10_000)
    still.wait_for()
    assert faults_in_views(page) == []
    page.get_by_role("button", name="I am still here").click()
    assert still.count() == 0
    page.clock.run_for(1_000 * (IDLE_SECONDS + 25))
    page.get_by_role("heading", name="Which work is this?").wait_for()
    assert page.request.get(answer).status == 404
    page.goto("/pages/visit")
    assert page.get_by_role("main").get_by_role("link").count() == 0
    page.get_by_role("button", name="Start again").click()
    page.get_by_role("heading", name="Which work is this?").wait_for()
