"""The engine over whatever generation is published, as the live index wants it."""

from collections.abc import Collection
from pathlib import Path

from app.retrieval.engine import Engine
from app.retrieval.errors import EmptyGalleryError
from app.retrieval.manifest import INDEX_COMMAND
from app.retrieval.model import Model
from app.retrieval.store import Store
from app.retrieval.types import Answer, Image, SimilarWork, Verdict


class EngineSearcher:
    """An engine that knows the name of its generation."""

    def __init__(self, engine: Engine, generation: str) -> None:
        self._engine = engine
        self.generation = generation
        self.model_id = engine.model.model_id
        self.work_ids = frozenset(item.work_id for item in engine.gallery.items)

    def query(self, image: Image, *, excluded_works: Collection[str]) -> Answer:
        """Answer a photo as if some works did not exist."""
        return self._engine.query(image, excluded_works=excluded_works)

    def verdict(self, probability: float) -> Verdict:
        """Say in words what a probability means."""
        return self._engine.model.decision.verdict(probability)

    def similar_to(
        self, image_id: str, *, excluded_works: Collection[str]
    ) -> tuple[SimilarWork, ...]:
        """Return works that look like a reference image."""
        return self._engine.similar_to(image_id, excluded_works=excluded_works)


class PublishedEngine:
    """Opens the live generation with the model that made it.

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
        """Open the live generation.

        Raises
        ------
        EmptyGalleryError
            If nothing is published.
        ArtefactError
            If the generation or the model cannot be used.
        """
        generation = self._store.current()
        if generation is None:
            raise EmptyGalleryError(INDEX_COMMAND)
        model = self._model
        if model is None or model.model_id != generation.manifest.model_id:
            # One thread: the server runs one process per core.
            self._model = model = Model.open(self._model_dir, threads=1)
        generation, gallery = self._store.open(model)
        return EngineSearcher(Engine(model, gallery), generation.name)
