"""Rank fusion of the channels' shortlists."""

from collections import Counter
from collections.abc import Iterable, Sequence

from app.retrieval.types import Hit

RANK_OFFSET = 5
"""Ranks well below it count about alike (the k of reciprocal rank fusion, which
uses 60 to merge lists of thousands; these have 50 to 100)."""


def best_of_views(shortlists: Sequence[Sequence[Hit]], k: int) -> tuple[Hit, ...]:
    """Merge the shortlists of one channel for several views of one photo.

    Parameters
    ----------
    shortlists : sequence of sequences of Hit
        One per view.
    k : int

    Returns
    -------
    hits : tuple of Hit
        At most ``k``, each position once with its highest similarity, best first.
    """
    best: dict[int, float] = {}
    for hits in shortlists:
        for hit in hits:
            known = best.get(hit.position, hit.similarity)
            best[hit.position] = max(known, hit.similarity)
    # The position makes the order total, and so repeatable.
    ranked = sorted(best.items(), key=lambda item: (-item[1], item[0]))
    return tuple(Hit(position, similarity) for position, similarity in ranked[:k])


def merge_shortlists(
    *shortlists: tuple[Sequence[Hit], float],
) -> tuple[int, ...]:
    """Merge shortlists of several channels by weighted reciprocal rank fusion.

    The channels' similarities cannot be compared with each other, ranks can.

    Parameters
    ----------
    *shortlists : (sequence of Hit, float)
        Best first, and the weight of the channel.

    Returns
    -------
    positions : tuple of int
        Every position of any list once, the most promising first; of equals, the one
        that an earlier list names first.

    References
    ----------
    .. [1] Cormack, Clarke and Büttcher, "Reciprocal rank fusion outperforms
       Condorcet and individual rank learning methods", SIGIR 2009.
    """
    promise: dict[int, float] = {}
    for hits, weight in shortlists:
        for rank, hit in enumerate(hits, start=1):
            promise.setdefault(hit.position, 0.0)
            promise[hit.position] += weight / (RANK_OFFSET + rank)
    return tuple(sorted(promise, key=lambda position: -promise[position]))


def agreeing(
    merged: Iterable[int], shortlists: Iterable[Sequence[Hit]], ranks: int
) -> list[int]:
    """Keep the positions that are among the first ``ranks`` of two channels or more."""
    first = Counter(hit.position for hits in shortlists for hit in hits[:ranks])
    return [position for position in merged if first[position] > 1]
