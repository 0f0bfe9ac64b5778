"""Deletion of stored files: noted with what lets go of them, done until it is done.

A database and a storage have no transaction in common. So whoever deletes a photo notes
its name in the transaction that deletes what points to it, tries at once, and tells
whether it is gone; what the storage did not take is tried again by the worker, at
growing intervals. A crash at any moment leaves the note, or neither note nor deletion.
"""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

from app.models import PendingDeletion, ReferenceImage, now
from app.services.media.opening import MediaStores
from app.services.media.store import MediaStore, StorageAwayError
from app.services.system.tasks import TaskContext

logger = logging.getLogger(__name__)

FIRST, LONGEST = timedelta(minutes=1), timedelta(minutes=30)
"""Until a file is tried again: at first, doubled each time, and at most."""
BATCH = 500
"""Files deleted at a time: databases bound how many a statement may name."""


class Area(StrEnum):
    """Store that a file is deleted from: a field of `MediaStores`."""

    QUERIES = "queries"
    EVALUATIONS = "evaluations"
    IMPORTS = "imports"
    RECORDINGS = "recordings"
    WORKS = "works"
    """Pictures of works, named by their content: several works may share one."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Files that wait to be deleted.

    Attributes
    ----------
    count : int
    since : datetime or None
        When the first of them was let go of; None if there are none.
    """

    count: int
    since: datetime | None


def note(
    session: Session,
    area: Area,
    names: Iterable[str],
    *,
    after: timedelta = timedelta(),
) -> None:
    """Note files that are to be deleted; the caller commits.

    Parameters
    ----------
    after : timedelta
        Until they are tried first, where something may still be writing them.
    """
    moment = now()
    session.add_all(
        PendingDeletion(area=area.value, name=name, since=moment, due_at=moment + after)
        for name in names
    )


def commit_and_delete(
    session: Session, area: Area, store: MediaStore, names: Sequence[str]
) -> int:
    """Commit what lets go of files, with a note of them, and delete them.

    Returns
    -------
    left : int
        As of `carry_out`.
    """
    note(session, area, names)
    session.commit()
    return carry_out(session, area, store, names)


def carry_out(
    session: Session, area: Area, store: MediaStore, names: Sequence[str]
) -> int:
    """Delete files that are noted, and forget the notes; commits.

    Returns
    -------
    left : int
        Files that the storage did not delete; the worker tries again.
    """
    left = 0
    for start in range(0, len(names), BATCH):
        batch = names[start : start + BATCH]
        used = _named_again(session, batch) if area is Area.WORKS else frozenset()
        try:
            refused = _delete(store, [name for name in batch if name not in used])
        except StorageAwayError as error:
            logger.warning("%d files wait to be deleted: %s", len(names) - start, error)
            return left + len(names) - start
        gone = [name for name in batch if name not in refused]
        mine = PendingDeletion.area == area.value, PendingDeletion.name.in_(gone)
        session.execute(delete(PendingDeletion).where(*mine))
        session.commit()
        left += len(refused)
    return left


def run_due(session: Session, media: MediaStores) -> int:
    """Delete the files that are due; return how many of them wait on."""
    begun = now()
    left = 0
    for area in Area:
        due = PendingDeletion.area == area.value, PendingDeletion.due_at <= begun
        listed = select(PendingDeletion.name).where(*due).order_by(PendingDeletion.id)
        names = session.scalars(listed).all()
        session.commit()  # ends the reading, so that others may write
        if names:
            left += carry_out(session, area, getattr(media, area.value), names)
            _put_off(session, area, begun)
    return left


def run_job(context: TaskContext) -> None:
    """Do the same, as a job of the worker."""
    run_due(context.session, context.media)


def waiting(session: Session) -> Waiting:
    """Count the files that could be gone and are not."""
    counted = select(func.count(), func.min(PendingDeletion.since)).where(
        or_(PendingDeletion.due_at <= now(), PendingDeletion.tries > 0)
    )
    count, since = session.execute(counted).one()
    return Waiting(count, since)


def _named_again(session: Session, names: Sequence[str]) -> frozenset[str]:
    """Return the files whose picture a work has, got since they were let go of."""
    pictures = {name: f"{name.split('.', 1)[0]}.jpg" for name in names}
    named = ReferenceImage.media_name.in_(set(pictures.values()))
    found = {*session.scalars(select(ReferenceImage.media_name).where(named))}
    return frozenset(name for name, picture in pictures.items() if picture in found)


def _put_off(session: Session, area: Area, begun: datetime) -> None:
    """Put off what was due and is still there, each file twice as long as before."""
    left = PendingDeletion.area == area.value, PendingDeletion.due_at <= begun
    tried = select(PendingDeletion.tries).where(*left).distinct()
    for tries in session.scalars(tried).all():
        # Bounded before it is raised: a storage may be away for months.
        wait = min(FIRST * 2 ** min(tries, 30), LONGEST)
        same = update(PendingDeletion).where(*left, PendingDeletion.tries == tries)
        session.execute(same.values(due_at=now() + wait, tries=tries + 1))
    session.commit()


def _delete(store: MediaStore, names: Sequence[str]) -> set[str]:
    """Delete files; return those that the disk did not let go."""
    try:
        store.delete(*names)
    except OSError:
        refused = set()
        for name in names:
            try:
                store.delete(name)
            except OSError:
                logger.exception("%s could not be deleted", name)
                refused.add(name)
        return refused
    return set()
