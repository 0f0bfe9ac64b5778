"""What is said of trials, against figures done by hand."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.lab.recovery import Trial, best_threshold, judge, rank_curve

KEY = ("pHash", "Hamming")


def trial(rank, score):
    return Trial(KEY, "blur", 0.2, rank, score)


TRIALS = [trial(0, 9), trial(0, 7), trial(3, 6), trial(None, 5), trial(0, 4)]
"""Four works asked for, of which three come first, and a stranger."""


def test_ranks_are_judged_without_a_threshold():
    outcome = judge(TRIALS, threshold=100)
    assert outcome["photos"] == 4
    assert outcome["recall@1"] == 3 / 4
    assert outcome["recall@10"] == 1
    assert outcome["mean rank"] == (1 + 1 + 4 + 1) / 4
    assert math.isnan(outcome["precision"])
    assert outcome["recall"] == outcome["F1"] == 0


@pytest.mark.parametrize(
    ("threshold", "precision", "recall"),
    [(8, 1, 1 / 4), (6, 2 / 3, 2 / 4), (5, 2 / 4, 2 / 4), (4, 3 / 5, 3 / 4)],
)
def test_answers_are_those_that_reach_the_threshold(threshold, precision, recall):
    outcome = judge(TRIALS, threshold)
    assert (outcome["precision"], outcome["recall"]) == (precision, recall)
    assert outcome["F1"] == pytest.approx(2 * precision * recall / (precision + recall))


def test_the_best_threshold_by_hand():
    # F1 from 9, 7, 6, 5 and 4 on: 2/5, 4/6, 4/7, 4/8 and 6/9.
    assert best_threshold(TRIALS) == 7
    assert best_threshold([*TRIALS, trial(0, 3)]) == 3


@given(
    st.lists(
        st.builds(
            trial,
            st.sampled_from([0, 1, None]),
            st.sampled_from([0.0, 1.0, 2.0, 3.0, -math.inf]),
        ),
        min_size=1,
        max_size=12,
    ).filter(lambda trials: any(one.rank is not None for one in trials))
)
def test_no_threshold_is_better(trials):
    best = judge(trials, best_threshold(trials))["F1"]
    assert best == pytest.approx(max(judge(trials, one.score)["F1"] for one in trials))


def test_a_rank_curve_counts_those_found_so_far():
    assert rank_curve(TRIALS, [1, 3, 4]) == [(1, 3 / 4), (3, 3 / 4), (4, 1)]


def test_strangers_alone_have_no_recall():
    outcome = judge([trial(None, 1)], 0)
    assert math.isnan(outcome["recall@1"])
    assert outcome["precision"] == 0
