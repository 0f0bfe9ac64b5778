"""Voting of a photo's features for pictures: the local channel's shortlist.

Features vote for pictures that hold the same words with nearly the same signatures;
geometry is left to ``verification``.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from app.retrieval.local.inverted_index import InvertedIndex
from app.retrieval.local.vocabulary import Vocabulary
from app.retrieval.settings import ShortlistSettings
from app.retrieval.types import BoolArray, Hit, LocalFeatures

CHUNK = 1 << 16
"""Postings compared at a time: their temporaries (about 2 MB) stay in the cache."""
LONG_RUN = 512
"""Postings of one word from which they are compared one word at a time."""
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


def merge_hits(
    hits: Iterable[tuple[int, Sequence[Hit]]], count: int
) -> tuple[Hit, ...]:
    """Merge what was found in the parts of a gallery: the best ones of all.

    Parameters
    ----------
    hits : iterable of (int, sequence of Hit)
        Where each part starts in the gallery, and what was found in it, best first;
        in the order of the parts.
    count : int, > 0

    Returns
    -------
    hits : tuple of Hit
        At most ``count``; of equal ones, the first in position comes first.
    """
    placed = [
        Hit(start + hit.position, hit.similarity) for start, own in hits for hit in own
    ]
    return tuple(sorted(placed, key=lambda hit: -hit.similarity)[:count])


class Tally(Protocol):
    """Votes of a photo's features, wherever they are kept: what shortlists come of."""

    def shortlist(
        self,
        count: int,
        *,
        counted: BoolArray | None = None,
        excluded: BoolArray | None = None,
    ) -> tuple[Hit, ...]:
        """Find the pictures that share most features; see `Votes.shortlist`."""
        ...


class JoinedTally:
    """Votes for the parts of a gallery, one after the other, as for one.

    Parameters
    ----------
    tallies : sequence of Tally
    lengths : sequence of int
        Pictures of each part.
    """

    def __init__(self, tallies: Sequence[Tally], lengths: Sequence[int]) -> None:
        self._tallies = tallies
        self._edges = tuple(accumulate(lengths, initial=0))

    def shortlist(
        self,
        count: int,
        *,
        counted: BoolArray | None = None,
        excluded: BoolArray | None = None,
    ) -> tuple[Hit, ...]:
        """See `Votes.shortlist`."""
        found = []
        for tally, (start, stop) in zip(
            self._tallies, pairwise(self._edges), strict=True
        ):
            mask = None if excluded is None else excluded[start:stop]
            found.append(
                (start, tally.shortlist(count, counted=counted, excluded=mask))
            )
        return merge_hits(found, count)


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
    starts, lengths = (rows.ravel() for rows in index.rows_of(words))
    near = _Near.join(_find_near(index, starts, lengths, signatures.ravel(), settings))
    feature = near.runs // max(1, words.shape[1])
    distances = np.arange(settings.max_hamming + 1)
    vote_of_distance = np.exp(-((distances / settings.hamming_sigma) ** 2))
    weight = 1 + np.exp(-np.arange(len(words)) / STRONG_FEATURES)
    strengths = (
        vote_of_distance[near.distances]
        * index.word_weights[words.ravel()[near.runs]]
        * weight[feature]
    )
    key = feature * len(index) + index.positions_of(near.rows)
    # Mostly in order already, which a stable sort makes use of.
    order = np.argsort(key, kind="stable")
    key = key[order]
    firsts = np.flatnonzero(np.diff(key, prepend=-1))
    best = np.maximum.reduceat(strengths[order], firsts) if len(firsts) else strengths
    features, positions = np.divmod(key[firsts], max(1, len(index)))
    return Votes(features, positions, best, index.feature_counts)


class _Near(NamedTuple):
    """Postings near enough to vote: their runs, rows, distances, (K,) each.

    A run is the postings of one word that one feature was assigned to.
    """

    runs: NDArray[np.int64]
    rows: NDArray[np.int64]
    distances: NDArray[np.uint8]

    @classmethod
    def join(cls, parts: Iterable["_Near"]) -> "_Near":
        """Join finds, of which there may be none."""
        none = cls(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.uint8))
        runs, rows, distances = zip(none, *parts, strict=True)
        return cls(
            np.concatenate(runs), np.concatenate(rows), np.concatenate(distances)
        )


def _find_near(
    index: InvertedIndex,
    starts: NDArray[np.int64],
    lengths: NDArray[np.int64],
    signatures: NDArray[np.uint64],
    settings: ShortlistSettings,
) -> Iterator[_Near]:
    """Compare signatures (R,) with all postings of their runs (R,).

    Gathering the postings of many runs saves calls, and costs five times more a
    posting than comparing a long run where it lies.
    """
    is_long = lengths >= LONG_RUN
    for run in np.flatnonzero(is_long):
        start = int(starts[run])
        there = index.signatures[start : start + int(lengths[run])]
        distances = np.bitwise_count(there ^ signatures[run])
        near = np.flatnonzero(distances <= settings.max_hamming)
        yield _Near(np.full(len(near), run), near + start, distances[near])
    short = np.flatnonzero(~is_long)
    for chunk in _chunks(lengths[short]):
        runs = short[chunk]
        counts = lengths[runs]
        # Rows of all postings looked into: start, start + 1, … per run.
        before = np.cumsum(counts) - counts
        rows = np.repeat(starts[runs] - before, counts)
        rows += np.arange(len(rows))
        differing = np.repeat(signatures[runs], counts)
        differing ^= index.signatures.take(rows)
        distances = np.bitwise_count(differing)
        near = np.flatnonzero(distances <= settings.max_hamming)
        own = runs[np.searchsorted(before + counts, near, side="right")]
        yield _Near(own, rows[near], distances[near])


def _chunks(lengths: NDArray[np.int64]) -> Iterator[slice]:
    """Cut runs into chunks with about CHUNK postings each, at least one run."""
    ends = np.cumsum(lengths)
    start = 0
    while start < len(lengths):
        done = ends[start - 1] if start else 0
        stop = max(start + 1, int(np.searchsorted(ends, done + CHUNK, side="right")))
        yield slice(start, stop)
        start = stop
