"""Reading the collection: one work, a page of works, works by their accessions.

Withdrawn works are left out everywhere: they are gone for visitors.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, func, select
from sqlalchemy.orm import selectinload

from app.extensions import db
from app.models import Artwork

WORKS_PER_PAGE = 48
"""Divides by 2, 3, 4 and 6: full rows on every screen."""


@dataclass(frozen=True, slots=True)
class WorksPage:
    """One page of the list of works.

    Attributes
    ----------
    works : sequence of Artwork
    number, count : int
        This page, from 1, and how many there are (at least 1).
    total : int
        Works on all pages.
    """

    works: Sequence[Artwork]
    number: int
    count: int
    total: int


def present_works() -> Select[Artwork]:
    """Return a statement that selects the works on show, with their pictures."""
    return (
        select(Artwork)
        .where(Artwork.withdrawn_at.is_(None))
        .options(selectinload(Artwork.images))
    )


def count_works() -> int:
    """Return how many works are on show."""
    statement = (
        select(func.count()).select_from(Artwork).where(Artwork.withdrawn_at.is_(None))
    )
    return db.session.scalars(statement).one()


def find_work(accession: str) -> Artwork | None:
    """Return the work of an accession number, or None."""
    return db.session.scalars(
        present_works().where(Artwork.accession == accession)
    ).one_or_none()


def works_by_accession(accessions: Iterable[str]) -> dict[str, Artwork]:
    """Return those of the named works that are on show, by accession number."""
    statement = present_works().where(Artwork.accession.in_(set(accessions)))
    return {work.accession: work for work in db.session.scalars(statement)}


def works_in_order(accessions: Iterable[str]) -> list[Artwork]:
    """Return those of the named works that are on show, in the order of the names."""
    names = list(accessions)
    works = works_by_accession(names)
    return [works[name] for name in names if name in works]


def works_page(number: int) -> WorksPage | None:
    """Return a page of all works by artist and title; None if there is no such page."""
    total = count_works()
    count = max(1, -(-total // WORKS_PER_PAGE))
    if not 1 <= number <= count:
        return None
    statement = (
        present_works()
        .order_by(Artwork.artist, Artwork.title, Artwork.id)
        .limit(WORKS_PER_PAGE)
        .offset((number - 1) * WORKS_PER_PAGE)
    )
    return WorksPage(db.session.scalars(statement).all(), number, count, total)


def sample_works(count: int) -> Sequence[Artwork]:
    """Return some works from all over the collection, always the same ones."""
    step = max(1, count_works() // count)
    statement = (
        present_works().where(Artwork.id % step == 0).order_by(Artwork.id).limit(count)
    )
    return db.session.scalars(statement).all()
