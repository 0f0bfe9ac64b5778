"""Flask extensions, unbound: ``app.factory`` ties them to an application.

Also the place that knows what is particular to SQLite, whose pragmas are set here, and
to the errors of PostgreSQL, so that the rest of the program speaks plain SQL.
"""

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from flask_babel import Babel
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session
from flask_wtf.csrf import CSRFProtect
from sqlalchemy import Connection, Engine, ExceptionContext, MetaData, event
from sqlalchemy.exc import DBAPIError

logger = logging.getLogger(__name__)

# Named constraints can be altered by a migration on every database.
metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_N_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class ClosableSession(Session):
    """Session that can be closed although its connection broke.

    The database has undone what was not committed, and the pool replaces the
    connection. An answer that is made by then is no worse for it, and may tell of what
    is committed.
    """

    def close(self) -> None:
        """End the session; its objects are let go of."""
        try:
            super().close()
        except DBAPIError as error:
            if not error.connection_invalidated:
                raise
            logger.warning("a session ended on a connection that broke: %s", error.orig)


db = SQLAlchemy(metadata=metadata, session_options={"class_": ClosableSession})
csrf = CSRFProtect()
babel = Babel()

BUSY_TIMEOUT_MS = 10_000
"""How long a writer waits for another one before SQLite gives up."""
BRIEF_TIMEOUT_MS = 500
"""The same for what may as well be done another time."""


@event.listens_for(Engine, "connect")
def set_sqlite_pragmas(connection: object, _record: object) -> None:
    """Let readers and a writer work side by side, and enforce foreign keys."""
    if not isinstance(connection, sqlite3.Connection):
        return
    cursor = connection.cursor()
    # First, so that even the switch to WAL waits for a busy database.
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    cursor.execute("PRAGMA journal_mode = WAL")
    # Safe against a crash of the program; a power cut may lose the last commits,
    # but never damages the file (sqlite.org/wal.html).
    cursor.execute("PRAGMA synchronous = NORMAL")
    cursor.execute("PRAGMA foreign_keys = ON")
    # What is deleted is overwritten, and not only marked as free.
    cursor.execute("PRAGMA secure_delete = ON")
    cursor.close()


@event.listens_for(Engine, "handle_error")
def hide_values(context: ExceptionContext) -> None:
    """Let no error of PostgreSQL quote a row: its text is logged.

    It names what is wrong in its first line, and in those below whose address, say,
    there is already.
    """
    error, told = context.original_exception, context.sqlalchemy_exception
    if told is None or getattr(error, "sqlstate", None) is None:
        return
    fault = str(error).partition("\n")[0]
    error.args = (fault,)
    told.args = (f"({type(error).__name__}) {fault}",)


def is_sqlite(engine: Engine) -> bool:
    """Tell whether a database is SQLite's."""
    return engine.dialect.name == "sqlite"


@contextmanager
def brief_wait(engine: Engine) -> Iterator[Connection]:
    """Lend a connection that waits only a moment for others, outside a transaction."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql(f"PRAGMA busy_timeout = {BRIEF_TIMEOUT_MS}")
        try:
            yield connection
        finally:
            # It goes back to the pool.
            connection.exec_driver_sql(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
