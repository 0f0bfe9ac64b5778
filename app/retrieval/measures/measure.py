"""Protocol of similarity measures, and re-ranking of a shortlist by one of them."""

from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from app.retrieval.types import FloatArray

Seen = TypeVar("Seen", contravariant=True)
"""What a measure looks at: vectors, small grey pictures, or both."""


class Measure(Protocol[Seen]):
    """Protocol of a symmetric measure of likeness."""

    @property
    def name(self) -> str:
        """As people call it."""
        ...

    def score(self, query: Seen, candidates: Seen) -> FloatArray:
        """Compare one picture with many.

        Parameters
        ----------
        query : of one picture
        candidates : of N pictures
            With one more axis, the first.

        Returns
        -------
        scores : (N,) float32
            Higher is more alike; values of different measures mean different things.

        Raises
        ------
        ValueError
            If query and candidates do not belong together.
        """
        ...


def score_all(
    measure: Measure[FloatArray], queries: FloatArray, candidates: FloatArray
) -> FloatArray:
    """Compare Q vectors (Q, D) with N vectors (N, D), all with all: (Q, N) float32."""
    return np.stack([measure.score(query, candidates) for query in queries])


def rerank(order: NDArray[np.integer], scores: FloatArray) -> NDArray[np.int64]:
    """Put the head of a ranking in order by a slower, better measure.

    Parameters
    ----------
    order : (N,) int
        Positions, best first, by a fast measure.
    scores : (K,) float32, K <= N
        Of ``order[:K]`` by the slow one, higher is better. NaN comes last of them.

    Returns
    -------
    reranked : (N,) int64
        Equal scores keep their order, and so do all positions behind the first K.

    Examples
    --------
    >>> rerank(np.array([7, 3, 5, 1]), np.float32([0.1, 0.9])).tolist()
    [3, 7, 5, 1]
    """
    if order.ndim != 1 or scores.ndim != 1 or len(scores) > len(order):
        raise ValueError(
            f"scores must be (K,) and order (N,) with K <= N, got {scores.shape} "
            f"and {order.shape}"
        )
    head = order[: len(scores)][np.argsort(-scores, kind="stable")]
    return np.concatenate([head, order[len(scores) :]]).astype(np.int64)
