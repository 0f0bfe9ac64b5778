"""Sitemap: the works on show, cut into parts by their numbers.

A part is a range of the numbers that rows have, not of places in a list: it costs a
look into the index whichever it is, and a work that is added moves no other.
"""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import Artwork

PART = 40_000
"""Works of a part at most; the protocol allows 50,000 addresses."""
BATCH = 1_000


def count_parts(session: Session) -> int:
    """Return how many parts there are; some may hold nothing."""
    last: int | None = session.scalars(select(func.max(Artwork.id))).first()
    return 0 if last is None else (last - 1) // PART + 1


def works_of_part(session: Session, number: int) -> Iterator[tuple[str, datetime]]:
    """Yield accession number and last change of the works of a part, from 1."""
    first = (number - 1) * PART + 1
    rows = session.execute(
        select(Artwork.accession, Artwork.updated_at)
        .where(
            Artwork.id.between(first, first + PART - 1),
            Artwork.withdrawn_at.is_(None),
        )
        .order_by(Artwork.id)
        .execution_options(yield_per=BATCH)
    )
    yield from ((row.accession, row.updated_at) for row in rows)
