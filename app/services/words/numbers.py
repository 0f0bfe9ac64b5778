"""Works by their numbers: the museum's own, and those of a gallery guide."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Artwork, ArtworkNumber
from app.models.keys import number_key
from app.services.collection.works import present_works

BEHIND_ALL = "~"
"""Comes after all letters and digits."""


def works_by_number(
    session: Session, number: str, count: int, *, room: str = ""
) -> Sequence[Artwork]:
    """Return the works that have a number, then those whose number begins with it.

    Parameters
    ----------
    number : str
        As somebody types it: "1982.23/4", "1982 23 4", or a gallery guide's "114".
    count : int
        Works at most.
    room : str
        Where they are; "" for everywhere.
    """
    typed = number_key(number)
    if not typed:
        return []
    found = ArtworkNumber.number.between(typed, typed + BEHIND_ALL)
    numbers = (
        select(ArtworkNumber.number, ArtworkNumber.artwork_id)
        .join(Artwork, Artwork.id == ArtworkNumber.artwork_id)
        .where(found, *([Artwork.location == room] if room else []))
        .order_by(ArtworkNumber.number, ArtworkNumber.artwork_id)
        .limit(2 * count)
    )
    rows = dict.fromkeys(row for _, row in session.execute(numbers))
    chosen = list(rows)[:count]
    works = session.scalars(present_works().where(Artwork.id.in_(chosen)))
    by_row = {work.id: work for work in works}
    return [by_row[row] for row in chosen if row in by_row]


def has_number(work: Artwork, number: str, session: Session) -> bool:
    """Tell whether a number is a work's whole number, and not only its beginning."""
    key = (number_key(number), work.id)
    return session.get(ArtworkNumber, key) is not None
