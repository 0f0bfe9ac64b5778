"""The second factor, as its owner uses it and as others try to do without."""

import json
import logging
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select

from app.extensions import db
from app.models import Passkey, RecoveryCode, User
from app.web.callers.throttling import PER_ACCOUNT
from app.web.callers.visitors import PENDING_SECONDS
from tests.support.factors import (
    FACTOR,
    AuthenticatorApp,
    SoftPasskey,
    ask_passkey,
    begin_app,
    begin_passkey,
    ceremony,
    make_codes,
    set_up_app,
    set_up_passkey,
    show_passkey,
)
from tests.support.people import PASSWORD, Person, logged_in, program_of, with_account

HALF_MINUTE = timedelta(seconds=30)


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(datetime(2026, 5, 4, 8, tzinfo=UTC), tick=False)
    return time_machine


@pytest.fixture
def anna(app):
    return logged_in(app)


@pytest.fixture
def ben(app):
    return logged_in(app, "ben@example.org")


def elsewhere(person):
    """Return the same person, with the password, in front of another browser."""
    return Person(person.app, person.email)


def kept(app, person):
    with app.app_context():
        user = db.session.scalars(select(User).filter_by(email=person.email)).one()
        return user.tf_totp_secret, [key.name for key in user.webauthn]


def test_the_account_leads_to_the_second_factor(anna):
    assert f'href="{FACTOR}/"' in anna.browser.get("/account/").text
    page = anna.browser.get(f"{FACTOR}/")
    assert "Set up an authenticator app" in page.text
    assert "no-store" in page.headers["Cache-Control"]


def test_with_an_app_the_password_alone_lets_nobody_in(app, anna, clock):
    phone = set_up_app(anna)
    assert anna.is_logged_in
    clock.shift(HALF_MINUTE)
    there = elsewhere(anna)
    asked = there.log_in(next="/account/password")
    assert urlsplit(asked.headers["Location"]).path == f"{FACTOR}/code"
    assert not there.is_logged_in
    form = asked.headers["Location"]
    assert "is not right" in there.post(form, code="000000").text
    assert not there.is_logged_in
    done = there.post(form, code=phone.code())
    assert done.headers["Location"] == "/account/password"
    assert there.is_logged_in


def test_a_password_set_by_mail_opens_no_way_past_the_second_factor(app, anna, clock):
    phone = set_up_app(anna)
    clock.shift(HALF_MINUTE)
    there = elsewhere(anna)
    there.post("/account/reset", email=anna.email)
    path = there.mailed_link().removeprefix("http://localhost:8000")
    new = "another horse battery"
    there.post(path, password=new, password_confirm=new)
    assert not there.is_logged_in
    asked = there.log_in(password=new)
    assert not there.is_logged_in
    there.post(asked.headers["Location"], code=phone.code())
    assert there.is_logged_in


def test_a_mistyped_code_does_not_begin_the_setup_again(app, anna):
    page = begin_app(anna).text
    again = anna.post(f"{FACTOR}/code", code="000000").text
    key = page.split("<code>")[1].split("<")[0]
    assert key in again
    assert "is not right" in again
    done = anna.post(f"{FACTOR}/code", code=AuthenticatorApp(key).code())
    assert done.headers["Location"] == f"{FACTOR}/"


def test_the_key_is_drawn_on_the_page_itself(anna):
    page = begin_app(anna)
    assert "<svg" in page.text
    assert "data:image" not in page.text
    assert "no-store" in page.headers["Cache-Control"]


def test_what_the_app_was_told_is_not_in_the_database(app, anna):
    phone = set_up_app(anna)
    secret, _ = kept(app, anna)
    assert phone.totp.base32_key not in secret
    assert "enckey" in secret


def test_a_code_works_once(app, anna, clock):
    phone = set_up_app(anna)
    first, second = elsewhere(anna), elsewhere(anna)
    first.log_in()
    # The code of the setup was used, too.
    assert first.post(f"{FACTOR}/code", code=phone.code()).status_code == 200
    clock.shift(HALF_MINUTE)
    code = phone.code()
    assert first.post(f"{FACTOR}/code", code=code).status_code == 302
    second.log_in()
    assert second.post(f"{FACTOR}/code", code=code).status_code == 200
    assert not second.is_logged_in
    clock.shift(HALF_MINUTE)
    assert second.post(f"{FACTOR}/code", code=phone.code()).status_code == 302


