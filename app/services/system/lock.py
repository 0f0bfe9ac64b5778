"""Lock that lets a job run once at a time: in a folder, or over a whole database."""

import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from hashlib import sha256
from pathlib import Path

from sqlalchemy import (
    Connection,
    Engine,
    NullPool,
    create_engine,
    event,
    func,
    select,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.retrieval.files.atomic import try_lock

INDEXING_LOCK = "indexing.lock"
"""Name, in the instance folder, of the lock of whoever records works and indexes."""
# A machine that has lost its power or its network holds nothing for longer than this.
LIVENESS = (
    *("tcp_keepalives_idle=30", "tcp_keepalives_interval=10"),
    *("tcp_keepalives_count=3", "tcp_user_timeout=60000"),
)
"""Settings by which PostgreSQL finds out within a minute that a holder is gone."""


class AlreadyRunningError(Exception):
    """Conflict with another process that does the same job.

    Attributes
    ----------
    lock : str
        The lock that it holds, in words.
    """

    def __init__(self, lock: Path | str) -> None:
        self.lock = str(lock)
        super().__init__(
            f"Another process is at the same work (it holds {lock}). "
            "Wait until it has ended."
        )


class LockLostError(AlreadyRunningError):
    """Loss of a lock with the connection that held it; somebody else may hold it."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.args = (
            f"The connection that held {name} broke, and another process may be at the "
            "same work by now. What is done is kept: begin again.",
        )


@contextmanager
def exclusively(path: Path, engine: Engine | None = None) -> Iterator[None]:
    """Hold a lock, which is freed when the holder dies, however it dies.

    Parameters
    ----------
    path : Path
        Of its file. In a database that several machines share, its name is the lock.
    engine : Engine, optional
        Of the database whose users exclude each other. None: those of the folder do.

    Raises
    ------
    AlreadyRunningError
        If another process holds it.
    LockLostError
        In a database, from the commits that this thread does inside, if the connection
        that holds the lock is gone; they change nothing.
    """
    if engine is not None and engine.dialect.name == "postgresql":
        with _in_database(engine, path.name):
            yield
        return
    lock = try_lock(path)
    if lock is None:
        raise AlreadyRunningError(path)
    with lock:
        yield


@contextmanager
def _in_database(engine: Engine, name: str) -> Iterator[None]:
    """Hold an advisory lock of PostgreSQL, on a connection that does nothing else."""
    own = create_engine(
        engine.url,
        poolclass=NullPool,
        isolation_level="AUTOCOMMIT",
        hide_parameters=True,
        connect_args={
            "options": " ".join(f"-c {setting}" for setting in LIVENESS),
            "application_name": f"morelli {name}",
        },
    )
    key = lock_number(name)
    with closing(own.connect()) as connection:
        if not connection.scalar(select(func.pg_try_advisory_lock(key))):
            raise AlreadyRunningError(f"the database’s lock {name}")
        # Closing the connection frees it.
        with _kept_from_commits(connection, f"the database’s lock {name}"):
            yield


@contextmanager
def _kept_from_commits(connection: Connection, name: str) -> Iterator[None]:
    """Refuse the commits of this thread once a connection with a lock is gone.

    Nothing else tells: the work has connections of its own, which are replaced.
    """
    holder = threading.get_ident()

    def refuse(_session: Session) -> None:
        if threading.get_ident() != holder:
            return
        try:
            connection.scalar(select(1))
        except DBAPIError as error:
            raise LockLostError(name) from error

    event.listen(Session, "before_commit", refuse)
    try:
        yield
    finally:
        event.remove(Session, "before_commit", refuse)


def lock_number(name: str) -> int:
    """Return the number that PostgreSQL knows a lock by: 64 bits, signed."""
    return int.from_bytes(sha256(f"morelli {name}".encode()).digest()[:8], signed=True)
