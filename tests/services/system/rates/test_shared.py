"""Rate limits hold over machines, and on each of them while Redis is away."""

import time
from typing import Any

import pytest
from limits import parse
from limits.storage import storage_from_string
from limits.strategies import MovingWindowRateLimiter

from app.services.system.rates import shared
from app.services.system.rates.shared import RemoteHits
from tests.support.redis import free_port, running
from tools.cluster.programs import find_limits_server

RATE = parse("10 per 15 minutes")
KEY = b"k" * 32


@pytest.fixture(scope="module")
def program():
    found = find_limits_server()
    if found is None:
        pytest.skip("there is no redis-server or valkey-server on the PATH")
    return found


@pytest.fixture
def redis(program, tmp_path):
    with running(program, tmp_path, free_port()) as address:
        yield address


@pytest.fixture
def limiter_of(tmp_path):
    """Return a function that makes the limiter of a machine."""

    def make(address, machine="a"):
        own = f"sqlite-hits:{tmp_path / machine / 'hits.db'}"
        storage = RemoteHits(f"shared-{address}#{own}", hash_key=KEY)
        return MovingWindowRateLimiter(storage)

    return make


def allowed(limiter, times, key="anna"):
    return sum(limiter.hit(RATE, key) for _ in range(times))


def test_flask_limiter_finds_it_by_its_scheme(tmp_path):
    options: dict[str, Any] = {"hash_key": KEY}
    own = f"sqlite-hits:{tmp_path / 'hits.db'}"
    for scheme in ("redis", "rediss"):
        made = storage_from_string(f"shared-{scheme}://127.0.0.1:1/0#{own}", **options)
        assert isinstance(made, RemoteHits)


def test_machines_count_together(redis, limiter_of):
    here, there = limiter_of(redis, "a"), limiter_of(redis, "b")
    assert allowed(here, 6) + allowed(there, 6) == RATE.amount
    assert here.get_window_stats(RATE, "anna").remaining == 0
    assert there.hit(RATE, "ben")
    there.clear(RATE, "anna")
    assert here.hit(RATE, "anna")


def test_nothing_of_what_is_counted_can_be_read(redis, limiter_of):
    limiter = limiter_of(redis)
    limiter.hit(RATE, "anna@example.org")
    [name] = limiter.storage._remote.storage.keys()
    assert name.startswith(b"morelli:")
    assert b"anna" not in name


def test_other_strategies_of_the_library_count_in_it_too(redis, limiter_of):
    storage = limiter_of(redis).storage
    assert storage.check()
    assert [storage.incr("a", 60) for _ in range(2)] == [1, 2]
    assert storage.get("a") == 2
    assert storage.get_expiry("a") > storage.get_expiry("nobody's")
    assert storage.reset() == 1
    assert storage.get("a") == 0


@pytest.fixture
def clock(monkeypatch):
    class Clock:
        now = 1000.0

        @classmethod
        def monotonic(cls):
            return cls.now

        time = staticmethod(time.time)

    monkeypatch.setattr(shared, "time", Clock)
    return Clock


def test_while_it_is_away_each_machine_goes_on_counting(limiter_of, caplog):
    address = f"redis://:hush@127.0.0.1:{free_port()}/0"
    here, there = limiter_of(address, "a"), limiter_of(address, "b")
    assert not here.storage.check()
    assert allowed(here, 12) == allowed(there, 12) == RATE.amount
    assert "each machine counts on its own" in caplog.text
    assert len(caplog.records) == 2  # and not at every hit
    assert "hush" not in caplog.text
    here.clear(RATE, "anna")
    assert here.hit(RATE, "anna")


def test_it_is_used_again_once_it_is_back(program, limiter_of, tmp_path, clock):
    port = free_port()
    limiter = limiter_of(f"redis://127.0.0.1:{port}/0")
    assert allowed(limiter, 12) == RATE.amount
    with running(program, tmp_path, port):
        assert not limiter.hit(RATE, "anna")  # it is left in peace
        clock.now += shared.REST_SECONDS
        assert allowed(limiter, 12) == RATE.amount
    assert not limiter.hit(RATE, "anna")  # counted here before, and not forgotten
