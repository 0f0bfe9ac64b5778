"""Registry of generations: which there are, which is live, and rolling back."""

import logging
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from app.retrieval.errors import (
    ArtefactError,
    DamagedArtefactError,
    MissingArtefactError,
    StoreBusyError,
    StoreWriteError,
)
from app.retrieval.files.atomic import discard, try_lock, write_atomically
from app.retrieval.generations.manifest import Manifest
from app.retrieval.runtime.place import INDEX_COMMAND

KEPT_GENERATIONS = 3
"""Live one included. The others serve workers that have not yet swapped, and an
operator who wants yesterday's back."""

_CURRENT = "CURRENT"
_LOCK = "LOCK"
_NAME = re.compile(r"[0-9a-f]{16}(-\d+)?")

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Generation:
    """A published generation."""

    name: str
    path: Path
    manifest: Manifest


class GenerationRegistry:
    """Registry of the generations under one folder.

    Parameters
    ----------
    root : Path
        Made by the first build.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def current_name(self) -> str | None:
        """Read which generation is live; None before the first one.

        One small read: cheap enough to ask before every query.

        Raises
        ------
        DamagedArtefactError
            If ``CURRENT`` does not hold a name.
        """
        path = self.root / _CURRENT
        try:
            name = path.read_text(encoding="ascii").strip()
        except FileNotFoundError:
            return None
        except UnicodeDecodeError:
            name = ""
        if not _NAME.fullmatch(name):
            raise DamagedArtefactError(path, "it holds no name", INDEX_COMMAND)
        return name

    def current(self) -> Generation | None:
        """Describe the live generation; None before the first one.

        Raises
        ------
        ArtefactError
            If it is missing, damaged or of another format.
        """
        name = self.current_name()
        return None if name is None else self._read(name)

    def kept(self) -> list[Generation]:
        """List the generations that could be live, the last published first.

        What is broken is left out.
        """
        found = []
        for path in self._by_time():
            try:
                found.append(self._read(path.name))
            except ArtefactError as error:
                logger.warning("Passing over a broken generation: %s", error)
        return found

    def roll_back(self, name: str) -> None:
        """Make an earlier generation live again.

        Raises
        ------
        ArtefactError
            If there is none of this name, or it is damaged.
        StoreBusyError
            If another process is building here.
        StoreWriteError
            If the files cannot be written.
        """
        path = self.root / name
        if not _NAME.fullmatch(name) or not path.is_dir():
            raise MissingArtefactError(path, INDEX_COMMAND)
        manifest = Manifest.read(path)
        if not manifest.matches_content(path):
            raise DamagedArtefactError(path, "its files changed", INDEX_COMMAND)
        with self._lock():
            with self._writing():
                self._publish(name)
            self._prune(name)

    def _read(self, name: str) -> Generation:
        path = self.root / name
        return Generation(name, path, Manifest.read(path))

    def _publish(self, name: str) -> None:
        # The time of publication orders generations when old ones are removed.
        os.utime(self.root / name)
        write_atomically(self.root / _CURRENT, f"{name}\n".encode())

    def _prune(self, live: str) -> None:
        """Remove all but the last generations; a failure costs space, not service."""
        others = [path for path in self._by_time() if path.name != live]
        for path in others[KEPT_GENERATIONS - 1 :]:
            try:
                discard(path)
            except OSError as error:
                logger.warning("Cannot remove old generation %s: %s", path, error)

    @contextmanager
    def _lock(self) -> Iterator[None]:
        """Hold the store for building; the kernel frees it when a holder dies."""
        with self._writing():
            self.root.mkdir(parents=True, exist_ok=True)
            lock = try_lock(self.root / _LOCK)
        if lock is None:
            raise StoreBusyError(self.root)
        with lock:
            yield

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            reason = error.strerror or str(error)
            raise StoreWriteError(self.root, reason) from error

    def _by_time(self) -> list[Path]:
        """List the folders of generations, the last published first."""
        there = self.root.iterdir() if self.root.is_dir() else ()
        folders = [path for path in there if _NAME.fullmatch(path.name)]
        return sorted(folders, key=lambda path: path.stat().st_mtime_ns, reverse=True)
