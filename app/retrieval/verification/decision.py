"""Logistic regressions from evidence to a probability, and thresholds to a verdict.

Over a handful of quantities that a person would look at as well, with two thresholds.
What is learnt is in a small JSON file; how it is learnt is in
`app.retrieval.training.components.decision`.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from app.retrieval.errors import reading
from app.retrieval.runtime.place import TRAIN_COMMAND
from app.retrieval.verification.evidence import Evidence, Verdict

TIE = 0.1
"""With a margin below this share of its inliers, the best work is tied with another
one that explains the same part of the photo: a copy, a second state of a print."""
CLEAR_MARGIN = 0.1
"""Cosine by which the semantic network puts a work before all others: copies, casts and
versions of it are nearer."""
ENOUGH = math.log1p(54)
"""Logarithm of the margin from which on more inliers say nothing more: a banner may
have hundreds."""
ABOVE_CHANCE, CROWD = 10, 1000
"""Least epipolar matches with which a work in the round is found among fewer reference
images than these: of 100 wrong candidates 98 have fewer. In a small collection nothing
else is of the kind of a picture, so that the semantic network puts it far before all
others also where the photo is of another one; among a thousand it is seldom alone."""
BELOW = 0.01
"""Log-odds below an answer at which a match ends that geometry does not speak for."""
_FORMAT = 2


def flat_quantities(evidence: Evidence) -> dict[str, float]:
    """Bring what a plane explains to scales on which evidence adds up.

    Counts enter by the logarithm: ten inliers against none say a lot, 110
    against 100 nothing. The margin's logarithm keeps its sign. The inliers themselves
    are left out: beside the margin they would only speak for shared banners.
    """
    margin = evidence.margin
    return {
        "inlier_share": evidence.inlier_share,
        "log_margin": min(math.copysign(math.log1p(abs(margin)), margin), ENOUGH),
        "coverage": evidence.coverage,
        "agreement": evidence.agreement,
        "intactness": 1 - math.sqrt(evidence.difference),
    }


def round_quantities(evidence: Evidence) -> dict[str, float]:
    """Bring what tells a work in the round to scales on which evidence adds up."""
    return {
        "log_epipolar": math.log1p(evidence.epipolar_count),
        "log_inliers": math.log1p(evidence.inlier_count),
        "semantic_similarity": evidence.semantic_similarity,
        "semantic_margin": evidence.semantic_margin,
    }


FLAT, ROUND = tuple(flat_quantities(Evidence())), tuple(round_quantities(Evidence()))
"""Names of the quantities, in their order."""


@dataclass(frozen=True, slots=True)
class LogisticRule:
    """Weighted sum of quantities, as the logarithm of the odds.

    Attributes
    ----------
    intercept : float
    coefficients : mapping of str to float
        By the name of the quantity.
    """

    intercept: float
    coefficients: Mapping[str, float]

    def logit(self, quantities: Mapping[str, float]) -> float:
        """Return the log-odds of quantities with the names of the coefficients."""
        return self.intercept + sum(
            coefficient * quantities[name]
            for name, coefficient in self.coefficients.items()
        )


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Least probabilities of the verdicts.

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
    """Logistic regressions with their thresholds, as they were learnt.

    Two rules rate a match, and the one that is surer counts: a painting is told by the
    plane that it is; a statue has none, and the semantic network has to know it.

    Attributes
    ----------
    flat : LogisticRule
        Of the quantities `FLAT`.
    round : LogisticRule
        Of the quantities `ROUND`.
    found_threshold, uncertain_threshold : float in [0, 1]
        Least probability of the answers "found" and "uncertain".
    false_accept_rate : float in [0, 1]
        The share of photos of something else that ``found_threshold`` was chosen to
        let pass at most.
    true_accept_rate : float in [0, 1]
        The share of photos of the right work that it let pass, measured on samples
        that the coefficients were not learnt from.
    """

    flat: LogisticRule
    round: LogisticRule
    found_threshold: float
    uncertain_threshold: float
    false_accept_rate: float
    true_accept_rate: float

    def __post_init__(self) -> None:
        for rule, names in ((self.flat, FLAT), (self.round, ROUND)):
            if set(rule.coefficients) != set(names):
                raise ValueError(
                    f"coefficients must be of {', '.join(names)}, "
                    f"got {', '.join(rule.coefficients)}"
                )
        Thresholds(self.found_threshold, self.uncertain_threshold)

    @property
    def thresholds(self) -> Thresholds:
        """Least probabilities of the verdicts."""
        return Thresholds(self.found_threshold, self.uncertain_threshold)

    def at(self, thresholds: Thresholds) -> "Decision":
        """Return the same regression with other thresholds."""
        return replace(
            self,
            found_threshold=thresholds.found,
            uncertain_threshold=thresholds.uncertain,
        )

    def probability(self, evidence: Evidence) -> float:
        """Rate evidence: the probability that a match is the work in the photo.

        Calibrated for samples of which half are right (see the learning).
        """
        return logistic(self.logit(evidence))

    def logit(self, evidence: Evidence) -> float:
        """Rate evidence by its log-odds, those of the surer rule.

        What only the semantic network speaks for comes before chance inliers, and is
        never an answer; with no more than chance matches beside it, it is not *found*
        in a small collection.
        """
        flat = self.flat.logit(flat_quantities(evidence))
        if not is_known(evidence):
            return flat
        around = self.round.logit(round_quantities(evidence))
        if not is_round(evidence):
            around = min(around, log_odds(self.uncertain_threshold) - BELOW)
        elif evidence.epipolar_count < ABOVE_CHANCE and evidence.crowd < CROWD:
            around = min(around, log_odds(self.found_threshold) - BELOW)
        return max(flat, around)

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
            flat, round_ = (_rule(content.pop(name)) for name in ("flat", "round"))
            numbers = {name: float(value) for name, value in content.items()}
            return cls(flat, round_, **numbers)
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
        with reading(path, TRAIN_COMMAND):
            return cls.from_json(path.read_text(encoding="utf-8"))


def _rule(content: Mapping[str, Any]) -> LogisticRule:
    coefficients = dict(content["coefficients"]).items()
    return LogisticRule(
        float(content["intercept"]),
        {str(name): float(value) for name, value in coefficients},
    )


def is_known(evidence: Evidence) -> bool:
    """Tell whether the semantic network puts a match first."""
    return evidence.semantic_similarity > 0 and evidence.semantic_margin >= 0


def is_round(evidence: Evidence) -> bool:
    """Tell whether the rule of works in the round is fit for a match.

    It was looked at as such, and the semantic network puts it first: a banner on two
    works, which geometry alone explains, must not make one the other.
    """
    return is_known(evidence) and evidence.epipolar_count > 0


def is_tied(evidence: Evidence) -> bool:
    """Tell whether another work explains the same part of the photo as well.

    Of a work in the round a plane explains little: five chance inliers of another one
    are no tie with thirty that an epipolar geometry explains, nor with ten where the
    semantic network takes none but this one for it.
    """
    if evidence.semantic_margin >= CLEAR_MARGIN:
        return False
    rival = evidence.inlier_count - evidence.margin
    strength = max(evidence.inlier_count, evidence.epipolar_count)
    return strength - rival < TIE * strength


def logistic(logit: float) -> float:
    """Turn log-odds into a probability, without overflow."""
    if logit >= 0:
        return 1 / (1 + math.exp(-logit))
    return math.exp(logit) / (1 + math.exp(logit))


def log_odds(probability: float) -> float:
    """Turn a probability into log-odds; infinite at 0 and 1."""
    if probability in (0, 1):
        return math.copysign(math.inf, probability - 0.5)
    return math.log(probability / (1 - probability))
