"""Asking of shards: all at once, every copy of each, until a deadline.

The first good answer of either copy counts, so that a slow or dead one costs nothing.
What did not answer rests for some seconds: a machine that hangs must not hold up every
visitor until the deadline.
"""

import logging
import queue
import threading
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from functools import partial
from typing import Protocol, TypeVar

from app.retrieval.gallery.shards.questions import ShardQuestion

REST_SECONDS = 5.0
"""How long a copy that did not answer is not asked again."""

Reply = TypeVar("Reply")

logger = logging.getLogger(__name__)


class Copy(Protocol):
    """Copy of a shard, wherever it is: in this process, or held by an engine's worker.

    The whole protocol between a sharded gallery and an engine.
    """

    @property
    def name(self) -> str:
        """How messages call it."""
        ...

    def ask(self, question: ShardQuestion[Reply]) -> Future[Reply]:
        """Ask without waiting; whatever goes wrong is the future's exception."""
        ...


class _Asked:
    """A copy, and until when it rests."""

    def __init__(self, copy: Copy) -> None:
        self.copy = copy
        self.rests_until = 0.0
        self._fault: str | None = None
        self._lock = threading.Lock()

    def note(self, fault: str | None) -> None:
        """Say in the log when it goes away, and when it is there again."""
        with self._lock:
            if fault is not None:
                self.rests_until = time.monotonic() + REST_SECONDS
            else:
                self.rests_until = 0.0
            if fault == self._fault:
                return
            self._fault = fault
        if fault is None:
            logger.info("%s answers again", self.copy.name)
        else:
            logger.warning("%s does not answer: %s", self.copy.name, fault)


class Shards:
    """The copies of all shards of a gallery.

    Parameters
    ----------
    copies : sequence of sequence of Copy
        By shard; at least one of each.
    deadline_seconds : float, > 0
        Within which one copy must have answered a question.
    """

    def __init__(
        self, copies: Sequence[Sequence[Copy]], deadline_seconds: float
    ) -> None:
        self._copies = [[_Asked(copy) for copy in own] for own in copies]
        self.deadline_seconds = deadline_seconds

    def __len__(self) -> int:
        return len(self._copies)

    def ask(self, questions: Mapping[int, ShardQuestion[Reply]]) -> dict[int, Reply]:
        """Ask some shards side by side.

        Parameters
        ----------
        questions : mapping of int to ShardQuestion
            By the number of the shard.

        Returns
        -------
        replies : dict of int to anything
            In the order of the questions. A shard that is not in it did not answer.
        """
        ends = time.monotonic() + self.deadline_seconds
        answered: queue.SimpleQueue[tuple[int, _Asked, Future[Reply]]] = (
            queue.SimpleQueue()
        )
        waiting: dict[int, set[_Asked]] = {}
        for shard, question in questions.items():
            waiting[shard] = self._awake(shard)
            for asked in tuple(waiting[shard]):
                future = asked.copy.ask(question)
                future.add_done_callback(partial(_hand_over, answered, shard, asked))
        replies: dict[int, Reply] = {}
        while any(waiting.values()):
            try:
                shard, asked, done = answered.get(
                    timeout=max(0.0, ends - time.monotonic())
                )
            except queue.Empty:
                break
            if shard not in waiting:
                continue
            waiting[shard].discard(asked)
            if fault_of(done) is None:
                replies[shard] = done.result()
                del waiting[shard]
        for asked in (late for own in waiting.values() for late in own):
            asked.note(f"no answer within {self.deadline_seconds:g} s")
        return {shard: replies[shard] for shard in questions if shard in replies}

    def _awake(self, shard: int) -> set[_Asked]:
        """Choose the copies of a shard that are asked: none, while all of them rest."""
        now = time.monotonic()
        return {asked for asked in self._copies[shard] if asked.rests_until <= now}


def _hand_over(
    answered: queue.SimpleQueue[tuple[int, _Asked, Future[Reply]]],
    shard: int,
    asked: _Asked,
    done: Future[Reply],
) -> None:
    """Take an answer, or what went wrong; one that comes too late is noted, too."""
    asked.note(fault_of(done))
    answered.put((shard, asked, done))


def fault_of(done: Future[Reply]) -> str | None:
    """Say what went wrong with a question; None: nothing, it was answered."""
    if done.cancelled():
        return "it was given up"
    error = done.exception()
    return None if error is None else str(error) or type(error).__name__
