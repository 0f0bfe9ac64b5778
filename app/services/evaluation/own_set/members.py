"""Photos of the collection's own evaluation set, and the works that are in them.

A curator puts decided photos of the review desk into it. What retention takes leaves
it, unless a picture of a work was made of the photo: that is the collection's, and
stands for the photo from then on. What its visitor deletes leaves it in any case.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from app.models import (
    Artwork,
    AuditEntry,
    EvaluationPhoto,
    EvaluationPhotoWork,
    PhotoReview,
    Query,
    ReferenceImage,
    ReviewOutcome,
    User,
)
from app.services.curation.editing import ChangedMeanwhileError
from app.services.evaluation.own_set.grading import grade_anew
from app.services.system import audit

Works = Sequence[str] | None
"""Accession numbers of the works in a photo, sorted; None: it is not in the set."""


def list_photos(session: Session) -> list[EvaluationPhoto]:
    """Return the photos of the set with their works, the last one first."""
    works = selectinload(EvaluationPhoto.works)
    meant = (
        select(EvaluationPhoto)
        .options(
            selectinload(EvaluationPhoto.query),
            works.selectinload(EvaluationPhotoWork.artwork).selectinload(
                Artwork.images
            ),
        )
        .order_by(EvaluationPhoto.created_at.desc(), EvaluationPhoto.query_id)
    )
    return list(session.scalars(meant))


def among(session: Session, ids: Collection[str]) -> set[str]:
    """Return which of some photos are in the set, by the ids of their answers."""
    meant = select(EvaluationPhoto.query_id).where(EvaluationPhoto.query_id.in_(ids))
    return {*session.scalars(meant)}


def pictures_of(session: Session, query_id: str) -> list[ReferenceImage]:
    """Return the pictures of works that were made of a photo and are still there."""
    review = session.get(PhotoReview, query_id)
    if review is None or not review.pictures:
        return []
    made = ReferenceImage.sha256.in_(review.pictures)
    meant = select(ReferenceImage).where(made).order_by(ReferenceImage.id)
    return list(session.scalars(meant.options(selectinload(ReferenceImage.artwork))))


def join(session: Session, reviews: Iterable[PhotoReview], user: User | None) -> int:
    """Put decided photos into the set, each with the work that was named; commits.

    Returns
    -------
    count : int
        How many were not in it before.
    """
    count = 0
    for review in reviews:
        is_named = review.outcome in (ReviewOutcome.NAMED, ReviewOutcome.STUB)
        is_lost = is_named and review.artwork is None  # its work was deleted for good
        if review.outcome is ReviewOutcome.OPEN or is_lost:
            continue
        if session.get(EvaluationPhoto, review.query_id) is None:
            works = [review.artwork] if review.artwork else []
            _change(session, review.query_id, works, user)
            count += 1
    session.commit()
    return count


def leave(session: Session, photo: EvaluationPhoto, user: User | None) -> None:
    """Take a photo out of the set, with what was answered to it; commits."""
    _change(session, photo.query_id, None, user)
    session.commit()


def drop(session: Session, query_id: str) -> None:
    """Take a photo out because what it shows is not decided any more; no commit."""
    photo = session.get(EvaluationPhoto, query_id)
    if photo is not None:
        session.delete(photo)
        session.flush()


def state_works(
    session: Session,
    photo: EvaluationPhoto,
    works: Collection[Artwork],
    user: User | None,
) -> None:
    """State which works are in a photo; its old answers are graded anew; commits."""
    _change(session, photo.query_id, works, user)
    session.commit()


def take_back(session: Session, entry: AuditEntry, user: User | None) -> None:
    """Take back what an entry of the trail says of a photo of the set; commits.

    Raises
    ------
    ChangedMeanwhileError
        If it was taken back already, has changed since, or the photo is gone.
    """
    query_id = entry.after["query"]
    before: Works = entry.before["works"]
    is_there = session.get(Query, query_id) is not None
    there = works_of(session.get(EvaluationPhoto, query_id))
    meant = select(Artwork).where(Artwork.accession.in_(before or ()))
    works = session.scalars(meant).all()
    if (
        audit.is_undone(session, entry)
        or not is_there
        or there != entry.after["works"]
        or len(works) != len(before or ())
    ):
        raise ChangedMeanwhileError(entry.subject)
    wanted = None if before is None else works
    _change(session, query_id, wanted, user, undoes=entry)
    session.commit()


def works_of(photo: EvaluationPhoto | None) -> Works:
    """Return the works in a photo, as the trail remembers them."""
    if photo is None:
        return None
    return sorted(one.artwork.accession for one in photo.works if one.artwork)


def sweep(session: Session) -> int:
    """Take out the photos that retention has taken and that no picture stands for."""
    gone = (
        select(EvaluationPhoto)
        .join(EvaluationPhoto.query)
        .where(Query.photo_name.is_(None))
    )
    left = [
        photo
        for photo in session.scalars(gone).all()
        if not pictures_of(session, photo.query_id)
    ]
    for photo in left:
        session.delete(photo)
    session.commit()
    return len(left)


def _change(
    session: Session,
    query_id: str,
    works: Collection[Artwork] | None,
    user: User | None,
    *,
    undoes: AuditEntry | None = None,
) -> None:
    photo = session.get(EvaluationPhoto, query_id)
    before = works_of(photo)
    if works is None:
        if photo is not None:
            session.delete(photo)
    else:
        if photo is None:
            photo = EvaluationPhoto(query_id=query_id, user=user)
            session.add(photo)
        wanted = {work.id: work for work in works}
        kept = [one for one in photo.works if one.artwork_id in wanted]
        known = {one.artwork_id for one in kept}
        new = [work for number, work in wanted.items() if number not in known]
        photo.works = [*kept, *(EvaluationPhotoWork(artwork=work) for work in new)]
        grade_anew(session, photo)
    session.flush()
    after: dict[str, Any] = {"works": works_of(photo) if works is not None else None}
    if after["works"] == before:
        return
    first = next(iter(works or ()), None)
    audit.record(
        session,
        audit.EVALUATION_SET,
        user=user,
        artwork=first,
        subject=", ".join(after["works"] or before or ()),
        before={"works": before},
        after={**after, "query": query_id},
        undoes=undoes,
    )
