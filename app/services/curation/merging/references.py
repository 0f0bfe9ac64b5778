"""References to a merged work: moved to the work that is kept, and moved back.

Where the kept work has the same already, the same visitor's favourite, say, the row
stays with the merged work: nobody sees it, and undoing finds it where it was.
"""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from sqlalchemy import Column, ColumnElement, and_, exists, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from app.models import (
    Artwork,
    EvaluationPhotoWork,
    Favourite,
    Feedback,
    MergedNumber,
    PhotoReview,
    QueryMatch,
    Relation,
    RelevanceJudgement,
    TourStop,
    VisitNote,
    WorkMedia,
)
from app.services.curation.relations import RelationKind

BATCH = 500
"""Rows per statement: databases bound how many it may name."""
UNIQUE: Mapping[type[Any], tuple[tuple[str, ...], ...]] = {
    QueryMatch: (("query_id",),),
    Feedback: (),
    Favourite: (("user_id",), ("visitor",)),
    VisitNote: (("user_id", "day"), ("visitor", "day")),
    TourStop: (("tour_id",),),
    WorkMedia: (),
    PhotoReview: (),
    EvaluationPhotoWork: (("query_id",),),
}
"""Tables whose rows name a work, and by what each has but one row for it."""

Moved = dict[str, list[Any]]
"""Numbers of the rows that were moved, by their tables."""


def move(session: Session, gone: Artwork, kept: Artwork) -> Moved:
    """Let what names the merged work name the kept one; the caller commits.

    Pictures of both are in the database.
    """
    moved: Moved = {}
    for model, unique in UNIQUE.items():
        free = [~_has_same(model, kept, columns) for columns in unique]
        key = _key(model)
        rows = select(key).where(model.artwork_id == gone.id, *free)
        moved[model.__tablename__] = list(session.scalars(rows.order_by(key)))
    last = select(func.max(WorkMedia.position)).where(WorkMedia.artwork_id == kept.id)
    shift = (session.scalars(last).one() or 0) + 1
    for model in UNIQUE:
        values: dict[str, Any] = {"artwork_id": kept.id}
        if model is WorkMedia:
            moved["shift"] = [shift]
            values["position"] = WorkMedia.position + shift
        _update(session, model, moved[model.__tablename__], values)
    _swap_pictures(session, moved, gone, kept)
    moved[RelevanceJudgement.__tablename__] = _move_judgements(session, gone, kept)
    moved[Relation.__tablename__] = _move_relations(session, gone, kept)
    moved[MergedNumber.__tablename__] = _move_numbers(session, gone, kept)
    session.expire(kept, ["media"])
    session.expire(gone, ["media"])
    return moved


def move_back(session: Session, gone: Artwork, kept: Artwork, moved: Moved) -> None:
    """Let what was moved name the merged work again; the caller commits.

    What was deleted meanwhile, or names another work by now, is passed over, and so is
    a table that the program did not have yet when the works were merged.
    """
    _swap_pictures(session, moved, kept, gone)
    for model in UNIQUE:
        values: dict[str, Any] = {"artwork_id": gone.id}
        if model is WorkMedia:
            values["position"] = WorkMedia.position - moved["shift"][0]
        ids = moved.get(model.__tablename__, ())
        there = model.artwork_id == kept.id
        _update(session, model, ids, values, there)
    _update(
        session,
        RelevanceJudgement,
        moved[RelevanceJudgement.__tablename__],
        {"accession": gone.accession},
        RelevanceJudgement.accession == kept.accession,
    )
    for number in moved[Relation.__tablename__]:
        relation = session.get(Relation, number)
        if relation is not None and kept.id in (relation.artwork_id, relation.other_id):
            _name_instead(relation, kept.id, gone.id)
    for accession in moved[MergedNumber.__tablename__]:
        merged = session.get(MergedNumber, accession)
        if merged is not None and merged.artwork_id == kept.id:
            merged.artwork_id = gone.id
    session.expire(kept, ["media"])
    session.expire(gone, ["media"])


def _key(model: type[Any]) -> Column[Any]:
    [key] = model.__table__.primary_key
    return cast(Column[Any], key)


def _has_same(
    model: type[Any], kept: Artwork, columns: Sequence[str]
) -> ColumnElement[bool]:
    """Return the condition that the kept work has a row of the same owner already."""
    other = aliased(model)
    same = [getattr(other, name) == getattr(model, name) for name in columns]
    return exists().where(and_(other.artwork_id == kept.id, *same))


def _update(
    session: Session,
    model: type[Any],
    ids: Sequence[Any],
    values: Mapping[str, Any],
    *meant: ColumnElement[bool],
) -> None:
    for start in range(0, len(ids), BATCH):
        named = _key(model).in_(ids[start : start + BATCH])
        session.execute(update(model).where(named, *meant).values(values))


def _swap_pictures(
    session: Session, moved: Moved, before: Artwork, after: Artwork
) -> None:
    """Let moved rows of answers name the same picture of the other work."""
    here = {image.sha256: image.id for image in before.images}
    there = {image.sha256: image.id for image in after.images}
    for sha256 in here.keys() & there.keys():
        _update(
            session,
            QueryMatch,
            moved[QueryMatch.__tablename__],
            {"image_id": there[sha256]},
            QueryMatch.image_id == here[sha256],
        )


def _move_judgements(session: Session, gone: Artwork, kept: Artwork) -> list[Any]:
    """Let what was judged of photos be true of the kept work."""
    other = aliased(RelevanceJudgement)
    is_judged = exists().where(
        other.accession == kept.accession,
        other.photo_sha256 == RelevanceJudgement.photo_sha256,
    )
    ids = list(
        session.scalars(
            select(RelevanceJudgement.id)
            .where(RelevanceJudgement.accession == gone.accession, ~is_judged)
            .order_by(RelevanceJudgement.id)
        )
    )
    _update(session, RelevanceJudgement, ids, {"accession": kept.accession})
    return ids


def _move_relations(session: Session, gone: Artwork, kept: Artwork) -> list[Any]:
    """Let the kept work have the merged one's relations, but for those it has."""
    known = {*_others_of(session, kept)}
    moved = []
    for other_id, relation in list(_others_of(session, gone).items()):
        if other_id != kept.id and other_id not in known:
            _name_instead(relation, gone.id, kept.id)
            moved.append(relation.id)
    session.flush()
    return moved


def _others_of(session: Session, work: Artwork) -> dict[int, Relation]:
    either = or_(Relation.artwork_id == work.id, Relation.other_id == work.id)
    found = session.scalars(select(Relation).where(either).order_by(Relation.id))
    return {
        one.other_id if one.artwork_id == work.id else one.artwork_id: one
        for one in found
    }


def _name_instead(relation: Relation, before: int, after: int) -> None:
    """Let a relation name another work; the smaller number stays first."""
    is_first = relation.artwork_id == before
    other = relation.other_id if is_first else relation.artwork_id
    kind = RelationKind(relation.kind)
    from_first = kind if is_first else kind.turned  # what the named work is to it
    if after < other:
        relation.artwork_id, relation.other_id = after, other
        relation.kind = from_first.value
    else:
        relation.artwork_id, relation.other_id = other, after
        relation.kind = from_first.turned.value


def _move_numbers(session: Session, gone: Artwork, kept: Artwork) -> list[Any]:
    """Let numbers that led to the merged work lead to the kept one."""
    leading = select(MergedNumber).where(MergedNumber.artwork_id == gone.id)
    numbers = session.scalars(leading.order_by(MergedNumber.accession)).all()
    for merged in numbers:
        merged.artwork_id = kept.id
    return [merged.accession for merged in numbers]
