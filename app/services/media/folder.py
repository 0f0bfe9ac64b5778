"""Folder store: media on a disk of this machine, written atomically."""

import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from app.retrieval.files.atomic import staged_file, sweep
from app.services.media.store import OpenFile, StoredFile, checked, is_name

STAGING = ".staging"
"""Where files are staged: one folder to sweep, instead of hundreds."""


class FolderStore:
    """Store of files below one root, the default.

    Parameters
    ----------
    root : Path
        Created when the first file is written.
    """

    is_near = True

    def __init__(self, root: Path) -> None:
        self.root = root

    def read(self, name: str) -> bytes:
        """Return a file's content; raises as :meth:`MediaStore.read`."""
        return self._path(name).read_bytes()

    def open(self, name: str) -> OpenFile:
        """Open a file; raises as :meth:`MediaStore.open`."""
        file = self._path(name).open("rb")
        found = os.fstat(file.fileno())
        return OpenFile(
            file,
            found.st_size,
            datetime.fromtimestamp(found.st_mtime, UTC),
            f"{found.st_mtime_ns:x}-{found.st_size:x}",
        )

    def write(self, name: str, data: bytes | BinaryIO) -> None:
        """Store a file; see :meth:`MediaStore.write`.

        Raises
        ------
        OSError
            If the disk is full or the folder cannot be written.
        """
        with staged_file(self._path(name), staging=self.root / STAGING) as file:
            if isinstance(data, bytes):
                file.write(data)
            else:
                data.seek(0)
                shutil.copyfileobj(data, file)

    def exists(self, name: str) -> bool:
        """Tell whether there is a file of this name."""
        return self._path(name).is_file()

    def delete(self, *names: str) -> None:
        """Delete files, as far as they are there."""
        for path in list(map(self._path, names)):
            path.unlink(missing_ok=True)

    def list(self, folder: str = "") -> Iterator[StoredFile]:
        """Yield the files, or those below a folder, in no order."""
        top = self._path(folder) if folder else self.root
        for path in top.rglob("*"):
            name = path.relative_to(self.root).as_posix()
            if not is_name(name):
                continue  # none of ours, or staged
            try:
                found = path.stat()
            except FileNotFoundError:
                continue  # deleted meanwhile
            if path.is_file():
                changed_at = datetime.fromtimestamp(found.st_mtime, UTC)
                yield StoredFile(name, found.st_size, changed_at)

    def sweep(self) -> int:
        """Remove what killed processes left half-written; return how many files."""
        return sweep(self.root / STAGING)

    def _path(self, name: str) -> Path:
        return self.root / checked(name)
