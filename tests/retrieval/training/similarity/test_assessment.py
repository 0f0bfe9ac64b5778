import math

import numpy as np
import pytest

from app.retrieval.measures.distances import Euclidean
from app.retrieval.training.similarity.assessment import assess, pair_figures


def numbers(values):
    return np.array(values, np.float32)


def test_pairs_by_hand():
    # Of the six pairs of (same, not the same), four are in order: 4/6.
    # The same ones are at places 1, 3 and 5: (1 + 2/3 + 3/5) / 3.
    is_same = np.array([True, False, True, False, True])
    figures = pair_figures(is_same, numbers([5, 4, 3, 2, 1]))
    assert (figures.pairs, figures.same) == (5, 3)
    assert figures.auc == pytest.approx(3 / 6)
    assert figures.average_precision == pytest.approx((1 + 2 / 3 + 3 / 5) / 3)


@pytest.mark.parametrize("is_same", [[True, True], [False, False], []])
def test_pairs_of_one_sort_cannot_be_judged(is_same):
    figures = pair_figures(np.array(is_same, bool), numbers([1.0] * len(is_same)))
    assert math.isnan(figures.auc)
    assert math.isnan(figures.average_precision)


def clusters():
    """Two classes, far from each other; two pictures of the one lie in the other."""
    places = [0, 1, 2, 3, 4, 5, 101, 102, 103, 104, 105, 106]
    labels = ["a"] * 6 + ["b"] * 4 + ["a"] * 2
    return numbers(places).reshape(-1, 1), labels


def test_assessment_by_hand():
    vectors, labels = clusters()
    found = assess(Euclidean(), vectors, vectors + np.float32(0.01), labels, seed=0)
    everything = found.figures["all"]
    assert everything.pairs == 12 * 11 / 2
    assert everything.same == 8 * 7 / 2 + 4 * 3 / 2
    # Ten most alike of eleven others: all but the farthest.
    assert len(found.precisions) == 12
    assert found.precisions[0] == pytest.approx(6 / 10)  # 106 is of its class
    assert found.precisions[9] == pytest.approx(3 / 10)
    assert found.precision == pytest.approx(found.precisions.mean())
    # Every partner is among the nearest ten strangers or the farthest six mates.
    assert found.figures["easy"].same == found.figures["easy"].pairs == 12
    assert found.figures["hard"].auc < everything.auc


def test_pictures_without_a_label_do_not_count():
    vectors, labels = clusters()
    more = np.concatenate([vectors, numbers([[0.5], [103.5]])])
    found = assess(
        Euclidean(), more, more + np.float32(0.01), [*labels, "", ""], seed=0
    )
    alone = assess(Euclidean(), vectors, vectors + np.float32(0.01), labels, seed=0)
    assert found.figures == alone.figures
    np.testing.assert_array_equal(found.precisions, alone.precisions)


def test_a_class_of_one_is_not_asked_and_few_others_leave_places_empty():
    vectors = numbers([[0], [1], [9]])
    found = assess(Euclidean(), vectors, vectors, ["a", "a", "b"], seed=0)
    assert found.precisions.tolist() == [0.1, 0.1]
