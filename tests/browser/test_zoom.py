"""A work's picture looked at closely, in a real browser: by mouse, keys and finger."""

import pytest
from playwright.sync_api import expect

from app.extensions import db
from app.models import Artwork, ReferenceImage
from app.retrieval.settings import ImageSettings
from app.services.collection.pictures import store_picture
from app.services.media.folder import FolderStore
from tests.browser.views import faults_in_views
from tests.support.fakes import draw_picture
from tests.support.museum import encoded

pytestmark = pytest.mark.browser

CANVAS = "[data-zoom] canvas"
# The colours in the middle of what is drawn.
MIDDLE = """canvas => [...canvas.getContext("2d").getImageData(
  canvas.width / 2, canvas.height / 2, 1, 1).data]"""


@pytest.fixture
def large(app):
    """A work whose picture has several tiles in several sizes."""
    picture = draw_picture(3, height=1200, width=1600)
    store = FolderStore(app.config["MORELLI_INSTANCE"] / "media" / "works")
    kept = store_picture(encoded(picture, quality=95), store, settings=ImageSettings())
    with app.app_context():
        image = ReferenceImage(
            sha256=kept.sha256,
            media_name=kept.media_name,
            width=kept.width,
            height=kept.height,
        )
        db.session.add(Artwork(accession="large", title="Large", images=[image]))
        db.session.commit()
    return picture


def opened(open_page, **options):
    page = open_page("/works/large", **options)
    page.get_by_role("link", name="Look closer").click()
    page.locator(f"{CANVAS}[data-scale]").wait_for()
    return page


def scale_of(page):
    return float(page.locator(CANVAS).get_attribute("data-scale"))


@pytest.mark.usefixtures("large")
def test_the_keyboard_enlarges_moves_and_closes(open_page):
    page = opened(open_page, reduced_motion="reduce")
    expect(page.locator(CANVAS)).to_be_focused()
    whole = scale_of(page)
    assert whole < 1
    with page.expect_response(lambda answer: "/512,512,512,512/512,512/" in answer.url):
        for _ in range(8):
            page.keyboard.press("+")
    page.wait_for_function(
        f"scale => document.querySelector('{CANVAS}').dataset.scale > 1", arg=whole
    )
    page.keyboard.press("0")
    page.wait_for_function(
        f"scale => document.querySelector('{CANVAS}').dataset.scale == scale", arg=whole
    )
    page.keyboard.press("Escape")
    expect(page.locator("[data-zoom]")).to_be_hidden()
    expect(page.get_by_role("link", name="Look closer")).to_be_focused()


def test_what_is_drawn_is_the_picture(open_page, large):
    page = opened(open_page)
    page.wait_for_load_state("networkidle")
    drawn = page.locator(CANVAS).evaluate(MIDDLE)
    expected = large[598:602, 798:802].reshape(-1, 3).mean(axis=0)
    assert all(abs(a - b) < 25 for a, b in zip(drawn[:3], expected, strict=True))
    assert drawn[3] == 255


@pytest.mark.usefixtures("large")
def test_buttons_do_what_keys_do(open_page):
    page = opened(open_page, reduced_motion="reduce", width=390)
    whole = scale_of(page)
    page.get_by_role("button", name="Larger").click()
    page.wait_for_function(
        f"scale => document.querySelector('{CANVAS}').dataset.scale > scale", arg=whole
    )
    page.get_by_role("button", name="Close").click()
    expect(page.locator("[data-zoom]")).to_be_hidden()


@pytest.mark.usefixtures("large")
def test_nothing_keeps_anybody_from_it(open_page):
    page = opened(open_page)
    assert faults_in_views(page) == []


@pytest.mark.usefixtures("large")
def test_without_a_script_the_link_leads_to_the_picture(open_page):
    page = open_page("/works/large", java_script_enabled=False)
    link = page.get_by_role("link", name="Look closer").get_attribute("href")
    assert page.request.get(link).headers["content-type"] == "image/jpeg"
