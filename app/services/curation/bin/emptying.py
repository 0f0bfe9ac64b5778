"""Emptying of the bin: all of it in the background, or what is old enough every day."""

import logging
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.extensions import db
from app.models import Artwork, Task, User, now
from app.services.curation.bin.deleting import (
    BATCH,
    delete_works,
    ids_withdrawn_before,
    is_in_bin,
)
from app.services.system import tasks
from app.services.system.plausibility import AgeGuard
from app.services.system.tasks import TaskContext, TaskHandle

logger = logging.getLogger(__name__)

KIND = "bin"
"""Of a task that empties the bin."""
BEFORE = "before"
"""Parameter of such a task: what was withdrawn later stays."""
DELETING = "deleting"
"""Step, as the pages know it."""


def _count_withdrawn(before: datetime | None) -> int:
    there = select(func.count(Artwork.id)).where(is_in_bin())
    if before is not None:
        there = there.where(Artwork.withdrawn_at < before)
    return db.session.scalar(there) or 0


GUARD = AgeGuard("bin", _count_withdrawn)
"""Against a wrong clock, as for visitors' photos."""


def begin(session: Session, before: datetime, user: User | None) -> Task:
    """Let all that was withdrawn before a moment be deleted, unless that goes on."""
    running = tasks.unfinished(session, KIND)
    if running is not None:
        return running
    return tasks.enqueue(session, KIND, {BEFORE: before.isoformat()}, user)


def empty(handle: TaskHandle) -> None:
    """Do a task of this kind, a batch after the other."""
    session, media = handle.context.session, handle.context.media
    before = datetime.fromisoformat(handle.task.parameters[BEFORE])
    left = ids_withdrawn_before(session, before)
    done = handle.task.done
    total = done + len(left)
    handle.progress(done, total, DELETING)
    for start in range(0, len(left), BATCH):
        batch = left[start : start + BATCH]
        delete_works(session, media, batch, handle.task.user)
        done += len(batch)
        handle.progress(done, total, DELETING)


def begin_aged(session: Session, instance: Path, days: int, user: User | None) -> Task:
    """Let all that is old enough be deleted, because somebody says that it is right."""
    task = begin(session, now() - timedelta(days=days), user)
    GUARD.note_run(instance, days)
    return task


def run_job(context: TaskContext) -> None:
    """Delete what has been in the bin for long enough, as a job of the worker.

    Nothing is deleted that the time since the last run does not explain.
    """
    days, instance = context.config["MORELLI_BIN_DAYS"], context.folders.instance
    if not days:
        return
    held = GUARD.doubt_of(instance, days)
    if held is not None:
        GUARD.note_held(instance, held)
        logger.warning(
            "the bin is not emptied: %d of %d works would go (%s), last run %s; the "
            "page Bin asks whether that is right",
            held.due,
            held.total,
            held.doubt,
            held.last or "never",
        )
        return
    old = ids_withdrawn_before(context.session, now() - timedelta(days=days))
    count = delete_works(context.session, context.media, old, None)
    GUARD.note_run(instance, days)
    if count:
        logger.info("%d works withdrawn over %d days ago are deleted", count, days)
