"""Registry of worker processes, with heartbeats, in the database."""

import logging
import os
import secrets
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Engine, delete, func, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app.models import Task, Worker
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


@contextmanager
def enlisted(engine: Engine, process: WorkerProcess) -> Iterator[None]:
    """Let the database know of a worker, and keep its leases, while the block runs."""
    with Session(engine) as session:
        _forget_dead(session)
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


def _forget_dead(session: Session) -> None:
    """Forget workers that died; what those of this machine did need not wait."""
    at = shared_now(session)
    for worker in session.scalars(select(Worker)):
        host, _, rest = worker.name.partition(" ")
        process = rest.partition(" ")[0]
        is_gone = host == socket.gethostname() and not _is_running(int(process))
        if is_gone:
            left = update(Task).where(Task.worker == worker.name)
            session.execute(left.where(Task.slot.is_not(None)).values(lease_until=at))
        if is_gone or worker.heartbeat_at <= at - LEASE:
            session.delete(worker)


def _is_running(process: int) -> bool:
    try:
        os.kill(process, 0)  # signal 0 only asks
    except ProcessLookupError:
        return False
    except PermissionError:
        return True  # somebody else's
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
