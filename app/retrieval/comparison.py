"""Which pooling makes the best descriptor of one network's feature maps.

All poolings see the same maps of the same pictures, and each gets its own whitening,
learnt on works that are not asked for. So what differs is the pooling alone.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeAlias

import numpy as np

from app.retrieval import metrics, pooling
from app.retrieval.types import FloatArray
from app.retrieval.whitening import Whitening, learn_whitening, unit_length

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

Pooled: TypeAlias = Mapping[str, FloatArray]
"""The (m, C) vectors of one picture by each of `POOLINGS`: a few kilobytes, where its
feature maps would be hundreds."""


@dataclass(frozen=True, slots=True)
class Score:
    """How well one pooling finds works; shares in [0, 1].

    Attributes
    ----------
    pooling : str
        A key of `POOLINGS`.
    mean_average_precision : float
    recall_at_1, recall_at_10, recall_at_100 : float
    """

    pooling: str
    mean_average_precision: float
    recall_at_1: float
    recall_at_10: float
    recall_at_100: float


def pool_all(feature_maps: FloatArray, cams: FloatArray) -> Pooled:
    """Pool one picture by every method.

    Parameters
    ----------
    feature_maps : (h, w, C) float32
    cams : (n, h, w) float32 in [0, 1]
    """
    return {name: pool(feature_maps, cams) for name, pool in POOLINGS.items()}


def compare(
    references: Sequence[Pooled],
    photos: Mapping[int, Pooled],
    *,
    dimension: int,
) -> tuple[Score, ...]:
    """Ask photos of some works for their reference among all, by every pooling.

    Parameters
    ----------
    references : sequence of Pooled
        One per work.
    photos : mapping of int to Pooled
        The work's number, and a photo of it. Works without a photo teach the
        whitening; at least two.
    dimension : int
        To keep after whitening.

    Returns
    -------
    scores : tuple of Score
        In the order of `POOLINGS`.
    """
    lessons = [own for number, own in enumerate(references) if number not in photos]
    return tuple(
        _score(name, references, photos, lessons, dimension) for name in POOLINGS
    )


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


def _score(
    name: str,
    references: Sequence[Pooled],
    photos: Mapping[int, Pooled],
    lessons: Sequence[Pooled],
    dimension: int,
) -> Score:
    gallery, whitening = embed(
        [own[name] for own in references], [own[name] for own in lessons], dimension
    )
    rankings, relevant = [], []
    for number, photo in photos.items():
        similarities = gallery @ pooling.aggregate(photo[name], whitening)
        order = np.argsort(-similarities, kind="stable")
        rankings.append([str(position) for position in order])
        relevant.append({str(number)})
    return Score(
        name,
        metrics.mean_average_precision(rankings, relevant),
        *(metrics.recall_at_k(rankings, relevant, k) for k in (1, 10, 100)),
    )


def _learn(lessons: Sequence[FloatArray], dimension: int) -> Whitening:
    vectors = np.concatenate(lessons)
    seen = vectors[np.any(vectors != 0, axis=1)]
    return learn_whitening(unit_length(seen), dimension)
