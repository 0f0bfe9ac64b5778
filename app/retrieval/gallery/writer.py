"""Streaming writer of galleries, image by image, in memory of constant size."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np

from app.retrieval.files.arrays import map_array
from app.retrieval.files.packed_bytes import PackedBytesWriter
from app.retrieval.files.row_file import RowFile
from app.retrieval.gallery.gallery import (
    DESCRIPTORS_FILE,
    EFFORT_FILE,
    INDEX_FILE,
    ITEMS_FOLDER,
    PICTURE_FILES,
    POSTINGS_FOLDER,
    SEMANTICS_FILE,
    STYLES_FILE,
)
from app.retrieval.gallery.item_store import ItemStoreWriter
from app.retrieval.gallery.nearest import AnnoyIndex, ExactIndex
from app.retrieval.gallery.tuning import choose_search_k
from app.retrieval.local.feature_store import FeatureStoreWriter
from app.retrieval.local.inverted_index_writer import InvertedIndexWriter
from app.retrieval.local.vocabulary import Vocabulary
from app.retrieval.settings import GallerySettings
from app.retrieval.types import FloatArray, GalleryFeatures, GalleryItem, VectorArray

CHOSEN_RECALL = 0.998
"""Aimed at on the sample that chooses the effort, so that 0.99 holds on others."""


class GalleryWriter:
    """Writes a gallery into an empty folder, image by image.

    Everything goes straight to disk: of an image, some 60 bytes stay in memory.

    Parameters
    ----------
    folder : Path
    vocabulary : Vocabulary
    settings : GallerySettings
    word_weights : (V,) float32, optional
        See :meth:`InvertedIndex.build`.
    """

    def __init__(
        self,
        folder: Path,
        vocabulary: Vocabulary,
        settings: GallerySettings,
        *,
        word_weights: FloatArray | None = None,
    ) -> None:
        self._folder = folder
        self._settings = settings
        items, postings = folder / ITEMS_FOLDER, folder / POSTINGS_FOLDER
        items.mkdir()
        postings.mkdir()
        self._items = ItemStoreWriter(items)
        self._vectors: dict[str, RowFile] = {}
        self._local_features = FeatureStoreWriter(folder)
        self._inverted_index = InvertedIndexWriter(
            postings, vocabulary, word_weights=word_weights
        )
        self._pictures = PackedBytesWriter(*(folder / name for name in PICTURE_FILES))

    def __len__(self) -> int:
        return len(self._items)

    def add(self, item: GalleryItem, features: GalleryFeatures) -> None:
        """Write the next image's features."""
        self._local_features.append(features.local_features)
        self._inverted_index.append(features.local_features)
        self._items.append(item)
        for name, vector in (
            (DESCRIPTORS_FILE, features.descriptor),
            (STYLES_FILE, features.style),
            (SEMANTICS_FILE, features.semantic),
        ):
            if name not in self._vectors:
                path = self._folder / name
                self._vectors[name] = RowFile(path, np.float16, vector.shape)
            self._vectors[name].append(vector[None])
        self._pictures.append(features.picture)

    def finish(self, progress: Callable[[str], None]) -> None:
        """Build the indexes over what was added, which is at least one image.

        Parameters
        ----------
        progress : callable
            Told the name of each step when it begins.
        """
        self._local_features.finish()
        self._pictures.finish()
        progress("postings")
        self._inverted_index.finish()
        progress("index")
        for file in self._vectors.values():
            file.finish()
        self._items.finish()
        forest_from = self._settings.forest_from
        has_forest = forest_from is not None and len(self) >= forest_from
        descriptors = map_array(self._folder / DESCRIPTORS_FILE)
        effort = {"search_k": self._build_index(descriptors) if has_forest else None}
        (self._folder / EFFORT_FILE).write_text(json.dumps(effort), encoding="utf-8")

    def _build_index(self, descriptors: VectorArray) -> int:
        """Grow and write the forest; return the effort that it needs."""
        index = AnnoyIndex.build(
            descriptors,
            self._folder / INDEX_FILE,
            n_trees=self._settings.n_trees,
            seed=self._settings.seed,
        )
        queries = photo_like(descriptors, np.random.default_rng(self._settings.seed))
        return choose_search_k(
            index, ExactIndex(descriptors), queries, target=CHOSEN_RECALL
        )


def photo_like(
    descriptors: VectorArray, rng: np.random.Generator, count: int = 200
) -> FloatArray:
    """Make descriptors that lie about as far from the gallery's as photos do.

    A gallery's own rows are too easy to find, and random directions lie nowhere
    near real pictures; a mixture of two rows does.

    Parameters
    ----------
    descriptors : (N, D) float16 or float32, unit length, N >= 1
    rng : numpy.random.Generator
    count : int

    Returns
    -------
    queries : (count, D) float32
        Unit length; nearer to the first row of the pair (cosine about 0.8).
    """
    one, other = rng.integers(0, len(descriptors), (2, count))
    near, far = (descriptors[rows].astype(np.float32) for rows in (one, other))
    mixed = near + 0.7 * far
    lengths = np.linalg.norm(mixed, axis=1, keepdims=True)
    # A picture in which the network saw nothing has the descriptor zero.
    return np.asarray(mixed / np.maximum(lengths, 1e-6), dtype=np.float32)
