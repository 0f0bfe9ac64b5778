"""Figures of made-up outcomes, computed on paper."""

import json
import math
from dataclasses import replace

import pytest

from app.retrieval.evaluation.asking import Outcome, Reply
from app.retrieval.evaluation.report import Figures, Report, set_columns
from app.retrieval.generations.proportion import Proportion
from app.retrieval.search.trace import GLOBAL, LOCAL
from app.retrieval.verification.evidence import Verdict


def reply(works, confidence, verdict, *, total=100.0, shortlist=None):
    found = tuple(works if shortlist is None else shortlist)
    timings = {"describe": total / 2, "total": total}
    shortlists = {GLOBAL: found, LOCAL: found[:1]}
    named = tuple(works[:1]) if verdict is Verdict.FOUND else ()
    return Reply(tuple(works), named, confidence, verdict, shortlists, timings)


NOTHING = reply("", math.nan, Verdict.NOT_FOUND)
OUTCOMES = [
    # Right and sure; without its work, one that is only perhaps.
    Outcome(
        "one",
        frozenset("a"),
        "wall",
        reply("ab", 0.9, Verdict.FOUND, total=10.0),
        reply("b", 0.4, Verdict.UNCERTAIN),
    ),
    # Named second; without its work, wrongly found.
    Outcome(
        "two",
        frozenset("b"),
        "wall",
        reply("ab", 0.8, Verdict.FOUND, total=20.0),
        reply("a", 0.7, Verdict.FOUND),
    ),
    # Right but not sure.
    Outcome("three", frozenset("cd"), "floor", reply("d", 0.5, Verdict.UNCERTAIN)),
    # Nothing to be found, and nothing found.
    Outcome("four", frozenset(), "street", NOTHING),
]


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


def test_what_is_really_in_the_photo_is_no_mistake():
    one = OUTCOMES[1]
    assert Figures.of([one]).false_accept == 1
    known = replace(one, in_view=frozenset("a"))
    figures = Figures.of([known])
    assert (figures.false_accept, figures.misnamed) == (0, 0)
    assert figures.top1 == 0  # which is not what the visitor meant
    faults = [mistake.fault for mistake in Report.of([known]).mistakes]
    assert faults == ["missed"]


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


def test_every_kind_has_the_same_figures_as_the_whole():
    content = Report.of(OUTCOMES).to_dict()
    assert list(content["per_kind"]) == ["wall", "floor", "street"]
    for own in content["per_kind"].values():
        assert own.keys() == content.keys() - {"per_kind", "mistakes"}
    assert content["per_kind"]["floor"]["true_accept"] == 0


def test_json_has_null_where_nothing_was_measured():
    text = json.dumps(Report.of(OUTCOMES[3:]).to_dict(), allow_nan=False)
    assert json.loads(text)["top1"] is None


def test_shares_have_the_counts_that_they_are_of():
    proportions = Figures.of(OUTCOMES).proportions
    assert proportions["top1"] == Proportion(2, 3)
    assert proportions["recall_local_100"] == Proportion(2, 3)
    assert proportions["false_accept"] == Proportion(1, 3)
    assert proportions["precision"] == Proportion(1, 3)
    assert proportions["all_named"] == Proportion(1, 4)
    figures = Report.of(OUTCOMES).to_dict()
    for name, one in figures["proportions"].items():
        share = one["count"] / one["total"] if one["total"] else None
        assert figures[name] == pytest.approx(share), name


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


def test_mistakes_are_named():
    report = Report.of(OUTCOMES)
    named = [(mistake.photo, mistake.fault) for mistake in report.mistakes]
    assert named == [("two", "missed"), ("two", "false accept"), ("three", "unsure")]
    assert str(report.mistakes[0]) == (
        "two (wall): missed; shows b; answered a, found (0.80)"
    )
    assert "shows b, which was left out; answered a" in str(report.mistakes[1])
    assert "shows c or d" in str(report.mistakes[2])


def test_the_table_has_a_row_per_kind_and_one_for_all():
    lines = Report.of(OUTCOMES).table().splitlines()
    names = ["wall", "floor", "street", "all", "95%"]
    assert [line.split()[0] for line in lines[1:]] == names
    assert "66.67" in lines[-2]
    # Two of three, by Wilson's formula on paper.
    assert "20.8-93.9" in lines[-1]
    assert len({len(line) for line in lines}) == 1
    assert len(Report.of(OUTCOMES[:2]).table().splitlines()) == 3


def test_columns_are_aligned():
    assert set_columns([["", "n"], ["long", "7"], ["x", "123"]]) == (
        "        n\nlong    7\nx     123"
    )
