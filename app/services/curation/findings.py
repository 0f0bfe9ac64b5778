"""Findings of the survey: why works cannot be found well, kept for curators."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session, joinedload

from app.models import Artwork, WorkFinding
from app.services.collection.form import Form, form_of
from app.services.system.paging import Page, select_page

FAULTS_PER_PAGE = 20


class FindingKind(StrEnum):
    """Kind of a finding."""

    NO_IMAGE = "no_image"
    UNREADABLE = "unreadable"
    """The file of the picture is damaged or gone."""
    NOT_INDEXED = "not_indexed"
    NOT_FOUND = "not_found"
    """Simulated photos of its picture are not answered with it."""
    FEW_FEATURES = "few_features"
    ONE_SIDE = "one_side"
    """A work in the round has a picture of one side only."""
    GAP = "gap"
    """No pictures link two sides of a work in the round."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong with a work.

    Attributes
    ----------
    figures : mapping of str to int
        What was measured.
    other_id : int or None
        Number of the work that it is taken for.
    """

    kind: FindingKind
    figures: Mapping[str, int] = field(default_factory=dict)
    other_id: int | None = None


def replace_findings(
    session: Session, artwork_id: int, faults: Sequence[Finding]
) -> None:
    """Let these be the faults of a work; the caller commits."""
    session.execute(delete(WorkFinding).where(WorkFinding.artwork_id == artwork_id))
    session.add_all(
        WorkFinding(
            artwork_id=artwork_id,
            kind=fault.kind.value,
            figures=dict(fault.figures),
            other_id=fault.other_id,
        )
        for fault in faults
    )


def missing_side(session: Session, work: Artwork) -> Finding | None:
    """Return which side of a work its pictures leave out, as far as is known.

    That there is one picture only is known at once, the rest from the last survey, if
    it saw as many pictures.
    """
    if form_of(work) is not Form.ROUND:
        return None
    if len(work.images) == 1:
        return Finding(FindingKind.ONE_SIDE)
    row = session.scalar(
        select(WorkFinding).where(
            WorkFinding.artwork_id == work.id, WorkFinding.kind == FindingKind.GAP
        )
    )
    if row is None or row.figures["pictures"] != len(work.images):
        return None
    return Finding(FindingKind.GAP, row.figures)


def counts(session: Session) -> dict[FindingKind, int]:
    """Count the works on show with each fault."""
    rows = session.execute(
        select(WorkFinding.kind, func.count())
        .join(WorkFinding.artwork)
        .where(Artwork.withdrawn_at.is_(None))
        .group_by(WorkFinding.kind)
    )
    return {FindingKind(kind): count for kind, count in rows}


def list_findings(
    session: Session, kind: FindingKind, number: int
) -> Page[WorkFinding] | None:
    """Return a page of works with a fault; None if there is no such page."""
    listed = (
        select(WorkFinding)
        .join(WorkFinding.artwork)
        .where(WorkFinding.kind == kind, Artwork.withdrawn_at.is_(None))
        .options(
            joinedload(WorkFinding.artwork).selectinload(Artwork.images),
            joinedload(WorkFinding.other).selectinload(Artwork.images),
        )
        .order_by(WorkFinding.artwork_id)
    )
    return select_page(session, listed, number, FAULTS_PER_PAGE)
