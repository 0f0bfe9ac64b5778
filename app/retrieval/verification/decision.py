"""From evidence to an answer: how probable it is that a candidate is the work shown.

A logistic regression over a handful of quantities that a person would look at as well,
and two thresholds. What is learnt is in a small JSON file; how it is learnt is in
`app.retrieval.training.components.decision`.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

from app.retrieval.errors import DamagedArtefactError, MissingArtefactError
from app.retrieval.types import FloatArray, LocalFeatures, Verdict, Verification

_FORMAT = 1
_REMEDY = "python train.py"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for one candidate.

    Attributes
    ----------
    similarity : float in [-1, 1]
        Cosine of the global descriptors.
    inlier_count : int
        Matches that one homography explains.
    inlier_share : float in [0, 1]
        Inliers per match.
    margin : int
        Inliers more than the strongest rival has; negative if that one has more. A
        rival is another work that explains the same place of the photo.
    coverage : float in [0, 1]
        Share of the candidate's area that the inliers span. Agreement that is
        confined to one corner is rather a shared frame, stamp or signature.
    """

    similarity: float
    inlier_count: int
    inlier_share: float
    margin: int
    coverage: float

    @classmethod
    def gather(
        cls,
        verification: Verification,
        candidate: LocalFeatures,
        *,
        similarity: float,
        runner_up_inliers: int,
    ) -> "Evidence":
        """Collect what speaks for a verified candidate.

        Parameters
        ----------
        verification : Verification
        candidate : LocalFeatures
            That ``verification`` refers to.
        similarity : float
        runner_up_inliers : int
            Of the strongest rival; 0 if there is none.
        """
        rows = verification.matches[verification.inliers, 1]
        count = verification.inlier_count
        return cls(
            similarity=similarity,
            inlier_count=count,
            inlier_share=verification.inlier_share,
            margin=count - runner_up_inliers,
            coverage=spanned_share(candidate.xy[rows], candidate.size),
        )

    def transformed(self) -> dict[str, float]:
        """Bring the quantities to scales on which evidence adds up.

        Counts enter by the logarithm: ten inliers against none say a lot, 110
        against 100 nothing. The margin's logarithm keeps its sign.
        """
        return {
            "log_inliers": math.log1p(self.inlier_count),
            "inlier_share": self.inlier_share,
            "log_margin": math.copysign(math.log1p(abs(self.margin)), self.margin),
            "coverage": self.coverage,
            "similarity": self.similarity,
        }


FEATURES = tuple(Evidence(0.0, 0, 0.0, 0, 0.0).transformed())
"""Names of the transformed quantities, in their order."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From which probabilities on an answer is called what.

    Attributes
    ----------
    found, uncertain : float in [0, 1]
        Least probability of the answers "found" and "uncertain".
    """

    found: float
    uncertain: float

    def __post_init__(self) -> None:
        if not 0 <= self.uncertain <= self.found <= 1:
            raise ValueError(
                "thresholds must satisfy 0 <= uncertain <= found <= 1, got "
                f"{self.uncertain} and {self.found}"
            )


