"""``db``: Flask-Migrate's commands, for whoever writes a migration."""

import click
from flask.cli import ScriptInfo

from app.extensions import db
from app.services.system.database import MIGRATIONS

MIGRATE = "migrate"
"""Key of Flask-Migrate among the application's extensions."""


class MigrationCommand(click.Command):
    """Group of Flask-Migrate's commands, loaded when one of them is called.

    It brings Alembic along, for which a server process has no use.
    """

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: object,
    ) -> click.Context:
        """Let Flask-Migrate's group read the arguments, and be what is invoked."""
        from flask_migrate import Migrate
        from flask_migrate.cli import db as group

        script = ScriptInfo() if parent is None else parent.ensure_object(ScriptInfo)
        app = script.load_app()
        if MIGRATE not in app.extensions:
            Migrate(app, db, str(MIGRATIONS))
        context: click.Context = group.make_context(info_name, args, parent, **extra)
        return context


command = MigrationCommand("db", help="Perform database migrations.")
