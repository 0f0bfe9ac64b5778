"""Parallel map over many things, with the results in order.

Threads, not processes: decoding, SIFT and the network run outside Python's lock, one
model serves all, and a killed program leaves no orphans behind.
"""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

AHEAD = 4
"""Items per worker that may be under way or wait to be taken: bounds the memory."""


def worker_count() -> int:
    """Return how many CPU cores this process may use."""
    return len(os.sched_getaffinity(0))


def map_in_order(
    function: Callable[[Item], Result], items: Iterable[Item], *, workers: int
) -> Iterator[tuple[Item, Result]]:
    """Apply a function in threads and yield (item, result) in the order of the items.

    Stopping early, by an error or by no longer asking, waits for what is under way
    and begins nothing new.

    Parameters
    ----------
    function : callable
        What it raises comes out where its result would have.
    items : iterable
        Taken only as fast as results are.
    workers : int, >= 1
    """
    with ThreadPoolExecutor(workers) as pool:
        yield from take_in_order(
            lambda item: pool.submit(function, item), items, workers=workers
        )


def take_in_order(
    submit: Callable[[Item], Future[Result]], items: Iterable[Item], *, workers: int
) -> Iterator[tuple[Item, Result]]:
    """As `map_in_order`, by whoever begins an item when it is submitted."""
    pending: deque[tuple[Item, Future[Result]]] = deque()
    try:
        for item in items:
            pending.append((item, submit(item)))
            if len(pending) >= workers * AHEAD:
                taken, future = pending.popleft()
                yield taken, future.result()
        while pending:
            taken, future = pending.popleft()
            yield taken, future.result()
    finally:
        for _, future in pending:
            future.cancel()
