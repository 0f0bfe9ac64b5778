"""Timing of the stages of a query."""

import time
from collections.abc import Iterator
from contextlib import contextmanager


class StageTimer:
    """Stopwatch for the stages of one query."""

    def __init__(self) -> None:
        self._start = time.perf_counter()
        self._laps_ms: dict[str, float] = {}

    @contextmanager
    def lap(self, stage: str) -> Iterator[None]:
        """Time the block as one stage."""
        start = time.perf_counter()
        yield
        self._laps_ms[stage] = 1000 * (time.perf_counter() - start)

    def timings_ms(self) -> dict[str, float]:
        """Return the milliseconds of each stage so far, and ``total``."""
        return {**self._laps_ms, "total": 1000 * (time.perf_counter() - self._start)}
