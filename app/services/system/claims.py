"""Claims of tasks: atomic, with a lease, and lost when another worker takes over.

A claim is one atomic update of the row, with a token and a lease that whoever does the
task keeps extending. Who comes second waits for nothing (``SKIP LOCKED`` on PostgreSQL)
and looks again later. When the lease runs out, by the database's clock, the next one
who looks takes the task over. Each commit of the one before is refused from then on: it
stops, and everything that it did and had not committed is undone.
"""

import secrets
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, Delete, Update, event, func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.models import Lane, Task, TaskState, UtcDateTime, now

LEASE = timedelta(seconds=60)
"""After which a task, or a worker, without a sign of life is taken for dead."""
CLOCKS = {"postgresql": "clock_timestamp"}
"""Functions that tell the time, by database; SQLite's users share the machine's."""


class LeaseLostError(Exception):
    """Loss of a claim to another worker; nothing more may be written."""


@dataclass(frozen=True, slots=True)
class Claim:
    """Right of a worker to do a task, known by its token."""

    task_id: int
    token: str


def claim_next(session: Session, lane: Lane, worker: str) -> Claim | None:
    """Claim what a lane is to do next: what a dead worker left, or what waits first.

    Parameters
    ----------
    worker : str
        Name of the worker.

    Returns
    -------
    claim : Claim or None
        None if nothing waits, or if another worker is at work in this lane.
    """
    at = shared_now(session)
    running = session.execute(
        select(Task.id, Task.lease_until).where(Task.slot == lane)
    ).first()
    if running is None:
        task_id = session.scalars(
            select(Task.id)
            .where(Task.lane == lane, Task.state == TaskState.WAITING)
            .where(or_(Task.ready_at.is_(None), Task.ready_at <= at))
            .order_by(Task.id)
            .limit(1)
        ).first()
        free = Task.state == TaskState.WAITING
    else:
        task_id = running.id if running.lease_until <= at else None
        free = Task.lease_until <= at
    session.commit()  # ends the reading, so that others may write
    if task_id is None:
        return None
    claim = Claim(task_id, secrets.token_hex(16))
    # Where the database knows row locks: who is taking it just now has it already.
    unlocked = select(Task.id).where(Task.id == task_id, free)
    unlocked = unlocked.with_for_update(skip_locked=True)
    taken = update(Task).where(Task.id.in_(unlocked))
    taken = taken.execution_options(synchronize_session=False)
    try:
        changed = count_changes(
            session,
            taken.values(
                state=TaskState.RUNNING,
                slot=lane,
                claim=claim.token,
                worker=worker,
                lease_until=at + LEASE,
                heartbeat_at=at,
                started_at=func.coalesce(Task.started_at, at),
                ready_at=None,
                step="",
            ),
        )
        session.commit()
    except IntegrityError:
        session.rollback()  # another task of this lane was begun meanwhile
        return None
    return claim if changed else None


def extend(session: Session, tokens: Collection[str]) -> None:
    """Extend the leases of some claims, as far as nobody has taken them over."""
    at = shared_now(session)
    held = update(Task).where(Task.claim.in_(tokens))
    session.execute(held.values(heartbeat_at=at, lease_until=at + LEASE))
    session.commit()


def give_up(session: Session, claim: Claim, **values: object) -> bool:
    """End a claim, and say what became of the task: ``values`` of its columns.

    False if somebody else has taken it over: then nothing is changed.
    """
    mine = update(Task).where(Task.id == claim.task_id, Task.claim == claim.token)
    ended = mine.values(claim=None, slot=None, lease_until=None, **values)
    changed = count_changes(session, ended)
    session.commit()
    return bool(changed)


@contextmanager
def guarded(session: Session, claim: Claim) -> Iterator[None]:
    """Refuse every commit of a session from the moment the claim is lost.

    Raises
    ------
    LeaseLostError
        From the commit, which then changes nothing.
    """
    # Where the database knows row locks, this one keeps others from taking the task
    # over before the commit is done; SQLite lets in one writer at a time anyway.
    held = select(Task.claim).where(Task.id == claim.task_id).with_for_update()

    def refuse(session: Session) -> None:
        session.flush()
        if session.scalars(held).one_or_none() != claim.token:
            raise LeaseLostError

    event.listen(session, "before_commit", refuse)
    try:
        yield
    finally:
        event.remove(session, "before_commit", refuse)


def shared_now(session: Session) -> datetime:
    """Return the present moment in UTC by the database's clock.

    Leases are measured by it: a machine whose own clock is a minute ahead would take
    others for dead.
    """
    clock = CLOCKS.get(session.get_bind().dialect.name)
    if clock is None:
        return now()
    told = select(getattr(func, clock)(type_=UtcDateTime()))
    moment: datetime = session.scalars(told).one()
    return moment


def count_changes(session: Session, statement: Update | Delete) -> int:
    """Return how many rows a statement changed: others may have been before us."""
    return cast(CursorResult[Any], session.execute(statement)).rowcount
