"""Inverted index of visual words with signatures: its postings, building and files.

For every word, the file lists which pictures of the gallery hold it and with which
signature. How a photo's features vote by them is in ``voting``.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.retrieval.errors import IncompatibleArtefactError, reading
from app.retrieval.files.arrays import map_array
from app.retrieval.local.vocabulary import Vocabulary
from app.retrieval.types import FloatArray, LocalFeatures

FORMAT = 1
MANIFEST_NAME = "inverted_index.json"
ARRAY_NAMES = ("edges", "positions", "signatures", "word_weights", "feature_counts")
BUILD_BATCH = 64
"""Pictures whose features are assigned together when building."""
BUILD_COMMAND = "python precompute_descriptors.py"


@dataclass(frozen=True, eq=False)
class InvertedIndex:
    """Inverted index: the pictures that hold each visual word, and their signatures.

    Attributes
    ----------
    vocabulary : Vocabulary
    edges : (V + 1,) int64
        The postings of word v are rows ``edges[v]`` to ``edges[v + 1] - 1``.
    positions : (P,) uint32
        The picture of each posting, ascending within a word.
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
    positions: NDArray[np.uint32]
    signatures: NDArray[np.uint64]
    word_weights: FloatArray
    feature_counts: NDArray[np.int32]

    def __post_init__(self) -> None:
        rows = len(self.positions)
        if (
            self.edges.shape != (len(self.vocabulary) + 1,)
            or self.word_weights.shape != (len(self.vocabulary),)
            or self.signatures.shape != (rows,)
            or self.edges[-1] != rows
            or self.feature_counts.sum() != rows
        ):
            raise ValueError("the arrays do not belong together")

    def __len__(self) -> int:
        return len(self.feature_counts)

    @classmethod
    def build(
        cls,
        gallery: Iterable[LocalFeatures],
        vocabulary: Vocabulary,
        *,
        word_weights: FloatArray | None = None,
    ) -> "InvertedIndex":
        """Index the local features of a gallery, in order of position.

        Parameters
        ----------
        gallery : iterable of LocalFeatures
            Read once, a few pictures at a time; pictures may have no features.
        vocabulary : Vocabulary
        word_weights : (V,) float32, optional
            Those of another index whose scores are to be compared with this one's;
            otherwise they follow from the gallery.

        Returns
        -------
        index : InvertedIndex
            In memory, about 20 bytes per local feature while building and 12
            afterwards.
        """
        words: list[NDArray[np.int32]] = [np.zeros(0, np.int32)]
        signatures: list[NDArray[np.uint64]] = [np.zeros(0, np.uint64)]
        counts: list[int] = []
        for batch in _batches(gallery):
            descriptors = np.concatenate([f.descriptors for f in batch])
            assigned = vocabulary.assign(descriptors)
            words.append(assigned[:, 0])
            signatures.append(vocabulary.signatures(descriptors, assigned)[:, 0])
            counts.extend(len(features) for features in batch)
        feature_counts = np.array(counts, np.int32)
        positions = np.repeat(np.arange(len(counts), dtype=np.uint32), feature_counts)
        word_of = np.concatenate(words)
        order = np.argsort(word_of, kind="stable")
        word_of, positions = word_of[order], positions[order]
        edges = np.searchsorted(word_of, np.arange(len(vocabulary) + 1))
        if word_weights is None:
            word_weights = _word_weights(
                word_of, positions, len(counts), len(vocabulary)
            )
        return cls(
            vocabulary,
            edges.astype(np.int64),
            positions,
            np.concatenate(signatures)[order],
            word_weights,
            feature_counts,
        )

    def save(self, folder: Path) -> None:
        """Write the index into an existing folder, one ``.npy`` file per array.

        Raises
        ------
        OSError
            If a file cannot be written.
        """
        for name in ARRAY_NAMES:
            np.save(folder / f"{name}.npy", getattr(self, name), allow_pickle=False)
        manifest = {"format": FORMAT, "vocabulary": self.vocabulary.fingerprint}
        (folder / MANIFEST_NAME).write_text(json.dumps(manifest), encoding="utf-8")

    @classmethod
    def open(cls, folder: Path, vocabulary: Vocabulary) -> "InvertedIndex":
        """Map an index that ``save`` wrote into memory, shared between processes.

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
        needed = {"format": FORMAT, "vocabulary": vocabulary.fingerprint}
        with reading(path, BUILD_COMMAND):
            found = json.loads(path.read_text(encoding="utf-8"))
        if found != needed:
            raise IncompatibleArtefactError(
                path, str(needed), str(found), BUILD_COMMAND
            )
        arrays = {}
        for name in ARRAY_NAMES:
            path = folder / f"{name}.npy"
            with reading(path, BUILD_COMMAND):
                arrays[name] = map_array(path)
        with reading(folder, BUILD_COMMAND):
            return cls(vocabulary, **arrays)


def _batches(gallery: Iterable[LocalFeatures]) -> Iterator[list[LocalFeatures]]:
    pictures = iter(gallery)
    while batch := list(islice(pictures, BUILD_BATCH)):
        yield batch


def _word_weights(
    words: NDArray[np.int32],
    positions: NDArray[np.uint32],
    picture_count: int,
    word_count: int,
) -> FloatArray:
    """Square the inverse document frequency of each word.

    log(1 + N / n) instead of log(N / n): in a gallery of one picture, or of one
    subject, a word that all pictures hold must still count for something.
    """
    is_new = np.ones(len(words), np.bool_)
    is_new[1:] = (np.diff(words) != 0) | (np.diff(positions) != 0)
    holders = np.bincount(words[is_new], minlength=word_count)
    frequency = np.log1p(picture_count / np.maximum(holders, 1))
    return np.asarray(frequency**2, dtype=np.float32)
