"""Memory for the tables that all migrations make of an empty database."""

import sqlite3
from collections.abc import Callable
from contextlib import closing

from alembic.config import Config

from app.extensions import db


def migrating_once(
    upgrade: Callable[[Config, str], None],
) -> Callable[[Config, str], None]:
    """Return Alembic's `upgrade`, which remembers what it made of an empty SQLite.

    Inside an application context, as the migrations themselves.
    """
    kept = sqlite3.connect(":memory:", check_same_thread=False)

    def upgrade_or_copy(config: Config, revision: str) -> None:
        if db.engine.dialect.name != "sqlite":
            upgrade(config, revision)
            return
        with closing(db.engine.raw_connection()) as database:
            own = database.driver_connection
            assert isinstance(own, sqlite3.Connection)
            if count(own):
                upgrade(config, revision)
            elif count(kept):
                kept.backup(own)
            else:
                upgrade(config, revision)
                own.backup(kept)

    return upgrade_or_copy


def count(connection: sqlite3.Connection) -> int:
    """Return how many tables and indexes there are."""
    return int(connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0])
