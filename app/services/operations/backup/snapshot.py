"""Moment of the database while it is used: the files that it names, and its copy.

Names are read first, in a transaction that sees nothing later; the copy is of the same
transaction, however long it takes: by SQLite's online backup, in one step, beside which
others read and write, or by ``pg_dump`` from PostgreSQL's exported snapshot.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, select
from sqlalchemy.orm import InstrumentedAttribute

from app.extensions import is_sqlite
from app.models import EvaluationReport, Query, ReferenceImage, WorkMedia
from app.retrieval.files.atomic import OWNER_ONLY
from app.services.evaluation.task import photo_name
from app.services.operations.backup import programs
from app.services.operations.backup.manifest import (
    POSTGRESQL_FILE,
    SQLITE_FILE,
    BackupError,
)
from app.services.system import database
from app.services.vectors.pgvector import GENERATIONS

BATCH = 10_000
DERIVED = f"{GENERATIONS.rpartition('_')[0]}*"
"""Tables of pgvector, which building the index fills."""


class DatabaseMoment:
    """Moment of the database, as it stays for one connection while others write.

    Parameters
    ----------
    connection : Connection
        In a transaction that sees nothing later.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        schema = database.version_of(connection)
        if schema is None:
            raise BackupError(
                "There is no collection yet, so there is nothing to back up."
            )
        self.schema = schema

    def named_files(self, *, photos: bool) -> dict[str, set[str]]:
        """Return the files that its rows name; see :func:`named_files`."""
        return named_files(self._connection, photos=photos)

    def copy_to(self, folder: Path) -> tuple[str, int]:
        """Copy the database as it was at this moment.

        Returns
        -------
        file : str
            Name of the copy.
        dumped_by : int
            Major version of ``pg_dump``; 0: SQLite.

        Raises
        ------
        BackupError
            If it cannot be copied.
        """
        if is_sqlite(self._connection.engine):
            path = folder / SQLITE_FILE
            path.touch(OWNER_ONLY)
            _copy(self._connection, path)
            return path.name, 0
        path = folder / POSTGRESQL_FILE
        path.touch(OWNER_ONLY)
        return path.name, _dump(self._connection, path)


@contextmanager
def moment_of(engine: Engine) -> Iterator[DatabaseMoment]:
    """Hold a moment of the database; raises `BackupError` if it has no tables."""
    if is_sqlite(engine):
        with engine.connect() as connection:
            # Its driver begins none for what only reads.
            connection.exec_driver_sql("BEGIN")
            yield DatabaseMoment(connection)
            connection.rollback()
        return
    level = "REPEATABLE READ"
    with engine.connect().execution_options(isolation_level=level) as connection:
        yield DatabaseMoment(connection)


def _copy(connection: Connection, path: Path) -> None:
    """Copy an SQLite database, and see that the copy is whole."""
    source = connection.connection.driver_connection
    assert isinstance(source, sqlite3.Connection)  # noqa: S101 - is_sqlite said so
    try:
        with closing(sqlite3.connect(path)) as target:
            # In one step: in several it would begin anew with every write of others.
            source.backup(target)
            # One file, and none beside it.
            target.execute("PRAGMA journal_mode = DELETE")
            [fault] = target.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.Error as error:
        raise BackupError(
            f"The database could not be copied to {path.parent.parent}: {error}. No "
            "backup was made; earlier ones are whole. Is the disk full?"
        ) from error
    if fault != "ok":
        raise BackupError(
            f"The database is damaged: {fault}. No backup was made; restore an earlier "
            "one, or ask for help before anything else is written."
        )


def _dump(connection: Connection, path: Path) -> int:
    """Dump a PostgreSQL database; return the major version of ``pg_dump``."""
    server = programs.server_major(connection)
    major = programs.find(programs.DUMP, server, "the server is")
    exported = connection.exec_driver_sql("SELECT pg_export_snapshot()").scalar()
    options = [
        *("--format=custom", "--no-owner", "--no-privileges"),
        *(f"--snapshot={exported}", f"--exclude-table={DERIVED}", f"--file={path}"),
    ]
    try:
        programs.run(programs.DUMP, connection.engine.url, options)
    except BackupError as error:
        raise BackupError(
            f"{error} No backup was made; earlier ones are whole. Is the disk full?"
        ) from error
    return major


def named_files(connection: Connection, *, photos: bool) -> dict[str, set[str]]:
    """Return the files that the rows of a database name, by their stores.

    Of visitors' photos, and so of the store ``queries``, only if they are asked for.
    """
    named: dict[str, set[str]] = {
        "works": set(),
        "queries": set(),
        "evaluations": set(),
        "recordings": set(_column(connection, WorkMedia.media_name)),
    }
    for name in _column(connection, ReferenceImage.media_name):
        named["works"].update((name, ReferenceImage(media_name=name).thumbnail_name))
    if photos:
        named["queries"].update(_column(connection, Query.photo_name))
    if inspect(connection).has_table(EvaluationReport.__tablename__):
        listed = select(EvaluationReport.settings, EvaluationReport.cases)
        for settings, cases in connection.execute(listed):
            named["evaluations"].update(
                photo_name(settings["folder"], case["number"])
                for case in cases
                if case["photo"]
            )
    return named


def _column(
    connection: Connection, column: InstrumentedAttribute[str | None]
) -> Iterator[str]:
    """Yield what a column holds, of a table of this or an older version."""
    table = column.class_.__tablename__
    if not inspect(connection).has_table(table):
        return
    for part in connection.execute(select(column)).yield_per(BATCH).partitions():
        for [name] in part:
            if name is not None:
                yield name
