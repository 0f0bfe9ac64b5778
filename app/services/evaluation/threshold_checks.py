"""Checks of decision thresholds before they are set: what speaks against them.

Set by four answers, thresholds are set by chance; and a slider at its end means that
no work is found any more. The first is warned of, the second refused.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from app.retrieval.verification.decision import Thresholds
from app.services.evaluation.recognition import Case, Consequences, consequences

LEAST_JUDGED = 30
"""Photos of works of the collection, and as many of something else, below which shares
say little: of 30 right ones out of 30, Wilson's interval begins at 89 %."""
LEAST_RECALL = 0.8
"""Share of photos of works of the collection that are to be found."""


@dataclass(frozen=True, slots=True)
class ThresholdCheck:
    """What speaks against some thresholds.

    Attributes
    ----------
    now, then : Consequences
        Of the thresholds that are good now, and of those that are checked.
    few_ours, few_others : bool
        Too few photos of works of the collection were judged to know recall, and too
        few of something else to know false accepts.
    is_deaf : bool
        Recall would be below `LEAST_RECALL`, and lower than it is now.
    """

    now: Consequences
    then: Consequences
    few_ours: bool
    few_others: bool
    is_deaf: bool

    @property
    def is_refused(self) -> bool:
        """Whether the thresholds are not to be set: that they are deaf is known."""
        return self.is_deaf and not self.few_ours

    @property
    def has_warnings(self) -> bool:
        """Whether somebody has to say that they are to be set all the same."""
        return self.is_deaf or self.few_ours or self.few_others


def check(
    cases: Sequence[Case], live: Thresholds, wanted: Thresholds
) -> ThresholdCheck:
    """Compare what thresholds would make of judged answers with what is now."""
    now, then = consequences(cases, live), consequences(cases, wanted)
    return ThresholdCheck(
        now,
        then,
        few_ours=then.recall.total < LEAST_JUDGED,
        few_others=then.false_accepts.total < LEAST_JUDGED,
        is_deaf=bool(then.recall.total)
        and then.recall.share < min(LEAST_RECALL, now.recall.share),
    )
