"""Each defence of the accounts, met by the attack that it is there for."""

import re
from urllib.parse import quote, urlsplit

import pytest
from sqlalchemy import select, text

from app.extensions import db
from app.models import AccessToken
from app.services.accounts import accounts
from app.services.system.mail import Outbox
from app.web.callers.throttling import PER_ACCOUNT, PER_NETWORK
from tests.support.people import (
    PASSWORD,
    TOKEN,
    Person,
    logged_in,
    program_of,
    with_account,
)
from tests.support.routes import address_of

STRANGER = "nobody@example.org"


@pytest.fixture
def anna(app):
    return with_account(app)


@pytest.fixture
def work_done(app, monkeypatch):
    """Counts passwords hashed or compared, and mails written or only rehearsed."""
    done = []
    security = app.extensions["security"]

    class Counted:
        def __getattr__(self, name):
            if name in ("hash", "verify"):
                done.append("password")
            return getattr(context, name)

    context = security.pwd_context
    monkeypatch.setattr(security, "pwd_context", Counted())
    write = Outbox._write

    def counted(outbox, path, mail):
        done.append("mail")
        write(outbox, path, mail)

    monkeypatch.setattr(Outbox, "_write", counted)
    return done


def told(answer):
    """Return what somebody sees of an answer, without whom it is about."""
    words = re.sub(r'"csrf_token" value="[^"]+"', "", answer.text)
    words = re.sub(r"[\w.]+@example\.org", "ADDRESS", words)
    return answer.status_code, answer.headers.get("Location"), words


def all_told(person, address, **fields):
    """Send a form; return all that it tells, and what the next page says of it."""
    sent = person.post(address, **fields)
    return told(sent), told(person.browser.get("/account/login"))


ENUMERATING = {
    "/account/login": {"password": "not the password"},
    "/account/reset": {},
    "/account/confirm": {},
    "/account/register": {"password": PASSWORD, "password_confirm": PASSWORD},
}


@pytest.mark.parametrize("address", ENUMERATING)
def test_no_form_tells_who_has_an_account(app, anna, work_done, address):
    fields = ENUMERATING[address]
    known = all_told(Person(app), address, email=anna.email, **fields)
    work_for_known = work_done.copy()
    work_done.clear()
    assert known == all_told(Person(app), address, email=STRANGER, **fields)
    assert sorted(work_for_known) == sorted(work_done)
    assert work_done


def test_changing_the_address_does_not_tell_who_has_an_account(app, anna, work_done):
    ben = logged_in(app, "ben@example.org")
    work_done.clear()
    fields = {"password": PASSWORD}
    known = told(ben.post("/account/email", email=anna.email, **fields))
    work_for_known = work_done.copy()
    work_done.clear()
    assert known == told(ben.post("/account/email", email=STRANGER, **fields))
    assert work_for_known == work_done == ["password", "mail"]


def test_who_registers_a_known_address_learns_it_by_mail_only(app, anna):
    stranger = Person(app)
    stranger.register()
    [mail] = anna.mails()
    assert mail["Subject"] == "You have an account already"
    assert "/account/reset/" in anna.mailed_link()


def test_a_session_that_a_stranger_planted_is_left_behind_at_login(app, anna):
    stranger = Person(app)
    planted = stranger.browser.get("/account/login").headers["Set-Cookie"]
    with stranger.browser.session_transaction() as session:
        session["visitor"] = "the stranger's"
        token = session["csrf_token"]
    cookie = stranger.browser.get_cookie("morelli")
    anna.browser.set_cookie("morelli", cookie.value)
    assert planted
    anna.log_in()
    with anna.browser.session_transaction() as session:
        assert session["_user_id"]
        assert session.get("csrf_token") != token
        assert "visitor" not in session
    assert not stranger.is_logged_in


@pytest.mark.parametrize(
    ("https", "scheme", "name"),
    [("yes", "https", "__Host-morelli"), ("no", "http", "morelli")],
)
def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(
    make_app, https, scheme, name
):
    app = make_app(MORELLI_HTTPS=https)
    person = with_account(app)
    options = {
        "base_url": f"{scheme}://localhost",
        "headers": {"Referer": f"{scheme}://localhost/"},
    }
    page = person.browser.get("/account/login", **options).text
    token = TOKEN.findall(page)[0]
    fields = {"csrf_token": token, "email": person.email, "password": PASSWORD}
    answer = person.browser.post(
        "/account/login", data={**fields, "remember": "y"}, **options
    )
    cookies = {
        line.split("=")[0]: line for line in answer.headers.getlist("Set-Cookie")
    }
    assert set(cookies) == {name, f"{name}_device"}
    for cookie in cookies.values():
        parts = cookie.split("; ")
        assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(parts)
        assert ("Secure" in parts) == (https == "yes")
        assert not [part for part in parts if part.lower().startswith("domain")]
    assert person.browser.get("/account/", **options).status_code == 200


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/",
        "///evil.example/",
        "/\\evil.example/",
        "\\\\evil.example/",
        "https:evil.example",
        "http://localhost@evil.example/",
        "javascript:alert(1)",
        " //evil.example/",
        "\t//evil.example/",
        "%2F%2Fevil.example",
    ],
)
def test_nobody_is_led_to_another_site(anna, target):
    answers = [
        anna.log_in(next=target),
        anna.post("/account/login", page=f"/account/login?next={quote(target)}"),
    ]
    anna.log_in()
    answers.append(anna.post("/account/logout", page="/account/", next=target))
    for answer in answers:
        # Browsers take two slashes of either kind for the start of a host.
        location = answer.headers.get("Location", "/")
        assert not re.match(r"\s*([/\\]\s*[/\\]|[a-z]+:)", location, re.I)


