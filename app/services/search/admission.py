"""Fair limit on concurrent searches, shared by all server processes by lock files.

A search keeps a core busy for a fifth of a second. More of them at once than there are
cores would make all late, so there are as many places as processes, and whoever comes
when all are taken waits in line. The line is bounded: beyond it, people are better told
to come back.

Each sender is served in the order of coming, and senders in turn (start-time fair
queueing, Goyal 1996): who sends many photos at once waits for the own ones, others pass
by. Nobody may take more than a share of the line.

The line is a folder of tickets. Whoever waits holds the lock of their own ticket and
sleeps on the lock of the one before; the first in line looks for a free place. The
system gives locks back when a process dies, however it dies: nobody waits for the dead.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from app.retrieval.files.atomic import OWNER_ONLY, try_lock, wait_for_lock

LOOK_SECONDS = 0.005
"""How often the first in line, and nobody else, looks for a free place."""
TYPICAL_SECONDS = 0.3
"""Of a turn, until one was measured."""
MEMORY = 0.9
"""Weight of what was known in the running mean of a turn's length."""
SHARE = 0.5
"""Of the line, for one sender. All visitors of a gallery may share one address."""
ANYBODY = "anybody"
"""Sender of photos of which nobody says who sent them."""


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


@dataclass(frozen=True, slots=True, order=True)
class Ticket:
    """Ticket of one who waits; the lowest is first.

    Attributes
    ----------
    round : int
        Of those in which each sender is served once.
    number : int
        Differs from all others in line, and grows.
    sender : str
    """

    round: int
    number: int
    sender: str

    @classmethod
    def of(cls, path: Path) -> "Ticket":
        """Read a file's name."""
        round_, number, sender = path.stem.split("-", 2)
        return cls(int(round_), int(number), sender)

    @property
    def name(self) -> str:
        """Name of its file."""
        return f"{self.round}-{self.number}-{self.sender}.ticket"


class AdmissionQueue:
    """Fair queue in front of a limited number of places.

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
    def admit(self, sender: str = ANYBODY, *, waits: bool = True) -> Iterator[None]:
        """Wait for a place and keep it until the block ends.

        Parameters
        ----------
        sender : str
            Becomes part of a file's name: letters and digits.
        waits : bool
            Whether to stand in line; otherwise a place must be free, and nobody wait.

        Raises
        ------
        QueueFullError
            If as many wait already as may, or as many of this sender; or if there is
            anything to wait for, and this one does not.
        OSError
            If the folder cannot be used.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        place = self._wait(sender, waits=waits)
        begun = time.monotonic()
        try:
            yield
        finally:
            place.close()
            lasted = time.monotonic() - begun
            self._turn_seconds = MEMORY * self._turn_seconds + (1 - MEMORY) * lasted

    def _wait(self, sender: str, *, waits: bool = True) -> BinaryIO:
        """Stand in line; return the open lock of a place."""
        ticket, lock = self._take_ticket(sender, waits=waits)
        try:
            while (before := self._last_before(ticket)) is not None:
                _wait_for(before)
            while (place := self._free_place()) is None:
                time.sleep(LOOK_SECONDS)
        finally:
            # Removed before it is let go: who wakes up must not find it again.
            self._path(ticket).unlink(missing_ok=True)
            lock.close()
        return place

    def _take_ticket(self, sender: str, *, waits: bool) -> tuple[Ticket, BinaryIO]:
        """Join the line; return the ticket and its open lock."""
        with wait_for_lock(self._folder / "entrance", mode=OWNER_ONLY):
            line = self._line()
            own = [ticket for ticket in line if ticket.sender == sender]
            is_full = len(line) >= self._waiting or len(own) >= self._share
            if (is_full or not waits) and not self._is_open(line):
                raise QueueFullError(self._retry_seconds(len(line)))
            # The first in line stays first: the round it is in has begun.
            round_ = own[-1].round + 1 if own else line[0].round if line else 0
            number = max((ticket.number for ticket in line), default=0) + 1
            ticket = Ticket(round_, number, sender)
            return ticket, wait_for_lock(self._path(ticket), mode=OWNER_ONLY)

    @property
    def _share(self) -> int:
        return max(1, round(SHARE * self._waiting))

    def _is_open(self, line: list[Ticket]) -> bool:
        """Tell whether somebody who comes now need not wait at all."""
        place = None if line else self._free_place()
        if place is not None:
            place.close()  # taken in a moment, by the same rules as everybody
        return place is not None

    def _line(self) -> list[Ticket]:
        """Return the tickets of those who wait, and tidy up after the dead."""
        tickets = []
        for path in self._folder.glob("*.ticket"):
            held = try_lock(path, create=False)
            if held is None:
                tickets.append(Ticket.of(path))
            else:
                path.unlink(missing_ok=True)
                held.close()
        return sorted(tickets)

    def _last_before(self, ticket: Ticket) -> Path | None:
        """Find the ticket to wait for; None for the first in line."""
        tickets = map(Ticket.of, self._folder.glob("*.ticket"))
        last = max((other for other in tickets if other < ticket), default=None)
        return None if last is None else self._path(last)

    def _free_place(self) -> BinaryIO | None:
        for place in range(self._places):
            held = try_lock(self._folder / f"{place}.place", mode=OWNER_ONLY)
            if held is not None:
                return held
        return None

    def _path(self, ticket: Ticket) -> Path:
        return self._folder / ticket.name

    def _retry_seconds(self, waiting: int) -> int:
        return max(1, round(self._turn_seconds * (waiting + 1) / self._places))


def _wait_for(ticket: Path) -> None:
    """Sleep until whoever holds a ticket has gone, and remove what a dead one left."""
    with suppress(FileNotFoundError), wait_for_lock(ticket, create=False):
        ticket.unlink(missing_ok=True)
