"""Searcher of a generation, and of what changed since it was built."""

import logging
from collections.abc import Collection
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Artwork, GenerationRecord
from app.retrieval.gallery.gallery import Gallery
from app.retrieval.gallery.overlay import GalleryOverlay
from app.retrieval.gallery.shards.sharded import ShardedGallery
from app.retrieval.gallery.shared import SharedIndex
from app.retrieval.images.prepared import PreparedPhoto
from app.retrieval.model import Model
from app.retrieval.search import mirrored
from app.retrieval.search.answers import Answer, SimilarWork
from app.retrieval.search.engine import Engine
from app.retrieval.settings import LocalSettings
from app.retrieval.types import GalleryFeatures, GalleryItem, Image
from app.retrieval.verification.decision import Thresholds
from app.services.index.changes import current_revision, works_changed_since
from app.services.index.features import features_key, load_features

logger = logging.getLogger(__name__)

MOST_ADDED = 500
"""Pictures kept beside an index: each takes 15 ms to take in, and 70 kB per process."""


class Searcher:
    """Engine over one generation, and over what changed since it was built.

    Parameters
    ----------
    model : Model
    gallery : Gallery or ShardedGallery
    generation : str
        Its name.

    Attributes
    ----------
    model : Model
        With the thresholds that are in force.
    learnt_thresholds : Thresholds
        Where the model learnt to divide the answers.
    gallery : GalleryOverlay
    engine : Engine
        What answers now, for whoever looks at how.
    work_ids : frozenset of str
        All works that can be found.
    revision : int or None
        Of the collection, up to which it was told of changes; None: not yet.
    """

    def __init__(
        self, model: Model, gallery: Gallery | ShardedGallery, generation: str
    ) -> None:
        self.model = model
        self._learnt = model.decision
        self.learnt_thresholds = model.decision.thresholds
        self.generation = generation
        self.model_id = model.model_id
        self.revision: int | None = None
        self._built = gallery
        self._use(GalleryOverlay.over(gallery))

    def _use(self, gallery: GalleryOverlay) -> None:
        self.gallery = gallery
        self.engine = Engine(self.model, gallery)

    def fault(self) -> str | None:
        """Say why the engine that servers share is not asked now; None if it is."""
        built = self._built
        if isinstance(built, Gallery) and isinstance(built.index, SharedIndex):
            return built.index.fault()
        return None

    def shards_away(self) -> tuple[str, ...]:
        """Ask which shards have no copy that answers now; none, of one in one piece."""
        built = self._built
        return built.away() if isinstance(built, ShardedGallery) else ()

    def catch_up(self, session: Session) -> None:
        """Learn what changed since the index was built, or since this was last asked.

        Parameters
        ----------
        session : Session
            A fresh one, so that it sees what is committed by now.
        """
        revision = current_revision(session)
        if revision == self.revision:
            return
        since = self.revision
        if since is None:
            built = session.get(GenerationRecord, self.generation)
            # An index that the database knows nothing of may lack any change.
            since = built.revision if built else 0
        key = features_key(self.model_id, LocalSettings())
        hidden: set[str] = set()
        wanted: dict[GalleryItem, int] = {}
        for accession, images in works_changed_since(session, since, key).items():
            known = self.gallery.images_of(accession)
            hidden |= known - {item.image_id for item in images}
            wanted |= {i: row for i, row in images.items() if i.image_id not in known}
        room = max(0, MOST_ADDED - self.gallery.added_count)
        if len(wanted) > room:
            logger.warning(
                "%d changed pictures are only found after the index is built again",
                len(wanted) - room,
            )
        rows = list(wanted.items())[:room]
        if hidden or rows:
            self._use(self.gallery.extended(hidden, load_features(session, rows)))
            logger.info("%d pictures hidden, %d added", len(hidden), len(rows))
        self.revision = revision

    @property
    def work_ids(self) -> frozenset[str]:
        """All works that can be found."""
        return self.gallery.work_ids

    def absent_works(self, session: Session) -> frozenset[str]:
        """Return the works of the index that are not on show, and must not be found."""
        shown = select(Artwork.accession).where(Artwork.withdrawn_at.is_(None))
        return self.work_ids.difference(session.scalars(shown))

    @property
    def thresholds(self) -> Thresholds:
        """Where the answers are divided now."""
        return self.model.decision.thresholds

    def use_thresholds(self, thresholds: Thresholds | None) -> None:
        """Divide the answers elsewhere; None: where the model learnt to."""
        wanted = thresholds or self.learnt_thresholds
        if wanted != self.thresholds:
            self.model = replace(self.model, decision=self._learnt.at(wanted))
            self._use(self.gallery)

    def answer(
        self, photo: PreparedPhoto, *, excluded_works: Collection[str]
    ) -> Answer:
        """Answer a photo as if some works did not exist."""
        return mirrored.identify(self.engine, photo, excluded_works=excluded_works)

    def reference_features(self, image: Image) -> GalleryFeatures:
        """Compute what a new reference image, (H, W, 3) uint8 RGB, is found by."""
        return self.model.reference_features(image, LocalSettings())

    def similar_to(
        self, image_id: str, *, excluded_works: Collection[str]
    ) -> tuple[SimilarWork, ...]:
        """Return works that look like a reference image; none if it is unknown."""
        return self.engine.similar_to(image_id, excluded_works=excluded_works)
