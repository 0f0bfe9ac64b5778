import pytest
import time_machine

from app.models import now
from app.web.callers import devices
from app.web.callers.devices import known_device, remember_device

COOKIE = "morelli_device"


def cookie_after(app, account, cookie=""):
    """Return the cookie of a browser in which somebody has just logged in."""
    headers = {"Cookie": f"{COOKIE}={cookie}"} if cookie else {}
    with app.test_request_context(headers=headers):
        app.preprocess_request()
        remember_device(account)
        response = app.process_response(app.response_class())
    [line] = response.headers.getlist("Set-Cookie")
    assert "HttpOnly" in line
    assert "Path=/" in line
    return line.partition(";")[0].partition("=")[2]


def device_of(app, cookie, account):
    with app.test_request_context(headers={"Cookie": f"{COOKIE}={cookie}"}):
        return known_device(account)


def test_a_device_is_known_to_those_who_logged_in_with_it(app):
    cookie = cookie_after(app, "anna@example.org")
    name = device_of(app, cookie, "Anna@example.org ")
    assert name
    assert device_of(app, cookie, "ben@example.org") is None
    both = cookie_after(app, "ben@example.org", cookie)
    assert device_of(app, both, "ben@example.org") == name
    assert device_of(app, both, "anna@example.org") == name


def test_a_device_remembers_a_few_accounts_only(app):
    cookie = ""
    for number in range(devices.MOST_ACCOUNTS + 1):
        cookie = cookie_after(app, f"{number}@example.org", cookie)
    assert device_of(app, cookie, "0@example.org") is None
    assert device_of(app, cookie, f"{devices.MOST_ACCOUNTS}@example.org")


@pytest.mark.parametrize("forged", ["", "nonsense", "W10.YQ.c2ln"])
def test_a_forged_cookie_is_a_strangers(app, forged):
    assert device_of(app, forged, "anna@example.org") is None


def test_the_cookie_names_nobody_and_ends(app):
    with time_machine.travel(now()) as clock:
        cookie = cookie_after(app, "anna@example.org")
        assert "anna" not in cookie
        clock.shift(devices.KNOWN_SECONDS + 2)
        assert device_of(app, cookie, "anna@example.org") is None


def test_two_browsers_are_two_devices(app):
    anna = "anna@example.org"
    names = {device_of(app, cookie_after(app, anna), anna) for _ in range(2)}
    assert len(names) == 2
