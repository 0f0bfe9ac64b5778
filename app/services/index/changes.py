"""Changes of the collection since an index was built, for the very next query.

Building an index takes minutes. Until then every server process keeps the changed
pictures beside the index it has open: one small read before each query, of the
collection's revision, tells it whether there is anything new.

Whoever changes what can be found calls :func:`announce` in the same transaction.
"""

import logging
from collections.abc import Collection, Iterable
from typing import Protocol

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.models import (
    Artwork,
    CollectionState,
    GenerationRecord,
    ImageFeatures,
    ReferenceImage,
)
from app.retrieval.settings import LocalSettings
from app.retrieval.types import GalleryFeatures, GalleryItem
from app.services.index.features import features_key, gallery_item, load_features

logger = logging.getLogger(__name__)

MOST_ADDED = 500
"""Pictures kept beside an index: each takes 15 ms to take in, and 70 kB per process."""


class Extensible(Protocol):
    """Open index that can be told of changes."""

    revision: int | None
    """Of the collection, up to which it was told; None: not yet."""

    @property
    def generation(self) -> str:
        """Name of the index."""
        ...

    @property
    def model_id(self) -> str:
        """Of the model that made it."""
        ...

    @property
    def added_count(self) -> int:
        """Pictures that it keeps beside what was built."""
        ...

    def images_of(self, work_id: str) -> frozenset[str]:
        """Ids of the images that can be found of a work."""
        ...

    def extend(
        self,
        hidden: Collection[str],
        additions: Iterable[tuple[GalleryItem, GalleryFeatures]],
    ) -> None:
        """Forget some images and learn others."""
        ...


def announce(session: Session, artworks: Iterable[Artwork]) -> int:
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


def catch_up(session: Session, index: Extensible) -> None:
    """Tell an open index what changed since it was built, or since it was last told.

    Parameters
    ----------
    session : Session
        A fresh one, so that it sees what is committed by now.
    index : Extensible
    """
    revision = current_revision(session)
    if revision == index.revision:
        return
    since = index.revision
    if since is None:
        built = session.get(GenerationRecord, index.generation)
        # An index that the database knows nothing of may lack any change.
        since = built.revision if built else 0
    key = features_key(index.model_id, LocalSettings())
    hidden: set[str] = set()
    wanted: dict[GalleryItem, int] = {}
    for accession, images in _changed_works(session, since, key).items():
        known = index.images_of(accession)
        hidden |= known - {item.image_id for item in images}
        wanted |= {i: row for i, row in images.items() if i.image_id not in known}
    left_out = max(0, index.added_count + len(wanted) - MOST_ADDED)
    if left_out:
        logger.warning(
            "%d changed pictures are only found after the index is built again",
            left_out,
        )
    rows = list(wanted.items())[: max(0, len(wanted) - left_out)]
    if hidden or rows:
        index.extend(hidden, load_features(session, rows))
        logger.info("%d pictures hidden, %d added", len(hidden), len(rows))
    index.revision = revision


def _changed_works(
    session: Session, since: int, key: str
) -> dict[str, dict[GalleryItem, int]]:
    """Map the works that changed to what can be found of them, by their features."""
    # One statement: a work may be added, or changed, between any two.
    rows = session.execute(
        select(Artwork.accession, ReferenceImage.sha256, ImageFeatures.id)
        .outerjoin(Artwork.images.and_(Artwork.withdrawn_at.is_(None)))
        .outerjoin(ReferenceImage.features.and_(ImageFeatures.model_id == key))
        .where(Artwork.revision > since)
        .order_by(Artwork.revision, Artwork.id, ReferenceImage.position)
    )
    found: dict[str, dict[GalleryItem, int]] = {}
    for accession, sha256, features_id in rows:
        images = found.setdefault(accession, {})
        if features_id is not None:
            images[gallery_item(accession, sha256)] = features_id
    return found
