"""Figures of ``recover``: recall, precision and F1 of trials, and their threshold.

A *trial* is one photo asked of one method. Photos of works that are in the gallery have
one right answer; photos of strangers have none, and whatever is said of them is wrong.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.lab.asking import Key
from app.retrieval.evaluation import metrics

FIGURES = ("photos", "recall@1", "recall@10", "mean rank", "precision", "recall", "F1")


@dataclass(frozen=True, slots=True)
class Trial:
    """Photo asked of a method: the right work's place, and the first one's score.

    Places count from 0; of a stranger there is None. The strength is in [0, 1].
    """

    method: Key
    profile: str
    strength: float
    rank: int | None
    score: float


def judge(trials: Iterable[Trial], threshold: float) -> dict[str, float]:
    """Sum up trials of one method that answers from a threshold on.

    Returns
    -------
    figures : dict of str to float
        By `FIGURES`; NaN where there is nothing to average. Photos are those of works
        in the gallery. Recall@1 and @10: the right work is first, or among the first
        ten, however sure. Mean rank: from 1. Precision: of the answers whose score
        reaches the threshold, the right ones. Recall: of the photos, those with such
        an answer. F1: the harmonic mean of both; 0 if nothing is answered.
    """
    trials = list(trials)
    ranks = _ranks_of(trials)
    said = [trial.rank == 0 for trial in trials if trial.score >= threshold]
    precision = _mean(said)
    recall = sum(said) / len(ranks) if len(ranks) else float("nan")
    f1 = metrics.f1(precision, recall) if said else 0.0
    shares = [_mean(ranks < first) for first in (1, 10)]
    figures = len(ranks), *shares, _mean(ranks + 1), precision, recall, f1
    return dict(zip(FIGURES, figures, strict=True))


def best_threshold(trials: Sequence[Trial]) -> float:
    """Find the score from which a method's answers have the highest F1.

    Every method gets its own, over all its photos: scores of different methods mean
    different things. Chosen on what is then judged, so figures flatter all methods
    alike. It is the score of one of the trials; of equally good ones the highest.
    """
    known = sum(trial.rank is not None for trial in trials)
    ordered = sorted(trials, key=lambda trial: -trial.score)
    best, threshold, right = -1.0, ordered[0].score, 0
    for number, trial in enumerate(ordered, start=1):
        right += trial.rank == 0
        is_last = number == len(ordered) or ordered[number].score < trial.score
        # F1 = 2 PR / (P + R), with P = right / number and R = right / known.
        if is_last and 2 * right / (number + known) > best:
            best, threshold = 2 * right / (number + known), trial.score
    return threshold


def rank_curve(
    trials: Iterable[Trial], ranks: Sequence[int]
) -> list[tuple[float, float]]:
    """Share of photos whose work is among the first k, for each k of ``ranks``."""
    places = _ranks_of(trials)
    return [(float(rank), float(np.mean(places < rank))) for rank in ranks]


def _ranks_of(trials: Iterable[Trial]) -> NDArray[np.int64]:
    ranks = [trial.rank for trial in trials if trial.rank is not None]
    return np.array(ranks, np.int64)


def _mean(values: Sequence[bool] | NDArray[Any]) -> float:
    return float(np.mean(values)) if len(values) else float("nan")
