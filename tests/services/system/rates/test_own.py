"""Rate limits hold over threads, processes, restarts, and faults of their file."""

import multiprocessing
import sqlite3
import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from hypothesis import given, settings
from hypothesis import strategies as st
from limits import parse
from limits.storage import storage_from_string
from limits.strategies import FixedWindowRateLimiter, MovingWindowRateLimiter

from app.services.system.rates import own
from app.services.system.rates.own import SharedHits
from tests.support.full_disk import files_of_at_most
from tests.support.waiting import WAIT_SECONDS

RATE = parse("10 per 15 minutes")
KEY = b"k" * 32


@pytest.fixture
def path(tmp_path):
    return tmp_path / "limits" / "hits.db"


def limiter_over(path):
    return MovingWindowRateLimiter(SharedHits(f"sqlite-hits:{path}", hash_key=KEY))


def hit_often(path, times, results):
    """Hit one limit from a process of its own, and say how often that was allowed."""
    limiter = limiter_over(path)
    results.put(sum(limiter.hit(RATE, "anna") for _ in range(times)))


def rows(path):
    with sqlite3.connect(path) as connection:
        return connection.execute("SELECT key, expires_at FROM hit").fetchall()


def test_flask_limiter_finds_it_by_its_scheme(path):
    options: dict[str, Any] = {"hash_key": KEY}
    made = storage_from_string(f"sqlite-hits:{path}", **options)
    assert isinstance(made, SharedHits)


def test_two_processes_count_together(path):
    context = multiprocessing.get_context("spawn")
    results = context.Queue()
    processes = [
        context.Process(target=hit_often, args=(path, 8, results)) for _ in range(2)
    ]
    for process in processes:
        process.start()
    allowed = [results.get(timeout=WAIT_SECONDS) for _ in processes]
    for process in processes:
        process.join(WAIT_SECONDS)
        assert process.exitcode == 0
    assert sum(allowed) == RATE.amount
    # Both have ended: what they counted is still there after a restart.
    assert not limiter_over(path).hit(RATE, "anna")
    assert limiter_over(path).hit(RATE, "ben")


def test_many_threads_count_together(path):
    limiter = limiter_over(path)
    with ThreadPoolExecutor(8) as pool:
        allowed = list(pool.map(lambda _: limiter.hit(RATE, "anna"), range(40)))
    assert sum(allowed) == RATE.amount


@pytest.fixture(scope="module")
def limiter(tmp_path_factory):
    return limiter_over(tmp_path_factory.mktemp("limits") / "hits.db")


@settings(max_examples=30)
@given(st.lists(st.integers(0, 400), min_size=1, max_size=60))
def test_no_window_of_the_length_holds_more_than_the_limit(limiter, pauses):
    limiter.storage.reset()
    allowed, moment = [], 0
    with time_machine.travel(0, tick=False) as clock:
        for pause in pauses:
            moment += pause
            clock.shift(pause)
            if limiter.hit(RATE, "anna"):
                allowed.append(moment)
    for first in allowed:
        inside = [one for one in allowed if first <= one < first + 900]
        assert len(inside) <= RATE.amount


def test_the_window_says_when_the_next_try_is_free(path):
    limiter = limiter_over(path)
    with time_machine.travel(1_000, tick=False) as clock:
        assert limiter.get_window_stats(RATE, "anna") == (1_900, 10)
        for _ in range(RATE.amount):
            assert limiter.test(RATE, "anna")
            limiter.hit(RATE, "anna")
        clock.shift(60)
        assert not limiter.hit(RATE, "anna")
        assert limiter.get_window_stats(RATE, "anna") == (1_900, 0)
        clock.shift(timedelta(minutes=14, seconds=1))
        assert limiter.hit(RATE, "anna")


