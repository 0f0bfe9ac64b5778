"""File lock that lets a job run once at a time in an instance."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.retrieval.files.atomic import try_lock

INDEXING_LOCK = "indexing.lock"
"""Name, in the instance folder, of the lock of whoever records works and indexes."""


class AlreadyRunningError(Exception):
    """Conflict with another process that does the same job on the same instance.

    Attributes
    ----------
    path : Path
        The lock that it holds.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        super().__init__(
            f"Another process is at the same work (it holds {path}). "
            "Wait until it has ended."
        )


@contextmanager
def exclusively(path: Path) -> Iterator[None]:
    """Hold a lock file; the kernel frees it when the holder dies, however it dies.

    Raises
    ------
    AlreadyRunningError
        If another process holds it.
    """
    lock = try_lock(path)
    if lock is None:
        raise AlreadyRunningError(path)
    with lock:
        yield
