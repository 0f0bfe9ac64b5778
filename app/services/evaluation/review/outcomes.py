"""Outcomes of reviews: what a photo shows, decided and taken back."""

from sqlalchemy.orm import Session

from app.models import Artwork, AuditEntry, PhotoReview, Query, ReviewOutcome, User
from app.services.curation.editing import WorkEditor
from app.services.system import audit


def review_of(session: Session, query: Query) -> PhotoReview:
    """Return the review of a photo, a new one if there is none."""
    review = session.get(PhotoReview, query.id)
    if review is None:
        review = PhotoReview(query_id=query.id)
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
) -> PhotoReview:
    """Note what a photo shows; commits.

    Parameters
    ----------
    artwork : Artwork, optional
        The work that is named.
    entry : AuditEntry, optional
        The change by which the photo became a picture of it.
    """
    review = review_of(session, query)
    review.outcome, review.user = outcome, user
    review.artwork, review.entry = artwork, entry
    session.commit()
    return review


def take_back(session: Session, review: PhotoReview, editor: WorkEditor) -> None:
    """Put a photo back on the desk, and the picture away that was made of it.

    Raises
    ------
    ChangedMeanwhileError
        If the work's pictures were changed since; then nothing is done.
    """
    entry = review.entry
    # Perhaps somebody took the picture away at the work’s own page.
    if entry is not None and not audit.is_undone(session, entry):
        editor.undo(entry)
    review.outcome = ReviewOutcome.OPEN
    review.artwork = review.entry = None
    session.commit()
