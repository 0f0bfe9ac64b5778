"""Database schema: whether it is up to date, and its migration.

Every function here works inside an application context. Alembic, 8 MB with all its
dialects, is loaded by what migrates: a server process only compares two versions.
"""

import logging
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, column, inspect, select, table
from sqlalchemy.exc import (
    DatabaseError,
    DataError,
    IntegrityError,
    InterfaceError,
    NotSupportedError,
    ProgrammingError,
    SQLAlchemyError,
    TimeoutError,
)

from app.configuration.databases import mask_password
from app.configuration.load import ROOT
from app.extensions import brief_wait, db, is_sqlite
from app.retrieval.runtime.place import COMMAND, INDEX_COMMAND
from app.services.system.lock import AlreadyRunningError, exclusively

if TYPE_CHECKING:
    from alembic.config import Config

logger = logging.getLogger(__name__)

MIGRATIONS = ROOT / "migrations"
VERSION_TABLE = table("alembic_version", column("version_num"))
"""Where Alembic keeps the version that the database is at, in its only row."""
UPGRADE_COMMAND = f"{COMMAND} upgrade"
TABLES_LOCK = "tables.lock"
"""Name, beside an SQLite or in a database, of the lock of whoever makes the tables."""
TABLES_SECONDS, LOOK_SECONDS = 60.0, 0.2
OUR_FAULTS = (DataError, IntegrityError, NotSupportedError, ProgrammingError)
"""What the database says of statements that no other moment would mend."""


class DatabaseNotReadyError(Exception):
    """Database that is empty, or was made by another version."""

    def __init__(self, fault: str, command: str) -> None:
        super().__init__(f"{fault}. Run: {command}")


class DatabaseUnreachableError(DatabaseNotReadyError):
    """Database that cannot be opened.

    Attributes
    ----------
    detail : str
        One sentence for the operator: which database, why, and what to do. Its text is
        for everybody, and tells nothing of that.
    """

    def __init__(self, address: str, reason: str) -> None:
        Exception.__init__(
            self, "The database cannot be opened. The server's log says why."
        )
        lines = " ".join(mask_password(reason).split())
        self.detail = (
            f"The database {mask_password(address)} cannot be opened: {lines}. Is "
            "MORELLI_DATABASE_URL right, does the database exist, does its server run?"
        )


class DatabaseUnavailableError(Exception):
    """Database that is locked, gone or damaged, at least for now.

    Attributes
    ----------
    retry_seconds : int
        After which to try again: what locks it is mostly done by then.
    """

    retry_seconds = 10


def is_unavailable(error: SQLAlchemyError) -> bool:
    """Tell whether an error is the database's state and not a fault of ours."""
    if isinstance(error, InterfaceError | TimeoutError):
        return True
    return isinstance(error, DatabaseError) and not isinstance(error, OUR_FAULTS)


def alembic_config() -> "Config":
    """Return Alembic's configuration for this project's migrations."""
    from alembic.config import Config

    config = Config()
    # The file format gives the percent sign a meaning; a path may contain one.
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config


def upgrade() -> None:
    """Bring the database to the newest version, creating its tables if there are none.

    Raises
    ------
    DatabaseUnreachableError
        If it cannot be opened.
    """
    from alembic import command

    version()
    with _one_at_a_time():
        command.upgrade(alembic_config(), "head")


@cache
def known_versions() -> tuple[str, ...]:
    """Return the versions that this program knows, earliest first.

    They are the numbers of its migrations, told by the names of their files: Alembic
    would run them all.
    """
    files = (MIGRATIONS / "versions").glob("*_*.py")
    return tuple(sorted(file.name.partition("_")[0] for file in files))


def newest_version() -> str:
    """Return the version that this program needs."""
    return known_versions()[-1]


def prepare() -> None:
    """Create the tables where there are none yet; else as :func:`check`.

    For what a new museum may begin with: server, worker and a command that indexes may
    all start at once, and one of them makes the tables while the others wait.
    """
    if version() is None:
        upgrade()
    elif version() != newest_version():
        with _one_at_a_time():
            pass  # until whoever is just making them is done
    check()


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Wait until nobody else makes the tables, and keep others waiting."""
    path = Path(db.engine.url.database or "").with_name(TABLES_LOCK)
    until = time.monotonic() + TABLES_SECONDS
    with ExitStack() as held:
        while True:
            try:
                held.enter_context(exclusively(path, db.engine))
                break
            except AlreadyRunningError:
                if time.monotonic() > until:
                    raise
            time.sleep(LOOK_SECONDS)
        yield


def check() -> None:
    """Do nothing when the database is at the newest version.

    Raises
    ------
    DatabaseNotReadyError
        If it is older or newer, empty, or cannot be opened.
    """
    needed = newest_version()
    found = version()
    if found is None:
        # Indexing makes the tables as well, and is needed anyway.
        raise DatabaseNotReadyError("There is no collection yet", INDEX_COMMAND)
    if found != needed:
        raise DatabaseNotReadyError(
            f"The database is at version {found}, but {needed} is needed",
            UPGRADE_COMMAND,
        )


def version() -> str | None:
    """Return the version that the database is at; None where it has no tables.

    Raises
    ------
    DatabaseUnreachableError
        If it cannot be opened.
    """
    try:
        with db.engine.connect() as connection:
            return version_of(connection)
    except SQLAlchemyError as error:
        address = db.engine.url.render_as_string()
        raise DatabaseUnreachableError(
            address, str(getattr(error, "orig", None) or error)
        ) from error


def version_of(connection: Connection) -> str | None:
    """Return the version of the database of a connection; None if it has no tables."""
    if not inspect(connection).has_table(VERSION_TABLE.name):
        return None
    return connection.scalar(select(VERSION_TABLE.c.version_num))


def purge_deleted() -> bool:
    """Let what was deleted be in no file of the database any more, if nobody reads.

    Deleted rows are overwritten in the database itself; its write-ahead log holds them
    until it is emptied. Returns whether it could be: otherwise that is logged, and the
    next call does it.
    """
    if not is_sqlite(db.engine):
        return True
    try:
        with brief_wait(db.engine) as connection:
            row = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()
            is_empty = bool(row[0] == 0)
    except SQLAlchemyError:
        is_empty = False
    if not is_empty:
        logger.warning(
            "what was deleted stays in the database's write-ahead log for now: "
            "somebody is reading; the next deletion removes it"
        )
    return is_empty
