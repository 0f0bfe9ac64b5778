"""Registry of worker processes in the database, with heartbeats, and locks beside it.

A worker of another machine is known to be dead when it gave no sign of life for as long
as a lease lasts. Of the workers that share an instance folder each holds a lock there,
which ends with it: numbers of processes do not tell, they come again, in containers
mostly the same ones.
"""

import logging
import os
import secrets
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine, delete, func, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app.models import Task, Worker
from app.retrieval.files.atomic import try_lock, wait_for_lock
from app.services.system.claims import LEASE, extend, shared_now

logger = logging.getLogger(__name__)

HEARTBEAT_SECONDS = 10.0


def _name() -> str:
    return f"{socket.gethostname()} {os.getpid()} {secrets.token_hex(4)}"


@dataclass(frozen=True, slots=True)
class WorkerProcess:
    """State that the threads of one worker share.

    Attributes
    ----------
    name : str
        Its row in the database.
    stopping : Event
        Set when it is to stop; tasks stop at their next step, to be gone on with.
    tokens : set of str
        Of the claims that it holds now. Threads only add and discard.
    begun : dict of str to datetime
        When it began the jobs last that every worker does by itself.
    """

    name: str = field(default_factory=_name)
    stopping: threading.Event = field(default_factory=threading.Event)
    tokens: set[str] = field(default_factory=set)
    begun: dict[str, datetime] = field(default_factory=dict)


def count_alive(session: Session) -> int:
    """Count the workers that gave a sign of life not long ago."""
    alive = select(func.count()).select_from(Worker)
    since = shared_now(session) - LEASE
    return session.scalars(alive.where(Worker.heartbeat_at > since)).one()


def at_work(folder: Path) -> bool:
    """Tell whether a worker of an instance folder lives, without its database."""
    return folder.is_dir() and not all(map(_is_dead, folder.iterdir()))


@contextmanager
def enlisted(engine: Engine, process: WorkerProcess, folder: Path) -> Iterator[None]:
    """Let the database know of a worker, and keep its leases, while the block runs.

    Parameters
    ----------
    engine : Engine
    process : WorkerProcess
    folder : Path
        Of the locks of the workers that share an instance folder.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = _lock_of(process.name, folder)
    lock = wait_for_lock(path)
    with ExitStack() as held:
        held.enter_context(lock)
        # While it is still held: whoever finds it without its holder takes it for dead.
        held.callback(path.unlink, missing_ok=True)
        with _known(engine, process, folder):
            yield


@contextmanager
def _known(engine: Engine, process: WorkerProcess, folder: Path) -> Iterator[None]:
    with Session(engine) as session:
        _forget_dead(session, folder)
        at = shared_now(session)
        session.add(Worker(name=process.name, started_at=at, heartbeat_at=at))
        session.commit()
    over = threading.Event()
    thread = threading.Thread(
        target=_beat, args=(engine, process, over), name="heartbeat", daemon=True
    )
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
        with Session(engine) as session:
            session.execute(delete(Worker).where(Worker.name == process.name))
            session.commit()


def _forget_dead(session: Session, folder: Path) -> None:
    """Forget workers that died; what those of this folder did need not wait."""
    at = shared_now(session)
    for worker in session.scalars(select(Worker)):
        is_gone = _is_dead(_lock_of(worker.name, folder))
        if is_gone:
            left = update(Task).where(Task.worker == worker.name)
            session.execute(left.where(Task.slot.is_not(None)).values(lease_until=at))
        if is_gone or worker.heartbeat_at <= at - LEASE:
            session.delete(worker)
    for path in folder.iterdir():
        if _is_dead(path):
            path.unlink(missing_ok=True)


def _lock_of(worker: str, folder: Path) -> Path:
    """Return the lock of a worker, which is named by the random part of its name."""
    return folder / worker.rpartition(" ")[2]


def _is_dead(lock: Path) -> bool:
    """Tell whether a worker has left its lock; of one that has none nothing is told."""
    held = try_lock(lock, create=False)
    if held is None:
        return False
    held.close()
    return True


def _beat(engine: Engine, process: WorkerProcess, over: threading.Event) -> None:
    while not over.wait(HEARTBEAT_SECONDS):
        try:
            with Session(engine) as session:
                # Again, if another worker believed that this one had died.
                at = shared_now(session)
                session.merge(Worker(name=process.name, heartbeat_at=at))
                session.commit()
                extend(session, tuple(process.tokens))
        except SQLAlchemyError:
            # There is time for a few more before the lease runs out.
            logger.exception("no sign of life could be given")
