"""Long work in the background: what is to be done, and how far it is.

The truth is the table ``task``. One worker process at a time takes what waits, in
order. It holds a lock that the system frees however the process dies, so whoever gets
the lock next knows that tasks which still seem to run do not, and takes them up again.
Every kind of task is written so that it can go on: what is done it does not do again.
"""

import logging
import os
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import CursorResult, Update, select, update
from sqlalchemy.orm import Session

from app.configuration.load import Folders
from app.models import Task, TaskState, TaskWish, User, now
from app.services.system.paging import Page, select_page

logger = logging.getLogger(__name__)

WORKER_LOCK = "worker.lock"
"""Name, in the instance folder, of the lock of whoever works tasks off."""
BEGUN, BEGUN_AT = "begun", "begun_at"
"""Parameters of a task: when its present step was begun, and how much was done then."""
TASKS_PER_PAGE = 25
UNFINISHED = (TaskState.WAITING, TaskState.RUNNING, TaskState.PAUSED)


class TaskStoppedError(Exception):
    """Somebody wants the task to pause or to end; raised at a step's end."""

    def __init__(self, state: TaskState) -> None:
        self.state = state
        super().__init__(state.value)


class TaskFailedError(Exception):
    """The task cannot go on; the message says why, and what would mend it."""


class NotPossibleError(Exception):
    """A task in this state cannot be told that."""


@dataclass(frozen=True, slots=True)
class Workshop:
    """What tasks work with.

    Attributes
    ----------
    session : Session
    folders : Folders
    config : mapping of str to object
        The application's configuration.
    """

    session: Session
    folders: Folders
    config: Mapping[str, Any]


class TaskHandle:
    """A running task, as the function that does it sees it.

    Parameters
    ----------
    workshop : Workshop
    task : Task
    """

    def __init__(self, workshop: Workshop, task: Task) -> None:
        self.workshop = workshop
        self.task = task

    def progress(self, done: int, total: int, step: str = "") -> None:
        """Commit what was done, say how far it is, and stop here if that is wanted.

        Parameters
        ----------
        done, total : int
            Steps; a total of 0 means that it is not known yet.
        step : str
            What is done now, in a word that the pages translate.

        Raises
        ------
        TaskStoppedError
            If somebody wants the task to pause or to end.
        """
        session, task = self.workshop.session, self.task
        if step != task.step:
            # From here on the pace is measured: steps differ in theirs.
            begun = {BEGUN: now().isoformat(), BEGUN_AT: done}
            task.parameters = {**task.parameters, **begun}
        task.done, task.total, task.step = done, total, step
        task.heartbeat_at = now()
        session.commit()
        session.refresh(task, ["wish"])
        session.commit()  # ends the reading, so that others may write
        if task.wish is TaskWish.PAUSE:
            raise TaskStoppedError(TaskState.PAUSED)
        if task.wish is TaskWish.CANCEL:
            raise TaskStoppedError(TaskState.CANCELLED)


Work = Callable[[TaskHandle], None]


def enqueue(
    session: Session, kind: str, parameters: Mapping[str, Any], user: User | None
) -> Task:
    """Note that something is to be done; the caller wakes the worker."""
    task = Task(kind=kind, parameters=dict(parameters), user=user)
    session.add(task)
    session.commit()
    return task


def find_task(session: Session, task_id: int) -> Task | None:
    """Return a task by its number, or None."""
    return session.get(Task, task_id)


def unfinished(session: Session, kind: str) -> Task | None:
    """Return the oldest task of a kind that has not come to its end."""
    waiting = select(Task).where(Task.kind == kind, Task.state.in_(UNFINISHED))
    return session.scalars(waiting.order_by(Task.id)).first()


def latest_done(session: Session, kind: str) -> Task | None:
    """Return the task of a kind that came to its end last."""
    done = select(Task).where(Task.kind == kind, Task.state == TaskState.DONE)
    return session.scalars(done.order_by(Task.finished_at.desc())).first()


def list_tasks(session: Session, number: int = 1) -> Page[Task] | None:
    """Return a page of tasks, the newest first; None if there is no such page."""
    newest = select(Task).order_by(Task.id.desc())
    return select_page(session, newest, number, TASKS_PER_PAGE)


