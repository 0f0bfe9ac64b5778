"""The searchable thing: reference images, their features and both indexes.

A gallery lives in a folder, mapped into memory so that the workers of a server
share its pages, or wholly in memory, which suits a handful of works. It knows
opaque ids and positions only.
"""

import json
from collections.abc import Callable, Collection, Iterable, Sequence
from pathlib import Path

import numpy as np

from app.retrieval.feature_bank import FeatureBank, FeatureBankWriter, map_array
from app.retrieval.index import AnnoyIndex, ExactIndex, Index, choose_search_k
from app.retrieval.inverted_index import InvertedIndex
from app.retrieval.settings import GallerySettings, ShortlistSettings
from app.retrieval.types import (
    BoolArray,
    FloatArray,
    GalleryFeatures,
    GalleryItem,
    Hit,
    LocalFeatures,
)
from app.retrieval.visual_words import Vocabulary

_ITEMS = "items.json"
_DESCRIPTORS = "descriptors.npy"
_INDEX = "index.ann"
_POSTINGS = "postings"

_CHOSEN_RECALL = 0.998
"""Aimed at on the sample that chooses the effort, so that 0.99 holds on others."""


class Gallery:
    """N reference images, each at a position from 0 to N - 1.

    Parameters
    ----------
    items : sequence of GalleryItem
        Several images may show one work; an image occurs once.
    descriptors : (N, D) float32
        Unit length.
    local_features : FeatureBank
    index : Index
        Over ``descriptors``.
    inverted_index : InvertedIndex
        Over ``local_features``.

    Raises
    ------
    ValueError
        If lengths differ or an image occurs twice.
    """

    def __init__(
        self,
        items: Sequence[GalleryItem],
        descriptors: FloatArray,
        local_features: FeatureBank,
        index: Index,
        inverted_index: InvertedIndex,
    ) -> None:
        lengths = {len(items), len(descriptors), len(local_features), len(index)}
        if len(lengths) > 1:
            raise ValueError(f"parts of a gallery differ in length: {lengths}")
        self.items = tuple(items)
        self._positions = {item.image_id: i for i, item in enumerate(items)}
        if len(self._positions) < len(items):
            raise ValueError("an image occurs twice in the gallery")
        self.descriptors = descriptors
        self.local_features = local_features
        self.index = index
        self._inverted_index = inverted_index
        self._works: dict[str, int] = {}
        self._work_numbers = np.array(
            [
                self._works.setdefault(item.work_id, len(self._works))
                for item in self.items
            ],
            np.int32,
        )

    def __len__(self) -> int:
        return len(self.items)

    @property
    def work_count(self) -> int:
        """Number of different works."""
        return len(self._works)

    @classmethod
    def build(
        cls,
        items: Iterable[tuple[GalleryItem, GalleryFeatures]],
        vocabulary: Vocabulary,
    ) -> "Gallery":
        """Make a gallery in memory, with exact search.

        Parameters
        ----------
        items : iterable of (GalleryItem, GalleryFeatures)
            At least one.
        vocabulary : Vocabulary
        """
        pairs = list(items)
        descriptors = np.stack([features.descriptor for _, features in pairs])
        bank = FeatureBank.pack(features.local_features for _, features in pairs)
        return cls(
            [item for item, _ in pairs],
            descriptors,
            bank,
            ExactIndex(descriptors),
            InvertedIndex.build(bank, vocabulary),
        )

    @classmethod
    def open(cls, folder: Path, vocabulary: Vocabulary) -> "Gallery":
        """Map what :class:`GalleryWriter` wrote.

        Every file is opened here, so that a folder removed later does not matter.

        Parameters
        ----------
        folder : Path
        vocabulary : Vocabulary
            The one that the gallery was written with.

        Raises
        ------
        OSError, ValueError, ArtefactError
            If a file is missing or is not what it claims to be.
        """
        listing = json.loads((folder / _ITEMS).read_text(encoding="utf-8"))
        descriptors = map_array(folder / _DESCRIPTORS)
        return cls(
            list(map(GalleryItem, listing["image_ids"], listing["work_ids"])),
            descriptors,
            FeatureBank.open(folder),
            AnnoyIndex.open(folder / _INDEX, descriptors.shape[1], listing["search_k"]),
            InvertedIndex.open(folder / _POSTINGS, vocabulary),
        )

    def position_of(self, image_id: str) -> int | None:
        """Look up where a reference image is; None if it is not in the gallery."""
        return self._positions.get(image_id)

    def mask_of(self, works: Collection[str]) -> BoolArray | None:
        """Mark the positions of some works, for leaving them out of a search.

        Parameters
        ----------
        works : collection of str
            Work ids; unknown ones are ignored.

        Returns
        -------
        mask : (N,) bool or None
            None when no position is marked.
        """
        numbers = [self._works[work] for work in works if work in self._works]
        return np.isin(self._work_numbers, numbers) if numbers else None

    def search_global(
        self, descriptor: FloatArray, k: int, *, excluded: BoolArray | None = None
    ) -> tuple[Hit, ...]:
        """Find the images whose descriptors are nearest.

        Parameters
        ----------
        descriptor : (D,) float32, unit length
        k : int, > 0
        excluded : (N,) bool or None
            Positions that must not be returned.

        Returns
        -------
        hits : tuple of Hit
            At most ``k``, most similar (cosine) first.
        """
        return self.index.query(descriptor, k, excluded=excluded)

    def search_local(
        self,
        features: LocalFeatures,
        settings: ShortlistSettings,
        *,
        excluded: BoolArray | None = None,
    ) -> tuple[Hit, ...]:
        """Find the images that share most visual words with a photo.

        Parameters
        ----------
        features : LocalFeatures
        settings : ShortlistSettings
        excluded : (N,) bool or None
            Positions that must not be returned.

        Returns
        -------
        hits : tuple of Hit
            At most ``settings.local_count``, best first.
        """
        return self._inverted_index.query(features, settings, excluded=excluded)

    def similarities(
        self, descriptor: FloatArray, positions: Sequence[int]
    ) -> FloatArray:
        """Compare a descriptor with those at some positions.

        Parameters
        ----------
        descriptor : (D,) float32, unit length
        positions : sequence of int, length K

        Returns
        -------
        similarities : (K,) float32
            Cosines.
        """
        rows = self.descriptors[np.asarray(positions, np.intp)]
        return np.asarray(rows @ descriptor, dtype=np.float32)


