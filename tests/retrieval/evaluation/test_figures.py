"""Figures of made-up outcomes, computed on paper."""

import math
from dataclasses import replace

import pytest

from app.retrieval.evaluation.asking import Outcome, Reply
from app.retrieval.evaluation.figures import Figures
from app.retrieval.search.trace import GLOBAL, LOCAL
from app.retrieval.verification.evidence import Verdict
from tests.support.outcomes import OUTCOMES, reply


def test_figures_by_hand():
    figures = Figures.of(OUTCOMES)
    assert figures.queries == 4
    assert figures.top1 == pytest.approx(2 / 3)
    assert figures.top5 == 1
    assert figures.recall_global_100 == 1
    assert figures.recall_local_100 == pytest.approx(2 / 3)
    assert figures.recall_union_100 == 1
    assert figures.true_accept == pytest.approx(1 / 3)
    assert figures.misnamed == pytest.approx(1 / 3)
    # Two asked without their works and the street; one was called found.
    assert figures.false_accept == pytest.approx(1 / 3)
    # Three times "found", once rightly.
    assert figures.precision == pytest.approx(1 / 3)
    assert figures.f1 == pytest.approx(1 / 3)


def test_the_recall_of_a_channel_is_of_the_photos_that_it_was_asked_about():
    certain = Reply(("b",), ("b",), 0.9, Verdict.FOUND, {LOCAL: ("b",)}, {})
    figures = Figures.of([*OUTCOMES, Outcome("five", frozenset("b"), "wall", certain)])
    assert figures.recall_global_100 == 1
    assert figures.recall_local_100 == pytest.approx(3 / 4)
    assert math.isnan(figures.recall_semantic_100)


def test_gap_takes_photos_without_their_works_for_photos_of_something_else():
    figures = Figures.of(OUTCOMES)
    # By confidence: right .9, wrong .8, wrong .7, right .5, wrong .4.
    assert figures.gap == pytest.approx((1 + 2 / 4) / 3)
    assert figures.gap_minus == pytest.approx((1 + 2 / 3) / 3)


def test_a_second_work_that_is_not_in_the_photo_is_a_mistake():
    both = Reply(("a", "b"), ("a", "b"), 0.9, Verdict.FOUND, {}, {"total": 1.0})
    outcome = Outcome("one", frozenset("a"), "wall", both)
    assert Figures.of([outcome]).misnamed == 1
    assert Figures.of([replace(outcome, works=frozenset("ab"))]).misnamed == 0


def test_of_several_works_in_a_photo_each_is_to_be_named():
    both = Reply(("a", "b"), ("a", "b"), 0.9, Verdict.FOUND, {}, {"total": 1.0})
    figures = Figures.of([Outcome("one", frozenset("abcd"), "wall", both)])
    assert figures.all_named == 0.5


def test_only_the_first_asking_is_timed():
    latency = Figures.of(OUTCOMES[:2]).latency_ms
    assert latency["p50"] == 20
    assert latency["p95"] == 20
    assert latency["stages"] == {"describe": {"p50": 10, "p95": 10}}


def test_what_cannot_be_measured_is_not_a_number():
    figures = Figures.of([])
    assert figures.queries == 0
    assert math.isnan(figures.top1)
    assert math.isnan(figures.latency_ms["p95"])
    only_street = Figures.of(OUTCOMES[3:])
    assert math.isnan(only_street.top1)
    assert only_street.false_accept == 0


def test_a_channel_alone_has_no_verdicts_and_no_false_accepts():
    alone = Reply(("a",), (), 0.9, None, {GLOBAL: ("a",)}, {})
    figures = Figures.of([Outcome("one", frozenset("a"), "wall", alone)])
    assert figures.top1 == 1
    assert math.isnan(figures.true_accept)
    assert math.isnan(figures.false_accept)
    assert math.isnan(figures.recall_local_100)


def test_an_answer_that_is_only_in_view_costs_no_precision_and_no_gap():
    right = reply("a", 0.5, Verdict.FOUND)
    neighbour = Outcome(
        "n", frozenset("a"), "wall", right, reply("b", 0.9, Verdict.FOUND)
    )
    wrong = Figures.of([neighbour])
    known = Figures.of([replace(neighbour, in_view=frozenset("b"))])
    assert (wrong.precision, known.precision) == (0.5, 1.0)
    assert (wrong.gap, known.gap) == (0.5, 1.0)
    assert (wrong.false_accept, known.false_accept) == (1.0, 0.0)
