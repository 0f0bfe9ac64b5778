"""How long somebody stays logged in, whatever their cookie says of itself."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import pytest
from flask_login.utils import encode_cookie

from app.web.account.sessions import STAFF, USE_NOTED_EVERY, VISITOR
from tests.support.people import PASSWORD, Person, logged_in, with_account

START = datetime(2026, 5, 4, 8, tzinfo=UTC)
MOMENT = timedelta(seconds=1)
ROLES = {"visitor": ((), VISITOR), "curator": (("curator",), STAFF)}


@pytest.fixture
def clock(time_machine):
    time_machine.move_to(START, tick=False)
    return time_machine


def copy_of(person):
    """Return a thief with the person's cookie, who sends it as it was."""
    thief = Person(person.app)
    thief.browser.set_cookie("morelli", person.browser.get_cookie("morelli").value)
    return thief


@pytest.mark.parametrize("role", ROLES)
def test_an_unused_session_ends(app, clock, role):
    roles, lifetime = ROLES[role]
    anna = logged_in(app, "anna@example.org", *roles)
    clock.shift(lifetime.idle - MOMENT)
    assert copy_of(anna).is_logged_in
    clock.shift(MOMENT)
    assert not copy_of(anna).is_logged_in


@pytest.mark.parametrize("role", ROLES)
def test_a_session_in_use_ends_too(app, clock, role):
    roles, lifetime = ROLES[role]
    anna = logged_in(app, "anna@example.org", *roles)
    step = lifetime.idle - timedelta(hours=1)
    while datetime.now(UTC) + step < START + lifetime.absolute:
        clock.shift(step)
        assert anna.is_logged_in
    clock.move_to(START + lifetime.absolute, tick=False)
    assert not anna.is_logged_in


def test_administrators_sessions_are_as_short_as_curators(app, clock):
    ada = logged_in(app, "ada@example.org", "admin")
    clock.shift(STAFF.idle)
    assert not ada.is_logged_in


def test_logging_in_again_begins_anew(app, clock):
    anna = logged_in(app)
    clock.shift(VISITOR.absolute)
    assert not anna.is_logged_in
    anna.log_in()
    assert anna.is_logged_in


def test_who_becomes_curator_is_bound_by_the_shorter_limits(app, clock):
    anna = logged_in(app)
    clock.shift(STAFF.idle)
    ada = logged_in(app, "ada@example.org", "admin")
    page = f"/admin/users/{anna.account().id}"
    ada.post(f"{page}/roles/curator/grant", page=page)
    assert not anna.is_logged_in


def test_the_cookie_is_sent_anew_now_and_then_only(app, clock):
    anna = logged_in(app)
    anna.browser.get("/account/")
    assert "Set-Cookie" not in anna.browser.get("/account/").headers
    clock.shift(USE_NOTED_EVERY)
    assert "Set-Cookie" in anna.browser.get("/account/").headers


def expiry(answer):
    [cookie] = [
        line
        for line in answer.headers.getlist("Set-Cookie")
        if line.startswith("morelli=")
    ]
    facts = dict(part.partition("=")[::2] for part in cookie.split("; "))
    return parsedate_to_datetime(facts["Expires"]) if "Expires" in facts else None


def test_only_who_wants_to_stays_logged_in_beyond_the_browser(app, clock):
    anna = with_account(app)
    assert expiry(anna.log_in()) is None
    anna.log_out()
    assert expiry(anna.log_in(remember="y")) == START + VISITOR.idle
    clock.shift(timedelta(days=20))
    used = anna.browser.get("/account/")
    assert expiry(used) == START + timedelta(days=20) + VISITOR.idle


def test_who_changes_the_password_stays_as_long_as_was_chosen(app, clock):
    anna = with_account(app)
    other = "another horse battery"
    for stays, old, new in (("y", PASSWORD, other), ("", other, PASSWORD)):
        anna.log_in(password=old, **({"remember": stays} if stays else {}))
        answer = anna.post(
            "/account/password",
            password=old,
            new_password=new,
            new_password_confirm=new,
        )
        assert (expiry(answer) is not None) == bool(stays)
        anna.log_out()


def test_a_cookie_of_the_library_lets_nobody_in(app):
    anna = with_account(app)
    with app.test_request_context():
        cookie = encode_cookie(anna.account().fs_uniquifier)
    anna.browser.set_cookie("remember_token", cookie)
    assert not anna.is_logged_in


def test_a_session_from_before_the_limits_is_over(app):
    anna = logged_in(app)
    with anna.browser.session_transaction() as session:
        del session["begun"]
    assert not anna.is_logged_in
