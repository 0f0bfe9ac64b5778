"""Voting of a photo's features for pictures: the local channel's shortlist.

Features vote for pictures that hold the same words with nearly the same signatures;
geometry is left to ``verification``.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

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


@dataclass(frozen=True, slots=True, eq=False)
class Votes:
    """Votes of a photo's features for the pictures of a gallery.

    A feature votes for a picture once, with its best posting there: repeated
    structure (leaves, letters, a frame's ornament) would drown the rest.

    Attributes
    ----------
    features : (K,) int64
        Which of the photo's features casts each vote.
    positions : (K,) int64
        The picture that it is for.
    strengths : (K,) float64
    feature_counts : (N,) int32
        Features of each picture of the gallery.
    """

    features: NDArray[np.int64]
    positions: NDArray[np.int64]
    strengths: NDArray[np.float64]
    feature_counts: NDArray[np.int32]

    def scores(self, counted: BoolArray | None = None) -> NDArray[np.float64]:
        """Add the votes up: (N,) scores.

        Parameters
        ----------
        counted : (M,) bool, optional
            Which of the photo's features count; all unless given.
        """
        positions, strengths = self.positions, self.strengths
        if counted is not None:
            kept = counted[self.features]
            positions, strengths = positions[kept], strengths[kept]
        votes = np.bincount(positions, strengths, minlength=len(self.feature_counts))
        return votes / np.sqrt(np.maximum(self.feature_counts, 1))

    def shortlist(
        self,
        count: int,
        *,
        counted: BoolArray | None = None,
        excluded: BoolArray | None = None,
    ) -> tuple[Hit, ...]:
        """Find the pictures that share most features with the photo.

        Parameters
        ----------
        count : int, > 0
        counted : (M,) bool, optional
            Which of the photo's features count; all unless given.
        excluded : (N,) bool, optional
            Pictures that must not be proposed.

        Returns
        -------
        hits : tuple of Hit
            Best first, equal ones by position; at most ``count``, none without a vote.
        """
        scores = self.scores(counted)
        if excluded is not None:
            scores[excluded] = 0
        voted = np.flatnonzero(scores)
        if len(voted) > count:
            # All that tie with the last place come along; the order cuts them.
            last = len(voted) - count
            least = np.partition(scores[voted], last)[last]
            voted = voted[scores[voted] >= least]
        best = voted[np.argsort(-scores[voted], kind="stable")]
        return tuple(
            Hit(int(position), float(scores[position])) for position in best[:count]
        )

    @classmethod
    def join(cls, parts: Sequence["Votes"]) -> "Votes":
        """Join the votes for several galleries, one after the other, into one's."""
        starts = accumulate((len(part.feature_counts) for part in parts), initial=0)
        placed = [
            part.positions + start for part, start in zip(parts, starts, strict=False)
        ]
        return cls(
            np.concatenate([part.features for part in parts]),
            np.concatenate(placed),
            np.concatenate([part.strengths for part in parts]),
            np.concatenate([part.feature_counts for part in parts]),
        )


def cast_votes(
    index: InvertedIndex,
    words: NDArray[np.int32],
    signatures: NDArray[np.uint64],
    settings: ShortlistSettings,
) -> Votes:
    """Let a photo's features vote for the pictures of an index.

    Parameters
    ----------
    index : InvertedIndex
    words : (M, n) int32
    signatures : (M, n) uint64
        Of the photo's features, from `look_up`; the strongest first, M may be 0.
    settings : ShortlistSettings
    """
    none = (np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))
    cast = [none]
    if len(index):
        cast += _votes_in_chunks(words, signatures, index, settings)
    features, positions, strengths = map(np.concatenate, zip(*cast, strict=True))
    return Votes(features, positions, strengths, index.feature_counts)


def _votes_in_chunks(
    words: NDArray[np.int32],
    signatures: NDArray[np.uint64],
    postings: InvertedIndex,
    settings: ShortlistSettings,
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]]:
    """Compare features with all postings of their words, some features at a time.

    Yields
    ------
    features, positions : (K,) int64
        One entry per feature and picture, for the best of its votes.
    strengths : (K,) float64
        Of the votes.
    """
    pictures = len(postings)
    weight = 1 + np.exp(-np.arange(len(words)) / STRONG_FEATURES)
    distances = np.arange(settings.max_hamming + 1)
    vote_of_distance = np.exp(-((distances / settings.hamming_sigma) ** 2))
    starts, lengths = postings.rows_of(words)
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
        feature = rows.start + pair // words.shape[1]
        vote = (
            vote_of_distance[distance[near]]
            * postings.word_weights[words[rows].ravel()[pair]]
            * weight[feature]
        )
        key = feature * pictures + postings.positions_of(looked_into[near])
        # The best vote of each (feature, picture) is the last of its kind.
        order = np.lexsort((vote, key))
        key, vote = key[order], vote[order]
        final = np.flatnonzero(np.diff(key, append=-1))
        features, positions = np.divmod(key[final], pictures)
        yield features, positions, vote[final]


def _chunks(lengths: NDArray[np.int64]) -> Iterator[slice]:
    """Cut features into runs with about CHUNK postings each, at least one feature."""
    ends = np.cumsum(lengths)
    start = 0
    while start < len(lengths):
        done = ends[start - 1] if start else 0
        stop = max(start + 1, int(np.searchsorted(ends, done + CHUNK, side="right")))
        yield slice(start, stop)
        start = stop
