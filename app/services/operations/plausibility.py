"""Plausibility of a retention run: whether the time that passed explains what goes.

A clock that is a year ahead would make every photo old. What the time since the last
run does not explain is left alone until somebody says that it is right.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path

from sqlalchemy import func, select

from app.extensions import db
from app.models import Query, now
from app.retrieval.files.atomic import write_atomically

STAMP, HELD = "retention.done", "retention.held"
"""Names in the instance folder: of what is known of the last run, and of why the next
one waits for a word."""
LONGEST_PAUSE = timedelta(days=7)
"""Between two runs; after more the clock may have been set forward."""
TOLERANCE = timedelta(hours=1)
"""By which clocks are set back."""
FEW = 10
"""Photos that may always go."""


class Doubt(StrEnum):
    """Reason why a run may be a mistake."""

    FORWARD = "forward"
    """So long after the last run that the clock may be ahead."""
    BACK = "back"
    """Before the last run."""
    DAYS = "days"
    """Most photos go, because they are to be kept for fewer days than before."""
    FIRST = "first"
    """Most photos go, and there was no run before."""
    MANY = "many"
    """Most photos go, and the time since the last run does not explain it."""


@dataclass(frozen=True, slots=True)
class LastRun:
    """Last run: when it was, and for how many days photos were kept then."""

    at: datetime
    days: int | None
    """None: an earlier version's run did not say."""


@dataclass(frozen=True, slots=True)
class Held:
    """Run that waits for a word.

    Attributes
    ----------
    due, photos : int
        Photos that would go, of how many.
    last : str
        Date of the last run; empty if there was none.
    """

    doubt: Doubt
    due: int
    photos: int
    last: str


def doubt_of(instance: Path, days: int) -> Held | None:
    """Tell what speaks against a run now; None if nothing does."""
    last = last_run(instance)
    moment = now()
    due = _count(moment - timedelta(days=days))
    photos = _count(None)
    if due == 0:
        return None
    doubt = _doubt(last, moment, days, due, photos)
    if doubt is None:
        return None
    return Held(doubt, due, photos, last.at.date().isoformat() if last else "")


def _doubt(
    last: LastRun | None, moment: datetime, days: int, due: int, photos: int
) -> Doubt | None:
    if last is not None and moment > last.at + LONGEST_PAUSE:
        return Doubt.FORWARD
    if last is not None and moment < last.at - TOLERANCE:
        return Doubt.BACK
    if due <= FEW or 2 * due <= photos:
        return None
    if last is None:
        return Doubt.FIRST
    # Which would have gone at the last run already.
    unexplained = _count(last.at - timedelta(days=days))
    if unexplained <= FEW:
        return None
    was_longer = last.days is not None and last.days > days
    return Doubt.DAYS if was_longer else Doubt.MANY


def last_run(instance: Path) -> LastRun | None:
    """Return what is known of the last run; None if there was none."""
    path = instance / STAMP
    try:
        written = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        text = path.read_text("utf-8")
    except FileNotFoundError:
        return None
    try:
        return LastRun(written, int(json.loads(text)["days"]))
    except (ValueError, TypeError, KeyError):
        return LastRun(written, None)


def note_run(instance: Path, days: int) -> None:
    """Write down that a run is done."""
    write_atomically(instance / STAMP, json.dumps({"days": days}).encode())
    (instance / HELD).unlink(missing_ok=True)


def note_held(instance: Path, held: Held) -> None:
    """Write down that a run waits for a word."""
    facts = [held.doubt, held.due, held.photos, held.last]
    write_atomically(instance / HELD, json.dumps(facts).encode())


def held_run(instance: Path) -> Held | None:
    """Return the run that waits for a word; None if none does."""
    try:
        doubt, *facts = json.loads((instance / HELD).read_text("utf-8"))
        return Held(Doubt(doubt), *facts)
    except (FileNotFoundError, ValueError, TypeError):
        return None


def _count(before: datetime | None) -> int:
    kept = select(func.count(Query.id)).where(Query.photo_name.is_not(None))
    if before is not None:
        kept = kept.where(Query.created_at < before)
    return db.session.scalar(kept) or 0
