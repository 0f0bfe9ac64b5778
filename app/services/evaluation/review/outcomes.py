"""Outcomes of reviews: what a photo shows, decided and taken back, and written down."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import (
    Artwork,
    AuditEntry,
    PhotoReview,
    Query,
    ReviewOutcome,
    User,
    WorkStub,
)
from app.services.curation import stubs
from app.services.curation.editing import ChangedMeanwhileError, WorkEditor
from app.services.evaluation.own_set import members
from app.services.system import audit

QUERY, MADE = "query", "made"
"""Keys, in what an entry of the trail holds: the answer's id, which leads nowhere once
the answer is gone; and whether its work was recorded as a stub by this decision."""


def review_of(session: Session, query: Query) -> PhotoReview:
    """Return the review of a photo, a new one if there is none."""
    review = session.get(PhotoReview, query.id)
    if review is None:
        review = PhotoReview(query_id=query.id, outcome=ReviewOutcome.OPEN, pictures=[])
        session.add(review)
    return review


def decide(
    session: Session,
    query: Query,
    outcome: ReviewOutcome,
    user: User | None,
    *,
    artwork: Artwork | None = None,
    entry: AuditEntry | None = None,
    is_made: bool = False,
) -> PhotoReview:
    """Note what a photo shows; commits.

    Parameters
    ----------
    artwork : Artwork, optional
        The work that is named.
    entry : AuditEntry, optional
        The change by which the photo became a picture of it.
    is_made : bool
        Whether the work was recorded as a stub for this.
    """
    review = review_of(session, query)
    before = _state_of(review)
    members.drop(session, query.id)
    review.outcome, review.user = outcome, user
    review.artwork, review.entry = artwork, entry
    if entry is not None:
        review.pictures = [*review.pictures, *_made_by(entry)]
    review.decision = audit.record(
        session,
        audit.PHOTO_REVIEW,
        user=user,
        artwork=artwork,
        subject=artwork.accession if artwork else "",
        before=before,
        after=_state_of(review) | {QUERY: query.id, MADE: is_made},
    )
    session.commit()
    return review


def take_back(
    session: Session, review: PhotoReview, editor: WorkEditor, user: User | None
) -> None:
    """Put a photo back on the desk, and away what was made of it: picture or stub.

    Raises
    ------
    ChangedMeanwhileError
        If the work's pictures were changed since; then nothing is done.
    """
    entry, decision, work = review.entry, review.decision, review.artwork
    # Perhaps somebody took the picture away at the work’s own page.
    if entry is not None and not audit.is_undone(session, entry):
        editor.undo(entry)
    stub = _made_stub(session, review)
    if stub is not None:
        stubs.discard(session, stub)
    before = _state_of(review)
    members.drop(session, review.query_id)
    review.outcome = ReviewOutcome.OPEN
    review.artwork = review.entry = review.decision = None
    audit.record(
        session,
        audit.PHOTO_REVIEW,
        user=user,
        artwork=work,
        subject=work.accession if work else "",
        before=before,
        after=_state_of(review) | {QUERY: review.query_id, MADE: False},
        undoes=decision,
    )
    session.commit()


def undo(
    session: Session, entry: AuditEntry, editor: WorkEditor, user: User | None
) -> None:
    """Take back what an entry of the trail says was decided of a photo; commits.

    Raises
    ------
    ChangedMeanwhileError
        If the photo is gone, or something else was decided of it since.
    """
    review = session.get(PhotoReview, entry.after[QUERY])
    if review is None or review.decision_id != entry.id:
        raise ChangedMeanwhileError(entry.subject)
    take_back(session, review, editor, user)


def prepare(
    session: Session,
    query: Query,
    artwork: Artwork | None,
    editor: WorkEditor,
    user: User | None,
) -> bool:
    """Take back what was decided of a photo, as far as it says something else now.

    Parameters
    ----------
    artwork : Artwork or None
        The work that is to be named.

    Returns
    -------
    is_made : bool
        Whether it was recorded as a stub for this photo.

    Raises
    ------
    ChangedMeanwhileError
        As :func:`take_back`.
    """
    review = session.get(PhotoReview, query.id)
    if review is None or review.outcome is ReviewOutcome.OPEN:
        return False
    if artwork is None or review.artwork is not artwork:
        take_back(session, review, editor, user)
        return False
    entry, decision = review.entry, review.decision
    if entry is not None and not audit.is_undone(session, entry):
        editor.undo(entry)
    return _has_made(decision, artwork)


def _has_made(decision: AuditEntry | None, work: Artwork) -> bool:
    """Tell whether a work was recorded by a decision.

    A merge lets reviews name the kept work, which was there before.
    """
    return (
        decision is not None
        and decision.artwork_id == work.id
        and bool(decision.after[MADE])
    )


def _made_stub(session: Session, review: PhotoReview) -> WorkStub | None:
    """Return the stub that was recorded for a photo, if no other photo shows it."""
    work = review.artwork
    if work is None or not _has_made(review.decision, work):
        return None
    others = select(PhotoReview.query_id).where(
        PhotoReview.artwork_id == work.id, PhotoReview.query_id != review.query_id
    )
    if session.scalars(others.limit(1)).first() is not None:
        return None
    return session.get(WorkStub, work.id)


def _state_of(review: PhotoReview) -> dict[str, str]:
    work = review.artwork.accession if review.artwork else ""
    return {"outcome": review.outcome.value, "work": work}


def _made_by(entry: AuditEntry) -> list[str]:
    """Return the hashes of the pictures that a change added."""
    before = {one["sha256"] for one in entry.before.get("images", ())}
    after = [one["sha256"] for one in entry.after.get("images", ())]
    return [sha256 for sha256 in after if sha256 not in before]
