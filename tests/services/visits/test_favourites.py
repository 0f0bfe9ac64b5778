"""Favourites: kept once, dropped, listed, bounded, and nobody else's."""

from datetime import timedelta

import pytest

from app.extensions import db
from app.models import Favourite, now
from app.services.accounts import accounts
from app.services.search.history import Owner
from app.services.visits import favourites
from tests.support.visits import work_of

pytestmark = pytest.mark.usefixtures("in_app")

ANNA, BEN = Owner(visitor="anna"), Owner(visitor="ben")


def listed(owner):
    return [work.accession for work in favourites.favourites(owner)]


def test_the_newest_comes_first_and_each_is_there_once():
    for number in (0, 3, 0):
        favourites.keep(ANNA, work_of(number))
    assert listed(ANNA) == ["1900.3", "1900.0"]
    assert favourites.ids(ANNA) == {work_of(0).id, work_of(3).id}
    assert listed(BEN) == listed(Owner()) == []


def test_they_are_dropped_by_their_owner_alone():
    for number in (0, 3, 5):
        favourites.keep(ANNA, work_of(number))
    favourites.drop(BEN, work_of(0))
    favourites.drop_all(BEN)
    favourites.drop(ANNA, work_of(3))
    assert listed(ANNA) == ["1900.5", "1900.0"]
    favourites.drop_all(ANNA)
    assert listed(ANNA) == []


def test_there_are_no_more_than_so_many(monkeypatch):
    monkeypatch.setattr(favourites, "MOST_FAVOURITES", 2)
    for number in (0, 3):
        favourites.keep(ANNA, work_of(number))
    with pytest.raises(favourites.TooManyFavouritesError):
        favourites.keep(ANNA, work_of(5))
    favourites.keep(ANNA, work_of(0))  # which is one
    assert len(listed(ANNA)) == 2


def test_a_withdrawn_work_is_not_shown_and_comes_back():
    favourites.keep(ANNA, work_of(0))
    work_of(0).withdrawn_at = now()
    db.session.commit()
    assert listed(ANNA) == []
    work_of(0).withdrawn_at = None
    db.session.commit()
    assert listed(ANNA) == ["1900.0"]


def test_an_accounts_and_a_browsers_are_one_list():
    user = accounts.create_confirmed("anna@example.org", None)
    both = Owner(user.id, "anna")
    favourites.keep(ANNA, work_of(0))
    favourites.keep(Owner(user.id), work_of(3))
    rows = Favourite(
        user_id=user.id, artwork_id=work_of(0).id, created_at=now() + timedelta(1)
    )
    db.session.add(rows)
    db.session.commit()
    assert listed(both) == ["1900.0", "1900.3"]
