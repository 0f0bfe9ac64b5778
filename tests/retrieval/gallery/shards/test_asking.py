"""Copies asked side by side: the first good answer counts, and waiting ends."""

import time

import pytest

from app.retrieval.gallery.shards import asking
from app.retrieval.gallery.shards.asking import Shards
from app.retrieval.gallery.shards.questions import PresenceQuestion
from tests.support.shards import SOON, FakeCopy, SlowCopy
from tests.support.waiting import WAIT_SECONDS

PRESENCE = PresenceQuestion()


def copies(*galleries, make=FakeCopy):
    return [make(f"copy {number}", one) for number, one in enumerate(galleries)]


def test_the_first_good_answer_counts():
    slow, fast = SlowCopy("slow", "ab"), FakeCopy("fast", "abc")
    shards = Shards([[slow, fast]], 5)
    assert shards.ask({0: PRESENCE}) == {0: 3}
    fast.is_dead = True
    assert shards.ask({0: PRESENCE}) == {0: 2}


def test_all_shards_are_asked_at_once():
    shards = Shards([copies("a" * n, make=SlowCopy) for n in range(1, 6)], 5)
    begun = time.monotonic()
    replies = shards.ask(dict.fromkeys(range(5), PRESENCE))
    assert replies == {0: 1, 1: 2, 2: 3, 3: 4, 4: 5}
    assert time.monotonic() - begun < 5 * SlowCopy.seconds + 1


def test_a_shard_that_hangs_is_waited_for_until_the_deadline_only():
    hanging = copies("ab", "ab")
    for copy in hanging:
        copy.hangs = True
    shards = Shards([hanging, copies("abc", "abc")], SOON)
    begun = time.monotonic()
    assert shards.ask({0: PRESENCE, 1: PRESENCE}) == {1: 3}
    waited = time.monotonic() - begun
    assert waited >= SOON
    # They rest now: nobody waits for them again.
    begun = time.monotonic()
    assert shards.ask({0: PRESENCE}) == {}
    assert time.monotonic() - begun < SOON


def test_what_rested_is_asked_again(monkeypatch, caplog):
    caplog.set_level("INFO")
    [copy] = copies("ab")
    shards = Shards([[copy]], SOON)
    copy.is_dead = True
    assert shards.ask({0: PRESENCE}) == {}
    copy.is_dead = False
    assert shards.ask({0: PRESENCE}) == {}
    assert len(copy.asked) == 1
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now + asking.REST_SECONDS + 0.1)
    assert shards.ask({0: PRESENCE}) == {0: 2}
    assert [record.message for record in caplog.records] == [
        "copy 0 does not answer: it was killed",
        "copy 0 answers again",
    ]


def test_a_late_answer_is_of_no_use_but_shows_that_the_copy_is_there():
    copy = SlowCopy("late", "ab")
    shards = Shards([[copy]], SlowCopy.seconds / 5)
    assert shards.ask({0: PRESENCE}) == {}
    assert shards.ask({0: PRESENCE}) == {}  # it rests
    assert len(copy.asked) == 1
    ends = time.monotonic() + WAIT_SECONDS
    while len(copy.asked) == 1:
        shards.ask({0: PRESENCE})
        assert time.monotonic() < ends


@pytest.mark.parametrize("numbers", [(), (1,)])
def test_only_some_may_be_asked(numbers):
    shards = Shards([copies("a"), copies("ab")], SOON)
    assert shards.ask(dict.fromkeys(numbers, PRESENCE)) == dict.fromkeys(numbers, 2)
