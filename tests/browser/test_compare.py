"""Methods side by side, in a real browser: asked, pointed at, taken away."""

import csv
import io

import pytest

from app.background import BACKGROUND
from tests.browser.test_accessibility import log_in
from tests.browser.views import faults_in_views
from tests.support.mapped import make_map
from tests.support.people import with_account

pytestmark = pytest.mark.browser


@pytest.fixture
def curator(app):
    make_map(app)
    return with_account(app, "curator@example.org", "curator")


@pytest.fixture
def compared(app, open_page, curator, photo_file):
    def start(width=1280):
        page = open_page(width=width)
        log_in(page, curator)
        page.goto("/curate/works/")
        page.get_by_role("link", name="Index and map").click()
        page.get_by_role("link", name="Compare").click()
        page.get_by_label("A photo").set_input_files(photo_file)
        page.get_by_role("button", name="Compare").click()
        page.wait_for_url("**/curate/compare/*-*")
        page.get_by_text("Comparing methods by a photo").wait_for()
        app.extensions[BACKGROUND].work_off()
        page.locator("[data-methods]").wait_for()
        return page

    return start


def test_a_photo_is_compared_by_all_methods(compared):
    page = compared(width=390)
    assert page.locator("[data-methods] thead th").count() == 9
    assert page.get_by_role("img", name="The photo that was asked about").is_visible()
    first = page.locator("[data-methods] tbody tr").first
    assert first.locator("td").first.inner_text().startswith("The Astronomer’s Table")
    assert faults_in_views(page) == []


def test_a_work_is_seen_everywhere_when_pointed_at_or_reached_by_the_keyboard(
    compared,
):
    page = compared()
    same = page.locator(".same")
    work = page.locator('[data-same="1900.0"]')
    assert work.count() > 1
    assert same.count() == 0
    work.last.hover()
    assert same.count() == work.count()
    page.mouse.move(1, 1)
    assert same.count() == 0
    work.first.focus()
    assert same.count() == work.count()
    # How many methods name it is written, not only shown.
    agreed = work.first.locator(".agreed")
    assert agreed.inner_text().startswith(f"{work.count()} of 8")


def test_it_is_taken_away_as_a_table(compared):
    page = compared()
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    text = download.value.path().read_text("utf-8")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert rows[0]["accession"] == "1900.0"
    assert len({row["method"] for row in rows}) == 8
