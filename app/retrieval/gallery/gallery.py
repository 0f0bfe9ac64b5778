"""Gallery of reference images: their features and both indexes.

A gallery lives in a folder, mapped into memory so that the workers of a server
share its pages, or wholly in memory, which suits a handful of works. It knows
opaque ids and positions only.
"""

import json
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.retrieval.files.arrays import map_array
from app.retrieval.files.packed_bytes import PackedBytes
from app.retrieval.gallery.item_store import ItemStore
from app.retrieval.gallery.nearest import AnnoyIndex, ExactIndex, Index
from app.retrieval.gallery.shared import Neighbours, SharedIndex
from app.retrieval.local.feature_store import FeatureStore
from app.retrieval.local.inverted_index import InvertedIndex
from app.retrieval.local.vocabulary import Vocabulary
from app.retrieval.local.voting import Votes, cast_votes, look_up
from app.retrieval.settings import ShortlistSettings
from app.retrieval.types import (
    BoolArray,
    FloatArray,
    GalleryFeatures,
    GalleryItem,
    Hit,
    LocalFeatures,
    VectorArray,
)

ITEMS_FOLDER = "items"
EFFORT_FILE = "effort.json"
DESCRIPTORS_FILE = "descriptors.npy"
STYLES_FILE = "styles.npy"
SEMANTICS_FILE = "semantics.npy"
INDEX_FILE = "index.ann"
PICTURE_FILES = ("pictures.npy", "picture_starts.npy")
POSTINGS_FOLDER = "postings"


