"""Live index of one server process, shared by its threads, the newest published.

Somebody else publishes indexes, at any time. Before every use one small read tells
which is live, so no process has to be told or started again.
"""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from app.retrieval.descriptors.graph import engine_name
from app.retrieval.errors import ArtefactError, EmptyGalleryError
from app.services.index.searcher import Searcher

logger = logging.getLogger(__name__)


class Publication(Protocol):
    """Place where generations are published."""

    def current_name(self) -> str | None:
        """Return the name of the live generation; None before the first one.

        Cheap: asked before every use.
        """
        ...

    def open(self) -> Searcher:
        """Open the live generation.

        Raises
        ------
        EmptyGalleryError, ArtefactError
            As :func:`app.services.index.opening.open_searcher`.
        """
        ...


class LiveIndex:
    """Lender of the newest searcher, to as many threads as ask.

    How many search at a time is for ``app.services.search.admission`` to say, over all
    processes.

    Parameters
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
            logger.info(
                "searching generation %s, networks run by %s",
                self._searcher.generation,
                engine_name(),
            )
        self._name = name
        return self._searcher
