"""Database schema: whether it is up to date, and its migration.

Every function here works inside an application context.
"""

from functools import cache

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.exc import SQLAlchemyError

from app.configuration.load import ROOT
from app.extensions import db
from app.retrieval.generations.manifest import INDEX_COMMAND

MIGRATIONS = ROOT / "migrations"
UPGRADE_COMMAND = "flask db upgrade"


class DatabaseNotReadyError(Exception):
    """Database that cannot be reached, or was made by another version."""

    def __init__(self, fault: str, command: str) -> None:
        super().__init__(f"{fault}. Run: {command}")


def alembic_config() -> Config:
    """Return Alembic's configuration for this project's migrations."""
    config = Config()
    # The file format gives the percent sign a meaning; a path may contain one.
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config


def upgrade() -> None:
    """Bring the database to the newest version, creating it where there is none."""
    command.upgrade(alembic_config(), "head")


@cache
def newest_version() -> str | None:
    """Return the version that this program needs, read from its migrations once."""
    return ScriptDirectory.from_config(alembic_config()).get_current_head()


def prepare() -> None:
    """Create the tables where there are none yet; else as :func:`check`.

    For what a new museum may begin with.
    """
    if _version() is None:
        upgrade()
    check()


def check() -> None:
    """Do nothing when the database is at the newest version.

    Raises
    ------
    DatabaseNotReadyError
        If it is older or newer, empty, or cannot be reached.
    """
    needed = newest_version()
    found = _version()
    if found is None:
        # Indexing makes the tables as well, and is needed anyway.
        raise DatabaseNotReadyError("There is no collection yet", INDEX_COMMAND)
    if found != needed:
        raise DatabaseNotReadyError(
            f"The database is at version {found}, but {needed} is needed",
            UPGRADE_COMMAND,
        )


def _version() -> str | None:
    """Return the version that the database is at; None where it has no tables."""
    try:
        with db.engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    except SQLAlchemyError as error:
        raise DatabaseNotReadyError(
            "The database cannot be opened", UPGRADE_COMMAND
        ) from error
