"""Assessment of similarity measures on pictures that they were not learnt from."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score, roc_auc_score

from app.retrieval.measures.measure import Measure, score_all
from app.retrieval.training.similarity.pairs import (
    EASY,
    HARD,
    SAME,
    PairKind,
    choose_pairs,
)
from app.retrieval.types import FloatArray

PRECISION_RANK = 10


@dataclass(frozen=True, slots=True)
class PairFigures:
    """How well a measure tells pairs of one class from pairs of two."""

    pairs: int
    same: int
    """Of them, of one class."""
    auc: float
    """Chance that of two pairs the one of one class scores higher (area under the ROC
    curve); one half is guessing. NaN if all pairs are of one sort."""
    average_precision: float
    """Of all pairs in one list; ``same / pairs`` is guessing."""


@dataclass(frozen=True, slots=True, eq=False)
class Assessment:
    """Figures of a measure on unseen pictures."""

    figures: Mapping[str, PairFigures]
    """Of ``all`` pairs of two pictures, and of the ``easy`` and ``hard`` ones that
    `choose_pairs` finds among them."""
    precisions: NDArray[np.float64]
    """(Q,), of each picture whose class has others: the share of its class among the
    ten most alike."""

    @property
    def precision(self) -> float:
        """Mean of `precisions`."""
        return float(self.precisions.mean()) if len(self.precisions) else math.nan


def assess(
    measure: Measure[FloatArray],
    descriptors: FloatArray,
    views: FloatArray,
    labels: Sequence[str],
    *,
    seed: int,
) -> Assessment:
    """Judge a measure.

    Parameters
    ----------
    measure : Measure
        Of descriptors.
    descriptors : (N, D) float32
        Of pictures that nothing was learnt from. About 2,000 take a minute.
    views : (N, D) float32
        Of a photo of each.
    labels : sequence of str, length N
        "" means unknown: such pictures are left out.
    seed : int
        Of the choice of pairs: the same for all measures that are compared.
    """
    known = np.flatnonzero(np.array(labels, dtype=np.str_) != "")
    vectors, photos = descriptors[known], views[known]
    names = np.array(labels)[known]
    scores = score_all(measure, vectors, vectors)
    is_same = names[:, None] == names
    upper = np.triu_indices(len(names), 1)
    figures = {"all": pair_figures(is_same[upper], scores[upper])}
    pairs = choose_pairs(vectors, names.tolist(), np.random.default_rng(seed))
    of_pairs = scores[pairs.first, pairs.second]
    for place in np.flatnonzero(pairs.are([PairKind.VIEW])):
        row = int(pairs.first[place])
        of_pairs[place] = measure.score(vectors[row], photos[row][None])[0]
    for name, kinds in {"easy": EASY, "hard": HARD}.items():
        chosen = pairs.are(kinds)
        figures[name] = pair_figures(pairs.are(SAME)[chosen], of_pairs[chosen])
    return Assessment(figures, _precisions(scores, is_same))


def pair_figures(is_same: NDArray[np.bool_], scores: FloatArray) -> PairFigures:
    """Judge the scores of pairs.

    Parameters
    ----------
    is_same : (P,) bool
    scores : (P,) float32
        Higher is more alike.
    """
    same = int(is_same.sum())
    if not 0 < same < len(is_same):
        return PairFigures(len(is_same), same, math.nan, math.nan)
    return PairFigures(
        len(is_same),
        same,
        float(roc_auc_score(is_same, scores)),
        float(average_precision_score(is_same, scores)),
    )


def _precisions(scores: FloatArray, is_same: NDArray[np.bool_]) -> NDArray[np.float64]:
    others = scores.copy()
    np.fill_diagonal(others, -np.inf)
    nearest = np.argsort(-others, axis=1, kind="stable")[:, :PRECISION_RANK]
    asked = is_same.sum(axis=1) > 1
    right = np.take_along_axis(is_same, nearest, axis=1)
    # A picture is of its own class, and comes last: with fewer than ten others it
    # would count as found.
    right &= nearest != np.arange(len(scores))[:, None]
    return np.asarray(right.sum(axis=1)[asked] / PRECISION_RANK, np.float64)