def test_who_wanted_a_page_of_the_own_gets_there_after_login(anna):
    asked = anna.browser.get("/account/password")
    assert asked.headers["Location"] == "/account/login?next=/account/password"
    assert anna.log_in(next="/account/password").headers["Location"] == (
        "/account/password"
    )


@pytest.mark.parametrize("address", ["/account/reset", "/account/register"])
def test_links_in_mails_do_not_trust_the_host_of_the_request(make_app, address):
    app = make_app(MORELLI_PUBLIC_URL="https://search.museum.org/find")
    anna = with_account(app)
    page = {
        "base_url": "http://evil.example/find",
        "headers": {"X-Forwarded-Host": "evil.example"},
    }
    token = TOKEN.findall(anna.browser.get(address, **page).text)[0]
    fields = {"csrf_token": token, "email": anna.email, "password": PASSWORD}
    anna.browser.post(address, data={**fields, "password_confirm": PASSWORD}, **page)
    assert anna.mailed_link().startswith("https://search.museum.org/find/account/")
    assert "evil" not in anna.mails()[-1].as_string()


def test_without_a_public_address_links_lead_to_this_machine(anna):
    anna.browser.get("/account/reset", base_url="http://evil.example")
    anna.post("/account/reset", email=anna.email)
    assert anna.mailed_link().startswith("http://localhost:8000/account/reset/")


def test_nobody_registers_with_a_role(app):
    mallory = Person(app)
    mallory.register(
        roles="admin", role="admin", active="1", confirmed_at="2026-01-01", id="1"
    )
    assert mallory.account().roles == []
    assert mallory.account().confirmed_at is None
    mallory.follow(mallory.mailed_link())
    mallory.log_in()
    mallory.post(
        "/account/email", email="m@example.org", password=PASSWORD, roles="admin"
    )
    mallory.post("/account/password", password=PASSWORD, roles="admin")
    assert mallory.account().roles == []


def test_a_password_can_be_guessed_a_few_times_only(app, anna):
    tries = PER_ACCOUNT[0].amount
    for _ in range(tries):
        assert Person(app).log_in(password="wrong").status_code == 200
    refused = anna.log_in()
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0
    assert "Too many attempts" in refused.text
    assert not anna.is_logged_in


def test_capital_letters_are_no_fresh_start_for_guessing(app, anna):
    for number in range(PER_ACCOUNT[0].amount):
        written = anna.email.upper() if number % 2 else f" {anna.email} "
        Person(app).log_in(email=written, password="wrong")
    assert anna.log_in().status_code == 429


def test_one_password_cannot_be_tried_on_many_accounts(app):
    statuses = {
        Person(app, f"person{number}@example.org").log_in().status_code
        for number in range(PER_NETWORK[0].amount)
    }
    assert statuses == {200}
    assert Person(app, "one.more@example.org").log_in().status_code == 429


def test_logging_in_forgives_what_was_mistyped_before(app, anna):
    for _ in range(PER_ACCOUNT[0].amount - 1):
        anna.log_in(password="wrong")
    assert anna.log_in().status_code == 302
    anna.log_out()
    assert anna.log_in(password="wrong").status_code == 200


def test_the_present_password_cannot_be_guessed_from_a_device_left_open(app):
    anna = logged_in(app)
    for _ in range(PER_ACCOUNT[0].amount):
        anna.post("/account/delete", password="wrong")
    assert anna.post("/account/delete", password=PASSWORD).status_code == 429


def test_a_mailbox_cannot_be_flooded(app, anna):
    for _ in range(8):
        Person(app).post("/account/reset", email=anna.email)
    assert len(anna.mails()) == 5


def changing_routes(app):
    changing = {"POST", "PUT", "PATCH", "DELETE"}
    return [
        rule
        for rule in app.url_map.iter_rules()
        if rule.methods & changing and not rule.rule.startswith("/api/")
    ]


def test_every_form_refuses_to_be_sent_from_another_site(app):
    anna = logged_in(app, "anna@example.org", "curator", "admin")
    rules = changing_routes(app)
    assert len(rules) >= 9
    for rule in rules:
        address = address_of(app, rule)
        for fields in ({}, {"csrf_token": "forged"}):
            answer = anna.browser.post(address, data=fields)
            assert answer.status_code == 400, rule
            # The second is said where a form has no token, and the origin counts.
            assert re.search("open for too long|sent by another site", answer.text)
    assert anna.is_logged_in


