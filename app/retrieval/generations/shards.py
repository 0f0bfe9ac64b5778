"""Building of shards and of the generations that are cut into them.

A shard is built, examined and named as a generation is, in a root of its own, but is
never live by itself: a generation names its shards, and is published when all are
there. Finished ones are kept by a run that is killed, and found by the next one.
"""

import hashlib
import json
import logging
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import asdict

from app.retrieval.errors import ArtefactError
from app.retrieval.files.atomic import discard
from app.retrieval.gallery.gallery import ITEMS_FOLDER, Gallery
from app.retrieval.gallery.item_store import ItemStore
from app.retrieval.gallery.shards.cut import Shard, write_cut
from app.retrieval.generations.manifest import Manifest
from app.retrieval.generations.registry import Generation
from app.retrieval.generations.store import Store, feature_settings
from app.retrieval.generations.validation import Validation
from app.retrieval.model import Model
from app.retrieval.settings import RetrievalSettings
from app.retrieval.types import FloatArray, GalleryFeatures, GalleryItem

RECIPE = "recipe"
"""Key, in the settings of a shard's manifest, of what it was made of."""

logger = logging.getLogger(__name__)


class ShardStore(Store):
    """Store of shards under one folder."""

    def build_shard(
        self,
        items: Sequence[GalleryItem],
        features: Iterable[GalleryFeatures],
        model: Model,
        *,
        word_weights: FloatArray,
        examine: Callable[[Gallery], Validation],
        settings: RetrievalSettings,
    ) -> Shard:
        """Build and examine a shard, unless it is here already.

        The same items, model, weights and settings give the same files, bit for bit.

        Parameters
        ----------
        items : sequence of GalleryItem
            At least one.
        features : iterable of GalleryFeatures
            Of each; read only if the shard is not here.
        model : Model
        word_weights : (V,) float32
            Of the whole collection, that scores of shards compare.
        examine : callable
            Given the new gallery.
        settings : RetrievalSettings

        Raises
        ------
        GenerationRejectedError
            If the examination failed.
        StoreBusyError, StoreWriteError
            If it cannot be built here now.
        """
        recipe = recipe_of(items, model, word_weights, settings)
        with self._lock():
            found = self._made_by(recipe)
            if found is not None:
                return Shard(found, len(items))
            with self._staging() as staging:
                gallery, manifest = self._write(
                    staging,
                    zip(items, features, strict=True),
                    model,
                    settings,
                    word_weights=word_weights,
                    recipe={RECIPE: recipe},
                )
                name = self._place(staging, manifest, lambda: examine(gallery))
        return Shard(name, len(items))

    def keep_only(self, names: Collection[str]) -> None:
        """Remove the shards that no kept generation names; a failure costs space."""
        for path in self._by_time():
            if path.name in names:
                continue
            try:
                discard(path)
            except OSError as error:
                logger.warning("Cannot remove old shard %s: %s", path, error)

    def _made_by(self, recipe: str) -> str | None:
        """Find a whole shard that was made of the same."""
        for path in self._by_time():
            try:
                manifest = Manifest.read(path)
                manifest.check_lengths(path)
            except ArtefactError as error:
                logger.warning("Passing over a broken shard: %s", error)
                continue
            if manifest.settings.get(RECIPE) == recipe:
                return path.name
        return None


def recipe_of(
    items: Sequence[GalleryItem],
    model: Model,
    word_weights: FloatArray,
    settings: RetrievalSettings,
) -> str:
    """Name what a shard is made of: features follow from the ids and the model."""
    digest = hashlib.sha256(word_weights.tobytes())
    essence = [
        model.model_id,
        feature_settings(settings),
        asdict(settings.gallery),
        [(item.image_id, item.work_id) for item in items],
    ]
    digest.update(json.dumps(essence, sort_keys=True).encode())
    return digest.hexdigest()[:16]


class CutStore(Store):
    """Store of generations that are cut into shards."""

    def publish_cut(
        self,
        items: Sequence[GalleryItem],
        shards: Sequence[Shard],
        model: Model,
        *,
        word_weights: FloatArray,
        settings: RetrievalSettings,
        share: Callable[[Generation], None] = lambda _: None,
    ) -> Generation:
        """Make a generation of finished shards live.

        Parameters
        ----------
        items : sequence of GalleryItem
            Of all shards, one after the other.
        shards : sequence of Shard
        model, word_weights, settings
            That they were built with.
        share : callable, optional
            As of :meth:`Store.build`.

        Raises
        ------
        StoreBusyError, StoreWriteError
            As of :meth:`Store.build`.
        """
        with self._lock(), self._staging() as staging:
            with self._writing():
                write_cut(staging, items, shards, word_weights)
                manifest = Manifest.of(
                    staging,
                    model_id=model.model_id,
                    decision=model.decision,
                    settings={**feature_settings(settings), "shards": len(shards)},
                    works=ItemStore.open(staging / ITEMS_FOLDER).work_count,
                    images=len(items),
                )
            # Each shard was examined by itself.
            name = self._place(staging, manifest, lambda: Validation({}, ()))
            self._go_live(name, share)
        return self._read(name)
