"""Snapshot of the database while it is used: its copy, and the files that it names.

SQLite is copied by its online backup, in one step, beside which others read and write.
PostgreSQL dumps the snapshot of a transaction in which the names are read as well.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from alembic.migration import MigrationContext
from sqlalchemy import Connection, Engine, NullPool, create_engine, inspect, select
from sqlalchemy.orm import InstrumentedAttribute

from app.extensions import is_sqlite
from app.models import EvaluationReport, Query, ReferenceImage
from app.retrieval.files.atomic import OWNER_ONLY
from app.services.backup import programs
from app.services.backup.manifest import POSTGRESQL_FILE, SQLITE_FILE, BackupError
from app.services.evaluation.task import photo_name
from app.services.vectors.pgvector import GENERATIONS

BATCH = 10_000
DERIVED = f"{GENERATIONS.rpartition('_')[0]}*"
"""Tables of pgvector, which building the index fills."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Copy of the database, at one moment.

    Attributes
    ----------
    file : str
        Name of the copy.
    schema : str
        Its version.
    dumped_by : int
        Major version of ``pg_dump``; 0: SQLite.
    named : dict of str to set of str
        Files that its rows name, by the store that they are in.
    """

    file: str
    schema: str
    dumped_by: int
    named: dict[str, set[str]]


def take(engine: Engine, folder: Path, *, photos: bool) -> Snapshot:
    """Copy the database into a folder, over what is there.

    Parameters
    ----------
    photos : bool
        Whether the names of visitors' photos are asked for.

    Raises
    ------
    BackupError
        If it cannot be copied, or has no tables.
    """
    if is_sqlite(engine):
        path = folder / SQLITE_FILE
        path.unlink(missing_ok=True)
        path.touch(OWNER_ONLY)
        with _copied(engine, path) as connection:
            return _described(connection, path.name, 0, photos)
    path = folder / POSTGRESQL_FILE
    path.unlink(missing_ok=True)
    path.touch(OWNER_ONLY)
    with engine.connect().execution_options(
        isolation_level="REPEATABLE READ"
    ) as connection:
        server = programs.server_major(connection)
        major = programs.find(programs.DUMP, server, "the server is")
        exported = connection.exec_driver_sql("SELECT pg_export_snapshot()").scalar()
        described = _described(connection, path.name, major, photos)
        options = [
            *("--format=custom", "--no-owner", "--no-privileges"),
            *(f"--snapshot={exported}", f"--exclude-table={DERIVED}"),
            f"--file={path}",
        ]
        programs.run(programs.DUMP, engine.url, options)
    return described


@contextmanager
def _copied(engine: Engine, path: Path) -> Iterator[Connection]:
    """Copy an SQLite database; yield a connection to the copy."""
    raw = engine.raw_connection()
    try:
        source = raw.driver_connection
        assert isinstance(source, sqlite3.Connection)  # noqa: S101 - is_sqlite said so
        with closing(sqlite3.connect(path)) as target:
            # In one step: in several it would begin anew with every write of others.
            source.backup(target)
            [fault] = target.execute("PRAGMA quick_check(1)").fetchone()
            if fault != "ok":
                raise BackupError(
                    f"The database is damaged: {fault}. No backup was made; restore an "
                    "earlier one, or ask for help before anything else is written."
                )
    except sqlite3.Error as error:
        raise BackupError(
            f"The database could not be copied to {path.parent.parent}: {error}. No "
            "backup was made; earlier ones are whole. Is the disk full?"
        ) from error
    finally:
        raw.close()
    copy = create_engine(f"sqlite:///{path}", poolclass=NullPool)
    with copy.connect() as connection:
        yield connection
        connection.rollback()
        # One file, and none beside it.
        connection.exec_driver_sql("PRAGMA journal_mode = DELETE")


def _described(
    connection: Connection, file: str, dumped_by: int, photos: bool
) -> Snapshot:
    schema = MigrationContext.configure(connection).get_current_revision()
    if schema is None:
        raise BackupError("There is no collection yet, so there is nothing to back up.")
    return Snapshot(file, schema, dumped_by, named_files(connection, photos=photos))


def named_files(connection: Connection, *, photos: bool) -> dict[str, set[str]]:
    """Return the files that the rows of a database name, by their stores.

    Of visitors' photos, and so of the store ``queries``, only if they are asked for.
    """
    named: dict[str, set[str]] = {
        "works": set(),
        "queries": set(),
        "evaluations": set(),
    }
    for name in _column(connection, ReferenceImage.media_name):
        named["works"].update((name, ReferenceImage(media_name=name).thumbnail_name))
    if photos:
        named["queries"].update(filter(None, _column(connection, Query.photo_name)))
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
    rows = connection.execute(select(column)).yield_per(BATCH)
    for part in rows.partitions():
        yield from _first(part)


def _first(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    for row in rows:
        if row[0] is not None:
            yield row[0]
