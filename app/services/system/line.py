"""Place in line: how many tasks are before one, and what it really waits for."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import Task, TaskState, now
from app.services.system.workers import count_alive


@dataclass(frozen=True, slots=True)
class Place:
    """Where a task stands that waits, or whose worker died.

    Attributes
    ----------
    before : int
        Tasks that wait and come first.
    running : Task or None
        What its lane is doing now.
    is_blocked : bool
        Whether it waits because another program is at the same work.
    has_worker : bool
        Whether there is a worker at all.
    """

    before: int
    running: Task | None
    is_blocked: bool
    has_worker: bool


def place_of(session: Session, task: Task) -> Place | None:
    """Find what a task waits for; None if it does not wait."""
    if task.state is not TaskState.WAITING and not is_abandoned(task):
        return None
    running = session.scalars(select(Task).where(Task.slot == task.lane)).first()
    before = select(func.count()).where(
        Task.lane == task.lane, Task.state == TaskState.WAITING, Task.id < task.id
    )
    return Place(
        session.scalars(before).one(),
        running if running is not None and running.id != task.id else None,
        task.ready_at is not None,
        count_alive(session) > 0,
    )


def is_abandoned(task: Task) -> bool:
    """Tell whether whoever does a task gave no sign of life for too long."""
    return (
        task.state is TaskState.RUNNING
        and task.lease_until is not None
        and task.lease_until <= now()
    )
