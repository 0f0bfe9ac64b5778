"""The review desk in a real browser: from a photo that was not found to a picture."""

import pytest

from app.background import BACKGROUND
from app.extensions import db
from app.models import Artwork
from tests.browser.test_imports import log_in
from tests.browser.views import faults_in_views
from tests.support.people import with_account

pytestmark = pytest.mark.browser


def test_a_photo_that_was_not_found_becomes_a_picture_and_is_found(
    app, ask, open_page, unknown_photo
):
    ask(unknown_photo)
    curator = with_account(app, "curator@example.org", "curator")
    page = open_page(width=390)
    log_in(page, curator)
    page.goto("/curate/desk/")
    assert faults_in_views(page) == []
    page.get_by_role("link", name="Photo of").click()
    page.get_by_label("Number, title or artist").fill("1900.3")
    page.get_by_role("button", name="Look for it").click()
    assert faults_in_views(page) == []
    works = page.get_by_role("list", name="Works that it may be")
    works.get_by_role("link", name="Take as its picture … 1900.3").click()
    page.get_by_text("With this picture, the photo finds the work.").wait_for()
    assert faults_in_views(page) == []
    page.get_by_role("link", name="The whole photo").click()
    page.get_by_role("button", name="Take it as a picture").click()
    page.get_by_text("No photo waits for you.").wait_for()
    page.get_by_role("link", name="What was decided").click()
    page.get_by_role("button", name="Ask all of these again").click()
    page.wait_for_url("**/curate/tasks/*")
    app.extensions[BACKGROUND].work_off()
    page.goto("/curate/desk/done")
    page.get_by_text("Asked again: the work was found").wait_for()
    assert faults_in_views(page) == []
    page.get_by_role("button", name="Take back").click()
    page.get_by_text("Nothing was decided yet.").wait_for()
    with app.app_context():
        work = db.session.query(Artwork).filter_by(accession="1900.3").one()
        assert len(work.images) == 1
