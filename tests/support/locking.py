"""A database that somebody else has locked, as a backup or a stuck program does."""

import sqlite3
from contextlib import contextmanager


@contextmanager
def locked(path, *, for_readers=False):
    """Let nobody write; nobody read either, if nobody has it open and that is asked."""
    other = sqlite3.connect(path, isolation_level=None)
    if for_readers:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
    other.execute("BEGIN EXCLUSIVE")
    try:
        yield
    finally:
        other.close()
