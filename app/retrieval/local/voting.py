"""Votes of a photo's features for pictures, by the postings of their words."""

from collections.abc import Iterator
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from app.retrieval.settings import ShortlistSettings
from app.retrieval.types import FloatArray

CHUNK = 1 << 16
"""Postings compared at a time: their temporaries (about 2 MB) stay in the cache."""
STRONG_FEATURES = 150
"""Scale of the weight 1 + exp(-i / scale) of the photo's i-th strongest feature. In a
blurred photo only the strongest are more than noise; the others still count half."""


class Postings(Protocol):
    """The arrays of an inverted file; see ``InvertedIndex`` for their meaning."""

    @property
    def edges(self) -> NDArray[np.int64]:
        """(V + 1,) first posting of each word."""
        ...

    @property
    def positions(self) -> NDArray[np.uint32]:
        """(P,) picture of each posting."""
        ...

    @property
    def signatures(self) -> NDArray[np.uint64]:
        """(P,) signature of each posting."""
        ...

    @property
    def word_weights(self) -> FloatArray:
        """(V,) weight of each word."""
        ...

    def __len__(self) -> int: ...


def cast_votes(
    words: NDArray[np.int32],
    signatures: NDArray[np.uint64],
    postings: Postings,
    settings: ShortlistSettings,
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.float64]]]:
    """Compare features with all postings of their words, some features at a time.

    Parameters
    ----------
    words : (M, n) int32
        The strongest feature first.
    signatures : (M, n) uint64
    postings : Postings
        Of at least one picture.
    settings : ShortlistSettings

    Yields
    ------
    positions : (K,) int64
        Of pictures; one entry per feature and picture, the best of its votes.
    strengths : (K,) float64
        Of the votes.
    """
    pictures = len(postings)
    weight = 1 + np.exp(-np.arange(len(words)) / STRONG_FEATURES)
    distances = np.arange(settings.max_hamming + 1)
    vote_of_distance = np.exp(-((distances / settings.hamming_sigma) ** 2))
    starts = postings.edges[words]
    lengths = postings.edges[words + 1] - starts
    for rows in _chunks(lengths.sum(axis=1)):
        run = lengths[rows].ravel()
        # Rows of all postings looked into: start, start + 1, … per run.
        before = np.cumsum(run) - run
        looked_into = np.repeat(starts[rows].ravel() - before, run)
        looked_into += np.arange(len(looked_into))
        differing = np.repeat(signatures[rows].ravel(), run)
        differing ^= postings.signatures.take(looked_into)
        distance = np.bitwise_count(differing)
        near = np.flatnonzero(distance <= settings.max_hamming)
        pair = np.searchsorted(before + run, near, side="right")
        feature = pair // words.shape[1]
        vote = (
            vote_of_distance[distance[near]]
            * postings.word_weights[words[rows].ravel()[pair]]
            * weight[rows][feature]
        )
        key = feature * pictures + postings.positions[looked_into[near]]
        # The best vote of each (feature, picture) is the last of its kind.
        order = np.lexsort((vote, key))
        key, vote = key[order], vote[order]
        final = np.flatnonzero(np.diff(key, append=-1))
        yield key[final] % pictures, vote[final]


def _chunks(lengths: NDArray[np.int64]) -> Iterator[slice]:
    """Cut features into runs with about CHUNK postings each, at least one feature."""
    ends = np.cumsum(lengths)
    start = 0
    while start < len(lengths):
        done = ends[start - 1] if start else 0
        stop = max(start + 1, int(np.searchsorted(ends, done + CHUNK, side="right")))
        yield slice(start, stop)
        start = stop
