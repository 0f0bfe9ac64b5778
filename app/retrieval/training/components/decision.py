"""Learning of the decision rule: logistic regression with cross-validated limits."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from app.retrieval.types import Evidence
from app.retrieval.verification.decision import (
    FEATURES,
    Decision,
    logistic,
    transformed,
)

FOLDS = 5
"""Parts of the samples; thresholds are chosen on what a part's rule has not seen."""
RIDGE = 0.3
"""Penalty on squared coefficients of standardised features. Right and wrong
candidates can be perfectly separable, and then only this keeps them finite."""
UNCERTAIN_FACTOR = 10
"""How many times the false-accept rate may be called uncertain. "Perhaps one of
these" asks a person to look, who will not mind one look in ten for nothing."""

MORE_LIKELY_THAN_NOT = 0.0
"""Least logit of "found": the word would be a lie below an even chance, however few
wrong candidates come near it."""

_Floats = NDArray[np.float64]


def learn_decision(
    positives: Sequence[Evidence],
    negatives: Sequence[Evidence],
    *,
    false_accept_rate: float = 0.01,
    seed: int,
) -> Decision:
    """Learn how evidence becomes a probability, and where to draw the lines.

    A logistic regression in which both sides weigh the same, however many samples
    each has, and in which no coefficient is negative: more evidence must never make
    a candidate less probable. It is fitted to the candidates that some homography
    connects with the photo: the rest are refused anyway, and would only teach that
    inliers mean little. The thresholds are chosen on all samples, by
    cross-validation, so they hold for samples that the coefficients have not seen.

    Parameters
    ----------
    positives : sequence of Evidence
        For the right work, from photos of works in the gallery.
    negatives : sequence of Evidence
        For the best candidate, from photos of works that are *not* in the gallery
        (left out of it), for that is what a wrong answer will look like.
    false_accept_rate : float in (0, 1)
        Share of the negatives that may be answered "found".
    seed : int
        Of the division into folds.

    Returns
    -------
    decision : Decision

    Raises
    ------
    ValueError
        If there are fewer than five samples of either side, or the rate is out of
        range.
    """
    fewest = min(len(positives), len(negatives))
    if fewest < FOLDS:
        raise ValueError(f"each side needs at least {FOLDS} samples, got {fewest}")
    if not 0 < false_accept_rate < 1:
        raise ValueError(
            f"false_accept_rate must be in (0, 1), got {false_accept_rate}"
        )
    samples = np.array(
        [list(transformed(evidence).values()) for evidence in (*positives, *negatives)]
    )
    right = np.arange(len(samples)) < len(positives)
    logits = _cross_validated_logits(samples, right, np.random.default_rng(seed))
    found = max(_threshold(logits, right, false_accept_rate), MORE_LIKELY_THAN_NOT)
    uncertain = _threshold(
        logits, right, min(UNCERTAIN_FACTOR * false_accept_rate, 0.5)
    )
    weights = _fit(samples, right)
    return Decision(
        intercept=float(weights[0]),
        coefficients=dict(zip(FEATURES, map(float, weights[1:]), strict=True)),
        found_threshold=logistic(found),
        uncertain_threshold=logistic(min(uncertain, found)),
        false_accept_rate=false_accept_rate,
        true_accept_rate=float(np.mean(logits[right] >= found)),
    )


def _cross_validated_logits(
    samples: _Floats, right: NDArray[np.bool_], rng: np.random.Generator
) -> _Floats:
    """Judge every sample by a rule learnt from the other folds."""
    folds = np.empty(len(samples), np.intp)
    for side in (right, ~right):  # each fold gets its part of both sides
        folds[side] = rng.permutation(np.arange(np.count_nonzero(side)) % FOLDS)
    logits = np.empty(len(samples))
    for fold in range(FOLDS):
        held_out = folds == fold
        weights = _fit(samples[~held_out], right[~held_out])
        logits[held_out] = weights[0] + samples[held_out] @ weights[1:]
    return logits


def _threshold(logits: _Floats, right: NDArray[np.bool_], rate: float) -> float:
    """Find the logit that lets a share of the wrong samples pass.

    It lies half-way between the highest score that must be refused and the next one
    above: on these samples any value between them does the same, on others the
    middle is safest.
    """
    wrong = np.sort(logits[~right])[::-1]
    refused = float(wrong[math.floor(rate * len(wrong) + 1e-9)])
    above = logits[logits > refused]
    return (refused + float(above.min())) / 2 if len(above) else refused + 1.0


def _fit(samples: _Floats, right: NDArray[np.bool_]) -> _Floats:
    """Fit (1 + features,) weights; those that would be negative are 0."""
    connected = samples[:, FEATURES.index("log_inliers")] > 0
    if np.any(right & connected) and np.any(~right & connected):
        samples, right = samples[connected], right[connected]
    mean, spread = samples.mean(axis=0), samples.std(axis=0)
    used = spread > 0
    while True:
        standardised = (samples[:, used] - mean[used]) / spread[used]
        fitted = _newton(standardised, right)
        if np.all(fitted[1:] >= 0):
            break
        used[np.flatnonzero(used)[fitted[1:].argmin()]] = False
    weights = np.zeros(1 + samples.shape[1])
    weights[1:][used] = fitted[1:] / spread[used]
    weights[0] = fitted[0] - weights[1:] @ mean
    return weights


def _newton(samples: _Floats, right: NDArray[np.bool_]) -> _Floats:
    """Ridge logistic regression by Newton's method, both sides weighing the same."""
    design = np.column_stack([np.ones(len(samples)), samples])
    shares = np.where(right, np.mean(right), np.mean(~right))
    importance = 0.5 / shares
    penalty = np.full(design.shape[1], RIDGE)
    penalty[0] = 0
    weights = np.zeros(design.shape[1])
    for _ in range(100):
        probabilities = 1 / (1 + np.exp(-np.clip(design @ weights, -500, 500)))
        gradient = design.T @ (importance * (probabilities - right)) + penalty * weights
        curvature = importance * probabilities * (1 - probabilities)
        hessian = (design.T * curvature) @ design + np.diag(penalty + 1e-9)
        step = np.linalg.solve(hessian, gradient)
        # Far from the optimum the quadratic model overshoots; small steps do not.
        weights -= step * min(1.0, 2.0 / max(float(np.abs(step).max()), 1e-12))
        if np.abs(step).max() < 1e-9:
            break
    return weights