def test_a_new_app_can_be_set_up_right_after_a_login(app, anna, clock):
    old = set_up_app(anna)
    new = set_up_app(anna)
    clock.shift(HALF_MINUTE)
    there = elsewhere(anna)
    there.log_in()
    assert there.post(f"{FACTOR}/code", code=old.code()).status_code == 200
    assert there.post(f"{FACTOR}/code", code=new.code()).status_code == 302


def test_codes_cannot_be_guessed(app, anna, clock):
    phone = set_up_app(anna)
    there = elsewhere(anna)
    there.log_in()
    for _ in range(PER_ACCOUNT[0].amount):
        last = there.post(f"{FACTOR}/code", code="000000")
    assert last.status_code == 429
    clock.shift(HALF_MINUTE)
    assert there.post(f"{FACTOR}/code", code=phone.code()).status_code == 429
    stranger = with_account(app, "carl@example.org")
    assert stranger.log_in().status_code == 302


def test_the_second_factor_has_to_follow_soon(app, anna, clock):
    set_up_app(anna)
    there = elsewhere(anna)
    there.log_in()
    assert "one-time-code" in there.browser.get(f"{FACTOR}/code").text
    clock.shift(timedelta(seconds=PENDING_SECONDS))
    late = there.browser.get(f"{FACTOR}/code")
    assert late.headers["Location"] == "/account/login"
    assert "log in with your password first" in there.browser.get("/account/login").text


@pytest.mark.parametrize(
    "step", ["code", "passkey", "choose", "recovery-code", "rescue", "passkey/delete"]
)
def test_nobody_begins_with_the_second_factor(app, step):
    answer = Person(app).browser.get(f"{FACTOR}/{step}")
    assert answer.status_code in (302, 404)


def test_nobody_is_led_to_another_site_by_the_second_factor(app, anna, clock):
    phone = set_up_app(anna)
    clock.shift(HALF_MINUTE)
    there = elsewhere(anna)
    there.log_in()
    page = f"{FACTOR}/code?next=//evil.example/"
    assert there.post(page, code=phone.code()).headers["Location"] == "/"


def test_who_is_locked_meanwhile_gets_no_further(app, anna, clock):
    phone = set_up_app(anna)
    clock.shift(HALF_MINUTE)
    there = elsewhere(anna)
    there.log_in()
    with app.app_context():
        db.session.execute(db.update(User).values(active=False))
        db.session.commit()
    there.post(f"{FACTOR}/code", code=phone.code())
    assert not there.is_logged_in
    with app.app_context():
        db.session.execute(db.update(User).values(active=True))
        db.session.commit()
    assert not there.is_logged_in


@pytest.mark.parametrize("begin", [begin_app, begin_passkey], ids=["app", "passkey"])
def test_setting_up_needs_the_present_password(app, anna, begin):
    page = begin(anna, password="wrong").text
    assert "not your present password" in page
    assert "<svg" not in page
    assert "data-passkey" not in page
    assert kept(app, anna) == (None, [])


def test_an_address_of_another_account_sets_nothing_up(app, anna, ben):
    """A stranger at a device left open brings what his own account was given."""
    with ben.app.test_request_context():
        serializer = app.extensions["security"].tf_setup_serializer
        key = app.extensions["security"].totp_factory.generate_totp_secret()
        state = {"totp_secret": key, "method": "authenticator", "phone": None}
        token = serializer.dumps(state)
    address = f"{FACTOR}/app/{token}"
    assert anna.post(address, page="/account/", code="000000").status_code == 404
    passkey = SoftPasskey()
    action, options = ceremony(begin_passkey(ben))
    anna.post(action, page="/account/", credential=passkey.make(options))
    assert kept(app, anna) == (None, [])


def test_a_passkey_is_asked_for_after_the_password(app, anna):
    passkey = set_up_passkey(anna)
    assert "Telephone" in anna.browser.get(f"{FACTOR}/").text
    there = elsewhere(anna)
    asked = there.log_in(next="/history")
    assert asked.headers["Location"] == f"{FACTOR}/passkey?next=/history"
    assert not there.is_logged_in
    assert show_passkey(there, passkey).status_code == 302
    assert there.is_logged_in


