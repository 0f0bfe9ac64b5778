"""Opening the live generation with the model that made it: one way for everybody."""

from collections.abc import Collection, Iterable
from dataclasses import replace
from pathlib import Path

from sqlalchemy.orm import Session

from app.retrieval.errors import EmptyGalleryError
from app.retrieval.gallery.gallery import Gallery
from app.retrieval.gallery.overlay import GalleryOverlay
from app.retrieval.generations.manifest import INDEX_COMMAND
from app.retrieval.generations.store import Store
from app.retrieval.images.prepared import PreparedPhoto
from app.retrieval.model import Model
from app.retrieval.search.engine import Engine
from app.retrieval.settings import LocalSettings
from app.retrieval.types import (
    Answer,
    GalleryFeatures,
    GalleryItem,
    Image,
    SimilarWork,
    Verdict,
)
from app.retrieval.verification.decision import Thresholds
from app.services.index import thresholds
from app.services.index.changes import catch_up


class EngineSearcher:
    """An engine over one generation, and over what changed since it was built.

    Parameters
    ----------
    model : Model
    gallery : Gallery
    generation : str
        Its name.
    """

    def __init__(self, model: Model, gallery: Gallery, generation: str) -> None:
        self._model = model
        self._learnt = model.decision
        self.generation = generation
        self.model_id = model.model_id
        self.revision: int | None = None
        self._use(GalleryOverlay.over(gallery))

    @property
    def added_count(self) -> int:
        """Pictures that are in memory beside the generation."""
        return self._gallery.added_count

    def images_of(self, work_id: str) -> frozenset[str]:
        """Return the ids of the images that can be found of a work."""
        return self._gallery.images_of(work_id)

    def extend(
        self,
        hidden: Collection[str],
        additions: Iterable[tuple[GalleryItem, GalleryFeatures]],
    ) -> None:
        """Forget some images and learn others."""
        self._use(self._gallery.extended(hidden, additions))

    @property
    def learnt_thresholds(self) -> Thresholds:
        """Where the model learnt to divide the answers."""
        return self._learnt.thresholds

    @property
    def thresholds(self) -> Thresholds:
        """Where the answers are divided now."""
        return self._model.decision.thresholds

    def use_thresholds(self, thresholds: Thresholds | None) -> None:
        """Divide the answers elsewhere; None: where the model learnt to."""
        wanted = thresholds or self._learnt.thresholds
        if wanted != self.thresholds:
            self._model = replace(self._model, decision=self._learnt.at(wanted))
            self._use(self._gallery)

    @property
    def model(self) -> Model:
        """What describes photos and decides."""
        return self._model

    @property
    def engine(self) -> Engine:
        """What answers now, for whoever looks at how."""
        return self._engine

    def _use(self, gallery: GalleryOverlay) -> None:
        self._gallery = gallery
        self._engine = Engine(self._model, gallery)
        self.work_ids = gallery.work_ids

    def answer(
        self, photo: PreparedPhoto, *, excluded_works: Collection[str]
    ) -> Answer:
        """Answer a photo as if some works did not exist."""
        return self._engine.identify(photo, excluded_works=excluded_works)

    def reference_features(self, image: Image) -> GalleryFeatures:
        """Compute what a new reference image is found by."""
        return self._model.reference_features(image, LocalSettings())

    def verdict(self, probability: float) -> Verdict:
        """Say in words what a probability means."""
        return self._model.decision.verdict(probability)

    def similar_to(
        self, image_id: str, *, excluded_works: Collection[str]
    ) -> tuple[SimilarWork, ...]:
        """Return works that look like a reference image."""
        return self._engine.similar_to(image_id, excluded_works=excluded_works)


class LivePublication:
    """The live generation, as ``app.services.index.live`` asks for it.

    The model stays open from one generation to the next, as long as it is the same.

    Parameters
    ----------
    model_dir, generations : Path
    """

    def __init__(self, model_dir: Path, generations: Path) -> None:
        self._model_dir = model_dir
        self._store = Store(generations)
        self._model: Model | None = None

    def current_name(self) -> str | None:
        """Return the name of the live generation; None before the first one."""
        return self._store.current_name()

    def open(self) -> EngineSearcher:
        """Open the live generation; raises as :func:`open_searcher`."""
        searcher = open_searcher(self._model_dir, self._store.root, model=self._model)
        self._model = searcher.model
        return searcher


def open_gallery(
    model_dir: Path, generations: Path, *, model: Model | None = None
) -> tuple[Model, Gallery, str]:
    """Open the parts of the live generation, for whoever measures each of them.

    Parameters and errors as of :func:`open_searcher`.

    Returns
    -------
    model : Model
    gallery : Gallery
    name : str
        Of the generation.
    """
    store = Store(generations)
    generation = store.current()
    if generation is None:
        raise EmptyGalleryError(INDEX_COMMAND)
    if model is None or model.model_id != generation.manifest.model_id:
        # One thread: the server runs one process per core.
        model = Model.open(model_dir, threads=1)
    generation, gallery = store.open(model)
    return model, gallery, generation.name


def open_searcher(
    model_dir: Path, generations: Path, *, model: Model | None = None
) -> EngineSearcher:
    """Open the live generation as it was built, with the model that made it.

    Parameters
    ----------
    model_dir, generations : Path
    model : Model, optional
        One that is open already, and may be the one that made it.

    Raises
    ------
    EmptyGalleryError
        If nothing is published.
    ArtefactError
        If the generation or the model cannot be used.
    """
    model, gallery, name = open_gallery(model_dir, generations, model=model)
    return EngineSearcher(model, gallery, name)


def open_as_served(
    session: Session, model_dir: Path, generations: Path
) -> EngineSearcher:
    """Open what visitors search: with the thresholds that are set, and all changes.

    Raises
    ------
    EmptyGalleryError, ArtefactError
        As :func:`open_searcher`.
    """
    searcher = open_searcher(model_dir, generations)
    catch_up(session, searcher)
    searcher.use_thresholds(thresholds.stored(session, searcher.model_id))
    session.commit()
    return searcher
