"""Searcher of the live generation and of changes since; the one way to open it."""

import logging
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

from sqlalchemy.orm import Session

from app.models import GenerationRecord, LivePointer
from app.retrieval.errors import EmptyGalleryError, IncompatibleArtefactError
from app.retrieval.gallery.gallery import Gallery
from app.retrieval.gallery.overlay import GalleryOverlay
from app.retrieval.gallery.shards.cut import is_cut, open_cut
from app.retrieval.gallery.shards.sharded import ShardedGallery
from app.retrieval.gallery.shared import SharedIndex
from app.retrieval.generations.manifest import INDEX_COMMAND
from app.retrieval.generations.registry import Generation
from app.retrieval.generations.store import Store
from app.retrieval.images.prepared import PreparedPhoto
from app.retrieval.model import Model
from app.retrieval.search.answers import Answer, SimilarWork
from app.retrieval.search.engine import Engine
from app.retrieval.settings import LocalSettings
from app.retrieval.types import GalleryFeatures, GalleryItem, Image
from app.retrieval.verification.decision import Thresholds
from app.services.index import thresholds
from app.services.index.changes import current_revision, works_changed_since
from app.services.index.features import features_key, load_features
from app.services.media.published import Kind
from app.services.shards.engine import ShardConnection
from app.services.system.tasks import NotHereYetError
from app.services.vectors.store import VectorStore

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
        return self.engine.identify(photo, excluded_works=excluded_works)

    def reference_features(self, image: Image) -> GalleryFeatures:
        """Compute what a new reference image, (H, W, 3) uint8 RGB, is found by."""
        return self.model.reference_features(image, LocalSettings())

    def similar_to(
        self, image_id: str, *, excluded_works: Collection[str]
    ) -> tuple[SimilarWork, ...]:
        """Return works that look like a reference image; none if it is unknown."""
        return self.engine.similar_to(image_id, excluded_works=excluded_works)


class LivePublication:
    """Opener of the live generation, for :class:`app.services.index.live.LiveIndex`.

    The model stays open from one generation to the next, as long as it is the same.
    """

    def __init__(
        self,
        model_dir: Path,
        generations: Path,
        vectors: VectorStore | None = None,
        shards: ShardConnection | None = None,
    ) -> None:
        self._model_dir = model_dir
        self._vectors = vectors
        self._shards = shards
        self._store = Store(generations)
        self._model: Model | None = None

    def current_name(self) -> str | None:
        """Return the name of the live generation; None before the first one."""
        return self._store.current_name()

    def open(self) -> Searcher:
        """Open the live generation; raises as :func:`open_searcher`."""
        searcher = open_searcher(
            self._model_dir,
            self._store.root,
            self._vectors,
            self._shards,
            model=self._model,
        )
        self._model = searcher.model
        return searcher


def open_gallery(
    model_dir: Path, generations: Path, *, model: Model | None = None
) -> tuple[Model, Gallery, str]:
    """Open the parts of a live generation that is in one piece, and return its name.

    Parameters and errors as of :func:`open_searcher`.
    """
    model, store, live = _live(model_dir, generations, model)
    if is_cut(live.path):
        raise IncompatibleArtefactError(
            live.path,
            "an index in one piece, or MORELLI_SHARDS_URL,",
            "shards",
            INDEX_COMMAND,
        )
    live, gallery = store.open(model)
    return model, gallery, live.name


def _live(
    model_dir: Path, generations: Path, model: Model | None = None
) -> tuple[Model, Store, Generation]:
    store = Store(generations)
    live = store.current()
    if live is None:
        raise EmptyGalleryError(INDEX_COMMAND)
    if model is None or model.model_id != live.manifest.model_id:
        # One thread: the server runs one process per core.
        model = Model.open(model_dir, threads=1)
    return model, store, live


def open_searcher(
    model_dir: Path,
    generations: Path,
    vectors: VectorStore | None = None,
    shards: ShardConnection | None = None,
    *,
    model: Model | None = None,
) -> Searcher:
    """Open the live generation as it was built, with the model that made it.

    Parameters
    ----------
    model_dir, generations : Path
    vectors : VectorStore, optional
        What finds the nearest descriptors; None: the index does.
    shards : ShardConnection, optional
        Way to the shards, of an index that is cut.
    model : Model, optional
        One that is open already, and may be the one that made it.

    Raises
    ------
    EmptyGalleryError
        If nothing is published.
    ArtefactError
        If the generation or the model cannot be used.
    """
    model, store, live = _live(model_dir, generations, model)
    if shards is not None and is_cut(live.path):
        connect = shards.connect
        live, sharded = store.open_by(
            lambda path, vocabulary: open_cut(path, vocabulary, connect), model
        )
        return Searcher(model, sharded, live.name)
    model, gallery, name = open_gallery(model_dir, generations, model=model)
    if vectors is not None:
        gallery.ask(vectors.open(name, model.model_id))
    return Searcher(model, gallery, name)


def open_as_served(
    session: Session,
    model_dir: Path,
    generations: Path,
    vectors: VectorStore | None = None,
    shards: ShardConnection | None = None,
) -> Searcher:
    """Open what visitors search: with the thresholds that are set, and all changes.

    Raises
    ------
    EmptyGalleryError, ArtefactError
        As :func:`open_searcher`.
    NotHereYetError
        If another server has built an index, and this one has none yet.
    """
    try:
        searcher = open_searcher(model_dir, generations, vectors, shards)
    except EmptyGalleryError:
        refuse_while_fetching(session)
        raise
    searcher.catch_up(session)
    searcher.use_thresholds(thresholds.stored(session, searcher.model_id))
    session.commit()
    return searcher


def refuse_while_fetching(session: Session) -> None:
    """Do nothing unless an index is live that this machine, which has none, lacks.

    Raises
    ------
    NotHereYetError
    """
    if session.get(LivePointer, Kind.INDEX.value) is not None:
        raise NotHereYetError
