"""An account from its making to its end, as somebody in front of a screen has it."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.browser.views import faults_in_views
from tests.support.people import PASSWORD, Person, with_account

pytestmark = pytest.mark.browser

NEW_PASSWORD = "another horse battery"


@pytest.fixture
def anna(app):
    """Give her mailbox: she sits in front of the browser herself."""
    return Person(app)


def press(page, name):
    page.get_by_role("button", name=name, exact=True).click()


def fill(page, fields):
    for label, text in fields.items():
        page.get_by_label(label, exact=True).fill(text)


def log_in(page, person, password=PASSWORD):
    page.goto("/account/login")
    fill(page, {"E-mail address": person.email, "Password": password})
    press(page, "Log in")


def follow_mail(page, person):
    link = urlsplit(person.mailed_link())
    page.goto(f"{link.path}?{link.query}")


def confirm(page, person):
    """Open the newest mail's link, and say that the address is one's own."""
    follow_mail(page, person)
    press(page, "Confirm the address")
    page.get_by_role("status").filter(has_text="is confirmed").wait_for()


def ask(page, photo_file):
    """Ask about a photo; return the address of the answer."""
    page.goto("/")
    page.get_by_label("Your photo of the work").set_input_files(photo_file)
    press(page, "Find the work")
    page.wait_for_url("**/queries/*")
    return urlsplit(page.url).path


def register(page, person):
    page.goto("/account/login")
    page.get_by_role("link", name="Make an account").click()
    fill(
        page,
        {
            "E-mail address": person.email,
            "Password": PASSWORD,
            "The password once more": PASSWORD,
        },
    )
    press(page, "Make an account")
    page.get_by_role("status").filter(has_text="We have sent a mail").wait_for()


def test_what_was_asked_before_comes_along_into_a_new_account(
    open_page, anna, photo_file
):
    page = open_page(width=390)
    answer = ask(page, photo_file)
    register(page, anna)
    confirm(page, anna)
    page.get_by_role("link", name="Account", exact=True).click()
    expect(page.get_by_role("definition")).to_have_text([anna.email, "1"])
    page.goto(answer)
    assert page.get_by_role("heading", level=1).inner_text() == (
        "The Astronomer’s Table"
    )
    elsewhere = open_page()
    assert elsewhere.goto(answer).status == 404
    log_in(elsewhere, anna)
    assert elsewhere.goto(answer).status == 200


def test_a_second_user_is_refused(app, open_page, anna, photo_file):
    with_account(app, anna.email)
    ben = with_account(app, "ben@example.org")
    page, his_page = open_page(), open_page()
    log_in(page, anna)
    answer = ask(page, photo_file)
    log_in(his_page, ben)
    assert his_page.goto(answer).status == 404


def test_a_forgotten_password_is_chosen_anew_by_the_mailed_link(app, open_page, anna):
    with_account(app, anna.email)
    page = open_page("/account/login")
    page.get_by_role("link", name="Forgotten the password?").click()
    fill(page, {"E-mail address": anna.email})
    press(page, "Send the link")
    page.get_by_role("status").filter(has_text="a mail is on its way").wait_for()
    follow_mail(page, anna)
    fill(
        page,
        {"New password": NEW_PASSWORD, "The password once more": NEW_PASSWORD},
    )
    press(page, "Set the password")
    page.get_by_role("status").filter(has_text="Your new password is set").wait_for()
    log_in(page, anna)
    page.get_by_role("alert").filter(has_text="do not belong together").wait_for()
    log_in(page, anna, NEW_PASSWORD)
    page.get_by_role("link", name="Account", exact=True).wait_for()


def test_an_account_is_deleted_with_what_it_asked(app, open_page, anna, photo_file):
    with_account(app, anna.email)
    page = open_page()
    log_in(page, anna)
    answer = ask(page, photo_file)
    page.get_by_role("link", name="Account", exact=True).click()
    page.get_by_role("link", name="Delete the account").click()
    fill(page, {"Present password": "wrong"})
    press(page, "Delete the account and everything in it")
    page.get_by_text("This is not your present password.").wait_for()
    fill(page, {"Present password": PASSWORD})
    press(page, "Delete the account and everything in it")
    page.get_by_role("status").filter(has_text="are deleted").wait_for()
    assert page.goto(answer).status == 404
    log_in(page, anna)
    page.get_by_role("alert").filter(has_text="do not belong together").wait_for()


def test_an_account_is_used_by_keyboard_and_without_a_script(app, open_page, anna):
    with_account(app, anna.email)
    page = open_page("/account/login", java_script_enabled=False)
    page.get_by_label("E-mail address").focus()
    page.keyboard.type(anna.email)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    assert page.get_by_role("checkbox").is_checked()
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Account", exact=True).click()
    press(page, "Log out")
    page.get_by_role("link", name="Log in").wait_for()


OPEN = ("/account/login", "/account/register", "/account/reset", "/account/confirm")


def test_axe_finds_nothing_on_forms_with_faults_and_on_a_mailed_page(open_page, anna):
    """On the same pages without them, tests/browser/test_accessibility.py."""
    page = open_page()
    for address in OPEN:
        page.goto(address)
        press_first_button(page)
        assert faults_in_views(page) == []
    register(page, anna)
    follow_mail(page, anna)
    assert faults_in_views(page) == []


def press_first_button(page):
    page.locator("main form").evaluate("form => { form.noValidate = true; }")
    page.locator("main form button").first.click()
