"""List of withdrawn works: since when, by whom, and into what they were merged."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from app.models import Artwork, AuditEntry, MergedNumber
from app.services.curation.bin.deleting import is_in_bin
from app.services.curation.editing import WITHDRAW
from app.services.system.paging import Page, select_page

WORKS_PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """Withdrawn work.

    Attributes
    ----------
    entry : AuditEntry or None
        By which it was withdrawn; None where the trail does not say.
    merged_into : Artwork or None
        The work that its number leads to.
    """

    work: Artwork
    entry: AuditEntry | None
    merged_into: Artwork | None


def list_withdrawn(session: Session, number: int) -> Page[Withdrawal] | None:
    """Return a page of withdrawn works, the latest first; None if there is none."""
    listed = (
        select(Artwork)
        .where(is_in_bin())
        .options(selectinload(Artwork.images))
        .order_by(Artwork.withdrawn_at.desc(), Artwork.id.desc())
    )
    page = select_page(session, listed, number, WORKS_PER_PAGE)
    if page is None:
        return None
    entries = _entries_of(session, page.entries)
    numbers = [work.accession for work in page.entries]
    merged = session.scalars(
        select(MergedNumber)
        .where(MergedNumber.accession.in_(numbers))
        .options(joinedload(MergedNumber.artwork))
    )
    kept = {one.accession: one.artwork for one in merged}
    return Page(
        [
            Withdrawal(work, entries.get(work.id), kept.get(work.accession))
            for work in page.entries
        ],
        page.number,
        page.count,
        page.total,
    )


def withdrawn_works(session: Session, ids: Sequence[int]) -> Sequence[Artwork]:
    """Return those of some works that are in the bin, by their numbers."""
    meant = Artwork.id.in_(ids), is_in_bin()
    return session.scalars(select(Artwork).where(*meant).order_by(Artwork.id)).all()


def count_withdrawn(session: Session) -> int:
    """Count the works in the bin."""
    return session.scalars(select(func.count(Artwork.id)).where(is_in_bin())).one()


def _entries_of(session: Session, works: Sequence[Artwork]) -> dict[int, AuditEntry]:
    """Return the latest entries of the trail by which works were withdrawn."""
    ids = [work.id for work in works]
    latest = (
        select(func.max(AuditEntry.id))
        .where(AuditEntry.artwork_id.in_(ids), AuditEntry.action == WITHDRAW)
        .group_by(AuditEntry.artwork_id)
    )
    entries = session.scalars(
        select(AuditEntry)
        .where(AuditEntry.id.in_(latest))
        .options(joinedload(AuditEntry.user), joinedload(AuditEntry.run))
    )
    return {one.artwork_id: one for one in entries if one.artwork_id is not None}
