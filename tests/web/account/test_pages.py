"""What somebody with an account does, page by page."""

import re
from io import BytesIO
from urllib.parse import urlsplit

import pytest
from sqlalchemy import func, select

from app.extensions import db
from app.models import Query
from tests.support.people import PASSWORD, TOKEN, Person, logged_in, with_account


def ask(person, photo):
    """Ask about a photo; return the address of the answer."""
    page = person.browser.get("/").text
    fields = {
        "csrf_token": TOKEN.findall(page)[0],
        "photo": (BytesIO(photo), "photo.jpg"),
    }
    return person.browser.post("/queries", data=fields).headers["Location"]


def owners(app):
    with app.app_context():
        return db.session.execute(select(Query.user_id, Query.visitor)).all()


def test_an_account_is_made_by_form_and_mailed_link(app):
    anna = Person(app, "Anna@Example.ORG")
    answer = anna.register()
    assert answer.headers["Location"] == "/account/login"
    anna.email = "anna@example.org"
    assert f"sent a mail to {anna.email}" in anna.browser.get("/account/login").text
    assert not anna.is_logged_in
    confirmed = anna.follow(anna.mailed_link()).headers["Location"]
    assert "is confirmed" in anna.browser.get(confirmed, follow_redirects=True).text
    anna.log_out()
    assert anna.log_in().headers["Location"] == "/"
    page = anna.browser.get("/account/").text
    assert anna.email in page
    assert "Role" not in page


@pytest.mark.parametrize(
    ("password", "fault"),
    [
        ("too short", "at least 10 characters"),
        ("anna@example.org", "too easy"),
        ("1234567890", "one of the first that somebody would try"),
        ("a long sentence " * 9, "has at most 128 characters"),
        ("ten characters", "differ"),
    ],
)
def test_weak_and_mistyped_passwords_are_refused_in_words(app, password, fault):
    anna = Person(app)
    once_more = "something else" if fault == "differ" else password
    answer = anna.register(password=password, password_confirm=once_more)
    assert answer.status_code == 200
    assert fault in answer.text
    assert anna.account() is None


def test_a_password_made_of_the_own_address_is_refused(app):
    anna = Person(app, "rosenbaumallee@example.org", "rosenbaumallee7")
    assert "one of the first that somebody would try" in anna.register().text
    ben = Person(app, "ben@example.org", "rosenbaumallee7")
    assert ben.register().status_code == 302


def test_a_field_and_what_is_wrong_with_it_belong_together(app):
    page = Person(app).register(email="nonsense").text
    assert re.search(
        r'<input aria-describedby="email-hint email-error" aria-invalid="true" '
        r'autocomplete="username" id="email"',
        page,
    )
    assert 'id="email-error">This is not an e-mail address.' in page


def test_who_has_not_confirmed_is_told_so_and_gets_the_link_again(app):
    anna = Person(app)
    anna.register()
    assert "not confirmed yet" in anna.log_in().text
    assert len(anna.mails()) == 2
    Person(app).follow(anna.mailed_link())
    assert anna.log_in().status_code == 302


def test_the_confirming_link_can_be_asked_for_again(app):
    anna = Person(app)
    anna.register()
    anna.post("/account/confirm", email=anna.email)
    anna.follow(anna.mailed_link())
    assert anna.account().confirmed_at is not None


def test_what_was_asked_before_comes_along_with_the_mailed_link(app, photo):
    anna = Person(app)
    ask(anna, photo)
    [(owner, visitor)] = owners(app)
    assert owner is None
    anna.register()
    assert owners(app) == [(None, visitor)]
    on_another_device = Person(app)
    on_another_device.follow(anna.mailed_link())
    assert owners(app) == [(anna.account().id, None)]


def test_a_forged_claim_takes_nothing_along(app, photo):
    visitor, mallory = Person(app), Person(app)
    ask(visitor, photo)
    ask(mallory, photo)
    mallory.register()
    link = mallory.mailed_link()
    Person(app).follow(link[:-3] + "xyz")
    assert mallory.account().confirmed_at is not None
    assert {owner for owner, _ in owners(app)} == {None}


def test_a_claim_is_good_for_the_account_that_it_was_made_for_only(app, photo):
    anna, mallory = Person(app), Person(app, "mallory@example.org")
    ask(anna, photo)
    anna.register()
    mallory.register()
    mallory.follow(mallory.mailed_link() + "?" + urlsplit(anna.mailed_link()).query)
    assert mallory.account().confirmed_at is not None
    assert {owner for owner, _ in owners(app)} == {None}


def test_what_was_asked_before_comes_along_at_login(app, photo):
    anna, ben = with_account(app), Person(app)
    ask(anna, photo)
    ask(ben, photo)
    anna.log_in()
    ask(anna, photo)
    assert [owner for owner, _ in owners(app)].count(anna.account().id) == 2
    assert [owner for owner, _ in owners(app)].count(None) == 1


