"""Metrics against answers done on paper; the sources are named in the module."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.retrieval.evaluation import metrics

RANKINGS = [["a", "b", "c"], ["x", "y", "z"], ["m"], []]
RELEVANT = [{"b", "c"}, {"x"}, {"n"}, set()]


def test_recall_counts_a_query_once():
    assert metrics.recall_at_k(RANKINGS, RELEVANT, 1) == pytest.approx(1 / 3)
    assert metrics.recall_at_k(RANKINGS, RELEVANT, 3) == pytest.approx(2 / 3)


def test_precision_counts_every_place():
    assert metrics.precision_at_k(RANKINGS, RELEVANT, 1) == pytest.approx(1 / 3)
    expected = (2 / 3 + 1 / 3 + 0) / 3
    assert metrics.precision_at_k(RANKINGS, RELEVANT, 3) == pytest.approx(expected)


def test_share_found_counts_every_relevant_id():
    assert metrics.share_found_at_k(RANKINGS, RELEVANT, 1) == pytest.approx(1 / 3)
    # Half of the first query's two, all of the second's one, none of the third's.
    assert metrics.share_found_at_k(RANKINGS, RELEVANT, 2) == pytest.approx(0.5)


def test_f1_is_the_harmonic_mean():
    assert metrics.f1(0.5, 1.0) == pytest.approx(2 / 3)
    assert metrics.f1(0.0, 0.0) == 0


def test_average_precision_by_hand():
    # Trapezoids: (1 + 1) / 2 at the first place, (1/2 + 2/3) / 2 at the third.
    expected = (1 + 7 / 12) / 2
    assert metrics.average_precision("axb", {"a", "b"}) == pytest.approx(expected)


def test_junk_does_not_take_a_place():
    with_junk = metrics.average_precision("jajxb", {"a", "b"}, {"j"})
    assert with_junk == metrics.average_precision("axb", {"a", "b"})


def test_a_relevant_id_that_never_comes_costs_its_share():
    assert metrics.average_precision("a", {"a", "b"}) == pytest.approx(0.5)


def test_mean_average_precision_leaves_out_queries_without_answer():
    score = metrics.mean_average_precision(["ax", "xa", "xy"], [{"a"}, {"a"}, set()])
    assert score == pytest.approx((1 + 0.25) / 2)
    junked = metrics.mean_average_precision(["xa"], [{"a"}], [{"x"}])
    assert junked == 1


def test_gap_by_hand():
    # By confidence: right (1/1), wrong, right (2/3); two of three can be answered.
    correct, sure = [True, False, True], [0.9, 0.8, 0.4]
    gap = metrics.global_average_precision(correct, sure, [True, False, True])
    assert gap == pytest.approx((1 + 2 / 3) / 2)


def test_gap_minus_forgets_the_queries_without_answer():
    correct, sure = [True, False, True], [0.9, 0.8, 0.4]
    assert metrics.gap_minus(correct, sure, [True, False, True]) == 1


def test_gap_forgives_silence_but_not_a_missing_answer():
    gap = metrics.global_average_precision(
        [True, False, False], [0.5, math.nan, math.nan], [True, True, False]
    )
    assert gap == pytest.approx(1 / 2)


def test_gap_counts_ties_against_the_search():
    gap = metrics.global_average_precision([True, False], [0.5, 0.5], [True, False])
    assert gap == pytest.approx(1 / 2)


@given(
    st.lists(
        st.tuples(st.booleans(), st.floats(0, 1), st.booleans()),
        min_size=1,
        max_size=20,
    ),
    st.randoms(use_true_random=False),
)
def test_gap_is_a_share_and_ignores_the_order_of_queries(rows, random):
    rows = [(right and able, sure, able) for right, sure, able in rows]
    gap = metrics.global_average_precision(*zip(*rows, strict=True))
    random.shuffle(rows)
    shuffled = metrics.global_average_precision(*zip(*rows, strict=True))
    if not any(able for _, _, able in rows):
        assert math.isnan(gap)
        assert math.isnan(shuffled)
    else:
        assert 0 <= gap <= 1
        assert shuffled == pytest.approx(gap)


def test_a_percentile_is_a_value_that_occurred():
    assert metrics.percentile([10, 20, 30, 40], 0.5) == 30
    assert metrics.percentile(range(100), 0.95) == 95


def test_nothing_to_measure_is_nan():
    values = [
        metrics.recall_at_k([], [], 1),
        metrics.precision_at_k([["a"]], [set()], 1),
        metrics.share_found_at_k([["a"]], [set()], 1),
        metrics.average_precision("a", set()),
        metrics.mean_average_precision([], []),
        metrics.gap_minus([False], [0.5], [False]),
        metrics.percentile([], 0.5),
    ]
    assert all(math.isnan(value) for value in values)
