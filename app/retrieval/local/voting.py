"""Voting of a photo's features for pictures: the local channel's shortlist.

Features vote for pictures that hold the same words with nearly the same signatures;
geometry is left to ``verification``.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from app.retrieval.local.inverted_index import InvertedIndex
from app.retrieval.local.vocabulary import Vocabulary
from app.retrieval.settings import ShortlistSettings
from app.retrieval.types import BoolArray, Hit, LocalFeatures

CHUNK = 1 << 16
"""Postings compared at a time: their temporaries (about 2 MB) stay in the cache."""
STRONG_FEATURES = 150
"""Scale of the weight 1 + exp(-i / scale) of the photo's i-th strongest feature. In a
blurred photo only the strongest are more than noise; the others still count half."""


def look_up(
    vocabulary: Vocabulary, features: LocalFeatures, settings: ShortlistSettings
) -> tuple[NDArray[np.int32], NDArray[np.uint64]]:
    """Assign a photo's features to words, and sign them: (M, n) each."""
    count = min(settings.assigned_words, len(vocabulary))
    words = vocabulary.assign(features.descriptors, count)
    return words, vocabulary.signatures(features.descriptors, words)


def shortlist(
    index: InvertedIndex,
    words: NDArray[np.int32],
    signatures: NDArray[np.uint64],
    settings: ShortlistSettings,
    *,
    excluded: BoolArray | None = None,
) -> tuple[Hit, ...]:
    """Find the pictures that share most features with a photo.

    Parameters
    ----------
    index : InvertedIndex
    words : (M, n) int32
    signatures : (M, n) uint64
        Of the photo's features, from `look_up`; the strongest first, M may be 0.
    settings : ShortlistSettings
    excluded : (N,) bool, optional
        Pictures that must not be proposed.

    Returns
    -------
    hits : tuple of Hit
        Best first, equal ones by position; at most ``settings.local_count``,
        none without a vote.
    """
    scores = score(index, words, signatures, settings)
    if excluded is not None:
        scores[excluded] = 0
    voted = np.flatnonzero(scores)
    if len(voted) > settings.local_count:
        # All that tie with the last place come along; the order cuts them.
        last = len(voted) - settings.local_count
        least = np.partition(scores[voted], last)[last]
        voted = voted[scores[voted] >= least]
    best = voted[np.argsort(-scores[voted], kind="stable")]
    return tuple(
        Hit(int(position), float(scores[position]))
        for position in best[: settings.local_count]
    )


def score(
    index: InvertedIndex,
    words: NDArray[np.int32],
    signatures: NDArray[np.uint64],
    settings: ShortlistSettings,
) -> NDArray[np.float64]:
    """Add up the votes of a photo's features, as `look_up` gave them: (N,) scores.

    A feature votes for a picture once, with its best posting there: repeated
    structure (leaves, letters, a frame's ornament) would drown the rest.
    """
    votes = np.zeros(len(index))
    if len(index):
        for positions, strengths in _cast_votes(words, signatures, index, settings):
            votes += np.bincount(positions, strengths, minlength=len(index))
    return votes / np.sqrt(np.maximum(index.feature_counts, 1))


def _cast_votes(
    words: NDArray[np.int32],
    signatures: NDArray[np.uint64],
    postings: InvertedIndex,
    settings: ShortlistSettings,
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.float64]]]:
    """Compare features with all postings of their words, some features at a time.

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
