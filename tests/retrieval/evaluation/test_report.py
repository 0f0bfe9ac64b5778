"""Reports of made-up outcomes: kinds, mistakes, counts, the table."""

import json
from dataclasses import replace

import pytest

from app.retrieval.evaluation.figures import Figures
from app.retrieval.evaluation.report import Report
from app.retrieval.generations.proportion import Proportion
from tests.support.outcomes import OUTCOMES


def test_what_is_really_in_the_photo_is_no_mistake():
    one = OUTCOMES[1]
    assert Figures.of([one]).false_accept == 1
    known = replace(one, in_view=frozenset("a"))
    figures = Figures.of([known])
    assert (figures.false_accept, figures.misnamed) == (0, 0)
    assert figures.top1 == 0  # which is not what the visitor meant
    faults = [mistake.fault for mistake in Report.of([known]).mistakes]
    assert faults == ["missed"]


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