def test_a_passkey_has_a_name_that_the_database_holds(anna):
    assert "At most 64" in begin_passkey(anna, name="n" * 65).text
    assert "At most 64" not in begin_passkey(anna, name="n" * 64).text


def test_no_other_passkey_lets_in(app, anna, ben):
    set_up_passkey(anna)
    there = elsewhere(anna)
    there.log_in()
    show_passkey(there, SoftPasskey())
    assert not there.is_logged_in
    show_passkey(there, set_up_passkey(ben))
    assert not there.is_logged_in


def test_the_own_password_and_anothers_passkey_open_neither_account(app, anna, ben):
    stolen = set_up_passkey(anna)
    set_up_passkey(ben)
    thief = elsewhere(ben)
    thief.log_in()
    answer = show_passkey(thief, stolen)
    assert answer.headers["Location"] == f"{FACTOR}/passkey"
    assert not thief.is_logged_in
    assert "not one of your account" in thief.browser.get(f"{FACTOR}/passkey").text


def test_what_a_passkey_signed_works_once_and_here_only(app, anna):
    passkey = set_up_passkey(anna)
    first, second = elsewhere(anna), elsewhere(anna)
    first.log_in()
    second.log_in()
    action, options = ask_passkey(first)
    signed = passkey.sign(options)
    second.post(action, page=f"{FACTOR}/passkey", credential=signed)
    assert not second.is_logged_in
    first.post(action, page=f"{FACTOR}/passkey", credential=signed)
    assert first.is_logged_in


def test_a_passkey_of_another_site_is_refused(app, anna):
    set_up_passkey(anna)
    there, copy = elsewhere(anna), SoftPasskey("http://evil.example")
    there.log_in()
    show_passkey(there, copy)
    assert not there.is_logged_in


@pytest.mark.parametrize("nonsense", ["", "{}", "[]", "x", '{"id": "a"}'])
def test_nonsense_is_no_passkey(app, anna, nonsense):
    set_up_passkey(anna)
    there = elsewhere(anna)
    there.log_in()
    action, _ = ask_passkey(there)
    answer = there.post(action, page=f"{FACTOR}/passkey", credential=nonsense)
    assert answer.status_code == 302
    assert not there.is_logged_in


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("attestationObject", "oA"),
        ("attestationObject", 1),
        ("clientDataJSON", "bnVsbA"),
    ],
)
def test_a_broken_passkey_is_not_set_up(app, anna, field, value):
    action, options = ceremony(begin_passkey(anna))
    made = json.loads(SoftPasskey().make(options))
    made["response"][field] = value
    answer = anna.post(action, page=f"{FACTOR}/passkeys", credential=json.dumps(made))
    assert answer.status_code == 302
    assert "Please start again" in anna.browser.get(f"{FACTOR}/passkeys").text
    assert kept(app, anna) == (None, [])


def test_what_a_browser_says_of_its_extensions_is_not_kept(app, anna):
    action, options = ceremony(begin_passkey(anna))
    made = json.loads(SoftPasskey().make(options)) | {"extensions": ["x" * 999]}
    anna.post(action, page=f"{FACTOR}/passkeys", credential=json.dumps(made))
    assert kept(app, anna) == (None, ["Telephone"])


def test_who_has_both_chooses(app, anna, clock):
    phone, passkey = set_up_app(anna), set_up_passkey(anna)
    clock.shift(HALF_MINUTE)
    for which in ("authenticator", "webauthn"):
        there = elsewhere(anna)
        assert there.log_in().headers["Location"] == f"{FACTOR}/choose?next=/"
        step = there.post(f"{FACTOR}/choose", which=which).headers["Location"]
        if which == "webauthn":
            show_passkey(there, passkey)
        else:
            there.post(step, code=phone.code())
        assert there.is_logged_in


