"""How Alembic reaches the database: through the Flask application, as Flask-Migrate does.

Run it by ``flask db upgrade``; logging is left as the application set it up.
"""

import sys

from alembic import context
from sqlalchemy import func, select

from app.commands.statuses import UNREACHABLE
from app.extensions import db
from app.models import UtcDateTime
from app.services.system import database
from app.services.system.lock import lock_number

LOCK = "migrations"

HOW = {"compare_type": True, "render_as_batch": True}
"""SQLite alters a table by copying it."""


def render_item(kind, item, _autogen_context):
    """Write the database's own type: a migration must not depend on today's models."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


def run_online():
    """Upgrade or downgrade over one connection."""
    try:
        database.version()
    except database.DatabaseUnreachableError as error:
        print(error.detail, file=sys.stderr)
        sys.exit(UNREACHABLE)
    with db.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            # Altering a table there copies and drops it, and dropping a table deletes
            # what refers to its rows. The pragma means nothing inside a transaction.
            connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
            connection.commit()
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            render_item=render_item,
            **HOW,
        )
        with context.begin_transaction():
            if connection.dialect.name == "postgresql":
                # Of two machines that start at once one waits, and finds it done.
                lock = func.pg_advisory_xact_lock(lock_number(LOCK))
                connection.execute(select(lock))
            context.run_migrations()
        if connection.dialect.name == "sqlite":
            # The connection goes back to the pool.
            connection.exec_driver_sql("PRAGMA foreign_keys = ON")
            connection.commit()


def run_offline():
    """Print the SQL instead of running it (``flask db upgrade --sql``)."""
    context.configure(
        url=str(db.engine.url),
        target_metadata=db.metadata,
        literal_binds=True,
        **HOW,
    )
    with context.begin_transaction():
        context.run_migrations()


if context.is_offline_mode():
    run_offline()
else:
    run_online()
