"""Copying of files into a backup and out of it, several at once, with their checksums.

What did not change since the backup before is a hard link to its file. What was copied
is read back from the disk and compared.
"""

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import BinaryIO, TypeVar

from app.retrieval.files.atomic import OWNER_ONLY
from app.services.media.store import MediaStore, StoredFile
from app.services.operations.backup.manifest import (
    BackedUpFile,
    BackupError,
    DamagedBackupError,
)

PIECE_BYTES = 1 << 20
THREADS = 4
"""Copies at a time: disks and buckets answer several as fast as one."""
BATCH = 256
Item = TypeVar("Item")
Result = TypeVar("Result")
Watch = Callable[[int, int, str], None]
"""Told how much is done of how much of a step, 0 of 0 where that is not known; may
raise, to stop."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """Backup before, whose files need not be copied again.

    Attributes
    ----------
    path : Path
    files : mapping of str to BackedUpFile
    """

    path: Path
    files: Mapping[str, BackedUpFile]


def at_once(
    act: Callable[[Item], Result], items: Iterable[Item]
) -> Iterator[tuple[Item, Result]]:
    """Do something with each item, several at a time; yield them with the results."""
    rest = iter(items)
    with ThreadPoolExecutor(THREADS) as pool:
        while batch := list(islice(rest, BATCH)):
            yield from zip(batch, pool.map(act, batch), strict=True)


def link(
    earlier: BackedUpFile | None, earlier_path: Path, listed: StoredFile, path: Path
) -> BackedUpFile | None:
    """Let a file be the one of the backup before; None if it is another.

    Parameters
    ----------
    earlier : BackedUpFile or None
        What the backup before knows of it, at ``earlier_path``.
    listed : StoredFile
        As its store lists it.
    path : Path
        Where it is to be.
    """
    found = listed.size, listed.changed_at.isoformat()
    if earlier is None or found != (earlier.size, earlier.changed_at):
        return None
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return earlier if _link(earlier_path, path, listed.size) else None


def take(store: MediaStore, name: str, path: Path) -> BackedUpFile | None:
    """Copy a file of a store into a backup; None if it is gone."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        with store.open(name) as opened:
            copied = write(opened.file, path)
            changed_at = opened.changed_at.isoformat()
    except FileNotFoundError:
        return None
    return replace(copied, changed_at=changed_at)


def write(source: BinaryIO, path: Path) -> BackedUpFile:
    """Write a file of the backup, and read it back.

    Raises
    ------
    BackupError
        If it is not as it was written.
    """
    digest, size = hashlib.sha256(), 0
    with os.fdopen(
        os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, OWNER_ONLY), "wb"
    ) as file:
        while piece := source.read(PIECE_BYTES):
            digest.update(piece)
            size += len(piece)
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())
    if described(path) != BackedUpFile(size, digest.hexdigest()):
        raise BackupError(
            f"{path} did not come back as it was written, so no backup was made. Look "
            "at the disk that it is on."
        )
    return BackedUpFile(size, digest.hexdigest())


def described(path: Path) -> BackedUpFile:
    """Return size and checksum of a file, as the disk has it."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        # Or the system would answer from its memory.
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        while piece := file.read(PIECE_BYTES):
            digest.update(piece)
        size = file.tell()
    return BackedUpFile(size, digest.hexdigest())


def check(folder: Path, name: str, known: BackedUpFile) -> None:
    """Compare a file of a backup with what the manifest says.

    Raises
    ------
    DamagedBackupError
        If it is another, or missing.
    """
    path = folder / name
    try:
        found = described(path)
    except FileNotFoundError:
        raise DamagedBackupError(path, "is missing") from None
    except OSError as error:
        raise DamagedBackupError(path, f"cannot be read ({error})") from error
    if found.size != known.size:
        fault = f"has {found.size:,} bytes and not {known.size:,}"
        raise DamagedBackupError(path, fault)
    if found.sha256 != known.sha256:
        raise DamagedBackupError(path, "does not have its checksum")


def _link(earlier: Path, path: Path, size: int) -> bool:
    """Make a hard link; False if there is no such file, or the disk knows none."""
    try:
        if earlier.stat().st_size != size:
            return False
        path.hardlink_to(earlier)
    except OSError:
        return False
    return True
