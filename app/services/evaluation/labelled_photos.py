"""Labelled photos: from a list of real ones, or simulated from the collection.

The list is a table, read as every other one, with the columns ``photo`` (a path that
starts beside the file), ``references`` (accession numbers joined by ``|``, or ``NONE``
for a photo of something else) and ``kind``, and may have ``in_view`` (numbers of other
works that are really in the photo, to name one of which is no mistake). What cannot be
used is named, and the rest goes on.
"""

import zlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Artwork, ReferenceImage
from app.retrieval.errors import ImageError
from app.retrieval.evaluation.asking import LabelledPhoto
from app.retrieval.images.codec import read
from app.retrieval.simulation.photo import PROFILES, Profile, perturb
from app.retrieval.simulation.wall import WALL_SIDE_PX, photograph_wall
from app.services.evaluation import judgements
from app.services.evaluation.judgements import JudgedOf
from app.services.importing.columns.words import plain
from app.services.importing.tables.faults import TableError
from app.services.importing.tables.opening import open_table
from app.services.importing.tables.reader import TableRow
from app.services.media.store import MediaStore, read_picture

COLUMNS = ("photo", "references", "kind")
IN_VIEW = "in_view"
NO_WORK = "NONE"
MOST_ON_WALL = 8
LEAST_AREA_SHARE = 0.02
"""Of a photo's area, of a work that is to be named in it."""
JOINT = "|"


