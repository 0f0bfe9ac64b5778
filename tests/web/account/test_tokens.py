import re

import pytest
from sqlalchemy import select

from app.extensions import db
from app.models import AccessToken
from app.services.accounts import accounts, tokens
from tests.support.people import PASSWORD, Person, logged_in

SECRET = re.compile(r'id="token"[^>]*>(morelli_[\w-]{43})</textarea>')


@pytest.fixture
def anna(app):
    return logged_in(app)


def make(person, name="Kiosk", password=PASSWORD, **fields):
    fields = {"name": name, "lifetime": "365", "password": password, **fields}
    return person.post("/account/tokens/", **fields)


def kept(app):
    with app.app_context():
        return db.session.scalars(select(AccessToken)).all()


def test_a_token_is_shown_once_and_kept_as_a_hash(app, anna):
    made = make(anna)
    [secret] = SECRET.findall(made.text)
    assert made.headers["Cache-Control"] == "no-store"
    assert secret not in anna.browser.get("/account/tokens/").text
    [token] = kept(app)
    assert token.token_hash not in made.text
    with app.app_context():
        assert tokens.account_of(secret) == accounts.find(anna.email) is not None


def test_the_list_tells_name_and_times(app, anna):
    make(anna, "Kiosk in room 12", lifetime="30")
    make(anna, "Website", lifetime="0")
    page = anna.browser.get("/account/tokens/").text
    assert page.index("Website") < page.index("Kiosk in room 12")
    assert page.count("Never used.") == 2
    assert page.count("Expires on ") == page.count("Does not expire.") == 1


def test_the_account_page_leads_to_the_tokens(anna):
    assert 'href="/account/tokens/"' in anna.browser.get("/account/").text


def test_a_token_needs_the_present_password(app, anna):
    page = make(anna, password="wrong")
    assert "not your present password" in page.text
    assert kept(app) == []


@pytest.mark.parametrize(
    "fields",
    [{"name": ""}, {"name": "  "}, {"name": "n" * 81}, {"lifetime": "9999"}],
    ids=["empty", "blank", "too long", "no such choice"],
)
def test_a_form_filled_wrongly_makes_no_token(app, anna, fields):
    page = make(anna, **fields)
    assert page.status_code == 200
    assert 'role="alert"' in page.text
    assert kept(app) == []


def test_a_form_cannot_name_another_owner_or_hash(app, anna):
    ben = logged_in(app, "ben@example.org")
    make(anna, user_id=str(ben.account().id), token_hash="0" * 64, id="99")
    [token] = kept(app)
    assert token.user_id == anna.account().id
    assert token.token_hash != "0" * 64


def test_a_name_cannot_break_out_of_the_page(anna):
    made = make(anna, "<script>alert(1)</script>")
    for page in (made.text, anna.browser.get("/account/tokens/").text):
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert(1)" in page


def test_one_too_many_is_refused_in_words(app, anna):
    with app.app_context():
        user = accounts.find(anna.email)
        assert user is not None
        for _ in range(tokens.MOST_TOKENS):
            tokens.issue(user, "x")
        db.session.commit()
    assert "at most 20 tokens" in make(anna).text
    assert len(kept(app)) == tokens.MOST_TOKENS


def test_a_revoked_token_is_gone(app, anna):
    make(anna)
    [token] = kept(app)
    address = f"/account/tokens/{token.id}/revoke"
    answer = anna.post(address, page="/account/tokens/")
    assert answer.headers["Location"] == "/account/tokens/"
    assert "“Kiosk” is revoked" in anna.browser.get("/account/tokens/").text
    assert kept(app) == []
    assert anna.post(address, page="/account/tokens/").status_code == 404


def test_another_users_token_is_not_there(app, anna):
    make(anna, "Anna’s")
    [token] = kept(app)
    ben = logged_in(app, "ben@example.org")
    assert "Anna’s" not in ben.browser.get("/account/tokens/").text
    address = f"/account/tokens/{token.id}/revoke"
    assert ben.post(address, page="/account/tokens/").status_code == 404
    assert len(kept(app)) == 1


def test_strangers_are_led_to_the_login(app):
    stranger = Person(app)
    assert "/account/login" in stranger.browser.get("/account/tokens/").location
    address = "/account/tokens/"
    fields = {"name": "x", "lifetime": "0", "password": PASSWORD}
    answer = stranger.post(address, page="/account/login", **fields)
    assert "/account/login" in answer.location
    assert kept(app) == []


def test_the_pages_write_no_token_to_the_log(anna, caplog):
    caplog.set_level("DEBUG")
    [secret] = SECRET.findall(make(anna).text)
    assert secret not in caplog.text


def test_curators_choose_what_a_token_may_do_and_see_it_in_the_list(app):
    carla = logged_in(app, "carla@example.org", "curator")
    page = carla.browser.get("/account/tokens/").text
    assert 'value="write_works"' in page
    assert "change works in your name" in make(carla, scope="write_works").text
    assert "change works in your name" not in make(carla, "Reader", scope="read").text
    assert [token.scope for token in kept(app)] == ["write_works", "read"]
    listed = carla.browser.get("/account/tokens/").text
    assert listed.count("Also changes works and their pictures</p>") == 1
    assert listed.count("Reads, and searches in your name</p>") == 1


def test_visitors_are_not_offered_it_and_cannot_choose_it(app, anna):
    assert 'name="scope"' not in anna.browser.get("/account/tokens/").text
    assert "<textarea" not in make(anna, scope="write_works").text
    assert kept(app) == []


def test_the_list_says_that_who_lost_the_role_changes_nothing(app):
    carla = logged_in(app, "carla@example.org", "curator")
    make(carla, scope="write_works")
    assert "not now" not in carla.browser.get("/account/tokens/").text
    with app.app_context():
        user = accounts.find(carla.email)
        assert user is not None
        accounts.revoke(user, "curator")
        db.session.commit()
    assert "not now" in carla.browser.get("/account/tokens/").text


def test_curators_without_the_second_factor_that_is_asked_for_cannot(make_app):
    app = make_app(MORELLI_SECOND_FACTOR="curators")
    carla = logged_in(app, "carla@example.org", "curator")
    make(carla, scope="write_works")
    assert kept(app) == []
