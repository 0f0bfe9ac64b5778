"""Every migration with a museum's data in it, up and down; upgrade with a way back."""

from itertools import pairwise

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import func, inspect, select, table, update

from app.extensions import db
from app.models import Artwork, ImportRun, Query, User
from app.retrieval.files.atomic import wait_for_lock
from app.services.operations import upgrading
from app.services.operations.backup.folder import BackupFolder
from app.services.operations.backup.manifest import BackupError, BackupManifest
from app.services.operations.upgrading import UpgradeError
from app.services.system import database
from app.web.shell.current import folders
from tests.services.importing.importer import Importer
from tests.support.people import with_account
from tests.support.sites import set_site

FIRST, TODAY = "0001", "0029"
"""Revisions of the first version, and of the last one without ``upgrade``."""
FILLED_BY_MIGRATIONS = {"alembic_version", "museum_site", "collection_state"}


@pytest.fixture
def filled(app, ask, photo, monkeypatch):
    """A museum with works, an answer, accounts, an import and a name."""
    answer = ask(photo).headers["Location"]
    with_account(app, "ada@example.org", "admin")
    set_site(app, name="Museo Morelli")
    with app.app_context():
        Importer(app, monkeypatch).bring_in("accession,title\n2001.1,Hare\n")
        db.session.remove()
        yield answer
        db.session.remove()


@pytest.fixture
def backups(tmp_path):
    (tmp_path / "backups").mkdir()
    return BackupFolder(tmp_path / "backups")


def unwatched(*_arguments):
    """Watch nothing."""


def counts():
    """Return how many rows every table has."""
    with db.engine.connect() as connection:
        return {
            name: connection.scalar(select(func.count()).select_from(table(name)))
            for name in inspect(connection).get_table_names()
            if name not in FILLED_BY_MIGRATIONS
        }


def kept():
    """Return what tells one museum from another, in words."""
    session = db.session()
    try:
        return (
            sorted(session.scalars(select(Artwork.accession))),
            sorted(session.scalars(select(Query.id))),
            sorted(session.scalars(select(User.email))),
            sorted(session.scalars(select(ImportRun.name))),
        )
    finally:
        db.session.remove()


@pytest.mark.slow
@pytest.mark.usefixtures("filled")
def test_every_migration_keeps_every_row_that_its_tables_had():
    scripts = ScriptDirectory.from_config(database.alembic_config())
    revisions = [one.revision for one in scripts.walk_revisions("base", "heads")]
    before, works = kept(), kept()[0]
    for newer, revision in pairwise(revisions):
        command.downgrade(database.alembic_config(), revision)
        # With rows in all tables that there were; further down they lose theirs.
        keeps_rows(newer)
        command.downgrade(database.alembic_config(), revision)
    assert database.version() == FIRST
    for revision in reversed(revisions[:-1]):
        keeps_rows(revision)
    database.check()
    assert kept()[0] == works
    assert kept()[1] == before[1]


def keeps_rows(revision):
    had = counts()
    command.upgrade(database.alembic_config(), revision)
    has = counts()
    assert {name: has.get(name) for name in had} == had, revision


def to_today():
    db.session.remove()
    command.downgrade(database.alembic_config(), TODAY)


def test_todays_instance_is_upgraded_whole_and_back(app, filled, client, backups):
    before = kept()
    to_today()
    moved = upgrading.upgrade(app.config, lambda: backups, unwatched)
    assert moved is not None
    assert (moved.before, moved.after) == (TODAY, database.newest_version())
    assert moved.backup is not None
    assert BackupManifest.read(moved.backup).schema == TODAY
    assert kept() == before
    assert "The Astronomer’s Table" in client.get(filled).text
    assert "Museo Morelli" in client.get("/about").text
    assert upgrading.upgrade(app.config, lambda: backups, unwatched) is None

    back = upgrading.go_back(app.config, lambda: None, unwatched, TODAY)
    assert back is not None
    assert (back.before, back.after) == (moved.after, TODAY)
    assert database.version() == TODAY
    database.upgrade()
    assert kept() == before


@pytest.mark.usefixtures("filled")
def test_while_a_worker_is_at_work_nothing_is_changed(app, backups):
    to_today()
    folder = folders().workers
    folder.mkdir(exist_ok=True)
    with (
        wait_for_lock(folder / "0123456789abcdef"),
        pytest.raises(UpgradeError, match="worker is at work"),
    ):
        upgrading.upgrade(app.config, lambda: backups, unwatched)
    assert database.version() == TODAY
    assert backups.names() == []


@pytest.mark.usefixtures("filled")
def test_without_a_backup_nothing_is_changed(app, tmp_path):
    to_today()
    with pytest.raises(BackupError, match="does not exist"):
        upgrading.upgrade(
            app.config,
            lambda: BackupFolder.checked(tmp_path / "unmounted", tmp_path / "instance"),
            unwatched,
        )
    assert database.version() == TODAY


@pytest.mark.usefixtures("filled")
def test_a_revision_that_is_no_earlier_one_is_refused(app):
    to_today()
    for revision, fault in (("0035", "no earlier version"), ("4711", "does not know")):
        with pytest.raises(UpgradeError, match=fault):
            upgrading.go_back(app.config, lambda: None, unwatched, revision)
    assert database.version() == TODAY


@pytest.mark.usefixtures("filled")
def test_from_a_database_of_a_newer_version_there_is_no_way_back(app, backups):
    newer = update(database.VERSION_TABLE).values(version_num="4711")
    with db.engine.begin() as connection:
        connection.execute(newer)
    with pytest.raises(UpgradeError, match=r"does not know .* 4711: .* newer version"):
        upgrading.go_back(app.config, lambda: backups, unwatched, TODAY)
    assert backups.names() == []
    assert database.version() == "4711"
