"""Inverted index file: per visual word, the pictures that hold it and signatures.

For every word, the file lists which pictures of the gallery hold it and with which
signature. How a photo's features vote by them is in ``voting``.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.retrieval.errors import IncompatibleArtefactError, reading
from app.retrieval.files.arrays import map_array
from app.retrieval.local.vocabulary import Vocabulary
from app.retrieval.runtime.place import INDEX_COMMAND
from app.retrieval.types import CodedFeatures, FloatArray

FORMAT = 2
MANIFEST_NAME = "inverted_index.json"
ARRAY_NAMES = ("edges", "offsets", "signatures", "word_weights", "feature_counts")
BLOCK_PICTURES = 1 << 16
"""Pictures whose places two bytes tell apart."""
POSTING_BYTES = 10
"""Of place and signature."""


@dataclass(frozen=True, eq=False)
class InvertedIndex:
    """Inverted index: the pictures that hold each visual word, and their signatures.

    The gallery is cut into B blocks of `BLOCK_PICTURES`, the last one smaller.

    Attributes
    ----------
    vocabulary : Vocabulary
    edges : (V B + 1,) int64
        The postings of word v in block b are rows ``edges[v B + b]`` to the next edge.
    offsets : (P,) uint16
        The picture of each posting, from the start of its block; ascending.
    signatures : (P,) uint64
    word_weights : (V,) float32
        Squared inverse document frequency of each word.
    feature_counts : (N,) int32
        Features of each picture.

    References
    ----------
    .. [1] Jégou, Douze and Schmid, "Hamming embedding and weak geometric
       consistency for large scale image search", ECCV 2008.
    """

    vocabulary: Vocabulary
    edges: NDArray[np.int64]
    offsets: NDArray[np.uint16]
    signatures: NDArray[np.uint64]
    word_weights: FloatArray
    feature_counts: NDArray[np.int32]

    def __post_init__(self) -> None:
        rows, words = len(self.offsets), len(self.vocabulary)
        if (
            self.edges.shape != (words * self.block_count + 1,)
            or self.word_weights.shape != (words,)
            or self.signatures.shape != (rows,)
            or self.edges[-1] != rows
            or self.feature_counts.sum() != rows
        ):
            raise ValueError("the arrays do not belong together")

    def __len__(self) -> int:
        return len(self.feature_counts)

    @property
    def block_count(self) -> int:
        """Number B of blocks."""
        return count_blocks(len(self.feature_counts))

    def rows_of(
        self, words: NDArray[np.int32]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Tell where the postings of words start, and how many each has."""
        first = words.astype(np.int64) * self.block_count
        starts = self.edges[first]
        return starts, self.edges[first + self.block_count] - starts

    def positions_of(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """Tell which pictures some postings are of."""
        positions = self.offsets[rows].astype(np.int64)
        if self.block_count > 1:
            run = np.searchsorted(self.edges, rows, side="right") - 1
            positions += run % self.block_count * BLOCK_PICTURES
        return positions

    @classmethod
    def build(
        cls,
        gallery: Iterable[CodedFeatures],
        vocabulary: Vocabulary,
        *,
        word_weights: FloatArray | None = None,
    ) -> "InvertedIndex":
        """Index a handful of pictures in memory, in order of position.

        A whole gallery is indexed by
        :class:`~app.retrieval.local.inverted_index_writer.InvertedIndexWriter`.

        Parameters
        ----------
        gallery : iterable of CodedFeatures
            Coded by the vocabulary; pictures may have no features.
        vocabulary : Vocabulary
        word_weights : (V,) float32, optional
            Those of another index whose scores are to be compared with this one's;
            otherwise they follow from the gallery.
        """
        pictures = list(gallery)
        none = CodedFeatures.empty()
        counts = np.array([len(picture) for picture in pictures], np.int32)
        postings = Postings.sort(
            np.concatenate([none.words, *(p.words for p in pictures)]),
            np.repeat(np.arange(len(pictures), dtype=np.int64), counts),
            np.concatenate([none.signatures, *(p.signatures for p in pictures)]),
        )
        if word_weights is None:
            holders = postings.count_holders(len(vocabulary))
            word_weights = weigh_words(holders, len(pictures))
        return cls(
            vocabulary,
            postings.edges(range(len(vocabulary)), count_blocks(len(pictures))),
            postings.offsets,
            postings.signatures,
            word_weights,
            counts,
        )

    @classmethod
    def open(cls, folder: Path, vocabulary: Vocabulary) -> "InvertedIndex":
        """Map a written index into memory, shared between processes.

        Raises
        ------
        MissingArtefactError
            If a file is not there.
        IncompatibleArtefactError
            If it was built with another vocabulary or in another format.
        DamagedArtefactError
            If a file is broken.
        """
        path = folder / MANIFEST_NAME
        needed = manifest_of(vocabulary)
        with reading(path, INDEX_COMMAND):
            found = json.loads(path.read_text(encoding="utf-8"))
        if found != needed:
            raise IncompatibleArtefactError(
                path, str(needed), str(found), INDEX_COMMAND
            )
        arrays = {}
        for name in ARRAY_NAMES:
            path = folder / f"{name}.npy"
            with reading(path, INDEX_COMMAND):
                arrays[name] = map_array(path)
        with reading(folder, INDEX_COMMAND):
            return cls(vocabulary, **arrays)


@dataclass(frozen=True, slots=True, eq=False)
class Postings:
    """Postings in the order of the file: by word, then by picture.

    Attributes
    ----------
    words : (P,) int32
    positions : (P,) int64
    signatures : (P,) uint64
    """

    words: NDArray[np.int32]
    positions: NDArray[np.int64]
    signatures: NDArray[np.uint64]

    @classmethod
    def sort(
        cls,
        words: NDArray[np.int32],
        positions: NDArray[np.int64],
        signatures: NDArray[np.uint64],
    ) -> "Postings":
        """Sort postings that are in the order of their pictures."""
        order = np.argsort(words, kind="stable")
        return cls(words[order], positions[order], signatures[order])

    @property
    def offsets(self) -> NDArray[np.uint16]:
        """Places in the blocks, as of `InvertedIndex`."""
        return (self.positions % BLOCK_PICTURES).astype(np.uint16)

    def edges(self, words: range, block_count: int) -> NDArray[np.int64]:
        """Return where each block of some words starts, and where the last one ends."""
        runs = self.words.astype(np.int64) * block_count
        runs += self.positions // BLOCK_PICTURES
        wanted = np.arange(words.start * block_count, words.stop * block_count + 1)
        return np.searchsorted(runs, wanted)

    def count_holders(self, word_count: int) -> NDArray[np.int64]:
        """Count the pictures that hold each word: (V,)."""
        is_new = np.ones(len(self.words), np.bool_)
        is_new[1:] = (np.diff(self.words) != 0) | (np.diff(self.positions) != 0)
        return np.bincount(self.words[is_new], minlength=word_count)


def count_blocks(picture_count: int) -> int:
    """Return how many blocks a gallery has, at least one."""
    return max(1, -(-picture_count // BLOCK_PICTURES))


def manifest_of(vocabulary: Vocabulary) -> dict[str, object]:
    """Return what stands beside an index: its format, and the words it is of."""
    return {"format": FORMAT, "vocabulary": vocabulary.fingerprint}


def weigh_words(holders: NDArray[np.int64], picture_count: int) -> FloatArray:
    """Square the inverse document frequency of each word.

    log(1 + N / n) instead of log(N / n): in a gallery of one picture, or of one
    subject, a word that all pictures hold must still count for something.

    Parameters
    ----------
    holders : (V,) int64
        Pictures that hold each word.
    picture_count : int
    """
    frequency = np.log1p(picture_count / np.maximum(holders, 1))
    return np.asarray(frequency**2, dtype=np.float32)
