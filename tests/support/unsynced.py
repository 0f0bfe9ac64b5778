"""Files that need not outlive a power cut: nobody waits for the disk."""

import os
import sqlite3
from contextlib import suppress

import pytest
from sqlalchemy import Engine, event

from app.services.system.rates import own


def let_go_of_power_cuts(patched: pytest.MonkeyPatch) -> None:
    """Let writing to a disk, and SQLite, end before the disk has it for good.

    A killed process loses nothing by that: what is written is the system's.
    """
    patched.setattr(os, "fsync", lambda _file: None)
    patched.setattr(sqlite3, "connect", _unsynced(sqlite3.connect))
    # After the application's own listener, which sets how safe it is to be.
    event.listen(Engine, "connect", _unsync)
    patched.setattr(own, "connect", _unsynced(own.connect))


def _unsynced(connect):
    def connect_unsynced(*args, **kwargs):
        connection = connect(*args, **kwargs)
        _unsync(connection)
        return connection

    return connect_unsynced


def _unsync(connection: object, _record: object = None) -> None:
    if isinstance(connection, sqlite3.Connection):
        with suppress(sqlite3.Error):  # it is told to whoever uses the file
            connection.execute("PRAGMA synchronous = OFF")
