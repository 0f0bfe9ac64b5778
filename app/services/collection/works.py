"""Queries for works: one, some by their accession numbers, a sample, counts.

Withdrawn works are left out, but counted in the figures: they are gone for visitors.
"""

from collections.abc import Iterable, Sequence

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, selectinload

from app.extensions import db
from app.models import Artwork, MergedNumber, ReferenceImage


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
    """Return the work on show of an accession number, or None.

    The number of a work that was merged into another one finds that, whose own number
    is a different one then.
    """
    work = db.session.scalars(
        present_works().where(Artwork.accession == accession)
    ).one_or_none()
    if work is not None:
        return work
    merged = (
        present_works()
        .join(MergedNumber, MergedNumber.artwork_id == Artwork.id)
        .where(MergedNumber.accession == accession)
    )
    return db.session.scalars(merged).one_or_none()


def find_record(accession: str) -> Artwork | None:
    """Return the work that has an accession number itself, also a withdrawn one."""
    meant = select(Artwork).where(Artwork.accession == accession)
    return db.session.scalars(meant).one_or_none()


def merged_numbers(session: Session) -> dict[str, str]:
    """Map the numbers of merged works to those of the works that were kept."""
    merged = select(MergedNumber.accession, Artwork.accession.label("kept")).join(
        MergedNumber.artwork
    )
    return {row.accession: row.kept for row in session.execute(merged)}


def works_by_accession(accessions: Iterable[str]) -> dict[str, Artwork]:
    """Return those of the named works that are on show, by accession number."""
    statement = present_works().where(Artwork.accession.in_(set(accessions)))
    return {work.accession: work for work in db.session.scalars(statement)}


def works_in_order(accessions: Iterable[str]) -> list[Artwork]:
    """Return those of the named works that are on show, in the order of the names."""
    names = list(accessions)
    works = works_by_accession(names)
    return [works[name] for name in names if name in works]


def sample_works(count: int) -> Sequence[Artwork]:
    """Return some works from all over the collection, always the same ones."""
    step = max(1, count_works() // count)
    statement = (
        present_works().where(Artwork.id % step == 0).order_by(Artwork.id).limit(count)
    )
    return db.session.scalars(statement).all()


def collection_figures(session: Session) -> dict[str, int]:
    """Count works on show, withdrawn works and pictures."""
    counts = {
        "works": select(func.count(Artwork.id)).where(Artwork.withdrawn_at.is_(None)),
        "withdrawn works": select(func.count(Artwork.withdrawn_at)),
        "pictures": select(func.count(ReferenceImage.id)),
    }
    return {name: session.scalars(count).one() for name, count in counts.items()}