@dataclass(frozen=True, slots=True)
class Decision:
    """A learnt rule.

    Attributes
    ----------
    intercept : float
    coefficients : mapping of str to float
        One per name in `FEATURES`.
    found_threshold, uncertain_threshold : float in [0, 1]
        Least probability of the answers "found" and "uncertain".
    false_accept_rate : float in [0, 1]
        The share of photos of something else that ``found_threshold`` was chosen to
        let pass at most.
    true_accept_rate : float in [0, 1]
        The share of photos of the right work that it let pass, measured on samples
        that the coefficients were not learnt from.
    """

    intercept: float
    coefficients: Mapping[str, float]
    found_threshold: float
    uncertain_threshold: float
    false_accept_rate: float
    true_accept_rate: float

    def __post_init__(self) -> None:
        if set(self.coefficients) != set(FEATURES):
            raise ValueError(
                f"coefficients must be of {', '.join(FEATURES)}, "
                f"got {', '.join(self.coefficients)}"
            )
        Thresholds(self.found_threshold, self.uncertain_threshold)

    @property
    def thresholds(self) -> Thresholds:
        """What divides the answers."""
        return Thresholds(self.found_threshold, self.uncertain_threshold)

    def at(self, thresholds: Thresholds) -> "Decision":
        """Return the same rule with other thresholds."""
        return replace(
            self,
            found_threshold=thresholds.found,
            uncertain_threshold=thresholds.uncertain,
        )

    def probability(self, evidence: Evidence) -> float:
        """Probability that the candidate is the work in the photo.

        Calibrated for samples of which half are right (see the learning).
        """
        values = evidence.transformed()
        logit = self.intercept + sum(
            self.coefficients[name] * values[name] for name in FEATURES
        )
        return logistic(logit)

    def verdict(self, probability: float) -> Verdict:
        """Say which of the three answers a probability deserves."""
        if probability >= self.found_threshold:
            return Verdict.FOUND
        if probability >= self.uncertain_threshold:
            return Verdict.UNCERTAIN
        return Verdict.NOT_FOUND

    def to_json(self) -> str:
        """Write as text; every number comes back exactly."""
        return json.dumps({"format": _FORMAT, **asdict(self)}, indent=2) + "\n"

    @classmethod
    def from_json(cls, text: str) -> "Decision":
        """Read what `to_json` wrote; ValueError says what is wrong with it."""
        try:
            content = dict(json.loads(text))
            if content.pop("format") != _FORMAT:
                raise ValueError(f"its format is not {_FORMAT}")
            coefficients = {
                str(name): float(value)
                for name, value in dict(content.pop("coefficients")).items()
            }
            numbers = {name: float(value) for name, value in content.items()}
            return cls(coefficients=coefficients, **numbers)
        except (KeyError, TypeError) as error:
            raise ValueError(f"it is not a decision ({error})") from error

    def save(self, path: Path) -> None:
        """Write `to_json` to a file."""
        path.write_text(self.to_json(), encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> "Decision":
        """Read a file that `save` wrote.

        Raises
        ------
        MissingArtefactError
            If there is no such file.
        DamagedArtefactError
            If it is not a decision.
        """
        if not path.exists():
            raise MissingArtefactError(path, _REMEDY)
        try:
            return cls.from_json(path.read_text(encoding="utf-8"))
        except ValueError as error:
            raise DamagedArtefactError(path, str(error), _REMEDY) from error


def logistic(logit: float) -> float:
    """Turn log-odds into a probability, without overflow."""
    if logit >= 0:
        return 1 / (1 + math.exp(-logit))
    return math.exp(logit) / (1 + math.exp(logit))


def spanned_share(xy: FloatArray, size: tuple[int, int]) -> float:
    """Share of a picture's area inside the convex hull of some points.

    Parameters
    ----------
    xy : (M, 2) float32
        Points inside the picture; M may be 0.
    size : tuple of int
        (height, width) of the picture.

    Returns
    -------
    share : float in [0, 1]
        0 for fewer than three points or points on one line.

    References
    ----------
    .. [1] Andrew, "Another efficient algorithm for convex hulls in two dimensions",
       Information Processing Letters 1979.
    """
    points = sorted({(float(x), float(y)) for x, y in xy})
    if len(points) < 3:
        return 0.0
    corners = np.array(_half_hull(points) + _half_hull(points[::-1]))
    x, y = corners.T
    area = abs(float(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1)))) / 2
    return min(area / (size[0] * size[1]), 1.0)


def _half_hull(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Walk along sorted points keeping left turns; the last point is left out."""
    hull: list[tuple[float, float]] = []
    for x, y in points:
        while len(hull) > 1:
            (ax, ay), (bx, by) = hull[-2:]
            if (bx - ax) * (y - ay) - (by - ay) * (x - ax) > 0:
                break
            hull.pop()
        hull.append((x, y))
    return hull[:-1]
