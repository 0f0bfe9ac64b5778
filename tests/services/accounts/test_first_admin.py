"""The first administrator: one code, few tries, one winner."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import select

from app.extensions import db
from app.models import FirstCode, User
from app.services.accounts import accounts, first_admin
from app.services.accounts.first_admin import (
    MOST_TRIES,
    AddressTakenError,
    CodeVoidError,
    WrongCodeError,
)
from tests.support.waiting import WAIT_SECONDS

EMAIL = "ada@example.org"
WRONG = "AAAA-AAAA-AAAA-AAAA"


@pytest.fixture
def code(in_app):
    made = first_admin.new_code(db.session())
    db.session.commit()
    return made


def enter(code, email=EMAIL):
    session = db.session()
    first_admin.try_code(session, code)
    user = first_admin.make_admin(session, code, email, "hash")
    session.commit()
    return user


def test_the_code_makes_an_administrator_however_it_is_typed(code):
    user = enter(code.lower().replace("-", " "))
    assert [role.name for role in user.roles] == ["admin"]
    assert user.confirmed_at is not None
    assert not first_admin.is_open(db.session())
    assert first_admin.new_code(db.session()) is None


def test_it_works_once(code):
    enter(code)
    with pytest.raises(CodeVoidError):
        first_admin.try_code(db.session(), code)
    with pytest.raises(CodeVoidError):
        first_admin.make_admin(db.session(), code, "eva@example.org", "hash")
    assert len(accounts.all_accounts()) == 1


def test_a_new_code_voids_the_one_before(code):
    newer = first_admin.new_code(db.session())
    db.session.commit()
    with pytest.raises(WrongCodeError):
        enter(code)
    assert enter(newer).email == EMAIL


def test_tries_are_counted_for_good_and_then_the_right_one_comes_too_late(code):
    for left in range(MOST_TRIES - 1, -1, -1):
        with pytest.raises(WrongCodeError) as refused:
            first_admin.try_code(db.session(), WRONG)
        assert refused.value.left == left
        db.session.rollback()
    assert not first_admin.is_open(db.session())
    with pytest.raises(CodeVoidError):
        first_admin.try_code(db.session(), code)


def test_only_its_hash_is_kept(code):
    kept = db.session.scalars(select(FirstCode)).one()
    assert first_admin.plain(code) not in kept.code_hash.upper()
    assert len(kept.code_hash) == 64


def test_who_has_an_account_does_not_lose_it_to_the_code(code):
    accounts.create_confirmed(EMAIL, "hash")
    db.session.commit()
    with pytest.raises(AddressTakenError):
        enter(code)
    assert first_admin.is_open(db.session())


def test_an_administrator_from_the_shell_voids_the_code(code):
    accounts.grant(accounts.create_confirmed("eva@example.org", "hash"), "admin")
    db.session.commit()
    assert not first_admin.is_open(db.session())
    with pytest.raises(CodeVoidError):
        enter(code)


def test_of_two_at_once_one_is_the_administrator(app, code):
    at_once = Barrier(2)

    db.session.remove()

    def take(email):
        with app.app_context():
            first_admin.try_code(db.session(), code)
            at_once.wait(WAIT_SECONDS)
            try:
                first_admin.make_admin(db.session(), code, email, "hash")
            except CodeVoidError:
                return False
            db.session.commit()
            return True

    with ThreadPoolExecutor(2) as threads:
        emails = ("ada@example.org", "eva@example.org")
        assert sorted(threads.map(take, emails)) == [False, True]
    assert len(db.session.scalars(select(User)).all()) == 1
