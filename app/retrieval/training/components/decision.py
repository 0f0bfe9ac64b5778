"""Learning of the decision: two logistic regressions with cross-validated limits."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from app.retrieval.types import BoolArray
from app.retrieval.verification.decision import (
    FLAT,
    ROUND,
    Decision,
    LogisticRule,
    flat_quantities,
    is_round,
    logistic,
    round_quantities,
)
from app.retrieval.verification.evidence import Evidence, Verdict

FOLDS = 5
"""Parts of the samples; thresholds are chosen on what a part's rules have not seen."""
RIDGE = 0.3
"""Penalty on squared coefficients of standardised features. Right and wrong
candidates can be perfectly separable, and then only this keeps them finite."""
UNCERTAIN_FACTOR = 10
"""How many times the false-accept rate may be called uncertain. "Perhaps one of
these" asks a person to look, who will not mind one look in ten for nothing."""

LEAST_FOUND = math.log(4)
"""Least logit of "found", four to one: below it the word would promise too much,
however few wrong candidates come near."""

NEVER = -20.0
"""Logit of a rule that nothing could be learnt for."""

_Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class DecisionSample:
    """Candidate for a photo whose ground truth is known.

    Attributes
    ----------
    evidence : Evidence
    is_right : bool
        Whether the work is really in the photo.
    photo : int
        Number of the question: a photo asked with or without some of the works.
    group : str
        What is only learnt from as a whole: samples of one object, which resemble each
        other more than they do any that will be met.
    is_version : bool
        Whether the photo shows another version of this work. Its evidence is that of
        the work itself but for the difference, and where none is seen nothing can tell
        the two apart: to learn from it would only teach that inliers mean little.
    """

    evidence: Evidence
    is_right: bool
    photo: int
    group: str
    is_version: bool = False


