"""Figures of how a set of photos was answered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from app.retrieval.evaluation import metrics
from app.retrieval.evaluation.asking import SHORTLIST_K, Outcome
from app.retrieval.generations.proportion import Proportion
from app.retrieval.search.trace import GLOBAL, LOCAL, SEMANTIC
from app.retrieval.types import BoolArray
from app.retrieval.verification.evidence import Verdict


@dataclass(frozen=True, slots=True)
class Figures:
    """How a set of photos was answered; shares in [0, 1], NaN if of nothing.

    Attributes
    ----------
    queries : int
        Photos asked, not counting the second time without their works.
    top1, top5 : float
        A right work is first, or among the first five, whatever the verdict.
    recall_global_100, recall_semantic_100, recall_local_100 : float
        A right work is among the first 100 hits of a channel (of as many as the
        engine asks it for), of the photos that it was asked about.
    recall_union_100 : float
        A right work is among the hits of any channel that was asked.
    gap, gap_minus : float
        Global average precision of the first answers, over all asked and over those
        with an answer in the gallery. A photo asked without its works is one
        without answer; a first answer that is only in view counts neither way.
    true_accept : float
        Of the photos with an answer: named right *and* "found".
    all_named : float
        Of all works that the photos show: called "found", first or not.
    misnamed : float
        Of the photos with an answer: "found", but a work that is not in the photo.
    false_accept : float
        Of those without answer: the same.
    precision, f1 : float
        Of all that were called "found": those that name nothing that is not in the
        photo; and its harmonic mean with ``true_accept``, which is the recall of
        "found".
    latency_ms : mapping
        ``p50`` and ``p95`` of the whole, and the same per stage in ``stages``, over
        the photos that went through it.
    proportions : mapping of str to Proportion
        By the names of those figures that are shares of so many, the counts: how far
        they are known. GAP and F1 are none.
    """

    queries: int
    top1: float
    top5: float
    recall_global_100: float
    recall_semantic_100: float
    recall_local_100: float
    recall_union_100: float
    gap: float
    gap_minus: float
    true_accept: float
    all_named: float
    misnamed: float
    false_accept: float
    precision: float
    f1: float
    latency_ms: Mapping[str, Any]
    proportions: Mapping[str, Proportion]

    @classmethod
    def of(cls, outcomes: Sequence[Outcome]) -> "Figures":
        """Sum up some outcomes."""
        replies = [outcome.reply for outcome in outcomes]
        works = [outcome.works for outcome in outcomes]
        named = [reply.works for reply in replies]
        without = [o.reply_without for o in outcomes if o.reply_without is not None]
        asked = [*replies, *without]
        correct = [o.is_right for o in outcomes] + [False] * len(without)
        answerable = [bool(wanted) for wanted in works] + [False] * len(without)
        confidences = [
            *(o.confidence(o.reply) for o in outcomes),
            *(o.confidence(reply) for o in outcomes if (reply := o.reply_without)),
        ]
        found = np.array([reply.verdict is Verdict.FOUND for reply in asked], np.bool_)
        wrong = np.array(
            [
                *(o.is_wrong(o.reply) for o in outcomes),
                *(o.is_wrong(reply) for o in outcomes if (reply := o.reply_without)),
            ],
            np.bool_,
        )
        has_verdicts = any(reply.verdict is not None for reply in asked)
        right, known = np.array(correct, np.bool_), np.array(answerable, np.bool_)
        verdicts: dict[str, list[bool] | BoolArray] = {
            "true_accept": (found & right)[known],
            "all_named": _named(outcomes),
            "misnamed": wrong[known],
            "false_accept": wrong[~known],
            "precision": ~wrong[found],
        }
        proportions = {
            "top1": _within(named, works, 1),
            "top5": _within(named, works, 5),
            "recall_global_100": _recall(outcomes, GLOBAL),
            "recall_semantic_100": _recall(outcomes, SEMANTIC),
            "recall_local_100": _recall(outcomes, LOCAL),
            "recall_union_100": _recall(outcomes, GLOBAL, SEMANTIC, LOCAL),
            **{
                name: _proportion(flags if has_verdicts else ())
                for name, flags in verdicts.items()
            },
        }
        shares = {name: one.share for name, one in proportions.items()}
        return cls(
            queries=len(outcomes),
            gap=metrics.global_average_precision(correct, confidences, answerable),
            gap_minus=metrics.gap_minus(correct, confidences, answerable),
            f1=metrics.f1(shares["precision"], shares["true_accept"]),
            latency_ms=_latency([reply.timings_ms for reply in replies]),
            proportions=proportions,
            **shares,
        )


def _within(
    rankings: Sequence[Sequence[str]], wanted: Sequence[frozenset[str]], k: int
) -> Proportion:
    """Count the answerable queries with a right work in the first k places."""
    answerable = sum(map(bool, wanted))
    if not answerable:
        return Proportion(0, 0)
    share = metrics.recall_at_k(rankings, wanted, k)
    return Proportion.of_share(share, answerable)


def _recall(outcomes: Sequence[Outcome], *channels: str) -> Proportion:
    """Recall of channels together, over the photos that any of them was asked about."""
    asked = [
        outcome
        for outcome in outcomes
        if any(channel in outcome.reply.shortlists for channel in channels)
    ]
    ranked = [
        [
            work
            for channel in channels
            for work in outcome.reply.shortlists.get(channel, ())[:SHORTLIST_K]
        ]
        for outcome in asked
    ]
    wanted = [outcome.works for outcome in asked]
    return _within(ranked, wanted, len(channels) * SHORTLIST_K)


def _named(outcomes: Sequence[Outcome]) -> list[bool]:
    """Tell of every work in every photo whether it was called "found"."""
    return [work in o.reply.found for o in outcomes for work in sorted(o.works)]


def _proportion(flags: Sequence[bool] | BoolArray) -> Proportion:
    return Proportion(int(np.count_nonzero(flags)), len(flags))


def _latency(timings: Sequence[Mapping[str, float]]) -> dict[str, Any]:
    # In order of appearance; not every photo goes through every stage.
    names = dict.fromkeys(stage for timing in timings for stage in timing)
    stages = {
        stage: _percentiles([timing[stage] for timing in timings if stage in timing])
        for stage in names
    }
    whole = stages.pop("total", _percentiles([]))
    return {**whole, "stages": stages}


def _percentiles(durations: Sequence[float]) -> dict[str, float]:
    return {f"p{p}": metrics.percentile(durations, p / 100) for p in (50, 95)}
