"""What becomes of answers when photos get worse: the figures of ``recover``.

A *trial* is one photo asked of one method. Photos of works that are in the gallery have
one right answer; photos of strangers have none, and whatever is said of them is wrong.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from app.lab.asking import Key
from app.retrieval.evaluation import metrics


@dataclass(frozen=True, slots=True)
class Trial:
    """One photo and what a method said of it.

    Attributes
    ----------
    method : tuple of str
        Descriptor and measure.
    profile : str
    strength : float in [0, 1]
    rank : int or None
        Place of the right work, from 0; None for a stranger.
    score : float
        Of the work that came first.
    """

    method: Key
    profile: str
    strength: float
    rank: int | None
    score: float


@dataclass(frozen=True, slots=True)
class RecoveryFigures:
    """Figures over some trials of one method; shares in [0, 1].

    Attributes
    ----------
    photos : int
        Of works in the gallery.
    recall_at_1, recall_at_10 : float
        The right work is first, or among the first ten, however sure.
    mean_rank : float
        Of the right work, from 1.
    precision : float
        Of the answers whose score reaches the threshold: the right ones. NaN if none
        does.
    recall : float
        Of the photos with an answer: rightly answered with a score that reaches it.
    f1 : float
        Harmonic mean of both; 0 if nothing is answered.
    """

    photos: int
    recall_at_1: float
    recall_at_10: float
    mean_rank: float
    precision: float
    recall: float
    f1: float


def judge(trials: Iterable[Trial], threshold: float) -> RecoveryFigures:
    """Sum up trials of one method that answers from a threshold on."""
    trials = list(trials)
    ranks = np.array([trial.rank for trial in trials if trial.rank is not None])
    said = [trial for trial in trials if trial.score >= threshold]
    right = sum(trial.rank == 0 for trial in said)
    precision = right / len(said) if said else float("nan")
    recall = right / len(ranks) if len(ranks) else float("nan")
    return RecoveryFigures(
        photos=len(ranks),
        recall_at_1=float(np.mean(ranks < 1)) if len(ranks) else float("nan"),
        recall_at_10=float(np.mean(ranks < 10)) if len(ranks) else float("nan"),
        mean_rank=float(np.mean(ranks + 1)) if len(ranks) else float("nan"),
        precision=precision,
        recall=recall,
        f1=metrics.f1(precision, recall) if said else 0.0,
    )


def best_threshold(trials: Sequence[Trial]) -> float:
    """Find the score from which a method's answers have the highest F1.

    Every method gets its own, over all its photos: scores of different methods mean
    different things. Chosen on what is then judged, so figures flatter all methods
    alike.

    Parameters
    ----------
    trials : sequence of Trial
        Of one method, at least one.

    Returns
    -------
    threshold : float
        The score of one of the trials; of equally good ones the highest.
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
    places = np.array([trial.rank for trial in trials if trial.rank is not None])
    return [(float(rank), float(np.mean(places < rank))) for rank in ranks]
