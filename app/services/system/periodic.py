"""Periodic jobs: a schedule in the database, each run done by one worker.

When a job is due stands in the table ``periodic_job``. Whoever moves that moment on, by
one atomic update, does the job. It is moved by a little at first: if the worker dies or
the job fails, it is tried again then. What a machine has to itself is no other one's to
do: of such a job every worker keeps the schedule itself.
"""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.models import PeriodicJob, now
from app.services.system.claims import count_changes
from app.services.system.tasks import TaskContext

logger = logging.getLogger(__name__)

RETRY = timedelta(minutes=10)
NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Job:
    """Periodic job: what it does, and when it is due.

    Attributes
    ----------
    run : callable
        Does it. What it raises is logged, and it is tried again after ``RETRY``.
    due : callable
        Gives the moment it is due, from the moment it was begun last; ``NEVER``.
    is_awaited : callable
        Tells whether something came since a moment that should not wait. Cheap: it is
        asked twice a second.
    is_own : bool
        Whether it is about what lies in the machine's own folder, and so for every
        worker to do.
    """

    kind: str
    run: Callable[[TaskContext], None]
    due: Callable[[datetime], datetime]
    is_awaited: Callable[[TaskContext, datetime], bool] = lambda *_: False
    is_own: bool = False


def every(interval: timedelta) -> Callable[[datetime], datetime]:
    """Return what lets a job be due so long after it was begun, and at first now."""
    return lambda begun: now() if begun == NEVER else begun + interval


def nightly(hour: int) -> Callable[[datetime], datetime]:
    """Return what lets a job be due at an hour of the day, in the server's own time."""

    def due(begun: datetime) -> datetime:
        after = (now() if begun == NEVER else begun).astimezone()
        at = after.replace(hour=hour, minute=0, second=0, microsecond=0)
        return at if at > after else at + timedelta(days=1)

    return due


def run_due(context: TaskContext, jobs: Iterable[Job]) -> int:
    """Do the jobs that are due and that no other worker has begun; count them."""
    return sum(
        _run(context, job) for job in jobs if not context.process.stopping.is_set()
    )


def _run(context: TaskContext, job: Job) -> bool:
    begun = _begin_own(context, job) if job.is_own else _begin(context, job)
    if begun is None:
        return False
    try:
        job.run(context)
    except Exception:
        # The worker must live on, and try again.
        logger.exception("the job %s failed; it is tried again", job.kind)
        context.session.rollback()
        return True
    if job.is_own:
        return True
    mine = update(PeriodicJob).where(
        PeriodicJob.kind == job.kind, PeriodicJob.begun_at == begun
    )
    context.session.execute(mine.values(due_at=job.due(begun)))
    context.session.commit()
    return True


def _begin(context: TaskContext, job: Job) -> datetime | None:
    """Claim a job that is due; return when that was."""
    session = context.session
    row = session.get(PeriodicJob, job.kind, populate_existing=True) or _add(
        session, job
    )
    seen = row.due_at
    is_due = seen <= now() or job.is_awaited(context, row.begun_at or NEVER)
    session.commit()  # ends the reading, so that others may write
    if not is_due:
        return None
    begun = now()
    unclaimed = update(PeriodicJob).where(
        PeriodicJob.kind == job.kind, PeriodicJob.due_at == seen
    )
    changed = count_changes(
        session, unclaimed.values(due_at=begun + RETRY, begun_at=begun)
    )
    session.commit()
    return begun if changed else None


def _begin_own(context: TaskContext, job: Job) -> datetime | None:
    """Begin a job of this worker's own that is due; return when that was."""
    last = context.process.begun.get(job.kind, NEVER)
    if job.due(last) > now() and not job.is_awaited(context, last):
        return None
    context.process.begun[job.kind] = begun = now()
    return begun


def _add(session: Session, job: Job) -> PeriodicJob:
    try:
        session.add(PeriodicJob(kind=job.kind, due_at=job.due(NEVER)))
        session.commit()
    except IntegrityError:
        session.rollback()  # another worker was faster
    return session.get_one(PeriodicJob, job.kind)
