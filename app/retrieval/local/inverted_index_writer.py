"""Streaming writer of an inverted index, in memory of constant size.

Pictures come one after the other, postings belong together by word. So they are spread
over files, each of a range of words, and the files are sorted one by one (an external
distribution sort): a million works have 4 GB of them.
"""

import json
from array import array
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.retrieval.files.row_file import RowFile
from app.retrieval.local.inverted_index import (
    MANIFEST_NAME,
    Postings,
    count_blocks,
    manifest_of,
    weigh_words,
)
from app.retrieval.local.vocabulary import Vocabulary
from app.retrieval.types import CodedFeatures, FloatArray

RANGES = 64
"""Files of words: 60 MB each, in a gallery of a million works."""
BUFFERED_ROWS = 1 << 18
"""Postings held before they are spread, 4 MB."""
_ROW = np.dtype([("word", "<i4"), ("position", "<u4"), ("signature", "<u8")])


class InvertedIndexWriter:
    """Writes an inverted index into an empty folder, picture by picture.

    Parameters
    ----------
    folder : Path
    vocabulary : Vocabulary
        That the features are coded by.
    word_weights : (V,) float32, optional
        See :meth:`InvertedIndex.build`.
    """

    def __init__(
        self,
        folder: Path,
        vocabulary: Vocabulary,
        *,
        word_weights: FloatArray | None = None,
    ) -> None:
        self._folder = folder
        self._word_weights = word_weights
        self._vocabulary = vocabulary
        self._range_words = -(-len(vocabulary) // RANGES)
        self._counts = array("i")
        self._buffer: list[NDArray[np.void]] = []
        self._buffered = 0

    def append(self, features: CodedFeatures) -> None:
        """Add the next picture's features."""
        rows = np.empty(len(features), _ROW)
        rows["word"] = features.words
        rows["position"] = len(self._counts)
        rows["signature"] = features.signatures
        self._counts.append(len(features))
        self._buffer.append(rows)
        self._buffered += len(rows)
        if self._buffered >= BUFFERED_ROWS:
            self._spread()

    def finish(self) -> None:
        """Sort what was added and write the index."""
        self._spread()
        words, pictures = len(self._vocabulary), len(self._counts)
        edges = RowFile(self._folder / "edges.npy", np.int64)
        offsets = RowFile(self._folder / "offsets.npy", np.uint16)
        signatures = RowFile(self._folder / "signatures.npy", np.uint64)
        holders = np.zeros(words, np.int64)
        written = 0
        edges.append(np.zeros(1, np.int64))
        for number in range(RANGES):
            first = min(number * self._range_words, words)
            own = range(first, min(first + self._range_words, words))
            postings = self._take(number)
            edges.append(written + postings.edges(own, count_blocks(pictures))[1:])
            offsets.append(postings.offsets)
            signatures.append(postings.signatures)
            holders += postings.count_holders(words)
            written += len(postings.words)
        for file in (edges, offsets, signatures):
            file.finish()
        weights = self._word_weights
        if weights is None:
            weights = weigh_words(holders, pictures)
        np.save(self._folder / "word_weights.npy", weights)
        np.save(self._folder / "feature_counts.npy", np.array(self._counts, np.int32))
        manifest = json.dumps(manifest_of(self._vocabulary))
        (self._folder / MANIFEST_NAME).write_text(manifest, encoding="utf-8")

    def _spread(self) -> None:
        """Append what is buffered to the files of its words."""
        rows = np.concatenate([np.empty(0, _ROW), *self._buffer])
        self._buffer, self._buffered = [], 0
        numbers = rows["word"] // self._range_words
        order = np.argsort(numbers, kind="stable")
        edges = np.searchsorted(numbers[order], np.arange(RANGES + 1))
        for number in np.flatnonzero(np.diff(edges)):
            own = rows[order[edges[number] : edges[number + 1]]]
            with self._path(int(number)).open("ab") as file:
                file.write(own.tobytes())

    def _take(self, number: int) -> Postings:
        """Read and remove the file of a range of words, and sort what is in it."""
        path = self._path(number)
        rows = np.fromfile(path, _ROW) if path.exists() else np.empty(0, _ROW)
        path.unlink(missing_ok=True)
        return Postings.sort(
            rows["word"], rows["position"].astype(np.int64), rows["signature"]
        )

    def _path(self, number: int) -> Path:
        return self._folder / f"{number}.rows"
