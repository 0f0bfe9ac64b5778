"""Reader of the shown map, with today's labels and without withdrawn works.

The places and sheets of a map are files that never change. What the collection says of
the works does, so that is read from the database, whenever something has changed.
"""

import gzip
import hashlib
import json
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import Artwork
from app.retrieval.types import BoolArray
from app.services.collection.years import first_year
from app.services.map.registry import Likeness, MapRegistry, StoredMap
from app.services.system.paging import Page, slice_page

WORKS_PER_PAGE = 48
"""Of the list beside the map."""


@dataclass(frozen=True, slots=True, eq=False)
class MapSnapshot:
    """View of a map by one likeness, as of one state of the collection.

    Attributes
    ----------
    accessions : sequence of str, length N
        In the order of places and cells.
    shown : (N,) bool
        Which works are still on show.
    version : str
        Changes with all that is not in the map's files.
    """

    stored: StoredMap
    likeness: Likeness
    accessions: Sequence[str]
    shown: BoolArray
    version: str

    @property
    def works(self) -> int:
        """Works that are shown."""
        return int(np.count_nonzero(self.shown))

    def places(self) -> bytes:
        """Return (N, 3) float32, little-endian: column, row, width by height.

        The last is 0 for works that are not shown.
        """
        places = np.frombuffer(self.stored.places(self.likeness), "<f4").reshape(-1, 3)
        shapes = np.where(self.shown, places[:, 2], 0)
        return np.column_stack([places[:, :2], shapes]).astype("<f4").tobytes()

    def page(self, number: int) -> Page[int] | None:
        """Return a page of numbers of works, in the order of the map's curve."""
        shown = np.flatnonzero(self.shown).tolist()
        return slice_page(shown, number, WORKS_PER_PAGE)


class MapReader:
    """Reader of the shown map; shared by the threads of a server process.

    Parameters
    ----------
    root : Path
        Of the maps.
    """

    def __init__(self, root: Path) -> None:
        self._registry = MapRegistry(root)
        self._lock = threading.Lock()
        self._sights: dict[Likeness, MapSnapshot] = {}
        self._labels: dict[Likeness, tuple[MapSnapshot, bytes]] = {}

    def current(self) -> StoredMap | None:
        """Return the map that is shown, if there is one."""
        return self._registry.current()

    def find(self, name: str) -> StoredMap | None:
        """Return a map by its name: pages that are open may still need the last one."""
        return self._registry.find(name)

    def sight(
        self, session: Session, stored: StoredMap, likeness: Likeness
    ) -> MapSnapshot:
        """Return what of a map is shown now.

        Raises
        ------
        KeyError
            If the map does not have this likeness.
        """
        if likeness not in stored.likenesses:
            raise KeyError(likeness)
        version = _version(session)
        with self._lock:
            known = self._sights.get(likeness)
            if (
                known is None
                or known.version != version
                or known.stored.name != stored.name
            ):
                known = _look(session, stored, likeness, version)
                self._sights[likeness] = known
            return known

    def labels(self, session: Session, sight: MapSnapshot) -> bytes:
        """Return the labels of all works, as JSON that is compressed by gzip."""
        with self._lock:
            kept = self._labels.get(sight.likeness)
            if kept is None or kept[0] is not sight:
                kept = sight, gzip.compress(_labels(session, sight), 6, mtime=0)
                self._labels[sight.likeness] = kept
            return kept[1]


def _version(session: Session) -> str:
    """Digest how many works are on show, and when one of them last changed."""
    shown = Artwork.withdrawn_at.is_(None)
    state = select(func.count(), func.max(Artwork.updated_at)).where(shown)
    count, changed_at = session.execute(state).one()
    return hashlib.sha256(repr((count, changed_at)).encode()).hexdigest()[:12]


def _look(
    session: Session, stored: StoredMap, likeness: Likeness, version: str
) -> MapSnapshot:
    accessions = stored.accessions(likeness)
    shown = Artwork.withdrawn_at.is_(None)
    present = set(session.scalars(select(Artwork.accession).where(shown)))
    marks = np.fromiter((one in present for one in accessions), np.bool_)
    return MapSnapshot(stored, likeness, accessions, marks, version)


def _labels(session: Session, sight: MapSnapshot) -> bytes:
    """Lay out labels in columns; artists and schools, which repeat, by numbers."""
    rows = session.execute(
        select(
            Artwork.accession,
            Artwork.title,
            Artwork.artist,
            Artwork.school,
            first_year.label("year"),
        ).where(Artwork.withdrawn_at.is_(None))
    )
    known = {row.accession: row for row in rows}
    shown = [known.get(accession) for accession in sight.accessions]
    artist, artists = _numbered(row.artist if row else "" for row in shown)
    school, schools = _numbered(row.school if row else "" for row in shown)
    labels = {
        "accession": [row.accession if row else None for row in shown],
        "title": [row.title if row else "" for row in shown],
        "artist": artist,
        "school": school,
        "year": [row.year if row else None for row in shown],
        "artists": artists,
        "schools": schools,
    }
    return json.dumps(labels, ensure_ascii=False, separators=(",", ":")).encode()


def _numbered(names: Iterable[str]) -> tuple[list[int], list[str]]:
    """Return the number of each name, and the names by number; the first is blank."""
    numbers = {"": 0}
    return [numbers.setdefault(name, len(numbers)) for name in names], list(numbers)