class GalleryWriter:
    """Writes a gallery into an empty folder, image by image.

    Local features go straight to disk: those of 44,000 works are 3 GB.

    Parameters
    ----------
    folder : Path
    vocabulary : Vocabulary
    settings : GallerySettings
    """

    def __init__(
        self, folder: Path, vocabulary: Vocabulary, settings: GallerySettings
    ) -> None:
        self._folder = folder
        self._vocabulary = vocabulary
        self._settings = settings
        self._items: list[GalleryItem] = []
        self._descriptors: list[FloatArray] = []
        self._bank = FeatureBankWriter(folder)

    def __len__(self) -> int:
        return len(self._items)

    def add(self, item: GalleryItem, features: GalleryFeatures) -> None:
        """Write the next image's features."""
        self._bank.append(features.local_features)
        self._items.append(item)
        self._descriptors.append(features.descriptor)

    def finish(self, progress: Callable[[str], None]) -> None:
        """Build both indexes over what was added, which is at least one image.

        Parameters
        ----------
        progress : callable
            Told the name of each step when it begins.
        """
        bank = self._bank.finish()
        progress("postings")
        postings = self._folder / _POSTINGS
        postings.mkdir()
        InvertedIndex.build(bank, self._vocabulary).save(postings)
        progress("index")
        descriptors = np.stack(self._descriptors)
        np.save(self._folder / _DESCRIPTORS, descriptors)
        listing = {
            "search_k": self._build_index(descriptors),
            "image_ids": [item.image_id for item in self._items],
            "work_ids": [item.work_id for item in self._items],
        }
        (self._folder / _ITEMS).write_text(json.dumps(listing), encoding="utf-8")

    def _build_index(self, descriptors: FloatArray) -> int:
        """Grow and write the forest; return the effort that it needs."""
        index = AnnoyIndex.build(
            descriptors,
            self._folder / _INDEX,
            n_trees=self._settings.n_trees,
            seed=self._settings.seed,
        )
        queries = photo_like(descriptors, np.random.default_rng(self._settings.seed))
        return choose_search_k(
            index, ExactIndex(descriptors), queries, target=_CHOSEN_RECALL
        ).search_k


def photo_like(
    descriptors: FloatArray, rng: np.random.Generator, count: int = 200
) -> FloatArray:
    """Make descriptors that lie about as far from the gallery's as photos do.

    A gallery's own rows are too easy to find, and random directions lie nowhere
    near real pictures; a mixture of two rows does.

    Parameters
    ----------
    descriptors : (N, D) float32, unit length, N >= 1
    rng : numpy.random.Generator
    count : int

    Returns
    -------
    queries : (count, D) float32
        Unit length; nearer to the first row of the pair (cosine about 0.8).
    """
    one, other = rng.integers(0, len(descriptors), (2, count))
    mixed = descriptors[one] + 0.7 * descriptors[other]
    lengths = np.linalg.norm(mixed, axis=1, keepdims=True)
    # A picture in which the network saw nothing has the descriptor zero.
    return np.asarray(mixed / np.maximum(lengths, 1e-6), dtype=np.float32)
