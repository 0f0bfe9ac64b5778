"""Matching of single pictures with works that are there, by name or by number.

By name: a table that was recorded without this picture called it so. By number: the
file is called as the work is, or lies in a folder that is.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from app.models import Artwork, ImportRow, ImportRun, MergedNumber
from app.services.importing.pictures.names import PictureNames, stem_of
from app.services.importing.pictures.numbers import numbers_in, plain_number
from app.services.importing.pictures.source import PictureError

MISSING = '"picture_missing"'
"""Of what is kept of a remark, its code."""
MOST_READ = 200
"""Rows and works that are looked at for one picture."""


@dataclass(frozen=True, slots=True)
class PictureMatch:
    """Work that a picture is of, or why there is none.

    Attributes
    ----------
    artwork : Artwork or None
    others : tuple of str
        Accession numbers of the works that it may be of, where there are several.
    """

    artwork: Artwork | None = None
    others: tuple[str, ...] = ()


def match_picture(
    session: Session, name: str, run: ImportRun | None = None
) -> PictureMatch:
    """Find the work that a picture is of.

    Parameters
    ----------
    name : str
        Of the file, with the folders that were chosen.
    run : ImportRun, optional
        Only works and names of this import.
    """
    named = _distinct(session, _called_so(session, name, run))
    if named:
        return _one_of(named)
    for number in numbers_in(name):
        numbered = _distinct(session, _numbered(session, number, run))
        if numbered:
            return _one_of(numbered)
    return PictureMatch()


def _one_of(works: list[Artwork]) -> PictureMatch:
    if len(works) == 1:
        return PictureMatch(works[0])
    return PictureMatch(others=tuple(work.accession for work in works))


def _distinct(session: Session, works: Iterator[Artwork]) -> list[Artwork]:
    """Return works once each; of one that was merged, the work that was kept."""
    kept = [_kept_of(session, work) for work in works]
    return list({work.id: work for work in kept}.values())


def _kept_of(session: Session, work: Artwork) -> Artwork:
    merged = session.get(MergedNumber, work.accession) if work.is_withdrawn else None
    return merged.artwork if merged is not None else work


def _called_so(session: Session, name: str, run: ImportRun | None) -> Iterator[Artwork]:
    """Yield the works of rows that named a picture so, and did not get it."""
    stem = stem_of(name.rpartition("/")[2])
    # The letters that are the same in every form and case; the rest is compared below.
    part = max(_ascii_parts(stem), key=len, default="")
    meant = [
        ImportRow.message.contains(MISSING),
        ImportRow.message.icontains(part, autoescape=True),
        ImportRow.artwork_id.is_not(None),
    ]
    if run is not None:
        meant.append(ImportRow.run_id == run.id)
    newest = select(ImportRow).where(*meant).order_by(ImportRow.id.desc())
    names = PictureNames([name])
    for row in session.scalars(newest.limit(MOST_READ)):
        for asked in row.values.get("images", ()):
            try:
                found = names.find(asked)
            except PictureError:
                continue
            if not found.is_elsewhere and row.artwork is not None:
                yield row.artwork


def _numbered(
    session: Session, number: str, run: ImportRun | None
) -> Iterator[Artwork]:
    """Yield the works of a number, however its parts are separated."""
    # "_" stands for any one character: a separator, or a letter that databases do not
    # know in both cases. Two of them stand where a point and a blank may.
    pattern = "".join(c if c.isascii() and c != "%" else "_" for c in number)
    lower = func.lower(Artwork.accession)
    doubled = pattern.replace("_", "__")
    meant: list[ColumnElement[bool]] = [or_(lower.like(pattern), lower.like(doubled))]
    if run is not None:
        mine = select(ImportRow.artwork_id).where(ImportRow.run_id == run.id)
        meant.append(Artwork.id.in_(mine))
    first = select(Artwork).where(*meant).order_by(Artwork.id).limit(MOST_READ)
    for work in session.scalars(first):
        if plain_number(work.accession) == number:
            yield work


def _ascii_parts(text: str) -> list[str]:
    return "".join(c if c.isascii() and c.isalnum() else " " for c in text).split()
