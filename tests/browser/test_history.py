"""What was asked before, in a real browser: seen, taken along, taken away, deleted."""

import json
import re
import zipfile

import pytest

from tests.browser.test_accounts import ask, confirm, log_in, press, register
from tests.browser.views import faults_in_views, shows
from tests.support.people import Person, with_account

pytestmark = pytest.mark.browser


@pytest.fixture
def anna(app):
    return Person(app)


@pytest.fixture
def unknown_file(unknown_photo):
    return {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": unknown_photo}


def listed(page):
    """Open the history; return the words of its entries."""
    page.goto("/history")
    return page.locator(".asked li").all_inner_texts()


def take_away(page, folder):
    """Save everything; return what the list in the file says, and its photos."""
    page.goto("/history")
    with page.expect_download() as download:
        page.get_by_role("link", name="Save all as a ZIP file").click()
    assert download.value.suggested_filename == "morelli-searches.zip"
    path = folder / "searches.zip"
    download.value.save_as(path)
    with zipfile.ZipFile(path) as file:
        assert file.testzip() is None
        name, *others = file.namelist()
        photos = [one for one in others if one.startswith("photos/")]
        return json.loads(file.read(name)), photos


def test_an_anonymous_history_goes_into_a_new_account_and_away_with_it(
    open_page, anna, photo_file, unknown_file, tmp_path
):
    page = open_page(width=390)
    answer = ask(page, photo_file)
    ask(page, unknown_file)
    before = listed(page)
    assert len(before) == 2
    assert "Not in this collection" in before[0]
    assert "The Astronomer’s Table" in before[1]
    register(page, anna)
    confirm(page, anna)
    page.get_by_role("link", name="History", exact=True).click()
    page.get_by_role("heading", name="Your searches").wait_for()
    assert listed(page) == before
    searches, photos = take_away(page, tmp_path)
    assert [search["answer"] for search in searches] == ["found", "not_found"]
    assert len(photos) == 2
    page.goto("/history")
    page.locator(".asked").get_by_role(
        "link", name="The Astronomer’s Table"
    ).first.click()
    page.wait_for_url(f"**{answer}")


def test_the_times_are_the_visitors_own(open_page, photo_file):
    page = open_page(timezone_id="Pacific/Kiritimati", locale="en-GB")
    ask(page, photo_file)
    [entry] = listed(page)
    assert "UTC" not in entry
    elsewhere = open_page(java_script_enabled=False)
    ask(elsewhere, photo_file)
    assert "UTC" in listed(elsewhere)[0]


@pytest.mark.parametrize("scripts", [True, False])
def test_one_search_is_deleted_and_then_all_by_keyboard(
    open_page, photo_file, unknown_file, scripts
):
    page = open_page(java_script_enabled=scripts)
    answer = ask(page, photo_file)
    for _ in range(2):
        ask(page, unknown_file)
    page.goto("/history")
    page.get_by_role("link", name=re.compile("Delete – The Astronomer")).focus()
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Keep it").click()
    assert len(listed(page)) == 3
    page.get_by_role("link", name=re.compile("Delete – The Astronomer")).click()
    page.get_by_role("button", name="Delete this search").focus()
    page.keyboard.press("Enter")
    page.get_by_role("status").filter(has_text="The search is deleted").wait_for()
    assert len(listed(page)) == 2
    assert page.goto(answer).status == 404
    page.goto("/history")
    page.get_by_role("link", name="Delete all").click()
    page.get_by_role("heading", name="Delete all 2 searches?").wait_for()
    page.get_by_role("button", name="Delete all").click()
    page.get_by_role("status").filter(has_text="2 searches are deleted").wait_for()
    assert listed(page) == []
    page.get_by_text("There is nothing yet.").wait_for()


def test_a_second_user_is_refused(app, open_page, anna, photo_file):
    with_account(app, anna.email)
    ben = with_account(app, "ben@example.org")
    page, his_page = open_page(), open_page()
    log_in(page, anna)
    answer = ask(page, photo_file)
    log_in(his_page, ben)
    assert listed(his_page) == []
    for path in ("", "/photo.jpg", "/photo.s.jpg", "/heat.png", "/delete"):
        assert his_page.goto(f"{answer}{path}").status == 404, path
    assert len(listed(page)) == 1


def test_who_logs_out_leaves_nothing_to_go_back_to(app, open_page, anna, photo_file):
    with_account(app, anna.email)
    page = open_page()
    log_in(page, anna)
    ask(page, photo_file)
    assert len(listed(page)) == 1
    page.goto("/account/")
    press(page, "Log out")
    page.get_by_role("link", name="Log in").first.wait_for()
    for _ in range(3):
        page.go_back()
        assert "The Astronomer’s Table" not in page.locator("main").inner_text()
        if page.url.endswith("/history"):
            return
    pytest.fail("the history was not gone back to")


def test_the_history_is_for_everybody(app, open_page, photo_file, unknown_file):
    page = open_page("/history")
    assert faults_in_views(page) == []
    for file in (photo_file, unknown_file):
        ask(page, file)
    page.goto("/history")
    for image in page.locator(".asked img").all():
        assert shows(image)
    assert faults_in_views(page) == []
    for path in (app.config["MORELLI_INSTANCE"] / "media" / "queries").glob("*.jpg"):
        path.unlink()
    page.goto("/history")
    assert page.get_by_text("No photo is kept").count() == 2
    assert faults_in_views(page) == []
