"""Without a network: the shell opens, photos wait, and are sent later."""

import pytest
from sqlalchemy import func, select

from app.extensions import db
from app.models import Query
from tests.browser.conftest import WHOLE

pytestmark = pytest.mark.browser

CACHED = """
async () => {
  const addresses = [];
  for (const name of await caches.keys()) {
    for (const request of await (await caches.open(name)).keys()) {
      addresses.push(new URL(request.url).pathname);
    }
  }
  return addresses;
}
"""
CONTROLLED = """
async () => {
  const worker = navigator.serviceWorker;
  const controlled = new Promise((done) => {
    worker.addEventListener("controllerchange", done);
  });
  if (!worker.controller) await controlled;
}
"""


@pytest.fixture(scope="module")
def chromium(launch):
    """The whole one: without its windows, on a busy machine, it does not tell a page
    that the network is back."""
    return launch(WHOLE)


@pytest.fixture
def open_with_worker(open_page):
    def start(path="/", **options):
        page = open_page(path, service_workers="allow", **options)
        page.evaluate(CONTROLLED)
        return page

    return start


def choose(page, file):
    page.get_by_label("Your photo of the work").set_input_files(file)
    page.locator("[data-editor]").wait_for()


def press(page):
    page.get_by_role("button", name="Find the work").click()


def query_count(app):
    with app.app_context():
        return db.session.scalar(select(func.count(Query.id)))


def test_a_photo_taken_without_a_network_is_sent_when_there_is_one(
    open_with_worker, app, photo_file
):
    page = open_with_worker(width=390)
    page.context.set_offline(True)
    choose(page, photo_file)
    press(page)
    page.get_by_text("Your photo waits on this device").wait_for()
    assert page.get_by_role("heading", name="Waiting photos").is_visible()
    assert query_count(app) == 0
    page.context.set_offline(False)
    page.get_by_role("link", name="See the answer").click()
    page.wait_for_url("**/queries/*")
    assert page.get_by_role("heading", level=1).inner_text() == "The Astronomer’s Table"
    assert query_count(app) == 1


def test_it_is_tried_by_and_by_where_no_browser_says_that_it_is_back(
    open_page, app, photo_file
):
    page = open_page()
    page.route("**/token", lambda route: route.abort())
    page.route("**/queries", lambda route: route.abort())
    choose(page, photo_file)
    press(page)
    page.get_by_text("Your photo waits on this device").wait_for()
    page.unroute("**/token")
    page.unroute("**/queries")
    page.get_by_role("link", name="See the answer").wait_for()
    assert query_count(app) == 1


def test_the_shell_opens_without_a_network_and_takes_a_photo(
    open_with_worker, app, photo_file
):
    page = open_with_worker()
    page.context.set_offline(True)
    page.goto("/")
    assert page.get_by_role("heading", level=1).inner_text() == (
        "There is no network here"
    )
    choose(page, photo_file)
    page.get_by_role("button", name="Rotate left").click()
    press(page)
    page.get_by_text("Waiting for the network").wait_for()
    page.reload()  # it is on the disk
    page.get_by_text("Waiting for the network").wait_for()
    page.context.set_offline(False)
    page.get_by_role("link", name="See the answer").wait_for()
    assert query_count(app) == 1
    page.get_by_role("button", name="Remove").click()
    page.get_by_role("heading", name="Waiting photos").wait_for(state="hidden")


def test_what_is_refused_later_is_told_and_not_sent_again(open_with_worker, app):
    page = open_with_worker()
    page.context.set_offline(True)
    letter = {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": b"Dear museum"}
    page.get_by_label("Your photo of the work").set_input_files(letter)
    page.get_by_text("This browser cannot show").wait_for()
    press(page)
    page.get_by_text("Waiting for the network").wait_for()
    page.context.set_offline(False)
    page.locator(".state", has_text="Not accepted: This is not a picture").wait_for()
    assert not page.get_by_role("button", name="Send now").is_visible()


def test_nothing_of_a_visitor_is_kept_by_the_worker(open_with_worker, photo_file):
    page = open_with_worker()
    choose(page, photo_file)
    press(page)
    page.wait_for_url("**/queries/*")
    answer = page.url
    page.goto("/works/")
    kept = page.evaluate(CACHED)
    assert "/offline" in kept
    assert all(path == "/offline" or path.startswith("/assets/") for path in kept)
    page.context.set_offline(True)
    page.goto(answer)
    assert "Astronomer" not in page.content()


def test_a_link_cannot_wait(open_with_worker):
    page = open_with_worker()
    page.context.set_offline(True)
    page.get_by_text("Or give the address of a picture").click()
    page.get_by_label("Address of the picture").fill("https://pictures.example/a.jpg")
    press(page)
    page.get_by_role("alert").wait_for()
    assert "There is no network" in page.get_by_role("alert").inner_text()


def test_the_shell_speaks_the_visitors_language_and_knows_no_account(
    open_with_worker,
):
    page = open_with_worker()
    kept = page.evaluate(
        "async () => (await (await caches.match('/offline?language=en')).text())"
    )
    assert "csrf_token" not in kept
    assert 'href="/account/login"' in kept
