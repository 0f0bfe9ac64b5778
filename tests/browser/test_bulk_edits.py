"""Many works edited at once by a curator, seen before and taken back after."""

import pytest

from app.extensions import db
from app.models import Artwork
from tests.browser.test_accessibility import log_in
from tests.browser.views import faults
from tests.support.people import with_account

pytestmark = pytest.mark.browser


@pytest.fixture
def curator(app):
    return with_account(app, "curator@example.org", "curator")


@pytest.mark.parametrize("width", [390, 1280])
def test_ticked_works_are_changed_and_taken_back(open_page, curator, width):
    page = open_page(width=width)
    log_in(page, curator)
    page.goto("/curate/works/")
    page.get_by_label("Choose 1900.0").press("Space")
    page.get_by_label("Choose 1900.3").press("Space")
    assert faults(page) == []
    page.get_by_role("button", name="Choose what changes").click()
    page.get_by_role("heading", name="Edit 2 works").wait_for()
    assert faults(page) == []
    page.get_by_label("Field", exact=True).select_option("Technique")
    page.get_by_label("New text").fill("Tempera on panel")
    page.get_by_role("button", name="See what would change", exact=True).click()
    page.get_by_text("Oil on canvas").wait_for()
    assert faults(page) == []
    page.get_by_role("button", name="Change 2 works").click()
    page.get_by_text("2 works changed.").wait_for()
    page.get_by_role("button", name="Take back").click()
    page.get_by_text("Taken back.").wait_for()
    page.goto("/curate/works/?q=tempera+panel")
    page.get_by_text("No work is like that.").wait_for()


def test_spellings_of_the_same_become_one(app, open_page, curator):
    with app.app_context():
        work = db.session.get_one(Artwork, 4)
        work.technique = "oil on canvass"
        db.session.commit()
    page = open_page(width=390)
    log_in(page, curator)
    page.goto("/curate/variants/?field=technique")
    page.get_by_label("Oil on canvas 1 work").check()
    assert faults(page) == []
    page.get_by_role("button", name="See what would change").click()
    page.get_by_role("button", name="Change 1 work").click()
    page.get_by_text("1 work changed.").wait_for()
    page.goto("/curate/variants/?field=technique")
    page.get_by_text("No two values of this field seem to be the same.").wait_for()


def test_a_line_is_edited_by_keyboard_without_scripts(open_page, curator):
    page = open_page(width=390)
    log_in(page, curator)
    page.goto("/curate/works/?edit=1")
    assert faults(page) == []
    page = page.context.browser.new_context(
        java_script_enabled=False,
        storage_state=page.context.storage_state(),
        base_url=page.url.partition("/curate")[0],
    ).new_page()
    page.goto("/curate/works/")
    page.get_by_role("link", name="Edit here 1900.0").press("Enter")
    page.get_by_label("Title", exact=True).fill("The Globe")
    page.get_by_label("Title", exact=True).press("Enter")
    page.get_by_text("Saved.").wait_for()
    page.get_by_role("link", name="The Globe").wait_for()
    page.context.close()
