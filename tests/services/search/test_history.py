"""Whose searches are found, counted, paged, written and deleted."""

import json
import tracemalloc
import uuid
import zipfile
from dataclasses import replace
from datetime import timedelta
from io import BytesIO

import pytest

from app.extensions import db
from app.models import Query, now
from app.retrieval.verification.evidence import Verdict
from app.services.accounts import accounts
from app.services.media.folder import FolderStore
from app.services.search import data_export, history
from app.services.search.history import Forgotten, Owner
from app.services.system import deletions
from app.web.shell.current import folders, media
from tests.support.away import AwayStore

pytestmark = pytest.mark.usefixtures("in_app")

ANNA, BEN = Owner(visitor="anna"), Owner(visitor="ben")


@pytest.fixture
def photos():
    return FolderStore(folders().queries)


def add(photos, count, content=b"photo", **fields):
    """Keep searches without an answer, one a minute, the newest last."""
    begun = now() - timedelta(days=1)
    ids = []
    for minute in range(count):
        query_id = str(uuid.uuid4())
        photos.write(f"{query_id}.jpg", content)
        query = Query(
            id=query_id,
            created_at=begun + timedelta(minutes=minute),
            verdict=Verdict.NOT_FOUND,
            probability=0.0,
            photo_name=f"{query_id}.jpg",
            width=4,
            height=3,
            model_id="model",
            generation="generation",
            **fields,
        )
        db.session.add(query)
        ids.append(query_id)
    db.session.commit()
    return ids


def on_disk(photos):
    return {path.stem for path in photos.root.glob("*.jpg")}


def test_a_search_of_nobody_is_nobodys():
    for owner in (Owner(), ANNA, Owner(user_id=1)):
        assert not owner.owns(Query(user_id=None, visitor=None))
    assert not Owner().owns(Query(user_id=1, visitor=None))


def test_the_database_and_python_agree_on_whose_a_search_is(photos):
    user = accounts.create_confirmed("anna@example.org", None)
    for fields in (
        {"user_id": user.id},
        {"visitor": "anna"},
        {"visitor": "ben"},
        {"user_id": user.id, "visitor": "ben"},  # taken over by the account
        {},
    ):
        add(photos, 1, **fields)
    everything = db.session.query(Query).all()
    for owner in (Owner(), ANNA, BEN, Owner(user_id=user.id), Owner(user.id, "anna")):
        owned = {query.id for query in everything if owner.owns(query)}
        assert {query.id for query in history.searches(owner).entries} == owned
        assert history.count(owner) == len(owned)


def test_pages_hold_everything_once_and_the_newest_first(photos, monkeypatch):
    monkeypatch.setattr(history, "SEARCHES_PER_PAGE", 3)
    ids = add(photos, 7, visitor="anna")
    add(photos, 2, visitor="ben")
    pages = [history.searches(ANNA, number) for number in (1, 2, 3)]
    shown = [query.id for page in pages for query in page.entries]
    assert shown == ids[::-1]
    assert {(page.count, page.total) for page in pages} == {(3, 7)}
    assert history.searches(ANNA, 9).number == 3


def test_forgetting_all_leaves_what_is_others(photos, monkeypatch):
    monkeypatch.setattr(history, "BATCH", 2)
    add(photos, 5, visitor="anna")
    of_ben = add(photos, 1, visitor="ben")
    assert history.forget_all(ANNA, photos) == Forgotten(5, 0)
    assert history.count(ANNA) == 0
    assert on_disk(photos) == set(of_ben)
    assert history.forget_all(Owner(), photos) == Forgotten(0, 0)


def test_a_photo_that_cannot_be_deleted_is_remembered(photos):
    stuck, _ = add(photos, 2, visitor="anna")
    (photos.root / f"{stuck}.jpg").unlink()
    (photos.root / f"{stuck}.jpg").mkdir()  # which cannot be unlinked
    assert history.forget_all(ANNA, photos) == Forgotten(2, 1)
    assert history.count(ANNA) == 0
    assert on_disk(photos) == {stuck}
    assert deletions.waiting(db.session()).count == 1


def test_a_photo_goes_once_the_storage_answers(photos):
    query_id, _ = add(photos, 2, visitor="anna")
    away = AwayStore(photos)
    assert history.forget(db.session.get_one(Query, query_id), away) == 1
    assert history.count(ANNA) == 1
    assert query_id in on_disk(photos)
    away.is_away = False
    stores = replace(media(), queries=away)
    assert deletions.run_due(db.session(), stores) == 0
    assert query_id not in on_disk(photos)
    assert deletions.waiting(db.session()).count == 0


def test_the_archive_holds_every_search_once(photos, monkeypatch):
    monkeypatch.setattr(data_export, "ROWS_AT_A_TIME", 3)
    ids = add(photos, 9, visitor="anna")
    for query in db.session.query(Query):  # many at one moment
        query.created_at = now()
    db.session.commit()
    gone, *rest = sorted(ids)
    (photos.root / f"{gone}.jpg").unlink()
    file = zipfile.ZipFile(BytesIO(b"".join(data_export.archive(ANNA, photos))))
    listed = json.loads(file.read(data_export.LIST_NAME))
    assert sorted(search["id"] for search in listed) == sorted(ids)
    assert sorted(file.namelist()[1:]) == [f"photos/{name}.jpg" for name in rest]
    assert file.testzip() is None


def test_the_archive_is_never_in_memory_as_a_whole(photos):
    size = 4_000_000
    add(photos, 5, content=bytes(size), visitor="anna")
    pieces = data_export.archive(ANNA, photos)
    next(pieces)
    tracemalloc.start()
    sent = sum(len(piece) for piece in pieces)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert sent > 5 * size
    assert peak < size


def test_a_photo_that_is_deleted_while_it_is_sent_is_sent_all_the_same(photos):
    content = bytes(200_000)
    [name] = add(photos, 1, content=content, visitor="anna")
    sent = []
    for piece in data_export.archive(ANNA, photos):
        sent.append(piece)
        if b"photos/" in piece:
            (photos.root / f"{name}.jpg").unlink(missing_ok=True)
    file = zipfile.ZipFile(BytesIO(b"".join(sent)))
    assert file.read(f"photos/{name}.jpg") == content


def test_an_archive_that_nobody_waits_for_any_more_is_given_up(photos):
    add(photos, 2, visitor="anna")
    pieces = data_export.archive(ANNA, photos)
    next(pieces)
    pieces.close()