def test_fixed_windows_of_the_library_count_in_it_too(path):
    storage = SharedHits(f"sqlite-hits:{path}", hash_key=KEY)
    limiter = FixedWindowRateLimiter(storage)
    with time_machine.travel(1_000, tick=False):
        assert [limiter.hit(RATE, "a") for _ in range(11)] == [True] * 10 + [False]
        assert limiter.get_window_stats(RATE, "a") == (1_900, 0)
        assert storage.get_expiry("nobody's") == 1_000
        limiter.clear(RATE, "a")
        assert storage.get(RATE.key_for("a")) == 0
        assert limiter.hit(RATE, "b")
        assert storage.reset() == 1
        assert storage.check()


def test_only_hashes_of_one_length_are_kept(path):
    limiter = limiter_over(path)
    limiter.hit(RATE, "anna@example.org")
    limiter.hit(RATE, "x" * 440_000)
    assert {len(key) for key, _ in rows(path)} == {16}
    kept = b"".join(one.read_bytes() for one in path.parent.iterdir())
    assert b"anna" not in kept
    assert len(kept) < 200_000


def test_its_files_are_the_owners_only_from_the_first_byte(path):
    limiter_over(path).hit(RATE, "anna")
    modes = [stat.S_IMODE(one.stat().st_mode) for one in path.parent.glob("hits.db*")]
    assert modes == [0o600] * 3
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_old_hits_go(path):
    limiter = limiter_over(path)
    with time_machine.travel(0, tick=False) as clock:
        for number in range(50):
            limiter.hit(RATE, str(number))
        clock.shift(901)
        limiter.hit(RATE, "new")
    assert len(rows(path)) == 1


def test_what_is_kept_is_bounded_and_the_newest_counts(path, monkeypatch):
    monkeypatch.setattr(own, "MOST_PAGES", 24)
    monkeypatch.setattr(own, "DROPPED_WHEN_FULL", 200)
    limiter = limiter_over(path)
    per_day = parse("1 per day")
    assert limiter.hit(per_day, "anna")
    for number in range(2_000):
        limiter.hit(RATE, str(number))
    assert path.stat().st_size <= 24 * 4096
    assert not limiter.hit(per_day, "anna")
    assert limiter_over(path).get_window_stats(RATE, "1999").remaining == 9


@pytest.fixture
def unusable(path):
    """Something else lies where the file should."""
    path.parent.mkdir()
    path.write_bytes(b"no database of ours" * 100)
    return path


def test_while_its_file_is_unusable_a_process_counts_on_its_own(unusable, caplog):
    limiter = limiter_over(unusable)
    allowed = [limiter.hit(RATE, "anna") for _ in range(12)]
    assert sum(allowed) == RATE.amount
    [line] = caplog.messages
    assert str(unusable) in line
    assert "delete it" in line
    assert not limiter.storage.check()


def test_a_file_that_can_be_used_again_is(unusable, monkeypatch):
    limiter = limiter_over(unusable)
    limiter.hit(RATE, "anna")
    unusable.unlink()
    assert limiter.hit(RATE, "anna")
    assert not unusable.exists()  # it is left in peace for a while
    monkeypatch.setattr(limiter.storage, "_rest_until", 1.0)
    limiter.hit(RATE, "anna")
    assert len(rows(unusable)) == 1
    assert limiter.storage.check()


@pytest.mark.parametrize("length_bytes", [0, 4_096, 60_000])
def test_a_full_disk_does_not_lift_the_limits(path, length_bytes):
    with files_of_at_most(length_bytes):
        limiter = limiter_over(path)
        counts = [
            sum(limiter.hit(RATE, str(one)) for _ in range(12)) for one in range(20)
        ]
    # The process that finds the disk full begins anew, once, and no more.
    assert min(counts) >= RATE.amount - 1
    assert sum(counts) <= 20 * RATE.amount + RATE.amount
    assert limiter_over(path).hit(RATE, "new")
    assert path.exists()


def test_a_locked_file_is_not_waited_for_at_every_hit(path, monkeypatch, caplog):
    monkeypatch.setattr(own, "BUSY_SECONDS", 0.01)
    limiter = limiter_over(path)
    limiter.hit(RATE, "anna")
    with sqlite3.connect(path, isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        assert all(limiter.hit(RATE, "anna") for _ in range(5))
        other.execute("ROLLBACK")
    assert len(caplog.messages) == 1
