"""Registry of poolings for comparing descriptors: one form for all of them.

All of them see the same maps of the same pictures, and each gets its own whitening,
learnt on works that are not asked for. So what differs is the pooling alone.
"""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import TypeAlias

import numpy as np

from app.retrieval.descriptors import pooling
from app.retrieval.descriptors.whitening import Whitening, learn_whitening, unit_length
from app.retrieval.types import FloatArray

Pooling: TypeAlias = Callable[[FloatArray, FloatArray], FloatArray]
"""From (h, w, C) feature maps and (n, h, w) class activation maps to (m, C) vectors,
which `pooling.aggregate` makes one descriptor of."""

POOLINGS: Mapping[str, Pooling] = MappingProxyType(
    {
        "sum": lambda maps, _: pooling.sum_pool(maps)[None],
        "MAC": lambda maps, _: pooling.mac(maps)[None],
        "GeM": lambda maps, _: pooling.gem(maps)[None],
        "CroW": lambda maps, _: pooling.crow(maps)[None],
        "R-MAC": lambda maps, _: pooling.rmac_vectors(maps),
        "CAM": pooling.cam_pool,
    }
)
"""The methods, the project's own last."""


def embed(
    pictures: Sequence[FloatArray],
    lessons: Sequence[FloatArray] = (),
    dimension: int = 0,
    *,
    whitening: Whitening | None = None,
) -> tuple[FloatArray, Whitening]:
    """Make one descriptor of each picture's vectors.

    Parameters
    ----------
    pictures : sequence of (m, C) float32
    lessons : sequence of (m, C) float32
        What the whitening is learnt from, if none is given.
    dimension : int
        To keep after whitening.
    whitening : Whitening, optional

    Returns
    -------
    descriptors : (N, dimension) float32
        Unit length.
    whitening : Whitening
        For the next pictures.
    """
    if whitening is None:
        whitening = _learn(lessons, dimension)
    learnt = whitening
    return np.stack([pooling.aggregate(own, learnt) for own in pictures]), learnt


def _learn(lessons: Sequence[FloatArray], dimension: int) -> Whitening:
    vectors = np.concatenate(lessons)
    seen = vectors[np.any(vectors != 0, axis=1)]
    return learn_whitening(unit_length(seen), dimension)
