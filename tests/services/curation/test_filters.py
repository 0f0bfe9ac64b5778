import pytest

from app.extensions import db
from app.models import User
from app.services.curation import filters
from app.services.curation.filters import FilterError, FilterFault

ADDRESS = {"q": "oil", "artist": "Dürer", "order": "date"}


@pytest.fixture
def eva(in_app):
    return _user("eva")


@pytest.fixture
def ada(in_app):
    return _user("ada")


def _user(name):
    user = User(email=f"{name}@example.org", fs_uniquifier=name)
    db.session.add(user)
    db.session.commit()
    return user


def names(user):
    return [one.name for one in filters.filters_of(db.session(), user)]


def fault_of(call, *given, **named):
    with pytest.raises(FilterError) as refused:
        call(db.session(), *given, **named)
    return refused.value.fault


def test_filters_are_kept_by_name_and_shared_if_wished(eva, ada):
    filters.keep(db.session(), eva, " Oil   of Dürer ", ADDRESS)
    filters.keep(db.session(), eva, "A", {}, is_shared=True)
    filters.keep(db.session(), ada, "Z", {})
    assert names(eva) == ["A", "Oil of Dürer"]
    assert filters.filters_of(db.session(), eva)[1].address == ADDRESS
    assert names(ada) == ["Z", "A"]


def test_only_ones_own_are_changed(eva, ada):
    kept = filters.keep(db.session(), eva, "A", {}, is_shared=True)
    assert filters.own_filter(db.session(), ada, kept.id) is None
    assert filters.own_filter(db.session(), eva, kept.id) is kept
    filters.change(db.session(), kept, "B", is_shared=False)
    assert (names(eva), names(ada)) == (["B"], [])
    filters.remove(db.session(), kept)
    assert names(eva) == []


def test_names_are_checked_and_numbers_bounded(eva, ada, monkeypatch):
    filters.keep(db.session(), eva, "A", {})
    other = filters.keep(db.session(), eva, "B", {})
    assert fault_of(filters.keep, eva, "  ", {}) is FilterFault.NO_NAME
    assert fault_of(filters.keep, eva, "x" * 81, {}) is FilterFault.LONG_NAME
    assert fault_of(filters.keep, eva, "A", {}) is FilterFault.TAKEN_NAME
    taken = fault_of(filters.change, other, "A", is_shared=False)
    assert taken is FilterFault.TAKEN_NAME
    assert names(eva) == ["A", "B"]
    filters.keep(db.session(), ada, "A", {})
    monkeypatch.setattr(filters, "MOST_OWN", 2)
    assert fault_of(filters.keep, eva, "C", {}) is FilterFault.TOO_MANY


def test_they_are_deleted_with_their_account(eva, ada):
    filters.keep(db.session(), eva, "A", {}, is_shared=True)
    db.session.delete(eva)
    db.session.commit()
    assert names(ada) == []
