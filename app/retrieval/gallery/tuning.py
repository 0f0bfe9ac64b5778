"""Tuning of an index's search effort against exact search."""

from collections.abc import Callable

import numpy as np

from app.retrieval.gallery.nearest import AnnoyIndex, Index
from app.retrieval.types import FloatArray

NEIGHBOURS = 100
"""True ones that are looked for."""


def measure_recall(index: Index, exact: Index, queries: FloatArray) -> float:
    """Share of the `NEIGHBOURS` nearest that an index finds, on average.

    Parameters
    ----------
    index, exact : Index
        Over the same rows.
    queries : (Q, D) float32, Q >= 1

    Returns
    -------
    recall : float in [0, 1]
        A row as similar as the last true neighbour counts as one: which of several
        equal rows comes last is nobody's fault.
    """
    return Sample(exact, queries).recall_of(index)


class Sample:
    """Sample of queries with their true neighbours, for one index after another.

    Parameters
    ----------
    exact : Index
    queries : (Q, D) float32, Q >= 1
        A sample that looks like real queries: photos of works, not the gallery's
        own rows, which are easy to find.
    """

    def __init__(self, exact: Index, queries: FloatArray) -> None:
        self._queries = queries
        truths = [exact.nearest(query, NEIGHBOURS) for query in queries]
        self._counts = [len(truth) for truth in truths]
        # Annoy computes in float32 through a square root.
        self._bars = [truth[-1].similarity - 1e-5 for truth in truths]

    def recall_of(self, index: Index) -> float:
        """Share of the true neighbours that an index finds; as `measure_recall`."""
        shares = []
        for query, count, bar in zip(
            self._queries, self._counts, self._bars, strict=True
        ):
            hits = index.nearest(query, NEIGHBOURS)
            shares.append(sum(hit.similarity >= bar for hit in hits) / count)
        return float(np.mean(shares))


def least_effort(recall_at: Callable[[int], float], most: int, *, target: float) -> int:
    """Find the least effort with which an index finds enough (100, 151, 227 …).

    Parameters
    ----------
    recall_at : callable
        Gives the recall at an effort.
    most : int
        Effort that is not exceeded, and is taken without asking.
    target : float in (0, 1]
    """
    effort = NEIGHBOURS
    while effort < most and recall_at(effort) < target:
        effort = int(1.5 * effort) + 1
    return min(effort, most)


def choose_search_k(
    index: AnnoyIndex, exact: Index, queries: FloatArray, *, target: float
) -> int:
    """Find the least effort with which Annoy finds what exact search finds.

    ``index.search_k`` is set to the result, at most what inspects everything.

    Parameters
    ----------
    index : AnnoyIndex
    exact : Index
        Over the same rows.
    queries : (Q, D) float32
        As for `Sample`.
    target : float in (0, 1]
    """
    sample = Sample(exact, queries)

    def recall_at(effort: int) -> float:
        index.search_k = effort
        return sample.recall_of(index)

    index.search_k = least_effort(recall_at, index.full_effort, target=target)
    return index.search_k
