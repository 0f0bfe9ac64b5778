"""The pages for programmers: what programs can do, and the keys they need for it."""

import pytest

from tests.browser.views import faults_in_views
from tests.support.people import PASSWORD, bearing, with_account

pytestmark = pytest.mark.browser


@pytest.fixture
def anna(app):
    return with_account(app)


def log_in(page, person):
    """Get to the tokens by way of the login."""
    page.goto("/account/tokens/")
    page.get_by_label("E-mail address").fill(person.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()


def make_token(page, name):
    page.get_by_label("Name").fill(name)
    page.get_by_label("It works for").select_option("30 days")
    page.get_by_label("Present password").fill(PASSWORD)
    page.get_by_role("button", name="Make the token").click()


def test_a_token_is_made_used_and_revoked(app, anna, open_page):
    page = open_page("/api/docs", width=390)
    log_in(page, anna)
    page.get_by_role("link", name="Back to the account").click()
    page.get_by_role("link", name="Access tokens for your programs").click()
    make_token(page, "Kiosk")
    program = bearing(app, page.get_by_label("Kiosk").input_value())
    assert program.get("/api/v1/queries").status_code == 200
    page.get_by_role("link", name="Done: I have copied it").click()
    page.reload()
    row = page.get_by_role("listitem").filter(has_text="Kiosk")
    assert "Last used on" in row.inner_text()
    page.get_by_role("button", name="Revoke “Kiosk”").click()
    page.get_by_role("status").filter(has_text="“Kiosk” is revoked").wait_for()
    assert program.get("/api/v1/queries").status_code == 401


def test_tokens_need_no_mouse_and_no_script(anna, open_page):
    page = open_page("/api/docs", java_script_enabled=False)
    log_in(page, anna)
    page.get_by_label("Name").focus()
    page.keyboard.type("Kiosk")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    assert page.get_by_label("Kiosk").input_value().startswith("morelli_")


def test_the_handbook_leads_from_the_contents_to_every_operation(open_page):
    page = open_page("/api/docs")
    contents = page.get_by_role("navigation", name="Contents")
    for link in contents.get_by_role("link").all():
        link.click()
        place = page.url.rpartition("#")[2]
        assert page.locator(f"#{place}").is_visible()
    page.get_by_text("An example").first.click()
    assert page.get_by_text('"decision": "found"').first.is_visible()


def test_axe_finds_nothing_on_the_pages_for_programmers(anna, open_page):
    page = open_page("/api/docs")
    page.locator("details").evaluate_all("all => all.forEach(one => one.open = true)")
    assert faults_in_views(page) == []
    log_in(page, anna)
    assert faults_in_views(page) == []
    page.locator(".another form").evaluate("form => { form.noValidate = true; }")
    page.get_by_role("button", name="Make the token").click()
    assert faults_in_views(page) == []
    make_token(page, "A name that is so long that it hardly fits on a line of a phone")
    assert faults_in_views(page) == []
    page.get_by_role("link", name="Done: I have copied it").click()
    assert faults_in_views(page) == []
