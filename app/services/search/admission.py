"""FIFO limit on concurrent searches, shared by all server processes by lock files.

A search keeps a core busy for a fifth of a second. More of them at once than there are
cores would make all late, so there are as many places as processes, and whoever comes
when all are taken waits in line. The line is bounded: beyond it, people are better told
to come back.

The line is a folder of tickets. Whoever waits holds the lock of their own ticket and
sleeps on the lock of the one before; the first in line looks for a free place. The
system gives locks back when a process dies, however it dies: nobody waits for the dead.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from app.retrieval.files.atomic import OWNER_ONLY, try_lock, wait_for_lock

LOOK_SECONDS = 0.005
"""How often the first in line, and nobody else, looks for a free place."""
TYPICAL_SECONDS = 0.3
"""Of a turn, until one was measured."""
MEMORY = 0.9
"""Weight of what was known in the running mean of a turn's length."""


class QueueFullError(Exception):
    """Refusal because the admission queue is full.

    Attributes
    ----------
    retry_seconds : int
        After which the line will probably be gone.
    """

    def __init__(self, retry_seconds: int) -> None:
        self.retry_seconds = retry_seconds
        super().__init__("Too many photos are waiting to be searched.")


class AdmissionQueue:
    """FIFO queue in front of a limited number of places.

    Parameters
    ----------
    folder : Path
        Shared by the processes; made when it is needed.
    places : int, >= 1
        Holders at the same time.
    waiting : int, >= 0
        How many may wait beside those.
    """

    def __init__(self, folder: Path, *, places: int, waiting: int) -> None:
        self._folder = folder
        self._places = places
        self._waiting = waiting
        self._turn_seconds = TYPICAL_SECONDS

    @contextmanager
    def admit(self) -> Iterator[None]:
        """Wait for a place and keep it until the block ends.

        Raises
        ------
        QueueFullError
            If as many wait already as may.
        OSError
            If the folder cannot be used.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        place = self._wait()
        begun = time.monotonic()
        try:
            yield
        finally:
            place.close()
            lasted = time.monotonic() - begun
            self._turn_seconds = MEMORY * self._turn_seconds + (1 - MEMORY) * lasted

    def _wait(self) -> BinaryIO:
        """Stand in line; return the open lock of a place."""
        number, ticket = self._take_ticket()
        try:
            while (before := self._last_before(number)) is not None:
                _wait_for(before)
            while (place := self._free_place()) is None:
                time.sleep(LOOK_SECONDS)
        finally:
            # Removed before it is let go: who wakes up must not find it again.
            self._path(number).unlink(missing_ok=True)
            ticket.close()
        return place

    def _take_ticket(self) -> tuple[int, BinaryIO]:
        """Join the line; return the ticket's number and its open lock."""
        with wait_for_lock(self._folder / "entrance", mode=OWNER_ONLY):
            line = self._line()
            if len(line) >= self._waiting and not self._is_open(line):
                raise QueueFullError(self._retry_seconds(len(line)))
            number = max(line, default=0) + 1
            return number, wait_for_lock(self._path(number), mode=OWNER_ONLY)

    def _is_open(self, line: list[int]) -> bool:
        """Tell whether somebody who comes now need not wait at all."""
        place = None if line else self._free_place()
        if place is not None:
            place.close()  # taken in a moment, by the same rules as everybody
        return place is not None

    def _line(self) -> list[int]:
        """Return the numbers of those who wait, and tidy up after the dead."""
        numbers = []
        for path in self._folder.glob("*.ticket"):
            held = try_lock(path, create=False)
            if held is None:
                numbers.append(int(path.stem))
            else:
                path.unlink(missing_ok=True)
                held.close()
        return sorted(numbers)

    def _last_before(self, number: int) -> Path | None:
        """Find the ticket to wait for; None for the first in line."""
        before = (int(path.stem) for path in self._folder.glob("*.ticket"))
        last = max((other for other in before if other < number), default=None)
        return None if last is None else self._path(last)

    def _free_place(self) -> BinaryIO | None:
        for place in range(self._places):
            held = try_lock(self._folder / f"{place}.place", mode=OWNER_ONLY)
            if held is not None:
                return held
        return None

    def _path(self, number: int) -> Path:
        return self._folder / f"{number}.ticket"

    def _retry_seconds(self, waiting: int) -> int:
        return max(1, round(self._turn_seconds * (waiting + 1) / self._places))


def _wait_for(ticket: Path) -> None:
    """Sleep until whoever holds a ticket has gone, and remove what a dead one left."""
    with suppress(FileNotFoundError), wait_for_lock(ticket, create=False):
        ticket.unlink(missing_ok=True)
