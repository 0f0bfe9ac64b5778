"""A second factor, set up and used in front of a screen."""

import time

import pytest
from playwright.sync_api import expect

from tests.browser.test_accounts import fill, log_in, press
from tests.browser.views import faults, faults_in_views
from tests.support.factors import AuthenticatorApp
from tests.support.people import PASSWORD, with_account

pytestmark = pytest.mark.browser

OVERVIEW = "/account/second-factor/"
KEEPER = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def address(address):
    """Passkeys are bound to a name; an address in numbers is none."""
    return address.replace("127.0.0.1", "localhost")


@pytest.fixture
def anna(app):
    return with_account(app)


def virtual_keeper(page, **facts):
    """Give the page something that keeps passkeys; return its session and name."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {**KEEPER, **facts}
    made = session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return session, made["authenticatorId"]


def begin_passkey(page, name):
    page.goto(OVERVIEW)
    page.get_by_role("link", name="Set up a passkey").click()
    fill(page, {"Name": name, "Present password": PASSWORD})
    press(page, "Go on")


def is_logged_in(page):
    expect(page.get_by_role("link", name="Account", exact=True)).to_be_visible()


def is_asked(page):
    expect(page.get_by_role("heading", level=1)).to_have_text("Second factor")
    expect(page.get_by_role("link", name="Account", exact=True)).to_have_count(0)


@pytest.mark.parametrize("transport", ["internal", "usb"])
def test_a_passkey_is_set_up_and_lets_in(open_page, anna, transport):
    page = open_page()
    session, keeper = virtual_keeper(page, transport=transport)
    log_in(page, anna)
    begin_passkey(page, "Anna’s telephone")
    page.get_by_role("status").filter(has_text="is set up").wait_for()
    expect(page.get_by_role("heading", level=3)).to_have_text("Anna’s telephone")
    kept = session.send("WebAuthn.getCredentials", {"authenticatorId": keeper})
    assert [one["rpId"] for one in kept["credentials"]] == ["localhost"]
    page.goto("/account/")
    press(page, "Log out")
    log_in(page, anna)
    is_asked(page)
    press(page, "Use a passkey")
    is_logged_in(page)


def test_who_says_no_to_the_browser_may_try_again(open_page, anna):
    page = open_page()
    log_in(page, anna)
    virtual_keeper(page)
    # What the browser is told when somebody presses “Cancel”.
    page.add_init_script(
        "const make = navigator.credentials.create.bind(navigator.credentials);"
        "let asked = 0;"
        "navigator.credentials.create = (options) => (asked += 1) > 1 ? make(options)"
        " : Promise.reject(new DOMException('no', 'NotAllowedError'));"
    )
    begin_passkey(page, "Telephone")
    page.get_by_role("alert").filter(has_text="No passkey was used").wait_for()
    assert faults_in_views(page) == []
    press(page, "Make the passkey")
    page.get_by_role("status").filter(has_text="is set up").wait_for()


def test_an_app_is_set_up_and_lets_in_without_a_script(open_page, anna):
    page = open_page(width=390, java_script_enabled=False)
    log_in(page, anna)
    page.goto(OVERVIEW)
    page.get_by_role("link", name="Set up an authenticator app").click()
    fill(page, {"Present password": PASSWORD})
    press(page, "Go on")
    picture = page.get_by_role("img", name="QR code")
    assert picture.bounding_box()["width"] > 200
    phone = AuthenticatorApp(page.locator("figcaption code").inner_text())
    used = phone.code()
    page.get_by_label("Code from the app").fill(used)
    page.keyboard.press("Enter")
    page.get_by_role("status").filter(has_text="is set up").wait_for()
    page.get_by_role("link", name="Make new recovery codes").click()
    fill(page, {"Present password": PASSWORD})
    press(page, "Make new recovery codes")
    code = page.locator(".codes code").first.inner_text()
    page.goto("/account/")
    press(page, "Log out")
    log_in(page, anna)
    is_asked(page)
    page.get_by_label("Code from the app").fill(next_code(phone))
    press(page, "Go on")
    is_logged_in(page)
    page.goto("/account/")
    press(page, "Log out")
    log_in(page, anna)
    page.get_by_role("link", name="Use a recovery code instead").click()
    fill(page, {"Recovery code": code})
    press(page, "Log in")
    is_logged_in(page)


def next_code(phone):
    """Return the code that comes next: the server allows for clocks that go fast."""
    return phone.totp.generate(time.time() + 30).token


def test_axe_finds_nothing_on_the_pages_of_the_second_factor(open_page, anna):
    page = open_page()
    virtual_keeper(page)
    log_in(page, anna)
    page.goto(OVERVIEW)
    assert faults_in_views(page) == []
    page.goto("/account/second-factor/app")
    press(page, "Go on")  # the browser itself asks for the password
    assert faults(page) == []
    fill(page, {"Present password": PASSWORD})
    press(page, "Go on")
    page.get_by_role("img", name="QR code").wait_for()
    assert faults_in_views(page) == []
    phone = AuthenticatorApp(page.locator("figcaption code").inner_text())
    fill(page, {"Code from the app": "000000"})
    press(page, "Go on")
    page.get_by_role("img", name="QR code").wait_for()
    assert faults_in_views(page) == []
    fill(page, {"Code from the app": phone.code()})
    press(page, "Go on")
    begin_passkey(page, "A telephone with a very long name in the coat of somebody")
    page.get_by_role("status").filter(has_text="is set up").wait_for()
    assert faults_in_views(page) == []
    page.get_by_role("link", name="Make new recovery codes").click()
    assert faults_in_views(page) == []
    fill(page, {"Present password": PASSWORD})
    press(page, "Make new recovery codes")
    page.locator(".codes").wait_for()
    assert faults_in_views(page) == []
    page.goto("/account/second-factor/app/remove")
    assert faults_in_views(page) == []
    page.goto("/account/")
    press(page, "Log out")
    log_in(page, anna)
    assert faults_in_views(page) == []
    press(page, "The authenticator app")
    assert faults_in_views(page) == []
    page.get_by_role("link", name="Use a recovery code instead").click()
    assert faults_in_views(page) == []
