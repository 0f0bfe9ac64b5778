from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.extensions import db
from app.models import AccessToken, Feedback, Query, User, now
from app.retrieval.verification.evidence import Verdict
from app.services.accounts import accounts
from app.services.media.folder import FolderStore
from app.services.system import deletions
from app.services.system.mail import Outbox


@pytest.fixture
def user(in_app):
    user = accounts.create_confirmed("anna@example.org", None)
    db.session.commit()
    return user


@pytest.fixture
def photos(tmp_path):
    return FolderStore(tmp_path / "photos")


def make_query(photos=None, **owner):
    query = Query(
        verdict=Verdict.NOT_FOUND,
        probability=0.0,
        width=1,
        height=1,
        model_id="m",
        generation="g",
        feedback=Feedback(is_right=False),
        **owner,
    )
    db.session.add(query)
    db.session.flush()
    if photos:
        query.photo_name = f"{query.id}.jpg"
        photos.write(query.photo_name, b"photo")
    db.session.commit()
    return query


def count(model):
    return db.session.scalar(select(func.count()).select_from(model))


def test_an_account_is_found_however_its_address_is_written(user):
    assert accounts.find(" Anna@Example.org ") is user
    assert accounts.find("ben@example.org") is None


def test_roles_are_granted_and_revoked_once(user):
    assert accounts.grant(user, "curator")
    assert not accounts.grant(user, "curator")
    assert user.has_role("curator")
    assert not user.has_role("admin")
    assert accounts.revoke(user, "curator")
    assert not accounts.revoke(user, "curator")


def test_only_what_a_visitor_asked_and_nobody_owns_is_adopted(user):
    mine = make_query(visitor="anna")
    owned = make_query(visitor="anna", user_id=user.id)
    others = [make_query(visitor="ben"), make_query(visitor=None)]
    accounts.adopt_queries(user, "anna")
    db.session.expire_all()
    assert (mine.user_id, mine.visitor) == (user.id, None)
    assert owned.user_id == user.id
    assert [query.user_id for query in others] == [None, None]
    assert accounts.count_queries(user) == 2


def test_an_account_is_erased_with_all_that_hangs_on_it(user, photos, tmp_path):
    make_query(photos, user_id=user.id)
    make_query(user_id=user.id)
    kept = make_query(photos, visitor="ben")
    accounts.grant(user, "curator")
    db.session.add(AccessToken(user_id=user.id, name="mine", token_hash="0"))
    db.session.commit()
    accounts.erase(user, photos, Outbox(tmp_path / "mail"))
    assert [count(model) for model in (User, AccessToken)] == [0, 0]
    assert db.session.scalars(select(Query)).all() == [kept]
    assert count(Feedback) == 1
    assert [path.name for path in photos.root.glob("*.jpg")] == [kept.photo_name]


def test_a_photo_that_cannot_be_deleted_is_remembered(user, photos, tmp_path):
    query = make_query(photos, user_id=user.id)
    path = photos.root / query.photo_name
    path.unlink()
    path.mkdir()
    assert accounts.erase(user, photos, Outbox(tmp_path / "mail")) == 1
    assert count(User) == 0
    assert deletions.waiting(db.session()).count == 1


def test_addresses_that_nobody_confirmed_are_forgotten_after_a_week(user):
    for age in (timedelta(days=8), timedelta(days=6)):
        late = User(
            email=f"{age.days}@example.org",
            password=None,
            fs_uniquifier=str(age),
            created_at=now() - age,
        )
        db.session.add(late)
    user.created_at = now() - timedelta(days=400)
    accounts.forget_unconfirmed()
    db.session.commit()
    left = {user.email for user in accounts.all_accounts()}
    assert left == {"anna@example.org", "6@example.org"}


def test_ending_sessions_changes_what_they_refer_to(user):
    before = user.fs_uniquifier
    accounts.end_sessions(user)
    assert user.fs_uniquifier != before