class LabelsError(Exception):
    """List of photos that cannot be used as a whole."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"The list of photos {path} cannot be used: {reason}.")


@dataclass(frozen=True, slots=True)
class PhotoFault:
    """Photo that could not be asked, and why.

    Attributes
    ----------
    place : str
        Its line in the list, or its work.
    """

    place: str
    photo: str
    reason: str

    @classmethod
    def of(cls, place: str, photo: str, error: Exception) -> "PhotoFault":
        """Say what reading a photo or a picture raised."""
        return cls(place, photo, getattr(error, "strerror", None) or str(error))

    def __str__(self) -> str:
        return f"{self.place}, {self.photo or 'no photo'}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Label:
    """Usable row of a list: a photo and its answer.

    Attributes
    ----------
    line : int
        In the file; the header is line 1.
    works : frozenset of str
        Accession numbers; empty for a photo of something else.
    in_view : frozenset of str
        Of other works that are in the photo.
    """

    line: int
    photo: Path
    works: frozenset[str]
    kind: str
    in_view: frozenset[str] = frozenset()


def read_labels(
    path: Path,
    accessions: Collection[str],
    merged: Mapping[str, str] | None = None,
) -> tuple[list[Label], list[PhotoFault]]:
    """Read a list of labelled photos.

    Parameters
    ----------
    accessions : collection of str
        Works that can be found. A row that names only others is a fault: a spelling
        mistake would otherwise pass for a photo that nothing can answer.
    merged : mapping of str to str, optional
        Numbers of merged works, which stand for those of the works that were kept.

    Raises
    ------
    LabelsError
        If the file cannot be read or lacks a column.
    """
    try:
        path.open("rb").close()
    except OSError as error:
        raise LabelsError(path, error.strerror or str(error)) from error
    return _read_list(lambda: path.open("rb"), path, accessions, merged or {})


def parse_labels(
    data: bytes,
    path: Path,
    accessions: Collection[str],
    merged: Mapping[str, str] | None = None,
) -> tuple[list[Label], list[PhotoFault]]:
    """Read the bytes of a list, see :func:`read_labels`; photos lie beside ``path``."""
    return _read_list(lambda: BytesIO(data), path, accessions, merged or {})


def _read_list(
    open_file: Callable[[], BinaryIO],
    path: Path,
    accessions: Collection[str],
    merged: Mapping[str, str],
) -> tuple[list[Label], list[PhotoFault]]:
    try:
        table = open_table(open_file)
    except TableError as error:
        raise LabelsError(path, str(error).rstrip(".")) from error
    columns = {plain(name).replace(" ", "_"): name for name in table.columns}
    missing = [name for name in COLUMNS if name not in columns]
    if missing:
        raise LabelsError(path, f"its first line does not name {', '.join(missing)}")
    named = {_number(gone): kept for gone, kept in merged.items() if kept in accessions}
    named |= {_number(number): number for number in accessions}
    rows = [_read_row(row, columns, path.parent, named) for row in table.rows()]
    return (
        [row for row in rows if isinstance(row, Label)],
        [row for row in rows if isinstance(row, PhotoFault)],
    )


def open_photos(
    labels: Sequence[Label], judged_of: JudgedOf, findable: Collection[str]
) -> Iterator[LabelledPhoto | PhotoFault]:
    """Open the photos of a list one by one; what was judged of them corrects it.

    Parameters
    ----------
    findable : collection of str
        Works that can be found; judgements of others are left out.
    """
    for label in labels:
        try:
            image = read(label.photo)
            sha256 = judgements.digest(label.photo.read_bytes())
        except (OSError, ImageError) as error:
            yield PhotoFault.of(f"line {label.line}", label.photo.name, error)
        else:
            judged = judged_of(sha256)
            away = judged.keys() - findable
            works, in_view = judgements.corrected(
                label.works, label.in_view, judgements.without(judged, away)
            )
            yield LabelledPhoto(label.photo.name, image, works, label.kind, in_view)


def draw_references(
    session: Session,
    accessions: Collection[str],
    *,
    sample: int | None = None,
    seed: int = 0,
) -> list[tuple[str, str]]:
    """Choose works to photograph: (accession, media name of the first picture).

    Parameters
    ----------
    accessions : collection of str
        Works that can be found.
    sample : int, optional
        How many; all by default.

    Returns
    -------
    references : list of (str, str)
        Sorted by accession.
    """
    rows = session.execute(
        select(Artwork.accession, ReferenceImage.media_name)
        .join(ReferenceImage.artwork)
        .where(ReferenceImage.position == 0)
    )
    references = sorted((a, name) for a, name in rows if a in accessions)
    if sample is None or sample >= len(references):
        return references
    chosen = np.random.default_rng(seed).permutation(len(references))[:sample]
    return [references[number] for number in sorted(chosen.tolist())]


def simulate_photos(
    references: Sequence[tuple[str, str]],
    media: MediaStore,
    profile: Profile,
    *,
    seed: int = 0,
) -> Iterator[LabelledPhoto | PhotoFault]:
    """Photograph works as visitors would.

    The photo of a work depends on the seed and its accession alone, not on which
    other works are photographed.
    """
    for accession, media_name in references:
        rng = np.random.default_rng([seed, zlib.crc32(accession.encode())])
        try:
            image = perturb(read_picture(media, media_name), profile, rng).image
        except (OSError, ImageError) as error:
            yield PhotoFault.of(accession, media_name, error)
        else:
            yield LabelledPhoto(accession, image, frozenset({accession}), profile.name)


def simulate_walls(
    references: Sequence[tuple[str, str]], media: MediaStore, *, seed: int = 0
) -> Iterator[LabelledPhoto | PhotoFault]:
    """Photograph works on walls, two to `MOST_ON_WALL` together, each on one of them.

    Works that take less than `LEAST_AREA_SHARE` of a photo are in view, but nobody
    could ask for them to be named.
    """
    rng = np.random.default_rng([seed, len(references)])
    left = list(references)
    while left:
        count = int(rng.integers(2, MOST_ON_WALL + 1))
        hung, left = left[:count], left[count:]
        try:
            pictures = [
                read_picture(media, name, max_side_px=WALL_SIDE_PX) for _, name in hung
            ]
        except (OSError, ImageError) as error:
            yield PhotoFault.of(" ".join(work for work, _ in hung), "", error)
            continue
        photo = photograph_wall(pictures, PROFILES["mild"], rng)
        works = dict(zip((work for work, _ in hung), photo.area_shares, strict=True))
        large = {work for work, share in works.items() if share >= LEAST_AREA_SHARE}
        yield LabelledPhoto(
            " ".join(works), photo.image, frozenset(large), "wall", frozenset(works)
        )


def _read_row(
    row: TableRow,
    columns: Mapping[str, str],
    folder: Path,
    named: Mapping[str, str],
) -> Label | PhotoFault:
    """Read a row; ``columns`` and ``named`` are by their spellings here."""
    cells = {
        name: row.values.get(columns[name], "").strip() if name in columns else ""
        for name in (*COLUMNS, IN_VIEW)
    }
    photo, references = cells["photo"], cells["references"]

    def fault(reason: str) -> PhotoFault:
        return PhotoFault(f"line {row.line}", photo, reason)

    if row.fault:
        return fault(str(row.fault))
    if not photo:
        return fault("the column photo is blank")
    if not references:
        return fault(f"the column references is blank (write {NO_WORK} for no work)")
    asked = _split(references)
    works = frozenset(named[key] for one in asked if (key := _number(one)) in named)
    if references != NO_WORK and not works:
        return fault(f"the collection has no work {' or '.join(sorted(asked))}")
    in_view = frozenset(named.get(_number(n), n) for n in _split(cells[IN_VIEW]))
    place = folder / photo.replace("\\", "/")  # as Windows writes it
    return Label(row.line, place, works, cells["kind"] or "photo", in_view)


def _split(references: str) -> set[str]:
    return {name.strip() for name in references.split(JOINT)} - {""}


def _number(accession: str) -> str:
    """Return an accession number in the spelling that numbers are compared in."""
    return accession.casefold()
