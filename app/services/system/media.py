"""Media folder, written atomically: a picture appears whole or not at all."""

from pathlib import Path

from app.retrieval.files.atomic import sweep, write_atomically

STAGING = ".staging"
"""Where files are staged: one folder to sweep, instead of hundreds."""


class MediaFolder:
    """Pictures below one root, written atomically.

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
        write_atomically(self.path(name), data, staging=self.root / STAGING)

    def sweep(self) -> int:
        """Remove what killed processes left half-written; return how many files."""
        return sweep(self.root / STAGING)
