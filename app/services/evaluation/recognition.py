"""Recognition rates, calibration and score distributions of judged answers.

From what visitors said of theirs, or from photos whose answer is known. All that is
shown is computed from the same cases.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import EvaluationReport, Feedback, Query, QueryMatch
from app.retrieval.generations.proportion import Proportion
from app.retrieval.verification.decision import Thresholds, logistic
from app.retrieval.verification.evidence import Verdict

MOST_CASES = 5_000
"""Newest cases that are looked at."""
STEPS = 20
"""Columns of a distribution."""
MOST_INLIERS = 1_000
CALIBRATION = (0.0, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99, 1.0)
"""Edges of the ranges of probability in which promise and truth are compared."""
NEWTON_STEPS, RIDGE = 40, 0.1


@dataclass(frozen=True, slots=True)
class Case:
    """Answered photo: its most probable work, and the truth.

    Attributes
    ----------
    probability : float in [0, 1]
    similarity : float or None
        Cosine; None where no work was proposed.
    is_right : bool
        Whether it is a work that the photo shows.
    is_in_photo : bool
        Whether it is in the photo: the work that it shows, or a neighbour. To name it
        is no mistake.
    is_answerable : bool
        Whether the photo shows a work of the collection.
    """

    probability: float
    similarity: float | None
    inlier_count: int
    is_right: bool
    is_in_photo: bool
    is_answerable: bool


@dataclass(frozen=True, slots=True)
class Consequences:
    """Rates of the cases under some thresholds.

    Attributes
    ----------
    precision : Proportion
        Of all that are called found: those that are in the photo.
    recall : Proportion
        Of the photos of works of the collection: called found, and right.
    false_accepts : Proportion
        Of the photos of something else: called found, and not in the photo.
    unanswered : Proportion
        Of all: nothing is proposed.
    """

    precision: Proportion
    recall: Proportion
    false_accepts: Proportion
    unanswered: Proportion


@dataclass(frozen=True, slots=True)
class Distribution:
    """Distribution of a quantity over right and wrong answers.

    Attributes
    ----------
    edges : tuple of float
        One more than there are columns.
    right, wrong : tuple of int
        Cases per column.
    slope, intercept : float or None
        Of the logistic curve through them, over the quantity as ``scale`` has it; None
        where all are right or all are wrong.
    is_logarithmic : bool
        Whether columns and curve go by log(1 + quantity).
    """

    edges: tuple[float, ...]
    right: tuple[int, ...]
    wrong: tuple[int, ...]
    slope: float | None
    intercept: float | None
    is_logarithmic: bool

    def probability(self, value: float) -> float | None:
        """Return how probably an answer with this value is right, by the curve."""
        if self.slope is None or self.intercept is None:
            return None
        scaled = math.log1p(value) if self.is_logarithmic else value
        return logistic(self.intercept + self.slope * scaled)


@dataclass(frozen=True, slots=True)
class CalibrationBin:
    """Calibration bin: what answers of some probabilities promised, and what came.

    Attributes
    ----------
    promised : float
        Mean probability; NaN without cases.
    right : Proportion
    """

    low: float
    high: float
    promised: float
    right: Proportion


def cases_of_feedback(session: Session) -> list[Case]:
    """Return the newest answers that were judged by visitors.

    One called wrong says not what the photo shows; it counts as a photo of something
    else, unless nothing was found: then the visitor says that it is in the collection.
    """
    judged = (
        select(
            Query.verdict,
            Query.probability,
            Feedback.is_right,
            Feedback.artwork_id,
            QueryMatch.artwork_id,
            QueryMatch.similarity,
            QueryMatch.inlier_count,
        )
        .join(Feedback.query)
        .outerjoin(
            QueryMatch, (QueryMatch.query_id == Query.id) & (QueryMatch.rank == 0)
        )
        .order_by(Feedback.id.desc())
        .limit(MOST_CASES)
    )
    return [
        Case(
            probability=p,
            similarity=similarity,
            inlier_count=inliers or 0,
            is_right=(
                right := is_right
                and verdict is not Verdict.NOT_FOUND
                and meant in (None, named)
            ),
            is_in_photo=right,
            is_answerable=is_right != (verdict is Verdict.NOT_FOUND),
        )
        for verdict, p, is_right, meant, named, similarity, inliers in session.execute(
            judged
        )
    ]


def cases_of_report(report: EvaluationReport) -> list[Case]:
    """Return the photos of an evaluation."""
    return [
        Case(
            case["probability"],
            case["similarity"],
            case["inlier_count"],
            case["is_right"],
            _is_in_photo(case),
            case["is_answerable"],
        )
        for case in report.cases
    ]


def _is_in_photo(case: Mapping[str, Any]) -> bool:
    """Tell whether a kept case names what is in its photo; old ones know less."""
    return bool(case.get("is_in_photo", case["is_right"]))


def consequences(cases: Sequence[Case], thresholds: Thresholds) -> Consequences:
    """Say what thresholds would have made of the cases."""
    found = [case for case in cases if case.probability >= thresholds.found]
    answerable = sum(case.is_answerable for case in cases)
    wrongly = sum(not (case.is_answerable or case.is_in_photo) for case in found)
    silent = sum(case.probability < thresholds.uncertain for case in cases)
    return Consequences(
        Proportion(sum(case.is_in_photo for case in found), len(found)),
        Proportion(sum(case.is_right for case in found), answerable),
        Proportion(wrongly, len(cases) - answerable),
        Proportion(silent, len(cases)),
    )


def by_similarity(cases: Sequence[Case]) -> Distribution:
    """Spread the cases over the cosine of their descriptors."""
    edges = np.linspace(0.0, 1.0, STEPS + 1)
    return _distribution(cases, "similarity", edges, is_logarithmic=False)


def by_inliers(cases: Sequence[Case]) -> Distribution:
    """Spread the cases over the number of details that agree."""
    edges = np.expm1(np.linspace(0.0, math.log1p(MOST_INLIERS), STEPS + 1))
    return _distribution(cases, "inlier_count", edges, is_logarithmic=True)


def calibration(cases: Sequence[Case]) -> list[CalibrationBin]:
    """Compare what answers promised with what became of them."""
    ranges = []
    for low, high in pairwise(CALIBRATION):
        inside = [
            case
            for case in cases
            if low <= case.probability < high
            or (case.probability == high == CALIBRATION[-1])
        ]
        count = len(inside)
        promised = sum(case.probability for case in inside)
        right = Proportion(sum(case.is_in_photo for case in inside), count)
        mean = promised / count if count else math.nan
        ranges.append(CalibrationBin(low, high, mean, right))
    return ranges


def confused(cases: Sequence[Mapping[str, Any]], found: float) -> list[dict[str, Any]]:
    """Return the cases of a report that are called found and are not in the photo.

    The surest come first.
    """
    wrong = [
        dict(case)
        for case in cases
        if not _is_in_photo(case) and case["probability"] >= found
    ]
    return sorted(wrong, key=lambda case: -float(case["probability"]))


def _distribution(
    cases: Sequence[Case],
    quantity: str,
    edges: NDArray[np.float64],
    *,
    is_logarithmic: bool,
) -> Distribution:
    known = [case for case in cases if getattr(case, quantity) is not None]
    given = np.array([getattr(case, quantity) for case in known], np.float64)
    right = np.array([case.is_in_photo for case in known], np.bool_)
    inside = np.clip(given, edges[0], np.nextafter(edges[-1], 0))
    scaled = np.log1p(given) if is_logarithmic else given
    intercept, slope = _fit(scaled, right) or (None, None)
    return Distribution(
        tuple(edges.tolist()),
        tuple(np.histogram(inside[right], edges)[0].tolist()),
        tuple(np.histogram(inside[~right], edges)[0].tolist()),
        slope,
        intercept,
        is_logarithmic,
    )


def _fit(
    values: NDArray[np.float64], right: NDArray[np.bool_]
) -> tuple[float, float] | None:
    """Fit a logistic curve by Newton's method: intercept and slope.

    A little ridge keeps the slope finite where right and wrong are divided cleanly.
    """
    if not right.any() or right.all():
        return None
    middle, spread = float(values.mean()), float(values.std()) or 1.0
    rows = np.stack([np.ones_like(values), (values - middle) / spread])
    weights = np.zeros(2)
    for _ in range(NEWTON_STEPS):
        p = 1 / (1 + np.exp(-np.clip(weights @ rows, -30, 30)))
        gradient = rows @ (right - p) - RIDGE * weights
        hessian = (rows * (p * (1 - p))) @ rows.T + RIDGE * np.eye(2)
        # Bounded, because far from the solution the curve says little of where it is.
        weights = weights + np.clip(np.linalg.solve(hessian, gradient), -2, 2)
    slope = float(weights[1]) / spread
    return float(weights[0]) - slope * middle, slope
