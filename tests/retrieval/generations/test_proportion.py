import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.retrieval.generations.proportion import Proportion


@st.composite
def proportions(draw, most=500):
    total = draw(st.integers(1, most))
    return Proportion(draw(st.integers(0, total)), total)


@pytest.mark.parametrize(
    ("count", "total", "low", "high"),
    [
        (0, 10, 0.0, 0.2775),  # z² / (n + z²), by hand
        (36, 38, 0.8271, 0.9854),
        (5, 10, 0.2366, 0.7634),
        (10, 10, 0.7225, 1.0),
    ],
)
def test_known_intervals(count, total, low, high):
    assert Proportion(count, total).interval == pytest.approx((low, high), abs=5e-5)


@given(proportions())
def test_its_bounds_are_those_that_the_score_test_does_not_reject(one):
    # Of a true share p, the observed one lies 1.96 standard errors of p away.
    share, squared = one.count / one.total, 1.959963984540054**2
    for p in one.interval:
        error = squared * p * (1 - p) / one.total
        assert (share - p) ** 2 == pytest.approx(error, abs=1e-12)


@given(proportions())
def test_it_holds_the_share_and_lies_between_0_and_1(one):
    low, high = one.interval
    assert 0 <= low <= one.count / one.total <= high <= 1


@given(proportions(most=100), st.integers(2, 20))
def test_of_more_trials_it_is_narrower(one, times):
    low, high = one.interval
    more = Proportion(times * one.count, times * one.total).interval
    assert more[1] - more[0] < high - low


@given(proportions())
def test_it_is_the_mirror_of_that_of_the_others(one):
    low, high = Proportion(one.total - one.count, one.total).interval
    assert one.interval == pytest.approx((1 - high, 1 - low))


def test_of_nothing_nothing_is_known():
    assert Proportion(0, 0).interval == (0, 1)


@given(proportions())
def test_a_share_and_its_total_give_the_counts_back(one):
    assert Proportion.of_share(one.count / one.total, float(one.total)) == one


@pytest.mark.parametrize("counts", [(1, 0), (-1, 3), (4, 3)])
def test_counts_that_cannot_be_are_refused(counts):
    with pytest.raises(ValueError, match=" of "):
        Proportion(*counts)