class Gallery:
    """N reference images, each at a position from 0 to N - 1.

    Parameters
    ----------
    items : ItemStore
        Several images may show one work; an image occurs once.
    descriptors : (N, D) float16 or float32
        Unit length.
    local_features : FeatureStore
    index : Index
        Over ``descriptors``.
    inverted_index : InvertedIndex
        Over ``local_features``.
    styles : (N, S) float16 or float32
        Unit length, or S = 0.
    semantics : (N, E) float16 or float32
        Unit length, or E = 0.
    pictures : PackedBytes
        Grey copies as they were encoded.

    Raises
    ------
    ValueError
        If lengths differ.
    """

    def __init__(
        self,
        items: ItemStore,
        descriptors: VectorArray,
        local_features: FeatureStore,
        index: Index,
        inverted_index: InvertedIndex,
        styles: VectorArray,
        semantics: VectorArray,
        pictures: PackedBytes,
    ) -> None:
        lengths = {len(items), len(descriptors), len(local_features), len(index)}
        lengths |= {len(styles), len(semantics), len(pictures)}
        if len(lengths) > 1:
            raise ValueError(f"parts of a gallery differ in length: {lengths}")
        self.items = items
        self.descriptors = descriptors
        self.styles = styles
        self.semantics = semantics
        self.pictures = pictures
        self.local_features = local_features
        self.index: Index = index
        self.inverted_index = inverted_index

    def __len__(self) -> int:
        return len(self.items)

    @property
    def work_count(self) -> int:
        """Number of different works."""
        return self.items.work_count

    @classmethod
    def build(
        cls,
        items: Iterable[tuple[GalleryItem, GalleryFeatures]],
        vocabulary: Vocabulary,
        *,
        word_weights: FloatArray | None = None,
    ) -> "Gallery":
        """Make a gallery in memory, with exact search.

        Parameters
        ----------
        items : iterable of (GalleryItem, GalleryFeatures)
            At least one.
        vocabulary : Vocabulary
        word_weights : (V,) float32, optional
            See :meth:`InvertedIndex.build`.
        """
        pairs = list(items)
        descriptors = np.stack([features.descriptor for _, features in pairs])
        local_features = [features.local_features for _, features in pairs]
        return cls(
            ItemStore.pack(item for item, _ in pairs),
            descriptors,
            FeatureStore.pack(local_features, vocabulary.quantiser),
            ExactIndex(descriptors),
            InvertedIndex.build(local_features, vocabulary, word_weights=word_weights),
            np.stack([features.style for _, features in pairs]),
            np.stack([features.semantic for _, features in pairs]),
            PackedBytes.pack(features.picture for _, features in pairs),
        )

    def beside(self, items: Iterable[tuple[GalleryItem, GalleryFeatures]]) -> "Gallery":
        """Make a gallery in memory whose scores compare with this one's.

        A visual word counts there what it counts here: in a handful of images every
        word would be rare.
        """
        weights = self.inverted_index.word_weights
        return self.build(items, self.vocabulary, word_weights=weights)

    @classmethod
    def open(cls, folder: Path, vocabulary: Vocabulary) -> "Gallery":
        """Map what :class:`~app.retrieval.gallery.writer.GalleryWriter` wrote.

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
        effort = json.loads((folder / EFFORT_FILE).read_text(encoding="utf-8"))
        descriptors = map_array(folder / DESCRIPTORS_FILE)
        return cls(
            ItemStore.open(folder / ITEMS_FOLDER),
            descriptors,
            FeatureStore.open(folder, vocabulary.quantiser),
            # Few works need no forest.
            ExactIndex(descriptors)
            if effort["search_k"] is None
            else AnnoyIndex.open(folder / INDEX_FILE, descriptors, effort["search_k"]),
            InvertedIndex.open(folder / POSTINGS_FOLDER, vocabulary),
            map_array(folder / STYLES_FILE),
            map_array(folder / SEMANTICS_FILE),
            PackedBytes.open(*(folder / name for name in PICTURE_FILES)),
        )

    def ask(self, neighbours: Neighbours) -> None:
        """Let an engine that holds the descriptors find the nearest from now on."""
        self.index = SharedIndex(
            neighbours, ExactIndex(self.descriptors), self.position_of
        )

    def position_of(self, image_id: str) -> int | None:
        """Look up where a reference image is; None if it is not in the gallery."""
        return self.items.position_of(image_id)

    def mask_of(self, works: Collection[str]) -> BoolArray | None:
        """Mark the positions of some works; see :meth:`ItemStore.mask_of`."""
        return self.items.mask_of(works)

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
        return self.index.nearest(descriptor, k, excluded=excluded)

    @property
    def vocabulary(self) -> Vocabulary:
        """The visual words that the images are found by."""
        return self.inverted_index.vocabulary

    @property
    def missing(self) -> tuple[str, ...]:
        """Names of the shards that were not searched: none, for all of it is here."""
        return ()

    def for_one_photo(self) -> "Gallery":
        """Return what one photo is searched in: this, which needs no memory of it."""
        return self

    def fetch(self, positions: Iterable[int]) -> list[int]:
        """Get ready what is held of some images: nothing to do, all of it is here."""
        return list(positions)

    def vote(self, features: LocalFeatures, settings: ShortlistSettings) -> Votes:
        """Let a photo's local features vote for the images."""
        rule = settings.among(len(self))
        return self.vote_by(*look_up(self.vocabulary, features, rule), rule)

    def vote_by(
        self,
        words: NDArray[np.int32],
        signatures: NDArray[np.uint64],
        rule: ShortlistSettings,
    ) -> Votes:
        """Let features vote that were looked up already, see `cast_votes`."""
        return cast_votes(self.inverted_index, words, signatures, rule)

    def search_local(
        self,
        features: LocalFeatures,
        settings: ShortlistSettings,
        *,
        excluded: BoolArray | None = None,
    ) -> tuple[Hit, ...]:
        """Find the images that share most visual words with a photo.

        At most ``settings.local_count``, best first; ``excluded`` (N,) bool are left
        out.
        """
        return self.vote(features, settings).shortlist(
            settings.local_count, excluded=excluded
        )

    def search_style(
        self, style: FloatArray, k: int, *, excluded: BoolArray | None = None
    ) -> tuple[Hit, ...]:
        """As :meth:`search_global`, by style, exactly: 64 numbers are few."""
        return ExactIndex(self.styles).nearest(style, k, excluded=excluded)

    def search_semantic(
        self, semantic: FloatArray, k: int, *, excluded: BoolArray | None = None
    ) -> tuple[Hit, ...]:
        """As :meth:`search_global`, by semantic descriptor, exactly."""
        return ExactIndex(self.semantics).nearest(semantic, k, excluded=excluded)

    def local_features_of(self, position: int) -> LocalFeatures:
        """Return the local features at a position."""
        return self.local_features[position]

    def style_of(self, position: int) -> FloatArray:
        """Return the style (S,) float32 at a position; S may be 0."""
        return np.asarray(self.styles[position], np.float32)

    def semantic_of(self, position: int) -> FloatArray:
        """Return the semantic descriptor (E,) float32 at a position; E may be 0."""
        return np.asarray(self.semantics[position], np.float32)

    def picture_of(self, position: int) -> bytes:
        """Return the grey copy at a position, encoded."""
        return self.pictures[position]

    def descriptor_of(self, position: int) -> FloatArray:
        """Return the descriptor (D,) float32 at a position."""
        return np.asarray(self.descriptors[position], np.float32)

    def similarities(
        self, descriptor: FloatArray, positions: Sequence[int]
    ) -> FloatArray:
        """Compare a descriptor (D,) with those at K positions: (K,) cosines."""
        rows = self.descriptors[np.asarray(positions, np.intp)]
        return np.asarray(rows.astype(np.float32) @ descriptor, dtype=np.float32)
