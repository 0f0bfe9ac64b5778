"""The way to the copies of shards, whatever the engine."""

from app.retrieval.gallery.shards.cut import Shard
from app.retrieval.gallery.shards.questions import PresenceQuestion
from app.services.shards import engine
from app.services.shards.engine import ShardConnection
from tests.support.shards import SOON, FakeCopy


class FakeEngine:
    def __init__(self):
        self.copies = {}

    def copy(self, folder, worker):
        # What a copy holds is asked for its length alone.
        self.copies[worker] = FakeCopy(f"{folder} at {worker}", folder)
        return self.copies[worker]


def connect(fake):
    shards = [Shard("one", 3), Shard("three", 5)]
    return ShardConnection(fake, SOON).connect(shards)


def test_two_workers_hold_each_shard_and_are_opened_before_the_first_photo():
    fake = FakeEngine()
    shards = connect(fake)
    names = {worker: copy.name for worker, copy in fake.copies.items()}
    assert names == {
        "1a": "one at 1a",
        "1b": "one at 1b",
        "2a": "three at 2a",
        "2b": "three at 2b",
    }
    assert all(len(copy.asked) == 1 for copy in fake.copies.values())
    assert shards.deadline_seconds == SOON
    assert shards.ask(dict.fromkeys(range(2), PresenceQuestion())) == {0: 3, 1: 5}


def test_shards_that_do_not_open_are_not_waited_for_for_ever(monkeypatch):
    monkeypatch.setattr(engine, "OPENING_SECONDS", SOON)

    class Hanging(FakeEngine):
        def copy(self, folder, worker):
            copy = super().copy(folder, worker)
            copy.hangs = worker.startswith("2")
            return copy

    shards = connect(Hanging())
    assert shards.ask({0: PresenceQuestion()}) == {0: 3}