def test_logging_out_makes_a_copied_cookie_worthless(app):
    anna = logged_in(app)
    thief = Person(app)
    thief.browser.set_cookie("morelli", anna.browser.get_cookie("morelli").value)
    assert thief.is_logged_in
    anna.log_out()
    assert not thief.is_logged_in
    assert not anna.is_logged_in


def test_a_new_password_ends_all_other_sessions(app):
    anna, thief = logged_in(app), Person(app)
    thief.log_in()
    new = "another horse battery"
    anna.post(
        "/account/password",
        password=PASSWORD,
        new_password=new,
        new_password_confirm=new,
    )
    assert anna.is_logged_in
    assert not thief.is_logged_in
    assert thief.log_in().status_code == 200  # the old password is refused


@pytest.mark.parametrize("end_tokens", ["y", None])
def test_a_new_password_ends_the_tokens_unless_their_owner_keeps_them(app, end_tokens):
    anna, new = logged_in(app), "another horse battery"
    program, other = program_of(anna), program_of(with_account(app, "b@example.org"))
    fields = {"password": PASSWORD, "new_password": new, "new_password_confirm": new}
    assert "end_tokens" in anna.browser.get("/account/password").text
    wrong = {**fields, "password": "wrong", "end_tokens": "y"}
    anna.post("/account/password", **wrong)
    assert program.get("/api/v1/queries").status_code == 200
    anna.post("/account/password", **fields, end_tokens=end_tokens)
    still = 401 if end_tokens else 200
    assert program.get("/api/v1/queries").status_code == still
    assert other.get("/api/v1/queries").status_code == 200


def test_a_reset_password_ends_sessions_and_tokens(app):
    anna, thief = logged_in(app), Person(app)
    thief.log_in()
    owner = anna.account().id
    with app.app_context():
        db.session.add(AccessToken(user_id=owner, name="mine", token_hash="0" * 64))
        db.session.commit()
    anna.post("/account/reset", page="/account/", email=anna.email)
    link = anna.mailed_link()
    path = urlsplit(link).path
    new = "another horse battery"
    assert anna.post(path, password=new, password_confirm=new).status_code == 302
    assert not thief.is_logged_in
    with app.app_context():
        assert db.session.scalars(select(AccessToken)).all() == []
    assert anna.follow(link).status_code == 302  # it works only once


@pytest.mark.parametrize("end", ["closed", "deleted"])
def test_whose_account_ends_is_logged_out(app, end):
    anna = logged_in(app)
    with app.app_context():
        [user] = accounts.all_accounts()
        if end == "closed":
            user.active = False
        else:
            db.session.delete(user)
        db.session.commit()
    assert not anna.is_logged_in
    assert anna.log_in().status_code == 200


def test_an_address_registered_by_a_stranger_is_still_its_owners(app):
    mallory = Person(app, password="the stranger's password")
    mallory.register()
    stale = mallory.mailed_link()
    anna = Person(app)
    anna.register()
    anna.follow(stale)
    assert anna.account().confirmed_at is None
    anna.follow(anna.mailed_link())
    assert mallory.log_in().status_code == 200
    assert anna.is_logged_in


def test_links_to_an_old_address_end_with_it(app):
    anna = logged_in(app)
    anna.post("/account/reset", page="/account/", email=anna.email)
    to_old = anna.mailed_link()
    new = Person(app, "anna@new.example.org")
    anna.post("/account/email", email=new.email, password=PASSWORD)
    anna.follow(new.mailed_link())
    assert anna.mails()[-1]["Subject"] == "Your e-mail address was changed"
    assert anna.follow(to_old).status_code == 302
    assert new.log_in().status_code == 302


def test_no_token_of_the_library_is_a_way_in(app):
    with_account(app)
    with app.test_request_context():
        [user] = accounts.all_accounts()
        token = user.get_auth_token()
    stranger = Person(app)
    for options in (
        {"query_string": {"auth_token": token}},
        {"headers": {"Authentication-Token": token}},
        {"json": {"auth_token": token}},
    ):
        assert stranger.browser.get("/account/", **options).status_code == 302
        assert "Log in" in stranger.browser.get("/", **options).text


def test_the_password_is_kept_as_an_argon2_hash_only(anna):
    assert anna.account().password.startswith("$argon2id$")


def test_mails_tell_nobody_but_their_reader(anna, app):
    anna.post("/account/reset", email=anna.email)
    folder = app.config["MORELLI_INSTANCE"] / "mail"
    [mail] = folder.glob("*.eml")
    assert mail.stat().st_mode & 0o077 == 0
    assert folder.stat().st_mode & 0o077 == 0
    page = anna.browser.get("/account/login").text
    assert str(folder) not in page


def test_who_is_logged_in_is_told_of_a_broken_database_too(app, make_app):
    anna = logged_in(app)
    with app.app_context():
        db.session.execute(text('ALTER TABLE "user" RENAME TO people'))
        db.session.execute(text("DELETE FROM alembic_version"))
        db.session.commit()
    anna.browser.application = make_app()
    answer = anna.browser.get("/")
    assert answer.status_code == 503
    assert "Not open yet" in answer.text
