"""Retrieval metrics: of rankings, of first answers, of waiting times.

A *ranking* is a sequence of ids, best first; *relevant* are the ids that answer the
query, *junk* those that count neither way. A query without relevant ids has no answer
in the gallery: rankings cannot be judged by it, refusals can. Where there is nothing
to average, the value is NaN.
"""

import math
from collections.abc import Collection, Sequence

import numpy as np
from numpy.typing import ArrayLike

Ranking = Sequence[str]


def recall_at_k(
    rankings: Sequence[Ranking], relevant: Sequence[Collection[str]], k: int
) -> float:
    """Share of answerable queries with at least one relevant id in the first k."""
    return _mean([count > 0 for count, _ in _found_at_k(rankings, relevant, k)])


def precision_at_k(
    rankings: Sequence[Ranking], relevant: Sequence[Collection[str]], k: int
) -> float:
    """Mean share of relevant ids in the first k places of answerable queries.

    A ranking shorter than k has empty places, and they are not relevant.
    """
    return _mean([count / k for count, _ in _found_at_k(rankings, relevant, k)])


def share_found_at_k(
    rankings: Sequence[Ranking], relevant: Sequence[Collection[str]], k: int
) -> float:
    """Mean share of the relevant ids that are in the first k places.

    Recall where a query has many answers, as in looking for a class; `recall_at_k`
    asks for one of them. With more than k relevant ids it cannot reach 1.
    """
    return _mean([count / of for count, of in _found_at_k(rankings, relevant, k)])


def f1(precision: float, recall: float) -> float:
    """Harmonic mean of precision and recall; 0 if both are."""
    total = precision + recall
    return 2 * precision * recall / total if total else 0.0


def average_precision(
    ranking: Ranking, relevant: Collection[str], junk: Collection[str] = ()
) -> float:
    """Area under the precision-recall curve by the trapezoidal rule.

    Parameters
    ----------
    ranking : sequence of str
        Ids without repetition; relevant ids that are missing count as never found.
    relevant, junk : collection of str
        Junk is taken out of the ranking before places are counted.

    Returns
    -------
    average_precision : float in [0, 1]
        NaN without relevant ids.

    References
    ----------
    .. [1] Philbin et al., "Object retrieval with large vocabularies and fast spatial
       matching", CVPR 2007 (the Oxford protocol and its trapezoids).
    .. [2] Radenović et al., "Revisiting Oxford and Paris", CVPR 2018.

    Examples
    --------
    >>> average_precision(["a", "x", "b"], {"a", "b"})
    0.7916666666666666
    """
    if not relevant:
        return math.nan
    kept = [found for found in ranking if found not in junk]
    places = [place for place, found in enumerate(kept) if found in relevant]
    area = 0.0
    for found_before, place in enumerate(places):
        before = found_before / place if place else 1.0
        after = (found_before + 1) / (place + 1)
        area += (before + after) / 2
    return area / len(relevant)


def mean_average_precision(
    rankings: Sequence[Ranking],
    relevant: Sequence[Collection[str]],
    junk: Sequence[Collection[str]] | None = None,
) -> float:
    """Mean of `average_precision` over answerable queries (mAP)."""
    junk = [()] * len(rankings) if junk is None else junk
    return _mean(
        [
            average_precision(ranking, wanted, unwanted)
            for ranking, wanted, unwanted in zip(rankings, relevant, junk, strict=True)
            if wanted
        ]
    )


def global_average_precision(
    correct: ArrayLike, confidences: ArrayLike, answerable: ArrayLike
) -> float:
    """Average precision of all queries' first answers in one list (GAP, micro-AP).

    ``GAP = 1/M * sum_i P(i) rel(i)`` over the first answers sorted by confidence,
    with M the number of answerable queries. It asks for right answers *and* for a
    confidence that means the same from query to query: a sure answer to a photo of
    something else costs every right answer below it.

    Parameters
    ----------
    correct : (Q,) bool
        Whether the first answer is right; False for a query without answer.
    confidences : (Q,) float
        Of the first answer; NaN where the search said nothing.
    answerable : (Q,) bool
        Whether the gallery has an answer at all.

    Returns
    -------
    gap : float in [0, 1]
        NaN if no query is answerable. Of equal confidences the wrong ones count as
        higher, so the order of the queries does not matter.

    References
    ----------
    .. [1] Weyand et al., "Google Landmarks Dataset v2", CVPR 2020.
    .. [2] Ypsilantis et al., "The Met Dataset: Instance-level Recognition for
       Artworks", NeurIPS Datasets and Benchmarks 2021 (GAP, GAP⁻, ACC).
    """
    right = np.asarray(correct, bool)
    sure = np.asarray(confidences, np.float64)
    count = np.count_nonzero(np.asarray(answerable, bool))
    if not count:
        return math.nan
    said = ~np.isnan(sure)
    right, sure = right[said], sure[said]
    ranked = right[np.lexsort((right, -sure))]
    precision = np.cumsum(ranked) / np.arange(1, len(ranked) + 1)
    return float(precision[ranked].sum() / count)


def gap_minus(
    correct: ArrayLike, confidences: ArrayLike, answerable: ArrayLike
) -> float:
    """GAP over the answerable queries alone (GAP⁻ of Ypsilantis et al. 2021)."""
    kept = np.asarray(answerable, bool)
    return global_average_precision(
        np.asarray(correct, bool)[kept],
        np.asarray(confidences, np.float64)[kept],
        kept[kept],
    )


def percentile(values: ArrayLike, share: float) -> float:
    """Find the value that a share (0 to 1) of the values does not exceed.

    Always one of the values ("higher" interpolation): a p95 that someone waited.
    """
    numbers = np.asarray(values, np.float64)
    if not len(numbers):
        return math.nan
    return float(np.quantile(numbers, share, method="higher"))


def _found_at_k(
    rankings: Sequence[Ranking], relevant: Sequence[Collection[str]], k: int
) -> list[tuple[int, int]]:
    """Count relevant ids in the first k, and all, for each answerable query."""
    return [
        (sum(found in wanted for found in ranking[:k]), len(wanted))
        for ranking, wanted in zip(rankings, relevant, strict=True)
        if wanted
    ]


def _mean(values: Sequence[float]) -> float:
    return float(np.mean(values)) if len(values) else math.nan
