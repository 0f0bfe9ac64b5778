"""Upgrade of an instance's database, with a backup before and a way back.

Migrations change tables that the program of another version has open: neither servers
nor workers may run meanwhile. Back goes the same way: the migrations are undone, in the
version that knows them, before the earlier version is installed again.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from app.configuration.load import Folders
from app.extensions import db
from app.services.media.opening import open_stores
from app.services.operations.backup import making
from app.services.operations.backup.copying import Watch
from app.services.operations.backup.folder import BackupFolder
from app.services.operations.backup.manifest import BackupManifest
from app.services.operations.backup.restoring import verify
from app.services.system import database, workers

Backups: TypeAlias = Callable[[], BackupFolder | None]


class UpgradeError(Exception):
    """Upgrade that cannot be, or not now; says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Moved:
    """Move of a database from one version to another.

    Attributes
    ----------
    before, after : str
        Revisions of the database; before "": it had no tables.
    backup : Path or None
        Made before, and read back; None: nobody wanted one.
    """

    before: str
    after: str
    backup: Path | None


def upgrade(config: Mapping[str, Any], backups: Backups, watch: Watch) -> Moved | None:
    """Bring the database to the newest version; None if it is there.

    Parameters
    ----------
    backups : callable
        Returns where a backup is made before, None: nowhere; asked if there is a need.

    Raises
    ------
    UpgradeError
        If the database is of a newer version, or somebody is at work.
    BackupError
        If none could be made; then nothing is changed.
    """
    before = database.version()
    if before is None:
        database.upgrade()
        return Moved("", str(database.newest_version()), None)
    newest = str(database.newest_version())
    if before == newest:
        return None
    known(before)
    return _move(config, backups, watch, before, newest, database.upgrade)


def go_back(
    config: Mapping[str, Any],
    backups: Backups,
    watch: Watch,
    target: str,
) -> Moved | None:
    """Undo migrations down to a revision; None if the database is there.

    Raises
    ------
    UpgradeError, BackupError
        As :func:`upgrade`; also if the revision is not an earlier one.
    """
    before = database.version()
    if before == target:
        return None
    known(target)
    if before is not None:
        known(before)
    if before is None or target > before:
        raise UpgradeError(
            f"The database is at {before}, and {target} is no earlier version."
        )

    def undo() -> None:
        from alembic import command

        command.downgrade(database.alembic_config(), target)

    return _move(config, backups, watch, before, target, undo)


def known(revision: str) -> None:
    """Raise if this program does not know a revision: a newer one made it."""
    if revision not in database.known_versions():
        raise UpgradeError(
            f"This version does not know the database's version {revision}: it knows "
            f"{database.newest_version()} and earlier ones. Install the newer version "
            "that made it."
        )


def _move(
    config: Mapping[str, Any],
    backups: Backups,
    watch: Watch,
    before: str,
    after: str,
    move: Callable[[], None],
) -> Moved:
    folders = Folders(config["MORELLI_INSTANCE"])
    if workers.at_work(folders.workers):
        raise UpgradeError(
            "A worker is at work in this instance, and must not be while tables "
            "change. Stop server and worker, on every machine, then run this again."
        )
    backup = _back_up(config, backups, watch)
    # Nobody of ours holds a table while it is changed.
    db.session.remove()
    move()
    return Moved(before, after, backup)


def _back_up(config: Mapping[str, Any], backups: Backups, watch: Watch) -> Path | None:
    folder = backups()
    if folder is None:
        return None
    folders = Folders(config["MORELLI_INSTANCE"])
    made = making.make(
        folder,
        db.engine,
        open_stores(config["MORELLI_MEDIA_URL"], folders),
        config,
        photos=config["MORELLI_BACKUP_PHOTOS"],
        keep=config["MORELLI_BACKUP_KEEP"],
        watch=watch,
    )
    path = folder.path(made.name)
    manifest: BackupManifest = verify(path, watch)
    if not manifest.files:
        raise UpgradeError(f"The backup {path} holds nothing; nothing was changed.")
    return path
