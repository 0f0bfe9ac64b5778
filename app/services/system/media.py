"""Media folder: pictures appear whole under their names, or not at all."""

import os
import secrets
import socket
import time
from contextlib import suppress
from pathlib import Path

STAGING = ".staging"
ABANDONED_AFTER_SECONDS = 86_400
"""A staged file this old belongs to nobody, whatever machine it came from."""


class MediaFolder:
    """Pictures below one root, written atomically.

    A file is first written and synced under ``.staging``, then renamed. The staged
    name tells which process wrote it, so that what a killed one left can be removed.

    Parameters
    ----------
    root : Path
        Created when the first file is written.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, name: str) -> Path:
        """Return where a file of a generated name lies."""
        return self.root / name

    def write(self, name: str, data: bytes) -> None:
        """Store a file; a reader sees the old content or the new, never a part.

        Raises
        ------
        OSError
            If the disk is full or the folder cannot be written.
        """
        path = self.path(name)
        staging = self.root / STAGING
        staging.mkdir(parents=True, exist_ok=True)
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = staging / f"{socket.gethostname()}~{os.getpid()}~{secrets.token_hex(8)}"
        try:
            with draft.open("xb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(path)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise

    def sweep(self) -> int:
        """Remove what killed processes left half-written; return how many files."""
        swept = 0
        staging = self.root / STAGING
        for draft in staging.iterdir() if staging.is_dir() else ():
            # A living process may finish its file between our looking and acting.
            with suppress(FileNotFoundError):
                if _is_abandoned(draft):
                    draft.unlink()
                    swept += 1
        return swept


def _is_abandoned(draft: Path) -> bool:
    host, _, rest = draft.name.partition("~")
    process = rest.partition("~")[0]
    if host == socket.gethostname() and process.isdecimal():
        return not _is_alive(int(process))
    return draft.stat().st_mtime < time.time() - ABANDONED_AFTER_SECONDS


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)  # signal 0 only asks
    except ProcessLookupError:
        return False
    except PermissionError:  # somebody else's, so it lives
        return True
    return True
