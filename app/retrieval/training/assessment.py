"""Recall and precision of descriptors on held-out works."""

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from app.retrieval.simulation.photo import PROFILES, perturb
from app.retrieval.training.data.pictures import PictureBank
from app.retrieval.types import FloatArray, Image

RANKS = (1, 10, 100)
PROFILES_MEASURED = ("mild", "hard")
"""Of simulated photos."""
PHOTO_SIDE_PX = 512
STYLE_LABELS = {"artist": 6, "school": 15}
"""What works are alike in, and of how many works such a class must have to be asked
for: fewer could not fill a list of ten."""


def simulate_queries(
    bank: PictureBank,
    positions: Sequence[int] | NDArray[np.int64],
    profile: str,
    *,
    seed: int,
) -> list[Image]:
    """Photograph each of the works once; the same photos for the same seed."""
    return [
        perturb(
            bank[position],
            PROFILES[profile],
            np.random.default_rng([seed, 2, int(position)]),
            output_side_px=PHOTO_SIDE_PX,
        ).image
        for position in positions
    ]


def recalls(
    queries: FloatArray,
    gallery: FloatArray,
    relevant: Sequence[int] | NDArray[np.int64],
    ranks: Sequence[int] = RANKS,
) -> Mapping[str, float]:
    """Share of queries whose work is among the first k of the gallery.

    Parameters
    ----------
    queries : (Q, D) float32
    gallery : (N, D) float32
    relevant : (Q,) int
        Row of the gallery that shows each query's work.
    ranks : sequence of int

    Returns
    -------
    recalls : mapping of ``"recall@k"`` to float in [0, 1]
        Works that tie with the right one count as better than it.
    """
    similarities = queries @ gallery.T
    rows = np.arange(len(queries))
    right = similarities[rows, relevant].copy()
    similarities[rows, relevant] = -np.inf
    # Not "is as good", so that a query that is no number is not right either.
    better = (~(similarities < right[:, None])).sum(axis=1)
    return {f"recall@{k}": float((better < k).mean()) for k in ranks}


def precision_of_similar(
    vectors: FloatArray,
    labels: Sequence[str],
    queries: Sequence[int] | NDArray[np.int64],
    *,
    least: int,
    k: int = 10,
) -> float:
    """Share of the k most similar works that have the same label as the query.

    Parameters
    ----------
    vectors : (N, D) float32
        Unit length, one per work.
    labels : sequence of str, length N
        "" means unknown.
    queries : sequence of int
        Rows that are asked for; those with a label of at least ``least`` works count.
    least, k : int

    Returns
    -------
    precision : float in [0, 1]
        The mean over queries; 0 where there is none.
    """
    asked = rows_to_ask(labels, queries, least=least)
    if not asked:
        return 0.0
    similarities = vectors[asked] @ vectors.T
    similarities[np.arange(len(asked)), asked] = -np.inf
    nearest = np.argsort(-similarities, axis=1, kind="stable")[:, :k]
    return share_of_same_label(nearest, labels, asked)


def rows_to_ask(
    labels: Sequence[str], queries: Sequence[int] | NDArray[np.int64], *, least: int
) -> list[int]:
    """Choose the queries whose label is known and that of at least so many works."""
    counts = Counter(labels)
    return [row for row in queries if labels[row] and counts[labels[row]] >= least]


def share_of_same_label(
    nearest: NDArray[np.integer], labels: Sequence[str], asked: Sequence[int]
) -> float:
    """Share of the nearest works with the label of the work that was asked for.

    Parameters
    ----------
    nearest : (Q, k) int
        Rows of the works that are most like each of those asked for.
    labels : sequence of str, length N
    asked : sequence of int, length Q
    """
    names = np.array(labels)
    return float(np.mean(names[nearest] == names[list(asked)][:, None]))
