"""The database's history: an old database becomes a new one and loses nothing."""

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from app.extensions import db
from app.factory import create_app
from app.services.system import database

ROWS = {
    "artwork": "(1, '1900.1', 't', '', '', '', '', '', '', '', :now, :now, NULL)",
    "reference_image": "(1, 1, 0, 'ab', 'ab/ab.jpg', 3, 2, :now)",
    "query": "('q', :now, 'found', 0.9, NULL, 3, 2, 'm', 'g', '[]', '{}')",
    "match": "(1, 'q', 0, 1, 1, 'found', 0.9, 0.8, 30, NULL)",
}
"""One row per table of the first version, those referred to first."""


@pytest.fixture
def app(tmp_path):
    app = create_app({"MORELLI_INSTANCE": tmp_path})
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def counts():
    with db.engine.connect() as connection:
        return {
            table: connection.scalar(text(f'SELECT count(*) FROM "{table}"'))  # noqa: S608 - names from above
            for table in ROWS
        }


@pytest.mark.usefixtures("app")
def test_rows_of_the_first_version_survive_to_the_newest_and_back():
    command.upgrade(database.alembic_config(), "0001")
    with db.engine.begin() as connection:
        for table, values in ROWS.items():
            connection.execute(
                text(f'INSERT INTO "{table}" VALUES {values}'),  # noqa: S608 - from above
                {"now": "2026-01-01 00:00:00"},
            )
    database.upgrade()
    assert counts() == dict.fromkeys(ROWS, 1)
    command.downgrade(database.alembic_config(), "0001")
    assert counts() == dict.fromkeys(ROWS, 1)


@pytest.mark.usefixtures("app")
def test_foreign_keys_are_enforced_again_after_an_upgrade():
    database.upgrade()
    with db.engine.connect() as connection:
        assert connection.scalar(text("PRAGMA foreign_keys")) == 1


@pytest.mark.usefixtures("app")
def test_the_migrations_make_what_the_models_say():
    database.upgrade()
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, db.metadata) == []
