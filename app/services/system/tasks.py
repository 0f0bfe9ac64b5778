"""Background tasks: a queue in the database, in lanes, with pausing and cancelling.

The truth is the table ``task``. A task stands in a lane; workers claim what is first in
a lane (``app.services.system.claims``) and do it in steps, each committed with how far
it is. Every kind of task is written so that it can go on: what is done it does not do
again, whoever takes it up after a worker that died.
"""

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.configuration.load import Folders
from app.models import Lane, Task, TaskState, TaskWish, User, now
from app.services.media.opening import MediaStores, open_stores
from app.services.media.store import StorageAwayError
from app.services.shards.engine import FeatureWorkers, ShardConnection
from app.services.shards.opening import open_feature_workers, open_shards
from app.services.system.claims import (
    LEASE,
    Claim,
    LeaseLostError,
    claim_next,
    count_changes,
    give_up,
    guarded,
    shared_now,
)
from app.services.system.lock import AlreadyRunningError
from app.services.system.paging import Page, select_page
from app.services.system.workers import WorkerProcess, count_alive
from app.services.vectors.opening import open_vectors
from app.services.vectors.store import VectorStore

logger = logging.getLogger(__name__)

BEGUN, BEGUN_AT = "begun", "begun_at"
"""Parameters of a task: when its present step was begun, and how much was done then."""
BUSY_AGAIN = timedelta(seconds=5)
"""After which it is tried again whether what a task needs is still busy."""
STORAGE_AGAIN = timedelta(seconds=30)
"""After which it is tried again whether the storage of pictures still is away."""
TASKS_PER_PAGE = 25
UNFINISHED = (TaskState.WAITING, TaskState.RUNNING, TaskState.PAUSED)
OVER = (TaskState.CANCELLED, TaskState.DONE, TaskState.FAILED)
AT_ONCE = {
    TaskWish.PAUSE: (TaskState.PAUSED, [TaskState.WAITING]),
    TaskWish.CANCEL: (TaskState.CANCELLED, [TaskState.WAITING, TaskState.PAUSED]),
    TaskWish.RUN: (
        TaskState.WAITING,
        [TaskState.PAUSED, TaskState.CANCELLED, TaskState.FAILED],
    ),
}
"""What a wish makes of a task that nobody runs, and in which states it may be."""


class TaskStoppedError(Exception):
    """Wish that a task pauses or ends, obeyed at a step's end."""

    def __init__(self, state: TaskState) -> None:
        self.state = state
        super().__init__(state.value)


class TaskFailedError(Exception):
    """Failure of a task; the message says why, and what would mend it."""


class NotHereYetError(Exception):
    """Lack of something that this machine is fetching; the task waits for it."""


class NotPossibleError(Exception):
    """Wish that a task in this state cannot fulfil: to pause, to end, to go on."""


@dataclass(frozen=True, slots=True)
class TaskContext:
    """Context of tasks: session, folders, settings, worker.

    Attributes
    ----------
    config : mapping of str to object
        The application's configuration.
    process : WorkerProcess
        Who does them.
    """

    session: Session
    folders: Folders
    config: Mapping[str, Any]
    process: WorkerProcess = field(default_factory=WorkerProcess)

    @property
    def media(self) -> MediaStores:
        """Where pictures, photos and what else all servers share are."""
        return open_stores(self.config["MORELLI_MEDIA_URL"], self.folders)

    @property
    def vectors(self) -> VectorStore | None:
        """What finds the nearest descriptors for all servers; None: the index does."""
        return open_vectors(self.config["MORELLI_VECTORS_URL"])

    @property
    def shards(self) -> ShardConnection | None:
        """Way to the shards of an index that is cut; None: there is none."""
        return open_shards(self.config)

    @property
    def feature_workers(self) -> FeatureWorkers | None:
        """What computes features on other machines; None: this one does."""
        return open_feature_workers(self.config)

    @property
    def shard_count(self) -> int:
        """Number of shards that an index is cut into; 0: it is not."""
        return int(self.config["MORELLI_SHARDS"])


class TaskHandle:
    """Running task, as the function that does it sees it: reports its progress."""

    def __init__(self, context: TaskContext, task: Task) -> None:
        self.context = context
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
            If somebody wants the task to pause or to end, or the worker to stop.
        LeaseLostError
            If another worker has taken the task over; nothing is committed.
        """
        session, task = self.context.session, self.task
        if step != task.step:
            # From here on the pace is measured: steps differ in theirs.
            begun = {BEGUN: now().isoformat(), BEGUN_AT: done}
            task.parameters = {**task.parameters, **begun}
        task.done, task.total, task.step = done, total, step
        task.heartbeat_at = shared_now(session)
        task.lease_until = task.heartbeat_at + LEASE
        session.commit()
        session.refresh(task, ["wish"])
        session.commit()  # ends the reading, so that others may write
        if task.wish is TaskWish.PAUSE:
            raise TaskStoppedError(TaskState.PAUSED)
        if task.wish is TaskWish.CANCEL:
            raise TaskStoppedError(TaskState.CANCELLED)
        if self.context.process.stopping.is_set():
            raise TaskStoppedError(TaskState.WAITING)


@dataclass(frozen=True, slots=True)
class QueuePlace:
    """Place in a lane of a task that waits, or whose worker died.

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