def test_after_logging_out_somebody_else_begins(app, photo):
    anna = logged_in(app)
    ask(anna, photo)
    anna.log_out()
    ask(anna, photo)
    assert {owner for owner, _ in owners(app)} == {anna.account().id, None}


def test_a_forgotten_password_is_set_anew_by_the_mailed_link(app):
    anna = with_account(app)
    anna.post("/account/reset", email=anna.email)
    new = "another horse battery"
    path = anna.mailed_link().removeprefix("http://localhost:8000")
    anna.post(path, password=new, password_confirm=new)
    assert anna.log_in(password=PASSWORD).status_code == 200
    assert anna.log_in(password=new).status_code == 302
    assert anna.mails()[-1]["Subject"] == "Your password was changed"


def test_setting_a_password_by_mail_confirms_the_address(app):
    anna = Person(app)
    anna.register()
    anna.post("/account/reset", email=anna.email)
    path = anna.mailed_link().removeprefix("http://localhost:8000")
    anna.post(path, password=PASSWORD, password_confirm=PASSWORD)
    assert anna.log_in().status_code == 302


def test_a_new_address_counts_from_the_mailed_link_on(app):
    anna = logged_in(app)
    new = Person(app, "anna@new.example.org")
    anna.post("/account/email", email=new.email, password=PASSWORD)
    assert new.account() is None
    anna.follow(new.mailed_link())
    assert anna.account() is None
    assert new.log_in().status_code == 302


def test_an_account_goes_with_everything_in_it(app, photo):
    anna, ben = logged_in(app), Person(app)
    ask(anna, photo)
    ask(ben, photo)
    photos = app.config["MORELLI_INSTANCE"] / "media" / "queries"
    anna.post("/account/reset", page="/account/email", email=anna.email)
    assert anna.post("/account/delete", password="wrong").status_code == 200
    answer = anna.post("/account/delete", password=PASSWORD)
    assert "are deleted" in anna.browser.get(answer.headers["Location"]).text
    assert anna.account() is None
    assert anna.mails() == []
    with app.app_context():
        [left] = db.session.scalars(select(Query))
        assert [path.name for path in photos.glob("*.jpg")] == [left.photo_name]


def test_the_only_administrator_cannot_delete_the_own_account(app):
    ada = logged_in(app, "ada@example.org", "admin")
    answer = ada.post("/account/delete", password=PASSWORD)
    assert "only administrator" in answer.text
    assert ada.is_logged_in
    with_account(app, "eva@example.org", "admin")
    assert ada.post("/account/delete", password=PASSWORD).status_code == 302
    assert ada.account() is None


def test_mails_speak_their_readers_language(app):
    anna = with_account(app)
    with app.app_context():
        db.session.execute(db.update(type(anna.account())).values(language="de"))
        db.session.commit()
    anna.post("/account/reset", email=anna.email)
    assert anna.mails()[-1]["Content-Language"] == "de"


def test_a_museum_may_let_only_accounts_search(make_app, photo):
    app = make_app(MORELLI_ANONYMOUS_SEARCH="no")
    stranger, anna = Person(app), with_account(app)
    assert "Searching needs an account" in stranger.browser.get("/").text
    fields = {"photo": (BytesIO(photo), "photo.jpg")}
    refused = stranger.post("/queries", page="/account/login", **fields)
    assert refused.status_code == 401
    assert "Searching needs an account" in refused.text
    fields = {"photo": (BytesIO(photo), "photo.jpg")}
    refused = stranger.browser.post("/api/v1/search", data=fields)
    assert refused.status_code == 401
    assert refused.json["error"]["code"] == "account_needed"
    assert refused.headers["WWW-Authenticate"].startswith("Bearer")
    anna.log_in()
    ask(anna, photo)
    with app.app_context():
        assert db.session.scalar(select(func.count(Query.id))) == 1


def test_roles_are_shown_to_their_bearers(app):
    assert (
        "Administrator"
        in logged_in(app, "a@example.org", "admin").browser.get("/account/").text
    )
    assert (
        "Curator"
        in logged_in(app, "c@example.org", "curator").browser.get("/account/").text
    )


@pytest.mark.parametrize(
    "address", ["/account/login", "/account/register", "/account/reset"]
)
def test_account_pages_are_kept_nowhere(app, address):
    assert Person(app).browser.get(address).headers["Cache-Control"] == "no-store"


def test_the_own_account_is_kept_nowhere(app):
    page = logged_in(app).browser.get("/account/")
    assert page.headers["Cache-Control"] == "no-store"


def test_files_are_served_without_asking_who_it_is(app):
    anna = logged_in(app)
    page = anna.browser.get("/").text
    files = re.findall(r'(?:href|src)="([^"]+\.(?:css|svg|jpg))', page)
    assert len({file.split("/")[1] for file in files}) >= 2
    for file in files:
        with anna.browser.get(file) as answer:
            assert answer.status_code == 200
            assert "Cookie" not in answer.headers.get("Vary", "")
