"""Registry of the collection's maps: stored, shown, replaced by a new one.

A map is a folder whose name follows from what it was made of. It is made in a folder
beside the others and renamed when it is whole; then one replacement of the file
``CURRENT`` shows it. Visitors who have the page open still need the map before, so that
one is kept as well.
"""

import json
import logging
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from app.retrieval.files.atomic import discard, put_in_place, sweep, write_atomically
from app.retrieval.map.sprites import COARSE, FINE
from app.services.map.appearances import COLOURS_FILE, HASHES_FILE, Appearances
from app.services.system.lock import exclusively

FORMAT = 1
"""Raised whenever an older program could not show the files, or would show nonsense."""
KEPT_MAPS = 2
MANIFEST, CURRENT, LOCK = "manifest.json", "CURRENT", "LOCK"
DRAFT = ".draft"
PLACES_FILE, WORKS_FILE = "places.bin", "works.json"
_NAME = re.compile(r"[0-9a-f]{16}")

logger = logging.getLogger(__name__)


class MapError(Exception):
    """Failure to make a map; the message says why, and what would mend it."""


class Likeness(StrEnum):
    """Measure by which works lie side by side: each has its own places and sheets."""

    STYLE = "style"
    """The style vector: colours, brushwork, and what the network sees on the whole."""
    PICTURE = "picture"
    """The descriptor that photos are recognised by."""


class Level(StrEnum):
    """Sheets' level: small cells for all works at once, or large ones."""

    COARSE = "coarse"
    FINE = "fine"


GRIDS = {Level.COARSE: COARSE, Level.FINE: FINE}


@dataclass(frozen=True, slots=True)
class StoredMap:
    """Map that is whole: a folder of places, works and sprite sheets.

    Attributes
    ----------
    model_id : str
        The model whose descriptors it was made from.
    works : int
        On show when it was made.
    likenesses : tuple of Likeness
        What works lie side by side by; at least one.
    """

    name: str
    path: Path
    model_id: str
    made_at: datetime
    works: int
    likenesses: tuple[Likeness, ...]

    @classmethod
    def read(cls, path: Path) -> "StoredMap":
        """Read what a folder says of itself.

        Raises
        ------
        OSError, ValueError, LookupError, TypeError
            If it is no map, or one of another format.
        """
        facts = json.loads((path / MANIFEST).read_text(encoding="utf-8"))
        if facts["format"] != FORMAT:
            raise ValueError(f"format {facts['format']} instead of {FORMAT}")
        return cls(
            path.name,
            path,
            facts["model_id"],
            datetime.fromisoformat(facts["made_at"]),
            facts["works"],
            tuple(map(Likeness, facts["likenesses"])),
        )

    def sheet_count(self, level: Level) -> int:
        """Return how many sheets each likeness has."""
        return GRIDS[level].sheet_count(self.works)

    def sheet_path(self, likeness: Likeness, level: Level, number: int) -> Path:
        """Return where a sheet lies, if there is one of this number."""
        return self.path / likeness / sheet_name(level, number)

    @property
    def is_whole(self) -> bool:
        """Whether all files are there."""
        beside = (self.path / name for name in (HASHES_FILE, COLOURS_FILE))
        return all(path.is_file() for path in beside) and all(
            (self.path / likeness / name).is_file()
            for likeness in self.likenesses
            for name in (
                PLACES_FILE,
                WORKS_FILE,
                *(
                    sheet_name(level, number)
                    for level in Level
                    for number in range(self.sheet_count(level))
                ),
            )
        )

    def accessions(self, likeness: Likeness) -> list[str]:
        """Return the works' accession numbers, in the order of places and cells."""
        text = (self.path / likeness / WORKS_FILE).read_text(encoding="utf-8")
        numbers: list[str] = json.loads(text)
        return numbers

    def looks(self) -> Appearances | None:
        """Return what the works look like; None if that cannot be read."""
        try:
            return Appearances.open(self.path, self.accessions(self.likenesses[0]))
        except (OSError, ValueError):
            return None

    def places(self, likeness: Likeness) -> bytes:
        """Return (N, 3) float32, little-endian: column, row, width by height."""
        return (self.path / likeness / PLACES_FILE).read_bytes()


def sheet_name(level: Level, number: int) -> str:
    """Return the file name of a sheet."""
    return f"{level}-{number}.jpg"


class MapRegistry:
    """Registry of an instance's maps.

    Parameters
    ----------
    root : Path
        Made when the first map is.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def current(self) -> StoredMap | None:
        """Return the map that is shown; None if there is none that can be."""
        try:
            name = (self.root / CURRENT).read_text(encoding="ascii").strip()
        except (FileNotFoundError, UnicodeDecodeError):
            return None
        return self.find(name)

    def find(self, name: str) -> StoredMap | None:
        """Return a map by its name; None if there is none, or a broken one."""
        path = self.root / name
        if not _NAME.fullmatch(name) or not path.is_dir():
            return None
        try:
            return StoredMap.read(path)
        except (OSError, ValueError, LookupError, TypeError) as error:
            logger.warning("Passing over a broken map: %s: %s", path, error)
            return None

    @contextmanager
    def making(self) -> Iterator[None]:
        """Hold the registry while a map is made.

        Raises
        ------
        AlreadyRunningError
            If another process does.
        """
        self.root.mkdir(parents=True, exist_ok=True)
        with exclusively(self.root / LOCK):
            sweep(self.root)
            yield

    def draft(self, name: str) -> Path:
        """Return the folder in which a map of this name is made.

        What a killed process did for the same map is still there; what was done for
        another one is not.
        """
        draft = self.root / f"{DRAFT}-{name}"
        for leftover in self.root.glob(f"{DRAFT}-*"):
            if leftover != draft:
                discard(leftover)
        draft.mkdir(exist_ok=True)
        return draft

    def settle(
        self,
        folder: Path,
        name: str,
        *,
        model_id: str,
        works: int,
        likenesses: Sequence[Likeness],
    ) -> StoredMap:
        """Give a folder, whose files are whole, its lasting place."""
        facts = {
            "format": FORMAT,
            "model_id": model_id,
            "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "works": works,
            "likenesses": likenesses,
        }
        text = json.dumps(facts, indent=2) + "\n"
        (folder / MANIFEST).write_text(text, encoding="utf-8")
        put_in_place(folder, self.root / name)
        return StoredMap.read(self.root / name)

    def show(self, stored: StoredMap) -> None:
        """Let visitors see this map from now on; all but the one before go."""
        os.utime(stored.path)
        write_atomically(self.root / CURRENT, f"{stored.name}\n".encode())
        maps = [path for path in self.root.iterdir() if _NAME.fullmatch(path.name)]
        maps.sort(key=lambda path: path.stat().st_mtime_ns, reverse=True)
        maps.sort(key=lambda path: path.name != stored.name)
        for path in (*maps[KEPT_MAPS:], *self.root.glob(f"{DRAFT}-*")):
            discard(path)