Work = Callable[[TaskHandle], None]


def enqueue(
    session: Session,
    kind: str,
    parameters: Mapping[str, Any],
    user: User | None,
    lane: Lane = Lane.LONG,
) -> Task:
    """Note that something is to be done; a worker takes it up by itself."""
    task = Task(kind=kind, parameters=dict(parameters), user=user, lane=lane)
    session.add(task)
    session.commit()
    return task


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


def pause(session: Session, task: Task, user: User | None = None) -> None:
    """Let a task stop at the end of its step, to be gone on with later."""
    _tell(session, task, user, TaskWish.PAUSE)


def cancel(session: Session, task: Task, user: User | None = None) -> None:
    """Let a task end where it is; what it has done stays."""
    _tell(session, task, user, TaskWish.CANCEL)


def go_on(session: Session, task: Task, user: User | None = None) -> None:
    """Let a stopped or failed task go on."""
    _tell(session, task, user, TaskWish.RUN)


def place_of(session: Session, task: Task) -> QueuePlace | None:
    """Find what a task waits for; None if it does not wait."""
    is_abandoned = (
        task.state is TaskState.RUNNING
        and task.lease_until is not None
        and task.lease_until <= shared_now(session)
    )
    if task.state is not TaskState.WAITING and not is_abandoned:
        return None
    running = session.scalars(select(Task).where(Task.slot == task.lane)).first()
    before = select(func.count()).where(
        Task.lane == task.lane, Task.state == TaskState.WAITING, Task.id < task.id
    )
    return QueuePlace(
        session.scalars(before).one(),
        running if running is not None and running.id != task.id else None,
        task.ready_at is not None,
        count_alive(session) > 0,
    )


def work_off(
    context: TaskContext, kinds: Mapping[str, Work], lanes: Iterable[Lane] = Lane
) -> int:
    """Do what waits, lane after lane, until the process is to stop; count the tasks.

    Parameters
    ----------
    kinds : mapping of str to callable
        What does each kind of task.
    """
    session, process = context.session, context.process
    count = 0
    for lane in lanes:
        while not process.stopping.is_set():
            claim = claim_next(session, lane, process.name)
            if claim is None:
                break
            process.tokens.add(claim.token)
            try:
                _work(context, claim, kinds)
            finally:
                process.tokens.discard(claim.token)
            count += 1
    return count


def _work(context: TaskContext, claim: Claim, kinds: Mapping[str, Work]) -> None:
    session = context.session
    task = session.get_one(Task, claim.task_id, populate_existing=True)
    kind = task.kind
    ended: dict[str, object] = {"state": TaskState.DONE}
    try:
        with guarded(session, claim):
            kinds[kind](TaskHandle(context, task))
            session.commit()
    except TaskStoppedError as stopped:
        ended = {"state": stopped.state}
    except TaskFailedError as error:
        ended = {"state": TaskState.FAILED, "fault": str(error)}
    except (AlreadyRunningError, NotHereYetError):
        # A command in a shell, say, is at the same work: no fault of this task.
        ended = {
            "state": TaskState.WAITING,
            "ready_at": shared_now(session) + BUSY_AGAIN,
        }
    except StorageAwayError as error:
        logger.warning("task %s (%s) waits: %s", claim.task_id, kind, error)
        ended = {
            "state": TaskState.WAITING,
            "ready_at": shared_now(session) + STORAGE_AGAIN,
        }
    except LeaseLostError:
        ended = {}
    except Exception as error:
        # The worker must live on, and whoever waits must learn of it.
        logger.exception("task %s (%s) failed", claim.task_id, kind)
        fault = "Something broke; the worker's log says what."
        ended = {"state": TaskState.FAILED, "fault": fault}
        if isinstance(error, DBAPIError) and error.connection_invalidated:
            # The database was restarted: it goes on from its last commit.
            ended = {"state": TaskState.WAITING}
    session.rollback()
    if ended.get("state") in OVER:
        ended["finished_at"] = now()
    if not ended or not give_up(session, claim, **ended):
        logger.warning("task %s was taken over by another worker", claim.task_id)


def _tell(session: Session, task: Task, user: User | None, wish: TaskWish) -> None:
    """Do at once what is wished where nobody runs a task, or tell whoever does."""
    mine = update(Task).where(Task.id == task.id)
    told = {"wish": wish, "told_by_id": user.id if user else None}
    state, stopped = AT_ONCE[wish]
    done = mine.where(Task.state.in_(stopped)).values(
        state=state, fault="", finished_at=None, **told
    )
    changed = count_changes(session, done)
    if not changed and wish is not TaskWish.RUN:
        runs = mine.where(Task.state == TaskState.RUNNING)
        changed = count_changes(session, runs.values(**told))
    session.commit()
    if not changed:
        raise NotPossibleError(task.state)
