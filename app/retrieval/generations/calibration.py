"""Calibration of stated certainties: of answers this sure, how many were right.

A model's probability was learnt on other works. What it is worth for one collection is
counted there: photos whose answer is known are asked, and the answers put into a few
bins by the probability that they state.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

from app.retrieval.generations.proportion import Proportion
from app.retrieval.verification.evidence import Verdict

EDGES = (0.0, 0.5, 0.9, 0.99, 1.0)
"""Of the bins. Nearly all answers state more than 0.99, so finer ones would stay empty;
a changed edge has another name among the figures, so old counts are never misread."""
ENOUGH = 10
"""Answers of a bin from which on it says something."""


@dataclass(frozen=True, slots=True)
class TriedAnswer:
    """Answer that states a certainty, to a photo whose truth is known.

    Attributes
    ----------
    probability : float in [0, 1]
        Of the first match.
    is_right : bool
        Whether the photo shows that work.
    is_of_version : bool
        Whether the photo shows another version of that work, which is wrong.
    """

    probability: float
    is_right: bool
    is_of_version: bool = False


@dataclass(frozen=True, slots=True)
class ReliabilityBin:
    """Bin of probabilities, and what came of answers that stated one of them.

    Attributes
    ----------
    low, high : float
        Of the probabilities ``low <= p < high``; the last bin has 1 in it.
    right : Proportion
        Right ones of all answers.
    versions : int
        Wrong ones that named a work of which the photo showed another version.
    """

    low: float
    high: float
    right: Proportion
    versions: int

    @property
    def is_enough(self) -> bool:
        """Whether there are so many answers that the share says something."""
        return self.right.total >= ENOUGH


@dataclass(frozen=True, slots=True)
class Calibration:
    """Calibration table: a bin per range of `EDGES`, by rising probability."""

    bins: tuple[ReliabilityBin, ...]

    @classmethod
    def of(cls, answers: Iterable[TriedAnswer]) -> "Calibration":
        """Count answers into the bins."""
        by_bin: list[list[TriedAnswer]] = [[] for _ in EDGES[1:]]
        for answer in answers:
            by_bin[_place(answer.probability)].append(answer)
        return cls(
            tuple(
                ReliabilityBin(
                    low,
                    high,
                    Proportion(sum(one.is_right for one in inside), len(inside)),
                    sum(one.is_of_version for one in inside),
                )
                for (low, high), inside in zip(pairwise(EDGES), by_bin, strict=True)
            )
        )

    @classmethod
    def read(cls, figures: Mapping[str, float]) -> "Calibration | None":
        """Read a table from among figures; None where they hold none of these bins."""
        if not figures.keys() >= FIGURES:
            return None
        bins = []
        for low, high in pairwise(EDGES):
            right, answers, versions = (
                round(figures[_name(what, low)]) for what in _COUNTED
            )
            bins.append(ReliabilityBin(low, high, Proportion(right, answers), versions))
        return cls(tuple(bins))

    @property
    def figures(self) -> Mapping[str, float]:
        """The counts as figures, whose names are `FIGURES`."""
        return {
            _name(what, one.low): float(count)
            for one in self.bins
            for what, count in zip(
                _COUNTED, (one.right.count, one.right.total, one.versions), strict=True
            )
        }

    def bin_of(self, probability: float) -> ReliabilityBin:
        """Return the bin of a probability in [0, 1]."""
        return self.bins[_place(probability)]


def states_certainty(verdict: Verdict, first: Verdict, *, is_different: bool) -> bool:
    """Tell whether an answer that names works says how sure it is of the first.

    It does not where the photo is seen to differ from the work, or where another work
    fits as well: then the match's probability is not that of its being meant.

    Parameters
    ----------
    verdict, first : Verdict
        Of the answer, and on its first match alone.
    is_different : bool
        Whether the photo was seen to differ from the first match.
    """
    is_tied = first is Verdict.FOUND and verdict is not Verdict.FOUND
    return not (is_different or is_tied)


_COUNTED = ("right", "answers", "versions")


def _name(what: str, low: float) -> str:
    return f"calibration_{what}_from_{low}"


FIGURES = frozenset(_name(what, low) for low in EDGES[:-1] for what in _COUNTED)
"""Names of a table's figures, all of them numbers of answers."""


def _place(probability: float) -> int:
    if not 0 <= probability <= 1:
        raise ValueError(f"{probability} is no probability")
    return min(bisect_right(EDGES, probability), len(EDGES) - 1) - 1
