"""Relations between works: proposed, judged by curators, shown."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, delete, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from app.models import Artwork, AuditEntry, ReferenceImage, Relation, User, now
from app.services.curation.editing import ChangedMeanwhileError
from app.services.system import audit
from app.services.system.paging import Page, select_page

ACTION = "relation"
"""In the trail of changes."""
RELATIONS_PER_PAGE = 20


class RelationKind(StrEnum):
    """Kind of a relation: what the first work is to the other."""

    SAME_FILE = "same_file"
    DUPLICATE = "duplicate"
    DETAIL = "detail"
    """It shows a part of the other."""
    WHOLE = "whole"
    """The other shows a part of it."""
    VIEW = "view"
    MIRRORED = "mirrored"
    """Its mirror image: one of the two pictures is the wrong way round."""

    @property
    def turned(self) -> "RelationKind":
        """What the other work is to the first."""
        return {
            RelationKind.DETAIL: RelationKind.WHOLE,
            RelationKind.WHOLE: RelationKind.DETAIL,
        }.get(self, self)


class RelationState(StrEnum):
    """Curators' judgement of a relation."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class ProposedRelation:
    """Proposed relation of a work to another.

    Attributes
    ----------
    kind : RelationKind
        What the first is to the other.
    """

    artwork_id: int
    other_id: int
    kind: RelationKind
    inlier_count: int
    similarity: float

    def in_order(self) -> "ProposedRelation":
        """Return the same with the smaller number first, as the table keeps it."""
        if self.artwork_id < self.other_id:
            return self
        return replace(
            self,
            artwork_id=self.other_id,
            other_id=self.artwork_id,
            kind=self.kind.turned,
        )


@dataclass(frozen=True, slots=True)
class Related:
    """Work that is related to one that is shown.

    Attributes
    ----------
    kind : RelationKind
        What the shown work is to it.
    """

    kind: RelationKind
    artwork: Artwork


def same_files(session: Session) -> Iterator[ProposedRelation]:
    """Find works on show that have the very same picture.

    One picture may stand for hundreds of works, so each is told of the first alone.
    """
    shared = (
        select(ReferenceImage.sha256)
        .join(ReferenceImage.artwork)
        .where(Artwork.withdrawn_at.is_(None))
        .group_by(ReferenceImage.sha256)
        .having(func.count() > 1)
    )
    pictures = session.execute(
        select(ReferenceImage.sha256, ReferenceImage.artwork_id)
        .join(ReferenceImage.artwork)
        .where(Artwork.withdrawn_at.is_(None), ReferenceImage.sha256.in_(shared))
        .order_by(ReferenceImage.artwork_id)
    )
    firsts: dict[str, int] = {}
    for sha256, artwork_id in pictures:
        first = firsts.setdefault(sha256, artwork_id)
        if first != artwork_id:
            yield ProposedRelation(first, artwork_id, RelationKind.SAME_FILE, 0, 1.0)


def propose(session: Session, finding: ProposedRelation, since: datetime) -> None:
    """Keep a finding, unless curators judged the two already; the caller commits.

    Parameters
    ----------
    since : datetime
        When this look at the collection began. Of what it finds twice the stronger
        counts.
    """
    found = finding.in_order()
    relation = session.scalars(
        select(Relation).where(
            Relation.artwork_id == found.artwork_id, Relation.other_id == found.other_id
        )
    ).one_or_none()
    if relation is None:
        relation = Relation(artwork_id=found.artwork_id, other_id=found.other_id)
        session.add(relation)
    elif relation.verdict != RelationState.PROPOSED or (
        relation.created_at >= since
        and (
            relation.kind == RelationKind.SAME_FILE
            or relation.inlier_count >= found.inlier_count
        )
    ):
        return
    relation.kind = found.kind.value
    relation.inlier_count = found.inlier_count
    relation.similarity = found.similarity
    relation.created_at = now()


