"""Revision counter of the collection, and which works changed since a revision.

Building an index takes minutes. Until then every server process keeps the changed
pictures beside the index it has open: one small read before each query, of the
collection's revision, tells it whether there is anything new.

Whoever changes what can be found calls :func:`announce` in the same transaction.
"""

from collections.abc import Iterable

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.models import (
    Artwork,
    CollectionState,
    DeletedWork,
    ImageFeatures,
    ReferenceImage,
)
from app.models.collection import AnyWork
from app.retrieval.types import GalleryItem
from app.services.index.features import gallery_item


def announce(session: Session, artworks: Iterable[AnyWork]) -> int:
    """Say that what can be found of some works changes with this transaction.

    Returns
    -------
    revision : int
        The collection's new one.
    """
    state = CollectionState.__table__
    session.execute(update(state).values(revision=state.c.revision + 1))  # type: ignore[arg-type]  # a Table, as declared
    revision = current_revision(session)
    for artwork in artworks:
        artwork.revision = revision
    return revision


def current_revision(session: Session) -> int:
    """Return the collection's revision."""
    return session.scalars(select(CollectionState.revision)).one()


def works_changed_since(
    session: Session, since: int, key: str
) -> dict[str, dict[GalleryItem, int]]:
    """Map the works that changed to what can be found of them, by their features.

    Nothing can be found of those that were deleted for good.
    """
    # One statement for those that are there: one may be added between any two.
    rows = session.execute(
        select(Artwork.accession, ReferenceImage.sha256, ImageFeatures.id)
        .outerjoin(Artwork.images.and_(Artwork.withdrawn_at.is_(None)))
        .outerjoin(ReferenceImage.features.and_(ImageFeatures.model_id == key))
        .where(Artwork.revision > since)
        .order_by(Artwork.revision, Artwork.id, ReferenceImage.position)
    )
    gone = select(DeletedWork.accession).where(DeletedWork.revision > since)
    found: dict[str, dict[GalleryItem, int]] = {
        accession: {} for accession in session.scalars(gone)
    }
    for accession, sha256, features_id in rows:
        images = found.setdefault(accession, {})
        if features_id is not None:
            images[gallery_item(accession, sha256)] = features_id
    return found
