"""A database that somebody else has locked, as a backup or a stuck program does."""

import sqlite3
from contextlib import closing, contextmanager

from sqlalchemy import inspect

from tests.support.databases import engine_of
from tests.support.postgresql import POSTGRESQL

LOCKED = "lock timeout" if POSTGRESQL else "database is locked"
"""What the log says of it."""


@contextmanager
def locked(instance, *, for_readers=False):
    """Let nobody write; nobody read either, if nobody has it open and that is asked."""
    hold = _postgresql if POSTGRESQL else _sqlite
    with closing(hold(instance, for_readers)):
        yield


def _sqlite(instance, for_readers):
    other = sqlite3.connect(instance / "morelli.db", isolation_level=None)
    if for_readers:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
    other.execute("BEGIN EXCLUSIVE")
    return other


def _postgresql(instance, for_readers):
    other = engine_of(instance).connect()
    tables = ", ".join(f'"{name}"' for name in inspect(other).get_table_names())
    mode = "ACCESS EXCLUSIVE" if for_readers else "EXCLUSIVE"
    other.exec_driver_sql(f"LOCK TABLE {tables} IN {mode} MODE")
    return other
