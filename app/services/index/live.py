"""The index that is live right now, shared by the threads of one server process.

Somebody else publishes indexes, at any time. Before every use one small read tells
which is live, so no process has to be told or started again.
"""

import logging
import threading
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Protocol

from app.retrieval.errors import ArtefactError, EmptyGalleryError
from app.retrieval.images.prepared import PreparedPhoto
from app.retrieval.search.engine import Engine
from app.retrieval.types import Answer, GalleryFeatures, Image, SimilarWork, Verdict
from app.retrieval.verification.decision import Thresholds
from app.services.index.changes import Extensible

logger = logging.getLogger(__name__)


class Searcher(Extensible, Protocol):
    """One open generation and the model that understands it."""

    @property
    def engine(self) -> Engine:
        """What answers now, for whoever looks at how."""
        ...

    @property
    def work_ids(self) -> frozenset[str]:
        """All works that can be found."""
        ...

    def answer(
        self, photo: PreparedPhoto, *, excluded_works: Collection[str]
    ) -> Answer:
        """Answer a photo as if some works did not exist."""
        ...

    def reference_features(self, image: Image) -> GalleryFeatures:
        """Compute what a new reference image, (H, W, 3) uint8 RGB, is found by."""
        ...

    @property
    def learnt_thresholds(self) -> Thresholds:
        """Where the model learnt to divide the answers."""
        ...

    def use_thresholds(self, thresholds: Thresholds | None) -> None:
        """Divide the answers elsewhere; None: where the model learnt to."""
        ...

    def verdict(self, probability: float) -> Verdict:
        """Say in words what a probability in [0, 1] means."""
        ...

    def similar_to(
        self, image_id: str, *, excluded_works: Collection[str]
    ) -> tuple[SimilarWork, ...]:
        """Return works that look like a reference image; none if it is unknown."""
        ...


class Publication(Protocol):
    """Where generations are published."""

    def current_name(self) -> str | None:
        """Return the name of the live generation; None before the first one.

        Cheap: asked before every use.
        """
        ...

    def open(self) -> Searcher:
        """Open the live generation.

        Raises
        ------
        EmptyGalleryError
            If nothing is published.
        ArtefactError
            If what is published, or the model, cannot be used.
        """
        ...


class LiveIndex:
    """Lends the newest searcher.

    To as many threads as ask: how many search at a time is for
    ``app.services.search.admission`` to say, over all processes.

    Parameters
    ----------
    publication : Publication

    Attributes
    ----------
    publication : Publication
        Where it looks; another one is searched from the next use on.
    """

    def __init__(self, publication: Publication) -> None:
        self.publication = publication
        self._lock = threading.Lock()
        self._searcher: Searcher | None = None
        self._name: str | None = None

    @contextmanager
    def use(self) -> Iterator[Searcher]:
        """Lend the newest searcher until the block ends.

        Raises
        ------
        EmptyGalleryError, ArtefactError
            As :meth:`Publication.open`.
        """
        with self._lock:
            searcher = self._newest()
        yield searcher

    def _newest(self) -> Searcher:
        # Asked before opening: what is published meanwhile is noticed next time.
        name = self.publication.current_name()
        if self._searcher is not None and name == self._name:
            return self._searcher
        try:
            self._searcher = self.publication.open()
        except EmptyGalleryError:
            self._searcher = None  # the operator took it back
            raise
        except ArtefactError:
            if self._searcher is None:
                raise
            # Visitors are better served by the old index than by none. The new one
            # is tried again when there is yet a newer one.
            logger.exception(
                "generation %s cannot be used; still searching %s",
                name,
                self._searcher.generation,
            )
        else:
            logger.info("searching generation %s", self._searcher.generation)
        self._name = name
        return self._searcher
