"""Folder of backups: which there are, the lock on it, and their rotation.

::

    LOCK                       held by the one process that makes or removes backups
    20261129T020000Z/          a backup: whole, because it has its name
        database.sqlite        or database.dump, of PostgreSQL
        works/ queries/ …      files; those that did not change are hard links to the
                               same files of the backup before
        manifest.json          checksums
    .20261129T020000Z.staged/  one being made, or what a killed one left
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from app.retrieval.files.atomic import OWNER_ONLY, discard, sweep, try_lock
from app.services.operations.backup.manifest import BackupError
from app.services.system.lock import AlreadyRunningError

LOCK = "LOCK"
TIME_FORMAT = "%Y%m%dT%H%M%SZ"
_NAME = re.compile(r"\d{8}T\d{6}Z")


@dataclass(frozen=True, slots=True)
class BackupFolder:
    """Folder of backups, outside the instance folder and best on another disk.

    Attributes
    ----------
    root : Path
    """

    root: Path

    @classmethod
    def checked(cls, root: Path | None, instance: Path) -> "BackupFolder":
        """Return the folder, if backups may be made in it.

        Raises
        ------
        BackupError
            If none is set, if it is not there, no folder, or in the instance.
        """
        if root is None:
            raise BackupError(
                "No folder for backups is set. Set MORELLI_BACKUP_FOLDER, or name one "
                "by --folder."
            )
        root = root.expanduser().resolve()
        if not root.exists():
            # Not made: below it a disk is perhaps not mounted.
            raise BackupError(
                f"The folder for backups, {root}, does not exist. Is its disk mounted? "
                "If it is, make the folder first."
            )
        if not root.is_dir():
            raise BackupError(f"{root} is no folder. Name one for backups.")
        if root.is_relative_to(instance.resolve()):
            raise BackupError(
                f"{root} lies in the instance folder, and would be lost with it. Name "
                "a folder for backups elsewhere, best on another disk."
            )
        return cls(root)

    def names(self) -> list[str]:
        """Return the backups, oldest first."""
        if not self.root.is_dir():
            return []
        found = (path.name for path in self.root.iterdir() if path.is_dir())
        return sorted(name for name in found if _NAME.fullmatch(name))

    def path(self, name: str) -> Path:
        """Return the path of a backup.

        Raises
        ------
        BackupError
            If there is none of that name.
        """
        if name not in self.names():
            raise BackupError(f"There is no backup {name} in {self.root}.")
        return self.root / name

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Let nobody else make or remove backups here; sweep what was left half-made.

        Raises
        ------
        AlreadyRunningError
            If somebody does.
        BackupError
            If the folder cannot be written.
        """
        try:
            lock = try_lock(self.root / LOCK, mode=OWNER_ONLY)
        except OSError as error:
            raise BackupError(
                f"The folder for backups, {self.root}, cannot be written: "
                f"{error.strerror}. Give it to the user that runs this program."
            ) from error
        if lock is None:
            raise AlreadyRunningError(self.root / LOCK)
        with lock:
            sweep(self.root)
            yield

    def rotate(self, keep: int) -> list[str]:
        """Remove the backups that `kept` does not name; return their names."""
        names = self.names()
        gone = sorted(set(names) - kept(names, keep))
        for name in gone:
            discard(self.root / name)
        return gone


def time_of(name: str) -> datetime:
    """Return when a backup was begun."""
    return datetime.strptime(name, TIME_FORMAT).replace(tzinfo=UTC)


def kept(names: Iterable[str], count: int) -> set[str]:
    """Return the newest backup of each of the last days, and of the last weeks.

    Parameters
    ----------
    names : iterable of str
    count : int, >= 1
        How many days on which there is a backup, and how many weeks, those of Monday
        to Sunday in UTC.
    """
    days: dict[object, str] = {}
    weeks: dict[object, str] = {}
    for name in sorted(names, reverse=True):
        at = time_of(name)
        days.setdefault(at.date(), name)
        weeks.setdefault(at.isocalendar()[:2], name)
    return {*list(days.values())[:count], *list(weeks.values())[:count]}
