"""Files that are let go of are gone, at once or later, whatever happens between."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from app.models import PendingDeletion, now
from app.services.media.folder import FolderStore
from app.services.system import deletions
from app.services.system.deletions import Area
from tests.support.away import AwayStore
from tests.support.killing import die, is_killed

NAMES = ("a.jpg", "b.jpg", "c.jpg")


@dataclass
class Stores:
    """As far as files are deleted from them."""

    queries: object
    evaluations: object


@pytest.fixture
def photos(tmp_path):
    photos = FolderStore(tmp_path / "photos")
    for name in NAMES:
        photos.write(name, b"photo")
    return photos


@pytest.fixture
def away(photos):
    return AwayStore(photos)


@pytest.fixture
def stores(away, tmp_path):
    return Stores(away, FolderStore(tmp_path / "evaluations"))


def noted(session):
    return sorted(session.scalars(select(PendingDeletion.name)))


def let_go(session, names=NAMES):
    deletions.note(session, Area.QUERIES, names)
    session.commit()


def test_what_the_storage_takes_is_gone_and_forgotten(session, photos, monkeypatch):
    monkeypatch.setattr(deletions, "BATCH", 2)
    let_go(session)
    assert deletions.carry_out(session, Area.QUERIES, photos, NAMES) == 0
    assert list(photos.list()) == []
    assert noted(session) == []
    assert deletions.waiting(session) == deletions.Waiting(0, None)


def test_while_the_storage_is_away_it_is_asked_once_and_nothing_is_forgotten(
    session, photos, away, monkeypatch
):
    monkeypatch.setattr(deletions, "BATCH", 1)
    begun = now()
    let_go(session)
    assert deletions.carry_out(session, Area.QUERIES, away, NAMES) == 3
    assert away.asked == 1
    assert noted(session) == list(NAMES)
    waiting = deletions.waiting(session)
    assert waiting.count == 3
    assert waiting.since is not None
    assert waiting.since >= begun


def test_a_file_that_cannot_be_deleted_holds_up_no_other(session, photos, stores):
    stuck = photos.root / "b.jpg"
    stuck.unlink()
    stuck.mkdir()
    let_go(session)
    stores.queries.is_away = False
    assert deletions.run_due(session, stores) == 1
    assert noted(session) == ["b.jpg"]
    assert not photos.exists("c.jpg")


def test_intervals_grow_to_half_an_hour_until_the_storage_answers(
    session, away, stores
):
    let_go(session)
    tries: list[datetime] = []
    with time_machine.travel(now(), tick=False) as clock:
        while len(tries) < 9:
            before = away.asked
            deletions.run_due(session, stores)
            if away.asked > before:
                tries.append(now())
            clock.shift(60)
        waits = [
            (later - earlier) // timedelta(minutes=1)
            for earlier, later in pairwise(tries)
        ]
        assert waits == [1, 2, 4, 8, 16, 30, 30, 30]
        away.is_away = False
        clock.shift(30 * 60)
        assert deletions.run_due(session, stores) == 0
    assert noted(session) == []


def test_a_file_that_may_still_be_written_is_not_tried_before(session, stores):
    stores.queries.is_away = False
    deletions.note(session, Area.QUERIES, ["late.jpg"], after=timedelta(minutes=10))
    session.commit()
    deletions.run_due(session, stores)
    assert noted(session) == ["late.jpg"]
    assert deletions.waiting(session).count == 0
    with time_machine.travel(now() + timedelta(minutes=11)):
        deletions.run_due(session, stores)
    assert noted(session) == []


def test_a_name_that_is_noted_twice_is_forgotten_with_its_file(session, photos):
    let_go(session, ["a.jpg"])
    let_go(session, ["a.jpg"])
    assert deletions.carry_out(session, Area.QUERIES, photos, ["a.jpg"]) == 0
    assert noted(session) == []


class Deadly(FolderStore):
    """Store in which somebody dies, before the file is gone or after."""

    def __init__(self, root, *, is_gone):
        super().__init__(root)
        self.is_gone = is_gone

    def delete(self, *names):
        if self.is_gone:
            super().delete(*names)
        die()


@pytest.mark.parametrize("moment", ["before the note", "before the file", "after it"])
def test_whoever_is_killed_leaves_a_file_or_its_deletion(
    session, photos, stores, moment
):
    def delete_one():
        engine = create_engine(session.get_bind().engine.url)
        with Session(engine) as own:
            deletions.note(own, Area.QUERIES, ["a.jpg"])
            if moment == "before the note":
                die()
            own.commit()
            store = Deadly(photos.root, is_gone=moment == "after it")
            deletions.carry_out(own, Area.QUERIES, store, ["a.jpg"])

    assert is_killed(delete_one)
    is_noted = moment != "before the note"
    assert noted(session) == (["a.jpg"] if is_noted else [])
    assert photos.exists("a.jpg") == (moment != "after it")
    session.commit()
    stores.queries.is_away = False
    deletions.run_due(session, stores)
    assert photos.exists("a.jpg") != is_noted
    assert noted(session) == []


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(days=st.lists(st.tuples(st.booleans(), st.integers(0, 4)), max_size=6))
def test_however_it_comes_and_goes_everything_is_gone_in_the_end(
    session, photos, away, stores, days
):
    """Each day some photos are let go of, with the storage there or not."""
    kept = {"kept.jpg"}
    photos.write("kept.jpg", b"photo")
    for number, (is_away, count) in enumerate(days):
        away.is_away = is_away
        names = [f"{number}-{one}.jpg" for one in range(count)]
        for name in names:
            photos.write(name, b"photo")
        let_go(session, names)
        left = deletions.carry_out(session, Area.QUERIES, away, names)
        assert left == (count if is_away else 0)
    away.is_away = False
    with time_machine.travel(now() + timedelta(hours=1)):
        deletions.run_due(session, stores)
    left_over = {file.name for file in photos.list()} - set(NAMES)
    assert left_over == kept
    assert noted(session) == []
