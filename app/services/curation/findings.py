"""Findings: why works cannot be found well, as curators read it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session, joinedload

from app.models import Artwork, WorkFault
from app.services.system.paging import Page, select_page

FAULTS_PER_PAGE = 20


class Kind(StrEnum):
    """Kind of a finding."""

    NO_IMAGE = "no_image"
    UNREADABLE = "unreadable"
    """The file of the picture is damaged or gone."""
    NOT_INDEXED = "not_indexed"
    NOT_FOUND = "not_found"
    """Simulated photos of its picture are not answered with it."""
    FEW_FEATURES = "few_features"


@dataclass(frozen=True, slots=True)
class Fault:
    """Finding: one thing that is wrong with a work.

    Attributes
    ----------
    kind : Kind
    figures : mapping of str to int
        What was measured.
    other_id : int or None
        Number of the work that it is taken for.
    """

    kind: Kind
    figures: Mapping[str, int] = field(default_factory=dict)
    other_id: int | None = None


def replace_faults(session: Session, artwork_id: int, faults: Sequence[Fault]) -> None:
    """Let these be the faults of a work; the caller commits."""
    session.execute(delete(WorkFault).where(WorkFault.artwork_id == artwork_id))
    session.add_all(
        WorkFault(
            artwork_id=artwork_id,
            kind=fault.kind.value,
            figures=dict(fault.figures),
            other_id=fault.other_id,
        )
        for fault in faults
    )


def counts(session: Session) -> dict[Kind, int]:
    """Count the works on show with each fault."""
    rows = session.execute(
        select(WorkFault.kind, func.count())
        .join(WorkFault.artwork)
        .where(Artwork.withdrawn_at.is_(None))
        .group_by(WorkFault.kind)
    )
    return {Kind(kind): count for kind, count in rows}


def list_faults(session: Session, kind: Kind, number: int) -> Page[WorkFault] | None:
    """Return a page of works with a fault; None if there is no such page."""
    meant = (WorkFault.kind == kind, Artwork.withdrawn_at.is_(None))
    listed = (
        select(WorkFault)
        .join(WorkFault.artwork)
        .where(*meant)
        .options(
            joinedload(WorkFault.artwork).selectinload(Artwork.images),
            joinedload(WorkFault.other).selectinload(Artwork.images),
        )
        .order_by(WorkFault.artwork_id)
    )
    return select_page(session, listed, number, FAULTS_PER_PAGE)
