"""Emptying of the bin: all of it in the background, or what is old enough every day."""

import logging
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.models import Task, User, now
from app.services.curation.bin.deleting import (
    BATCH,
    delete_works,
    ids_withdrawn_before,
)
from app.services.system import tasks
from app.services.system.tasks import TaskContext, TaskHandle

logger = logging.getLogger(__name__)

KIND = "bin"
"""Of a task that empties the bin."""
BEFORE = "before"
"""Parameter of such a task: what was withdrawn later stays."""
DELETING = "deleting"
"""Step, as the pages know it."""


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


def run_job(context: TaskContext) -> None:
    """Delete what has been in the bin for long enough, as a job of the worker."""
    days = context.config["MORELLI_BIN_DAYS"]
    if not days:
        return
    old = ids_withdrawn_before(context.session, now() - timedelta(days=days))
    count = delete_works(context.session, context.media, old, None)
    if count:
        logger.info("%d works withdrawn over %d days ago are deleted", count, days)
