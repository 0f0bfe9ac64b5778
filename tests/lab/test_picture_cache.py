"""What methods share is computed once and charged to each."""

import numpy as np
import pytest

from app.lab.picture_cache import PictureCache


@pytest.fixture
def cache():
    return PictureCache(np.zeros((4, 4, 3), np.uint8))


@pytest.fixture
def work(monkeypatch):
    """Work that takes as many seconds as it is told to, without taking any time."""
    now = [100.0]
    monkeypatch.setattr("app.lab.picture_cache.time.perf_counter", lambda: now[0])

    def work(seconds):
        now[0] += seconds
        return f"{seconds} seconds of work"

    return work


def test_a_part_is_made_once(cache):
    made = []

    def make():
        made.append("maps")
        return len(made)

    assert [cache.part("maps", make) for _ in "abc"] == [1, 1, 1]
    assert cache.part("others", make) == 2


def test_who_uses_a_part_later_is_charged_for_it(cache, work):
    def maps():
        work(1)  # of one's own
        return cache.part("maps", lambda: work(10))

    assert cache.timed(maps) == ("10 seconds of work", 11)
    assert cache.timed(maps) == ("10 seconds of work", 11)
    assert cache.timed(lambda: work(2))[1] == 2


def test_a_part_made_of_parts_costs_as_much_as_all_of_them(cache, work):
    def maps():
        return cache.part("maps", lambda: work(10))

    def descriptor():
        return cache.part("descriptor", lambda: maps() + work(3))

    cache.timed(maps)
    assert cache.timed(descriptor)[1] == 13
    assert cache.timed(descriptor)[1] == 13