def test_a_recovery_code_lets_in_once(app, anna):
    set_up_app(anna)
    codes = make_codes(anna)
    assert len(set(codes)) == 10
    there = elsewhere(anna)
    there.log_in()
    typed = f" {codes[3].upper().replace('-', ' ')} "
    assert there.post(f"{FACTOR}/recovery-code", code=typed).status_code == 302
    assert there.is_logged_in
    assert "9 codes are left" in there.browser.get(f"{FACTOR}/").text
    again = elsewhere(anna)
    again.log_in()
    refused = again.post(f"{FACTOR}/recovery-code", code=codes[3]).text
    assert "not right, or was used already" in refused
    assert not again.is_logged_in


def test_recovery_codes_are_shown_once_and_kept_as_hashes(app, anna):
    set_up_passkey(anna)
    codes = make_codes(anna)
    again = anna.browser.get(f"{FACTOR}/recovery-codes?show_codes=1").text
    assert not [code for code in codes if code in again]
    with app.app_context():
        hashes = db.session.scalars(select(RecoveryCode.code_hash)).all()
    assert len(hashes) == 10
    assert not {code.replace("-", "") for code in codes} & set(hashes)


def test_new_recovery_codes_need_the_password_and_void_the_old(app, anna):
    set_up_app(anna)
    [old, *_] = make_codes(anna)
    refused = anna.post(f"{FACTOR}/recovery-codes", password="wrong").text
    assert "not your present password" in refused
    make_codes(anna)
    there = elsewhere(anna)
    there.log_in()
    there.post(f"{FACTOR}/recovery-code", code=old)
    assert not there.is_logged_in


def test_anothers_recovery_code_is_worth_nothing(app, anna, ben):
    set_up_app(anna)
    set_up_app(ben)
    [code, *_] = make_codes(ben)
    there = elsewhere(anna)
    there.log_in()
    there.post(f"{FACTOR}/recovery-code", code=code)
    assert not there.is_logged_in


def test_removing_needs_the_password_and_is_the_owners(app, anna, ben):
    set_up_app(anna)
    set_up_passkey(anna)
    make_codes(anna)
    page = f"{FACTOR}/app/remove"
    with app.app_context():
        key_id = db.session.scalars(select(Passkey.id)).one()
    other = f"{FACTOR}/passkeys/{key_id}/remove"
    assert ben.browser.get(other).status_code == 404
    assert ben.post(other, page="/account/", password=PASSWORD).status_code == 404
    assert ben.browser.get(page).status_code == 404
    for address in (page, other):
        assert "not your present" in anna.post(address, password="wrong").text
    assert kept(app, anna)[1] == ["Telephone"]
    anna.post(page, password=PASSWORD)
    anna.post(other, password=PASSWORD)
    assert kept(app, anna) == (None, [])
    with app.app_context():
        assert db.session.scalars(select(RecoveryCode)).all() == []
    assert elsewhere(anna).log_in().headers["Location"] == "/"


def test_the_setup_form_removes_nothing(app, anna):
    set_up_app(anna)
    anna.post(f"{FACTOR}/app", setup="disable", password=PASSWORD)
    assert kept(app, anna)[0]


@pytest.mark.parametrize("set_up", [set_up_app, set_up_passkey], ids=["app", "key"])
def test_a_new_factor_ends_sessions_that_knew_none_and_is_told(app, anna, set_up):
    thief = elsewhere(anna)
    thief.log_in()
    set_up(anna)
    assert anna.is_logged_in
    assert not thief.is_logged_in
    [mail] = anna.mails()
    assert mail["Subject"] == "Your second factor was changed"
    assert "set up" in mail.get_content()


def test_programs_go_on(app, anna):
    program = program_of(anna)
    set_up_app(anna)
    assert program.get("/api/v1/queries").status_code == 200


def test_an_app_of_another_secret_key_lets_nobody_in_and_is_named(make_app, caplog):
    anna = logged_in(make_app(MORELLI_SECRET_KEY="a" * 64))
    phone = set_up_app(anna)
    there = Person(make_app(MORELLI_SECRET_KEY="b" * 64), anna.email)
    there.log_in()
    with caplog.at_level(logging.ERROR):
        refused = there.post(f"{FACTOR}/code", code=phone.code())
    assert "is not right" in refused.text
    assert "another secret key" in caplog.text


def test_a_page_of_the_code_is_not_there_for_who_is_logged_in(anna):
    answer = anna.browser.get(f"{FACTOR}/code")
    assert answer.headers["Location"] == f"{FACTOR}/"
    assert anna.is_logged_in
