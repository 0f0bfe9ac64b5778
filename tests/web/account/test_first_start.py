"""The page that makes the first administrator."""

import pytest

from app.extensions import db
from app.services.accounts import first_admin
from app.services.accounts.first_admin import MOST_TRIES
from tests.support.people import PASSWORD, Person, logged_in
from tests.support.sites import set_site

START = "/start/"
SIGN_ON = {
    "MORELLI_PROXIES": "1",
    "MORELLI_SSO_HEADER": "X-Remote-Email",
    "MORELLI_SSO_PROXIES": "10.1.0.0/16",
}


@pytest.fixture
def ada(app):
    return Person(app, "ada@example.org")


@pytest.fixture
def code(app):
    with app.app_context():
        made = first_admin.new_code(db.session())
        db.session.commit()
    return made


def enter(person, code, **fields):
    return person.post(
        START,
        **{
            "code": code,
            "email": person.email,
            "password": PASSWORD,
            "password_confirm": PASSWORD,
            **fields,
        },
    )


def test_who_has_the_code_makes_the_account_and_is_led_to_the_first_steps(ada, code):
    made = enter(ada, code)
    assert made.status_code == 303
    assert made.location == "/admin/first-steps/"
    assert "What the site is called" in ada.browser.get("/admin/first-steps/").text
    assert ada.browser.get(START).status_code == 404
    assert "First administrator made" in ada.browser.get("/admin/changes/").text


def test_where_passwords_open_nothing_one_logs_in_otherwise(make_app):
    app = make_app(MORELLI_LOCAL_LOGIN="nobody", **SIGN_ON)
    with app.app_context():
        code = first_admin.new_code(db.session())
        db.session.commit()
    ada = Person(app, "ada@example.org")
    made = enter(ada, code)
    assert made.location == "/account/login?next=/admin/first-steps/"
    assert ada.browser.get("/admin/first-steps/").status_code == 302


def test_the_page_is_kept_nowhere(client, code):
    assert client.get(START).headers["Cache-Control"] == "no-store"


def test_a_wrong_code_says_how_many_tries_are_left(ada, code):
    answer = enter(ada, "AAAA-BBBB-CCCC-DDDD")
    assert answer.status_code == 422
    assert f"{MOST_TRIES - 1} tries are left" in answer.text
    assert ada.account() is None


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"email": "ada"}, "no e-mail address"),
        ({"password": "short", "password_confirm": "short"}, "at least 10"),
        ({"password_confirm": "another one"}, "two passwords differ"),
    ],
)
def test_what_is_wrong_otherwise_costs_no_try(ada, code, fields, fault):
    assert fault in enter(ada, code, **fields).text
    assert enter(ada, code).status_code == 303


def test_after_too_many_tries_a_new_code_is_needed(app, ada, code):
    for _ in range(MOST_TRIES):
        enter(ada, "AAAA-BBBB-CCCC-DDDD")
    shown = ada.browser.get(START)
    assert shown.status_code == 403
    assert "accounts first-code" in shown.text
    printed = app.test_cli_runner().invoke(args=["accounts", "first-code"]).output
    again = printed.strip().rpartition(" ")[2]
    assert enter(ada, again).status_code == 303
    assert app.test_cli_runner().invoke(args=["accounts", "first-code"]).exit_code == 2


def test_an_address_that_has_an_account_stays_its_owners(app, ada, code):
    logged_in(app, "ada@example.org")
    answer = enter(ada, code)
    assert "create-admin ada@example.org" in answer.text
    with app.app_context():
        assert not first_admin.has_admin(db.session())


def test_without_a_code_nobody_gets_in(app, client):
    assert client.get(START).status_code == 403
    assert client.post(START).status_code in (400, 403)


def test_a_kiosk_is_led_back(app, client, code):
    set_site(app, kiosk_seconds=60)
    client.get("/kiosk/")
    assert client.get("/works/").status_code == 200
    assert client.get(START).location == "/"


def test_the_first_steps_name_the_site(ada, code):
    enter(ada, code)
    ada.log_in()
    page = "/admin/first-steps/"
    refused = ada.post(page, name="", languages=["en", "de"], language="de")
    assert refused.status_code == 422
    seen = {"seen": "0"}
    saved = ada.post(
        page, name="Museo Morelli", languages=["en", "it"], language="it", **seen
    )
    assert saved.status_code == 303
    shown = ada.browser.get("/about").text
    assert "Museo Morelli" in shown


def test_the_first_steps_are_administrators_alone(app):
    page = "/admin/first-steps/"
    assert (
        logged_in(app, "c@example.org", "curator").browser.get(page).status_code == 403
    )
    assert app.test_client().get(page).location.startswith("/account/login")
