import threading
import time

import pytest

from app.retrieval.runtime.parallel import AHEAD, map_in_order, worker_count


def test_results_come_in_the_order_of_the_items():
    def slow_first(number):
        time.sleep(0.02 if number == 0 else 0)
        return number * 10

    assert list(map_in_order(slow_first, range(5), workers=3)) == [
        (number, number * 10) for number in range(5)
    ]


def test_items_are_taken_no_faster_than_results():
    items = iter(range(100))
    results = map_in_order(str, items, workers=2)
    assert next(results) == (0, "0")
    assert next(items) == 2 * AHEAD


def test_an_error_comes_out_and_ends_the_work():
    begun = []
    before = set(threading.enumerate())

    def fail_at_once(number):
        begun.append(number)
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        list(map_in_order(fail_at_once, range(1000), workers=2))
    assert len(begun) < 1000
    assert set(threading.enumerate()) <= before


def test_nothing_gives_nothing():
    assert list(map_in_order(str, [], workers=worker_count())) == []
