from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import text

from app.extensions import db
from app.models import AccessToken, TokenScope, now
from app.services.accounts import accounts, tokens
from tests.support.databases import refuse


@pytest.fixture
def user(in_app):
    return accounts.create_confirmed("anna@example.org", None)


@pytest.fixture
def secret(user):
    new = tokens.issue(user, "Kiosk")
    db.session.commit()
    return new.secret


def test_a_token_lets_its_owner_in_and_nobody_else(user, secret):
    ben = accounts.create_confirmed("ben@example.org", None)
    other = tokens.issue(ben, "Kiosk")
    assert tokens.account_of(secret) == user
    assert tokens.account_of(other.secret) == ben


@pytest.mark.parametrize("wrong", ["", "morelli_", "Kiosk", "ÿ" * 43])
def test_anything_else_lets_nobody_in(secret, wrong):
    assert tokens.account_of(wrong) is None


def test_nearly_right_is_wrong(secret):
    for nearly in (secret[:-1], secret + "A", secret.upper(), f" {secret}"):
        assert tokens.account_of(nearly) is None


def test_the_database_does_not_know_the_token(user, secret):
    row = db.session.execute(text("SELECT * FROM access_token")).one()
    assert not any(secret[-20:] in str(value) for value in row)
    [token] = tokens.tokens_of(user)
    assert tokens.account_of(token.token_hash) is None


def test_a_new_token_does_not_show_itself_in_a_log(user):
    new = tokens.issue(user, "Kiosk")
    assert new.secret not in repr(new)


def test_tokens_differ_and_are_long(user):
    made = {tokens.issue(user, "x").secret for _ in range(5)}
    assert len(made) == 5
    assert all(len(secret) >= 43 + len(tokens.PREFIX) for secret in made)


def test_an_expired_token_lets_nobody_in(user):
    secret = tokens.issue(user, "Kiosk", timedelta(days=30)).secret
    with time_machine.travel(now() + timedelta(days=30, seconds=-1), tick=False):
        assert tokens.account_of(secret) == user
    with time_machine.travel(now() + timedelta(days=30), tick=False):
        assert tokens.account_of(secret) is None


def test_the_token_of_a_closed_account_lets_nobody_in(user, secret):
    user.active = False
    assert tokens.account_of(secret) is None


def test_the_token_of_an_unconfirmed_account_lets_nobody_in(user, secret):
    user.confirmed_at = None
    assert tokens.account_of(secret) is None


def test_a_revoked_token_lets_nobody_in(user, secret):
    [token] = tokens.tokens_of(user)
    assert tokens.revoke(user, token.id) is token
    assert tokens.account_of(secret) is None
    assert tokens.revoke(user, token.id) is None


def test_nobody_revokes_the_token_of_another(user, secret):
    ben = accounts.create_confirmed("ben@example.org", None)
    [token] = tokens.tokens_of(user)
    assert tokens.revoke(ben, token.id) is None
    assert tokens.account_of(secret) == user


def test_tokens_go_with_their_account(user, secret):
    db.session.delete(user)
    db.session.commit()
    assert db.session.query(AccessToken).count() == 0


def test_the_number_of_tokens_is_bounded_for_each_account(user):
    for _ in range(tokens.MOST_TOKENS):
        tokens.issue(user, "x")
    with pytest.raises(tokens.TooManyTokensError):
        tokens.issue(user, "x")
    tokens.issue(accounts.create_confirmed("ben@example.org", None), "x")


def test_the_last_use_is_noted_now_and_then(user, secret):
    [token] = tokens.tokens_of(user)
    assert token.last_used_at is None
    start = now()
    for later in (0, 60, 301):
        with time_machine.travel(start + timedelta(seconds=later), tick=False):
            tokens.account_of(secret)
            noted = start if later < 300 else now()
            assert token.last_used_at == noted


def test_where_nothing_can_be_written_a_token_still_works(user, secret, caplog):
    refuse(db.session(), "UPDATE", "access_token")
    assert tokens.account_of(secret) == user
    assert "could not be noted" in caplog.text


def test_a_token_reads_unless_it_was_made_for_more(user, secret):
    [token] = tokens.tokens_of(user)
    assert token.scope is TokenScope.READ


@pytest.mark.parametrize("role", ["curator", "admin"])
def test_only_who_may_change_works_gets_a_token_that_does(user, role):
    with pytest.raises(tokens.ScopeNotAllowedError):
        tokens.issue(user, "Feed", scope=TokenScope.WRITE_WORKS)
    assert tokens.tokens_of(user) == []
    accounts.grant(accounts.create_confirmed("last@example.org", None), role)
    accounts.grant(user, role)
    new = tokens.issue(user, "Feed", scope=TokenScope.WRITE_WORKS)
    assert new.token.scope is TokenScope.WRITE_WORKS
    accounts.revoke(user, role)
    assert not tokens.may_write(user)
