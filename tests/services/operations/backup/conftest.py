"""A small museum, a place for its backups, and an empty place to restore it into."""

import pytest
from flask import Flask

from app.extensions import db
from app.factory import create_app
from app.services.operations.backup.folder import BackupFolder
from tests.support.postgresql import SECRET_KEY


@pytest.fixture
def backups(tmp_path):
    (tmp_path / "backups").mkdir()
    return BackupFolder(tmp_path / "backups")


@pytest.fixture
def make_place(tmp_path, databases):
    """Return a function that makes an application over an empty instance folder."""
    apps: list[Flask] = []

    def make(**settings):
        place = tmp_path / f"place-{len(apps)}"
        if databases is not None:
            # Named, or the folder would hold a file that names it.
            settings["MORELLI_DATABASE_URL"] = databases.address(databases.copy())
            settings["MORELLI_SECRET_KEY"] = SECRET_KEY
        apps.append(create_app({"MORELLI_INSTANCE": place, **settings}))
        return apps[-1]

    yield make
    for app in apps:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()
