"""Evaluation report: figures of photos by kind, mistakes, and a table of it all."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from app.retrieval.evaluation.asking import Outcome, Reply
from app.retrieval.evaluation.columns import set_columns
from app.retrieval.evaluation.figures import Figures
from app.retrieval.generations.proportion import CONFIDENCE, Proportion
from app.retrieval.verification.evidence import Verdict

_COLUMNS = (
    ("top 1", "top1"),
    ("top 5", "top5"),
    ("global", "recall_global_100"),
    ("semantic", "recall_semantic_100"),
    ("local", "recall_local_100"),
    ("either", "recall_union_100"),
    ("GAP", "gap"),
    ("GAP-", "gap_minus"),
    ("found", "true_accept"),
    ("named", "all_named"),
    ("misnamed", "misnamed"),
    ("false", "false_accept"),
)
"""Heading and figure of each column of shares in the table."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """One answer that should have been another.

    Attributes
    ----------
    photo, kind : str
    fault : str
        ``missed`` (not named first), ``unsure`` (named first, but not "found") or
        ``false accept`` ("found" where that is not in the photo).
    expected : tuple of str
        Works that the photo shows, sorted.
    left_out : bool
        Whether it was asked with these works left out.
    answered : str
        The first work answered; "" for none.
    verdict : str
    confidence : float
    """

    photo: str
    kind: str
    fault: str
    expected: tuple[str, ...]
    left_out: bool
    answered: str
    verdict: str
    confidence: float

    def __str__(self) -> str:
        truth = f"shows {' or '.join(self.expected) or 'nothing'}"
        if self.left_out:
            truth += ", which was left out"
        answered = self.answered or "nothing"
        verdict = f", {self.verdict}" if self.verdict else ""
        return (
            f"{self.photo} ({self.kind}): {self.fault}; {truth}; "
            f"answered {answered}{verdict} ({self.confidence:.2f})"
        )


@dataclass(frozen=True, slots=True)
class Report:
    """All figures of one evaluation.

    Attributes
    ----------
    whole : Figures
    per_kind : mapping of str to Figures
        In the order in which the kinds first occurred.
    mistakes : tuple of Mistake
        In the order of the photos.
    """

    whole: Figures
    per_kind: Mapping[str, Figures] = field(default_factory=dict)
    mistakes: tuple[Mistake, ...] = ()

    @classmethod
    def of(cls, outcomes: Sequence[Outcome]) -> "Report":
        """Sum up outcomes, together and per kind."""
        kinds: dict[str, list[Outcome]] = {}
        for outcome in outcomes:
            kinds.setdefault(outcome.kind, []).append(outcome)
        return cls(
            Figures.of(outcomes),
            {kind: Figures.of(members) for kind, members in kinds.items()},
            tuple(mistake for outcome in outcomes for mistake in _mistakes(outcome)),
        )

    def to_dict(self) -> dict[str, Any]:
        """Bring to plain values for JSON; what could not be measured is None."""
        content = {
            **asdict(self.whole),
            "per_kind": {kind: asdict(own) for kind, own in self.per_kind.items()},
            "mistakes": [asdict(mistake) for mistake in self.mistakes],
        }
        plain: dict[str, Any] = _without_nan(content)
        return plain

    def table(self) -> str:
        """Set the figures as plain text: shares in per cent, times in milliseconds.

        The last line has Wilson's intervals of what is counted over all photos.
        """
        rows = dict(self.per_kind) if len(self.per_kind) > 1 else {}
        rows["all"] = self.whole
        lines = [
            ["", "photos", *(heading for heading, _ in _COLUMNS), "p50 ms", "p95 ms"]
        ]
        for kind, figures in rows.items():
            shares = [_percent(getattr(figures, name)) for _, name in _COLUMNS]
            times = [_whole(figures.latency_ms[name]) for name in ("p50", "p95")]
            lines.append([kind, str(figures.queries), *shares, *times])
        known = self.whole.proportions
        bounds = [_bounds(known.get(name)) for _, name in _COLUMNS]
        lines.append([f"{CONFIDENCE:.0%} interval", "", *bounds, "", ""])
        return set_columns(lines)


def _mistakes(outcome: Outcome) -> Iterator[Mistake]:
    def mistake(fault: str, reply: Reply, *, left_out: bool = False) -> Mistake:
        return Mistake(
            outcome.name,
            outcome.kind,
            fault,
            tuple(sorted(outcome.works)),
            left_out,
            reply.works[0] if reply.works else "",
            reply.verdict.value if reply.verdict else "",
            reply.confidence,
        )

    reply, without = outcome.reply, outcome.reply_without
    if not outcome.works:
        if outcome.is_wrong(reply):
            yield mistake("false accept", reply)
    elif not outcome.is_right:
        yield mistake("missed", reply)
    elif reply.verdict not in (None, Verdict.FOUND):
        yield mistake("unsure", reply)
    if without is not None and outcome.is_wrong(without):
        yield mistake("false accept", without, left_out=True)


def _percent(share: float) -> str:
    return "-" if math.isnan(share) else f"{100 * share:.2f}"


def _bounds(one: Proportion | None) -> str:
    if one is None or not one.total:
        return "-"
    low, high = one.interval
    return f"{100 * low:.1f}-{100 * high:.1f}"


def _whole(duration_ms: float) -> str:
    return "-" if math.isnan(duration_ms) else f"{duration_ms:.0f}"


def _without_nan(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _without_nan(member) for name, member in value.items()}
    if isinstance(value, list | tuple):
        return [_without_nan(member) for member in value]
    return None if isinstance(value, float) and math.isnan(value) else value
