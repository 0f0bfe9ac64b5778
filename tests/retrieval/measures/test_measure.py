import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.retrieval.measures.measure import rerank


def numbers(values):
    return np.array(values, np.float32)


def test_only_the_head_changes_its_order():
    order = np.array([7, 3, 5, 1, 2])
    assert rerank(order, numbers([0.1, 0.9, 0.5])).tolist() == [3, 5, 7, 1, 2]


def test_equal_scores_keep_their_order_and_nan_comes_last_of_the_head():
    order = np.array([7, 3, 5, 1])
    scores = numbers([np.nan, 1, 1])
    assert rerank(order, scores).tolist() == [3, 5, 7, 1]


def test_nothing_to_rerank():
    assert rerank(np.array([2, 1]), np.zeros(0, np.float32)).tolist() == [2, 1]
    assert rerank(np.zeros(0, int), np.zeros(0, np.float32)).tolist() == []


def test_more_scores_than_positions_are_refused():
    with pytest.raises(ValueError, match=r"K <= N, got \(3,\)"):
        rerank(np.array([1, 2]), np.zeros(3, np.float32))


@given(st.permutations(range(8)), st.lists(st.floats(-1, 1, width=32), max_size=8))
def test_it_is_a_permutation_with_a_sorted_head(order, scores):
    found = rerank(np.array(order), numbers(scores))
    assert sorted(found.tolist()) == list(range(8))
    of = dict(zip(order, scores, strict=False))
    head = [of[position] for position in found[: len(scores)].tolist()]
    assert head == sorted(head, reverse=True)
