"""Instances that are backed up, restored and compared."""

from sqlalchemy import select

from app.extensions import db
from app.models import Base
from app.services.operations.backup import making, restoring
from app.services.operations.backup.manifest import AREAS
from app.web.shell.current import folders, media

OWN = ("worker", "periodic_job")
"""Tables of an instance's own workers, which a restored one has none of."""


def back_up(app, backups, *, photos=True, keep=7, **options):
    """Make a backup of an application's instance."""
    with app.app_context():
        return making.make(
            backups,
            db.engine,
            media(),
            app.config,
            photos=photos,
            keep=keep,
            **options,
        )


def restore(app, backup, **options):
    """Restore a backup into the place of an application."""
    with app.app_context():
        return restoring.restore(
            backup, db.engine, folders(), media(), app.config, **options
        )


def rows_of(app):
    """Return the rows of all tables, by table."""
    with app.app_context():
        found = {
            table.name: sorted(map(repr, db.session.execute(select(table))))
            for table in Base.metadata.sorted_tables
            if table.name not in OWN
        }
        db.session.rollback()
        return found


def files_of(app):
    """Return the files of all stores that are backed up, by store and name."""
    with app.app_context():
        return {
            (area, one.name): getattr(media(), area).read(one.name)
            for area in AREAS
            for one in getattr(media(), area).list()
        }
