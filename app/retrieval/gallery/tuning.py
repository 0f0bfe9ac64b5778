"""Tuning of Annoy's search effort against exact search."""

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
    shares = []
    for descriptor in queries:
        truth = exact.nearest(descriptor, NEIGHBOURS)
        # Annoy computes in float32 through a square root.
        bar = truth[-1].similarity - 1e-5
        hits = index.nearest(descriptor, NEIGHBOURS)
        shares.append(sum(hit.similarity >= bar for hit in hits) / len(truth))
    return float(np.mean(shares))


def choose_search_k(
    index: AnnoyIndex, exact: Index, queries: FloatArray, *, target: float
) -> int:
    """Find the least effort with which Annoy finds what exact search finds.

    Tries 100, 151, 227, … until the recall on the sample reaches the target or
    everything is inspected. ``index.search_k`` is set to the result.

    Parameters
    ----------
    index : AnnoyIndex
    exact : Index
        Over the same rows.
    queries : (Q, D) float32
        A sample that looks like real queries: photos of works, not the gallery's
        own rows, which are easy to find.
    target : float in (0, 1]
    """
    effort = NEIGHBOURS
    while True:
        index.search_k = min(effort, index.full_effort)
        if (
            measure_recall(index, exact, queries) >= target
            or index.search_k >= index.full_effort
        ):
            return index.search_k
        effort = int(1.5 * effort) + 1
