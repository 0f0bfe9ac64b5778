"""The review desk in a real browser: from a photo that was not found to a picture."""

import pytest

from app.background import BACKGROUND
from app.extensions import db
from app.models import Artwork, Query, WorkStub
from app.web.shell.current import media
from tests.browser.test_imports import log_in
from tests.browser.views import faults_in_views
from tests.support.mapped import make_map
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


@pytest.fixture
def desk(app, ask, open_page, unknown_photo):
    """Return a page of a curator, and the id of a photo that was not found."""
    asked = ask(unknown_photo).location.rpartition("/")[2]
    page = open_page(width=390)
    log_in(page, with_account(app, "curator@example.org", "curator"))
    return page, asked


def test_a_named_photo_goes_into_the_evaluation_set_which_is_asked(app, desk):
    page, asked = desk
    page.goto(f"/curate/desk/{asked}?q=1900.3")
    page.get_by_role("button", name="Only name it 1900.3").click()
    page.get_by_role("link", name="What was decided").click()
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Put the chosen into the evaluation set").click()
    page.get_by_text("In the evaluation set", exact=True).wait_for()
    assert faults_in_views(page) == []
    page.get_by_role("link", name="Evaluation set", exact=True).click()
    page.get_by_text("Another work is in it too").click()
    page.get_by_label("Its number").fill("1900.5")
    page.get_by_role("button", name="It is in the photo").click()
    page.get_by_role("button", name="Not in the photo 1900.5").wait_for()
    for _ in range(2):
        page.get_by_role("button", name="Ask it now").click()
        page.wait_for_url("**/curate/tasks/*")
        app.extensions[BACKGROUND].work_off()
        page.goto("/curate/desk/set/")
    page.get_by_role("img", name="Shares of the evaluation set").wait_for()
    page.get_by_text("Every photo is answered as with the build before.").wait_for()
    assert faults_in_views(page) == []
    page.get_by_role("table").get_by_role("link").first.click()
    page.wait_for_url("**/curate/desk/set/runs/*")
    assert faults_in_views(page) == []
    page.goto("/curate/desk/set/")
    page.get_by_role("button", name="Take out").click()
    page.get_by_text("There is no photo in the evaluation set yet.").wait_for()


def test_a_work_on_loan_becomes_a_stub_and_is_undone_in_the_trail(app, desk):
    page, asked = desk
    page.goto(f"/curate/desk/{asked}")
    page.get_by_role("link", name="On loan, or not recorded").click()
    assert faults_in_views(page) == []
    page.get_by_label("Title").fill("Head of a woman")
    page.get_by_label("It is on loan").check()
    page.get_by_label("On loan until").fill("2099-03-31")
    page.get_by_role("button", name="Record it, and take the photo").click()
    page.get_by_text("The work is not published").wait_for()
    assert faults_in_views(page) == []
    page.get_by_role("button", name="Take it as a picture").click()
    page.get_by_text("No photo waits for you.").wait_for()
    page.goto("/curate/care/lacking/")
    page.get_by_role("link", name="Head of a woman").click()
    page.get_by_text("Stub · On loan until March 31, 2099").wait_for()
    assert faults_in_views(page) == []
    page.goto("/curate/changes/")
    assert faults_in_views(page) == []
    undo = page.get_by_role("button", name="Take back Photo of a visitor judged")
    undo.first.click()
    page.wait_for_url("**/curate/works/*")
    page.goto("/curate/desk/")
    page.get_by_role("link", name="Photo of").wait_for()
    with app.app_context():
        assert db.session.query(WorkStub).count() == 0


def test_a_work_is_chosen_on_the_map_by_the_keyboard(app, desk):
    make_map(app)
    page, asked = desk
    page.goto(f"/curate/desk/{asked}")
    page.get_by_role("link", name="Choose it on the map").click()
    page.wait_for_selector("[data-drawn]")
    page.locator('[data-list][aria-busy="false"]').wait_for()
    assert faults_in_views(page) == []
    entry = page.locator("[data-list] a").first
    title = entry.locator("cite").inner_text()
    entry.focus()
    page.keyboard.press("Enter")
    page.get_by_text("Chosen on the map:").wait_for()
    works = page.get_by_role("list", name="Works that it may be")
    assert works.get_by_role("listitem").count() == 1
    assert title in works.inner_text()
    assert faults_in_views(page) == []


def test_a_work_on_the_map_itself_leads_to_the_photo(app, desk, open_page):
    make_map(app)
    _page, asked = desk
    wide = open_page(width=1280)
    log_in(wide, with_account(app, "other@example.org", "curator"))
    wide.goto(f"/curate/desk/{asked}/map")
    wide.wait_for_selector("[data-drawn]")
    wide.locator("[data-colour]:enabled").wait_for()
    wide.locator("[data-list] [data-work]").first.hover()
    box = wide.locator("[data-ring]").bounding_box()
    wide.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    wide.wait_for_url(f"**/curate/desk/{asked}?work=*")
    # Without a script the list does the same.
    plain = open_page(java_script_enabled=False)
    log_in(plain, with_account(app, "third@example.org", "curator"))
    plain.goto(f"/curate/desk/{asked}/map")
    plain.locator("[data-list] a").first.click()
    plain.wait_for_url(f"**/curate/desk/{asked}?work=*")


def test_photos_that_cannot_be_asked_again_say_why(app, desk):
    page, asked = desk
    page.goto("/curate/desk/")
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Ask the chosen again").click()
    page.wait_for_url("**/curate/tasks/*")
    with app.app_context():
        query = db.session.get_one(Query, asked)
        media().queries.delete(str(query.photo_name))
        app.extensions[BACKGROUND].work_off()
    page.reload()
    page.get_by_text("Its file is missing from the storage.").wait_for()
    assert faults_in_views(page) == []