def forget_stale(session: Session, since: datetime) -> None:
    """Drop proposals that a whole look at the collection did not find again."""
    session.execute(
        delete(Relation).where(
            Relation.verdict == RelationState.PROPOSED, Relation.created_at < since
        )
    )


def counts(session: Session) -> dict[tuple[RelationKind, RelationState], int]:
    """Count the relations of works on show, by kind and verdict."""
    rows = session.execute(
        select(Relation.kind, Relation.verdict, func.count())
        .where(_shown())
        .group_by(Relation.kind, Relation.verdict)
    )
    return {
        (RelationKind(kind), RelationState(verdict)): count
        for kind, verdict, count in rows
    }


def list_relations(
    session: Session, kinds: Sequence[RelationKind], verdict: RelationState, number: int
) -> Page[Relation] | None:
    """Return a page of relations, the surest first; None if there is no such page."""
    listed = (
        select(Relation)
        .where(Relation.kind.in_(kinds), Relation.verdict == verdict, _shown())
        .options(
            joinedload(Relation.artwork).selectinload(Artwork.images),
            joinedload(Relation.other).selectinload(Artwork.images),
        )
        .order_by(Relation.inlier_count.desc(), Relation.id)
    )
    return select_page(session, listed, number, RELATIONS_PER_PAGE)


def judge(
    session: Session,
    relation: Relation,
    verdict: RelationState,
    user: User | None,
    undoes: AuditEntry | None = None,
) -> None:
    """Say what a curator thinks of a relation, and write it down; commits."""
    if relation.verdict == verdict:
        return
    audit.record(
        session,
        ACTION,
        user=user,
        artwork=relation.artwork,
        subject=f"{relation.artwork.accession} – {relation.other.accession}",
        before={"id": relation.id, "verdict": relation.verdict},
        after={"id": relation.id, "verdict": verdict.value},
        undoes=undoes,
    )
    relation.verdict = verdict.value
    session.commit()


def take_back(session: Session, entry: AuditEntry, user: User | None) -> None:
    """Take a judgement back; commits.

    Raises
    ------
    ChangedMeanwhileError
        If it was taken back already, or judged again since.
    """
    relation = session.get(Relation, entry.after["id"])
    if (
        relation is None
        or relation.verdict != entry.after["verdict"]
        or audit.is_undone(session, entry)
    ):
        raise ChangedMeanwhileError(entry.subject)
    judge(session, relation, RelationState(entry.before["verdict"]), user, entry)


def copies_of(session: Session, artwork: Artwork) -> frozenset[str]:
    """Return the accessions of what has the same picture, if nobody denied that."""
    same = (RelationKind.SAME_FILE, RelationKind.DUPLICATE)
    related = _of(session, artwork, Relation.verdict != RelationState.REJECTED)
    return frozenset(one.artwork.accession for one in related if one.kind in same)


def confirmed_of(session: Session, artwork: Artwork) -> list[Related]:
    """Return what visitors are told of a work's relations to others on show."""
    return _of(session, artwork, Relation.verdict == RelationState.CONFIRMED)


def _of(
    session: Session, artwork: Artwork, *meant: ColumnElement[bool]
) -> list[Related]:
    either = or_(Relation.artwork_id == artwork.id, Relation.other_id == artwork.id)
    found = session.scalars(
        select(Relation)
        .where(either, _shown(), *meant)
        .options(selectinload(Relation.artwork), selectinload(Relation.other))
        .order_by(Relation.inlier_count.desc(), Relation.id)
    )
    return [
        Related(RelationKind(one.kind), one.other)
        if one.artwork_id == artwork.id
        else Related(RelationKind(one.kind).turned, one.artwork)
        for one in found
    ]


def _shown() -> ColumnElement[bool]:
    """Return the condition that both works of a relation are on show."""
    gone = select(Artwork.id).where(Artwork.withdrawn_at.is_not(None))
    return and_(Relation.artwork_id.not_in(gone), Relation.other_id.not_in(gone))
