"""Trace of an answer: intermediate results and the time of each stage."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from app.retrieval.search.answers import Answer, Match
from app.retrieval.types import Hit

LOCAL, GLOBAL, SEMANTIC = "local", "global", "semantic"
"""Names of the channels."""


@dataclass(frozen=True, slots=True, eq=False)
class Trace:
    """An answer together with the shortlists and matches that led to it.

    Attributes
    ----------
    answer : Answer
    shortlists : mapping of str to tuple of Hit
        What each channel that was asked proposed, best first; by its name.
    candidates : tuple of Match
        One per verified work, however improbable: the most probable first; before
        them all, a work that is found in the middle of the photo.
    """

    answer: Answer
    shortlists: Mapping[str, tuple[Hit, ...]]
    candidates: tuple[Match, ...]


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