def learn_decision(
    samples: Sequence[DecisionSample],
    *,
    false_accept_rate: float = 0.01,
    seed: int,
) -> Decision:
    """Learn how evidence becomes a probability, and where to draw the lines.

    Logistic regressions in which both sides weigh the same, however many samples each
    has, and in which no coefficient is negative: more evidence must never make a
    candidate less probable. The rule of flat works is fitted to the candidates that
    some homography connects with the photo, that of works in the round to those that
    it is fit for: the rest are refused anyway, and would only teach that inliers mean
    little. The thresholds are chosen on all questions, by cross-validation over groups,
    so they hold for works that the coefficients have not seen; what differs from the
    photo is never "found", however probable, so it does not bear on that one. One pair
    of them serves both rules: that of works in the round is moved until its own one
    falls together with that of flat works.

    Parameters
    ----------
    samples : sequence of DecisionSample
        Right ones from photos of works in the gallery, wrong ones from photos of works
        that are *not* in it, for that is what a wrong answer will look like. Versions
        are passed over: see :func:`share_of_versions_found`.
    false_accept_rate : float in (0, 1)
        Share of the questions without a right answer that may be answered "found".
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
    samples = [sample for sample in samples if not sample.is_version]
    right = np.array([sample.is_right for sample in samples], np.bool_)
    fewest = min(np.count_nonzero(right), np.count_nonzero(~right))
    if fewest < FOLDS:
        raise ValueError(f"each side needs at least {FOLDS} samples, got {fewest}")
    if not 0 < false_accept_rate < 1:
        raise ValueError(
            f"false_accept_rate must be in (0, 1), got {false_accept_rate}"
        )
    flat_logits, round_logits = _cross_validated_logits(
        samples, np.random.default_rng(seed)
    )
    is_different = np.array([sample.evidence.difference > 0 for sample in samples])

    def findable(logits: _Floats) -> tuple[_Floats, _Floats]:
        return _of_questions(samples, np.where(is_different, -math.inf, logits))

    def least_found(logits: _Floats) -> float:
        return max(_threshold(*findable(logits), false_accept_rate), LEAST_FOUND)

    move = 0.0
    if np.any(np.isfinite(round_logits)):
        move = least_found(flat_logits) - least_found(round_logits)
    logits = np.maximum(flat_logits, round_logits + move)
    found = least_found(logits)
    perhaps = min(UNCERTAIN_FACTOR * false_accept_rate, 0.5)
    uncertain = min(_threshold(*_of_questions(samples, logits), perhaps), found)
    _, sure = findable(logits)
    flat, round_ = _fit_rules(samples)
    round_ = replace(round_, intercept=round_.intercept + move)
    return Decision(
        flat,
        round_,
        found_threshold=logistic(found),
        uncertain_threshold=logistic(uncertain),
        false_accept_rate=false_accept_rate,
        true_accept_rate=float(np.mean(sure >= found)),
    )


def share_of_versions_found(
    decision: Decision, samples: Sequence[DecisionSample]
) -> float:
    """Measure how many versions would be called "found": probable, and no difference.

    Returns
    -------
    share : float in [0, 1]
        Of the questions about versions; NaN without any.
    """
    found: dict[int, bool] = {}
    for sample in samples:
        if sample.is_version:
            verdict = decision.verdict(decision.probability(sample.evidence))
            is_found = verdict is Verdict.FOUND and not sample.evidence.difference
            found[sample.photo] = found.get(sample.photo, False) or is_found
    return float(np.mean(list(found.values()))) if found else math.nan


def _of_questions(
    samples: Sequence[DecisionSample], logits: _Floats
) -> tuple[_Floats, _Floats]:
    """Return the highest logit of each question: those without an answer, and with."""
    wrong: dict[int, float] = {}
    right: dict[int, float] = {}
    for sample, logit in zip(samples, logits, strict=True):
        best = right if sample.is_right else wrong
        best[sample.photo] = max(float(logit), best.get(sample.photo, -math.inf))
    refused = [logit for photo, logit in wrong.items() if photo not in right]
    return np.array(refused), np.array(list(right.values()))


def _cross_validated_logits(
    samples: Sequence[DecisionSample], rng: np.random.Generator
) -> tuple[_Floats, _Floats]:
    """Judge every sample by both rules, learnt from the other folds.

    The logit of a rule that is not fit for a sample is minus infinity.
    """
    groups = sorted({sample.group for sample in samples})
    fold_of = dict(
        zip(groups, rng.permutation(np.arange(len(groups)) % FOLDS), strict=True)
    )
    flat_logits, round_logits = np.full((2, len(samples)), -math.inf)
    for fold in range(FOLDS):
        flat, round_ = _fit_rules(
            [sample for sample in samples if fold_of[sample.group] != fold]
        )
        for number, sample in enumerate(samples):
            if fold_of[sample.group] != fold:
                continue
            flat_logits[number] = flat.logit(flat_quantities(sample.evidence))
            if is_round(sample.evidence):
                round_logits[number] = round_.logit(round_quantities(sample.evidence))
    return flat_logits, round_logits


def _fit_rules(
    samples: Sequence[DecisionSample],
) -> tuple[LogisticRule, LogisticRule]:
    flat = [sample for sample in samples if sample.evidence.inlier_count]
    around = [sample for sample in samples if is_round(sample.evidence)]
    return _fit(flat, FLAT, flat_quantities), _fit(around, ROUND, round_quantities)


def _fit(
    samples: Sequence[DecisionSample],
    names: Sequence[str],
    quantities: Callable[[Evidence], Mapping[str, float]],
) -> LogisticRule:
    """Fit a rule; coefficients that would be negative are 0.

    With right or wrong samples alone nothing can be learnt, and nothing is believed.
    """
    right = np.array([sample.is_right for sample in samples], np.bool_)
    if not right.any() or right.all():
        return LogisticRule(NEVER, dict.fromkeys(names, 0.0))
    values = np.array(
        [list(quantities(sample.evidence).values()) for sample in samples]
    )
    weights = _fit_weights(values, right)
    coefficients = dict(zip(names, map(float, weights[1:]), strict=True))
    return LogisticRule(float(weights[0]), coefficients)


def _threshold(wrong: _Floats, right: _Floats, rate: float) -> float:
    """Find the logit that lets a share of the wrong questions pass.

    It lies half-way between the highest score that must be refused and the next one
    above: on these samples any value between them does the same, on others the
    middle is safest. Minus infinity if there is nothing to be refused.
    """
    wrong = np.sort(wrong[np.isfinite(wrong)])[::-1]
    passing = math.floor(rate * len(wrong) + 1e-9)
    if passing >= len(wrong):
        return -math.inf
    refused = float(wrong[passing])
    logits = np.concatenate([wrong, right])
    above = logits[logits > refused]
    return (refused + float(above.min())) / 2 if len(above) else refused + 1.0


def _fit_weights(samples: _Floats, right: BoolArray) -> _Floats:
    """Fit (1 + features,) weights; those that would be negative are 0."""
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


def _newton(samples: _Floats, right: BoolArray) -> _Floats:
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
