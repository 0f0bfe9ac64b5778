"""What tests do to a database beside the application, whichever it is."""

import os
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, NullPool, create_engine, text
from sqlalchemy.orm import Session

from app.configuration import load
from tests.support.postgresql import POSTGRESQL, SECRET_KEY

REFUSAL = """
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'disk is full' USING ERRCODE = 'disk_full'; END $$
"""


def environ_of(instance: Path) -> dict[str, str]:
    """Return the environment by which another program knows an instance's database."""
    if not POSTGRESQL:
        return dict(os.environ)
    instance.mkdir(parents=True, exist_ok=True)
    return {
        **os.environ,
        "MORELLI_DATABASE_URL": load.default_database(instance),
        "MORELLI_SECRET_KEY": SECRET_KEY,
    }


def engine_of(instance: Path) -> Engine:
    """Return an engine of an instance's database, which keeps no connection."""
    return create_engine(load.default_database(instance), poolclass=NullPool)


def ask(instance: Path, statement: str, **values: object) -> list[tuple[Any, ...]]:
    """Run a statement on an instance's database; return the rows that it gives."""
    with closing(engine_of(instance).connect()) as connection, connection.begin():
        done = connection.execute(text(statement), values)
        return [tuple(row) for row in done] if done.returns_rows else []


def refuse(session: Session, event: str, table: str) -> None:
    """Let the database refuse every ``INSERT`` or ``UPDATE`` of a table's rows."""
    trigger = f"CREATE TRIGGER refuse BEFORE {event} ON {table} "
    if POSTGRESQL:
        session.execute(text(REFUSAL))
        trigger += "FOR EACH ROW EXECUTE FUNCTION refuse()"
    else:
        trigger += "BEGIN SELECT RAISE(FAIL, 'disk is full'); END"
    session.execute(text(trigger))
    session.commit()