def pause(session: Session, task: Task) -> None:
    """Let a task stop at the end of its step, to be gone on with later.

    Raises
    ------
    NotPossibleError
        If it neither waits nor runs.
    """
    _wish(session, task, TaskWish.PAUSE, {TaskState.WAITING: TaskState.PAUSED})


def cancel(session: Session, task: Task) -> None:
    """Let a task end where it is; what it has done stays.

    Raises
    ------
    NotPossibleError
        If it has ended already.
    """
    stopped = dict.fromkeys((TaskState.WAITING, TaskState.PAUSED), TaskState.CANCELLED)
    _wish(session, task, TaskWish.CANCEL, stopped)


def go_on(session: Session, task: Task) -> None:
    """Let a stopped or failed task go on; the caller wakes the worker.

    Raises
    ------
    NotPossibleError
        If it is not stopped.
    """
    stopped = (TaskState.PAUSED, TaskState.CANCELLED, TaskState.FAILED)
    changed = _change(
        session,
        update(Task)
        .where(Task.id == task.id, Task.state.in_(stopped))
        .values(state=TaskState.WAITING, wish=TaskWish.RUN, fault="", finished_at=None),
    )
    session.commit()
    if not changed:
        raise NotPossibleError(task.state)


def recover(session: Session) -> int:
    """Let what a killed worker left go on; only for who holds the worker's lock.

    Returns
    -------
    count : int
        Tasks that seemed to run.
    """
    running = update(Task).where(Task.state == TaskState.RUNNING)
    count = _change(session, running.values(state=TaskState.WAITING))
    session.commit()
    return count


def work_off(workshop: Workshop, kinds: Mapping[str, Work]) -> int:
    """Do everything that waits, in order; only for who holds the worker's lock.

    Parameters
    ----------
    workshop : Workshop
    kinds : mapping of str to callable
        What does each kind of task.

    Returns
    -------
    count : int
        Tasks that were taken up.
    """
    session = workshop.session
    first = select(Task).where(Task.state == TaskState.WAITING).order_by(Task.id)
    count = 0
    while (task := session.scalars(first.limit(1)).first()) is not None:
        _work(TaskHandle(workshop, task), kinds)
        count += 1
    session.commit()
    return count


def _work(handle: TaskHandle, kinds: Mapping[str, Work]) -> None:
    session, task = handle.workshop.session, handle.task
    task_id = task.id
    task.state = TaskState.RUNNING
    task.worker = f"{socket.gethostname()} {os.getpid()}"
    task.started_at = task.started_at or now()
    task.step = ""
    task.heartbeat_at = now()
    session.commit()
    fault = ""
    try:
        kinds[task.kind](handle)
        state = TaskState.DONE
    except TaskStoppedError as stopped:
        state = stopped.state
    except TaskFailedError as error:
        state, fault = TaskState.FAILED, str(error)
    except Exception:
        # The worker must live on, and whoever waits must learn of it.
        logger.exception("task %s (%s) failed", task_id, handle.task.kind)
        state, fault = TaskState.FAILED, "Something broke; the worker's log says what."
    session.rollback()
    task = session.get_one(Task, task_id)
    task.state, task.fault = state, fault
    if state is not TaskState.PAUSED:
        task.finished_at = now()
    session.commit()


def _wish(
    session: Session, task: Task, wish: TaskWish, at_once: Mapping[TaskState, TaskState]
) -> None:
    """Tell a running task something, or do it at once where nobody runs it."""
    for before, after in at_once.items():
        there = update(Task).where(Task.id == task.id, Task.state == before)
        if _change(session, there.values(state=after, wish=wish)):
            session.commit()
            return
    runs = update(Task).where(Task.id == task.id, Task.state == TaskState.RUNNING)
    changed = _change(session, runs.values(wish=wish))
    session.commit()
    if not changed:
        raise NotPossibleError(task.state)


def _change(session: Session, statement: Update) -> int:
    """Return how many rows a statement changed: others may have been before us."""
    return cast(CursorResult[Any], session.execute(statement)).rowcount
