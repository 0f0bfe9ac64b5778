"""Tuning of Annoy's search effort against exact search."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from app.retrieval.gallery.nearest import AnnoyIndex, Index
from app.retrieval.types import FloatArray


def measure_recall(
    index: Index, exact: Index, queries: FloatArray, k: int = 100
) -> float:
    """Share of the k true nearest neighbours that an index finds, on average.

    Parameters
    ----------
    index, exact : Index
        Over the same rows.
    queries : (Q, D) float32, Q >= 1
    k : int

    Returns
    -------
    recall : float in [0, 1]
        A row as similar as the k-th true neighbour counts as one: which of several
        equal rows comes last is nobody's fault.
    """
    if not len(queries):
        raise ValueError("recall needs at least one query")
    shares = []
    for descriptor in queries:
        truth = exact.nearest(descriptor, k)
        # Annoy computes in float32 through a square root.
        bar = truth[-1].similarity - 1e-5 if truth else 0.0
        found = sum(hit.similarity >= bar for hit in index.nearest(descriptor, k))
        shares.append(found / len(truth) if truth else 1.0)
    return float(np.mean(shares))


class SearchEffort(NamedTuple):
    """A ``search_k`` and the recall that was measured with it."""

    search_k: int
    recall: float


def choose_search_k(
    index: AnnoyIndex,
    exact: Index,
    queries: FloatArray,
    *,
    k: int = 100,
    target: float = 0.99,
    progress: Callable[[SearchEffort], None] | None = None,
) -> SearchEffort:
    """Find the least effort with which Annoy finds what exact search finds.

    Tries k, 1.5 k, 2.25 k, … until the recall on the sample reaches the target or
    everything is inspected. ``index.search_k`` is set to the result.

    Parameters
    ----------
    index : AnnoyIndex
    exact : Index
        Over the same rows.
    queries : (Q, D) float32
        A sample that looks like real queries: photos of works, not the gallery's
        own rows, which are easy to find.
    k : int
    target : float in (0, 1]
    progress : callable, optional
        Told of every trial.
    """
    everything = index.full_effort
    effort = k
    while True:
        index.search_k = min(effort, everything)
        trial = SearchEffort(index.search_k, measure_recall(index, exact, queries, k))
        if progress is not None:
            progress(trial)
        if trial.recall >= target or index.search_k >= everything:
            return trial
        effort = int(1.5 * effort) + 1
