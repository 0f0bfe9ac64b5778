"""Plausibility of deletion by age: whether the time that passed explains what goes.

A clock that is a year ahead would make every photo old. What the time since the last
run does not explain is left alone until somebody says that it is right.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path

from app.models import now
from app.retrieval.files.atomic import write_atomically

LONGEST_PAUSE = timedelta(days=7)
"""Between two runs; after more the clock may have been set forward."""
TOLERANCE = timedelta(hours=1)
"""By which clocks are set back."""
FEW = 10
"""Photos, or works, that may always go."""


class Doubt(StrEnum):
    """Reason why a run may be a mistake."""

    FORWARD = "forward"
    """So long after the last run that the clock may be ahead."""
    BACK = "back"
    """Before the last run."""
    DAYS = "days"
    """Most go, because they are to be kept for fewer days than before."""
    FIRST = "first"
    """Most go, and there was no run before."""
    MANY = "many"
    """Most go, and the time since the last run does not explain it."""


@dataclass(frozen=True, slots=True)
class LastRun:
    """Last run: when it was, and for how many days things were kept then."""

    at: datetime
    days: int | None
    """None: an earlier version's run did not say."""


@dataclass(frozen=True, slots=True)
class Held:
    """Run that waits for a word.

    Attributes
    ----------
    due, total : int
        How many would go, of how many.
    last : str
        Date of the last run; empty if there was none.
    """

    doubt: Doubt
    due: int
    total: int
    last: str


Count = Callable[[datetime | None], int]
"""Counts what is older than a moment; without one, all there is."""


@dataclass(frozen=True, slots=True)
class AgeGuard:
    """Guard of a deletion by age, which remembers its runs in the instance folder.

    Attributes
    ----------
    name : str
        Of its files there, before ``.done`` and ``.held``.
    count : callable
    """

    name: str
    count: Count

    def done(self, instance: Path) -> Path:
        """Return the file of what is known of the last run, as old as that."""
        return instance / f"{self.name}.done"

    def doubt_of(self, instance: Path, days: int) -> Held | None:
        """Tell what speaks against a run now; None if nothing does."""
        last = self.last_run(instance)
        moment = now()
        due = self.count(moment - timedelta(days=days))
        total = self.count(None)
        if due == 0:
            return None
        doubt = self._doubt(last, moment, days, due, total)
        if doubt is None:
            return None
        return Held(doubt, due, total, last.at.date().isoformat() if last else "")

    def last_run(self, instance: Path) -> LastRun | None:
        """Return what is known of the last run; None if there was none."""
        path = self.done(instance)
        try:
            written = datetime.fromtimestamp(path.stat().st_mtime, UTC)
            text = path.read_text("utf-8")
        except FileNotFoundError:
            return None
        try:
            return LastRun(written, int(json.loads(text)["days"]))
        except (ValueError, TypeError, KeyError):
            return LastRun(written, None)

    def note_run(self, instance: Path, days: int) -> None:
        """Write down that a run is done."""
        write_atomically(self.done(instance), json.dumps({"days": days}).encode())
        self._held(instance).unlink(missing_ok=True)

    def note_held(self, instance: Path, held: Held) -> None:
        """Write down that a run waits for a word."""
        facts = [held.doubt, held.due, held.total, held.last]
        write_atomically(self._held(instance), json.dumps(facts).encode())

    def held_run(self, instance: Path) -> Held | None:
        """Return the run that waits for a word; None if none does."""
        try:
            doubt, *facts = json.loads(self._held(instance).read_text("utf-8"))
            return Held(Doubt(doubt), *facts)
        except (FileNotFoundError, ValueError, TypeError):
            return None

    def _held(self, instance: Path) -> Path:
        return instance / f"{self.name}.held"

    def _doubt(
        self, last: LastRun | None, moment: datetime, days: int, due: int, total: int
    ) -> Doubt | None:
        if last is not None and moment > last.at + LONGEST_PAUSE:
            return Doubt.FORWARD
        if last is not None and moment < last.at - TOLERANCE:
            return Doubt.BACK
        if due <= FEW or 2 * due <= total:
            return None
        if last is None:
            return Doubt.FIRST
        # Which would have gone at the last run already.
        unexplained = self.count(last.at - timedelta(days=days))
        if unexplained <= FEW:
            return None
        was_longer = last.days is not None and last.days > days
        return Doubt.DAYS if was_longer else Doubt.MANY
