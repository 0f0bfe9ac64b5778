"""Manifest of a backup: its origin, its files and their checksums.

It is written last, and bears a checksum of its own: a folder without one is no backup.
"""

import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from app.retrieval.files.atomic import OWNER_ONLY, write_atomically
from app.retrieval.runtime.place import COMMAND
from app.services.media.opening import OF_FILES
from app.services.media.store import is_name

FORMAT = 1
"""Raised whenever an older program could not restore the files, or restored them
wrongly."""
MANIFEST = "manifest.json"
CHECKSUM = "sha256"
LEFT_OUT = ("comparisons",)
"""Fields of `MediaStores` that are of use for a day only."""
AREAS = tuple(name for name in OF_FILES if name not in LEFT_OUT)
"""Those that are backed up; also the folders of a backup."""
SQLITE_FILE, POSTGRESQL_FILE = "database.sqlite", "database.dump"
_SHA256 = re.compile(r"[0-9a-f]{64}")


class BackupError(Exception):
    """Backup or restore that cannot be; the message says why, and what to do."""


class DamagedBackupError(BackupError):
    """Backup with a file that is not as it was written."""

    def __init__(self, path: Path, fault: str) -> None:
        super().__init__(
            f"The backup is damaged: {path} {fault}. Nothing was changed. Use another "
            "backup."
        )


@dataclass(frozen=True, slots=True)
class BackedUpFile:
    """File of a backup.

    Attributes
    ----------
    size : int
        In bytes.
    sha256 : str
    changed_at : str
        When the instance's own was written: with the same size and moment it is the
        same file. Empty for the database.
    """

    size: int
    sha256: str
    changed_at: str = ""


@dataclass(frozen=True, slots=True)
class BackupManifest:
    """Manifest of one backup.

    Attributes
    ----------
    made_at : str
        ISO 8601, UTC.
    database : str
        ``SQLITE_FILE`` or ``POSTGRESQL_FILE``.
    schema : str
        Version of the database, by its newest migration.
    dumped_by : int
        Major version of the ``pg_dump`` that wrote the database; 0: SQLite.
    photos : bool
        Whether visitors' photos are in it.
    secret_key : str
        By which the key is known again, and cannot be guessed.
    settings : mapping of str to str
        That were given, secrets masked.
    missing : list of str
        Files that the database names and that the instance did not have either.
    files : mapping of str to BackedUpFile
        By their path in the backup.
    """

    made_at: str
    database: str
    schema: str
    dumped_by: int
    photos: bool
    secret_key: str
    settings: Mapping[str, str]
    missing: list[str]
    files: Mapping[str, BackedUpFile]
    format: int = FORMAT

    def write(self, folder: Path) -> None:
        """Write the manifest into its folder."""
        facts = asdict(self)
        text = json.dumps({**facts, CHECKSUM: _checksum(facts)}, indent=1)
        write_atomically(folder / MANIFEST, text.encode(), mode=OWNER_ONLY)

    @classmethod
    def read(cls, folder: Path) -> "BackupManifest":
        """Read the manifest of a folder.

        Raises
        ------
        BackupError
            If there is none, or one of another format.
        DamagedBackupError
            If it is not as it was written.
        """
        path = folder / MANIFEST
        try:
            facts: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
            checksum = facts.pop(CHECKSUM)
        except (FileNotFoundError, NotADirectoryError):
            raise BackupError(
                f"{folder} is no backup: it has no {MANIFEST}. “{COMMAND} backup list” "
                "names those that there are."
            ) from None
        except (ValueError, LookupError, AttributeError, TypeError):
            raise DamagedBackupError(path, "is not a manifest any more") from None
        if checksum != _checksum(facts):
            raise DamagedBackupError(path, "does not have its checksum")
        if facts["format"] != FORMAT:
            raise BackupError(
                f"{folder} has the format {facts['format']}, and this version of the "
                f"program reads {FORMAT}. Restore it with the version that made it."
            )
        files = {name: BackedUpFile(**one) for name, one in facts["files"].items()}
        for name, one in files.items():
            if not is_name(name) or not _SHA256.fullmatch(one.sha256):
                raise DamagedBackupError(path, f"names {name!r}, which cannot be")
        known = {one.name: facts[one.name] for one in fields(cls)}
        return cls(**{**known, "files": files})


def key_mark(secret_key: str) -> str:
    """Return by what a secret key is known again, without telling it."""
    mark = hmac.new(secret_key.encode(), b"morelli backup", hashlib.sha256)
    return mark.hexdigest()[:32]


def _checksum(facts: Mapping[str, Any]) -> str:
    text = json.dumps(facts, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
