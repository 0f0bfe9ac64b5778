"""What all addresses have in common, asked one by one by somebody who is logged in."""

import pytest

from app.web.shell.site import FILES
from tests.support.people import bearing, logged_in, program_of, with_account
from tests.support.routes import address_of


@pytest.fixture
def admin(app):
    return logged_in(app, "ada@example.org", "admin", "curator")


def asked(app, browser):
    """Ask every address, also without its last slash, as a stranger's host would."""
    for rule in list(app.url_map.iter_rules()):
        address = address_of(app, rule)
        for asked_for in dict.fromkeys((address, address.rstrip("/") or "/")):
            for method in rule.methods & {"GET", "POST"}:
                yield (
                    f"{method} {asked_for}",
                    rule.endpoint,
                    browser.open(
                        asked_for, method=method, headers={"Host": "evil.example"}
                    ),
                )


def test_who_is_logged_in_leaves_no_page_and_is_led_nowhere_else(app, admin):
    session = admin.browser.get_cookie("morelli")
    admin.browser.set_cookie("morelli", session.value, domain="evil.example")
    led, kept = [], {}
    for name, endpoint, answer in asked(app, admin.browser):
        with answer:
            if "Location" in answer.headers:
                led.append((name, answer.headers["Location"]))
            if endpoint not in FILES:
                kept[name] = answer.headers["Cache-Control"]
    assert admin.is_logged_in
    assert len(kept) > 100
    assert not {name: said for name, said in kept.items() if said != "no-store"}
    assert len(led) > 10
    assert not [one for one in led if not one[1].startswith("/") or "//" in one[1]]


def test_a_stranger_is_led_nowhere_else_either(app, client):
    led = []
    for name, _endpoint, answer in asked(app, client):
        with answer:
            if "Location" in answer.headers:
                led.append((name, answer.headers["Location"]))
    assert len(led) > 40  # above all to the login page
    assert not [one for one in led if not one[1].startswith("/") or "//" in one[1]]


@pytest.mark.parametrize(
    "address", ["/account/login", "/account/register", "/account/reset", "/account/"]
)
def test_account_pages_are_kept_nowhere(client, address):
    assert client.get(address).headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("secret", ["morelli_wrong", None])
def test_what_programs_get_is_kept_nowhere(app, secret):
    program = bearing(app, secret) if secret else program_of(with_account(app))
    answer = program.get("/api/v1/queries")
    assert answer.headers["Cache-Control"] == "no-store"


def test_pages_for_everybody_are_asked_for_anew(client):
    for address in ("/", "/works/", "/about", "/nowhere"):
        assert client.get(address).headers["Cache-Control"] == "private, no-cache"


def test_files_may_be_kept_also_by_who_is_logged_in(admin):
    page = admin.browser.get("/").text
    start = page.index("/assets/") if "/assets/" in page else page.index("/static/")
    address = page[start : page.index('"', start)]
    with admin.browser.get(address) as answer:
        assert "immutable" in answer.headers["Cache-Control"]
