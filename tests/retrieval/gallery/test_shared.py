"""An engine that speaks ids, against exact search."""

import logging

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.retrieval.descriptors.whitening import unit_length
from app.retrieval.errors import NeighboursAwayError
from app.retrieval.gallery.nearest import ExactIndex
from app.retrieval.gallery.shared import MOST_ASKED, SharedIndex

COUNT = 400


def draw(count, seed):
    rng = np.random.default_rng(seed)
    return unit_length(rng.normal(size=(count, 16)).astype(np.float32))


ROWS = draw(COUNT, 1)
QUERY = draw(1, 2)[0]
EXACT = ExactIndex(ROWS)


class FakeNeighbours:
    """An engine that finds what it holds: of the gallery's rows, and of others."""

    def __init__(self, held=range(COUNT), strangers=0):
        self._rows = np.concatenate([ROWS[list(held)], draw(strangers, 3)])
        names = [f"image {one}" for one in held]
        self._names = names + [f"stranger {one}" for one in range(strangers)]
        self.fault = None
        self.asked = []

    def nearest(self, descriptor, count):
        self.check()
        self.asked.append(count)
        hits = ExactIndex(self._rows).nearest(descriptor, count)
        return [self._names[hit.position] for hit in hits]

    def check(self):
        if self.fault:
            raise NeighboursAwayError(self.fault)


def shared(neighbours):
    positions = {f"image {one}": one for one in range(COUNT)}
    return SharedIndex(neighbours, EXACT, positions.get)


def test_it_finds_what_exact_search_finds():
    neighbours = FakeNeighbours()
    assert shared(neighbours).nearest(QUERY, 50) == EXACT.nearest(QUERY, 50)
    assert neighbours.asked == [50]


def test_images_of_other_generations_are_passed_over():
    neighbours = FakeNeighbours(strangers=2000)
    assert shared(neighbours).nearest(QUERY, 50) == EXACT.nearest(QUERY, 50)
    assert neighbours.asked == [50, 200, 800]


def test_of_an_engine_full_of_others_the_rest_is_found_here():
    neighbours = FakeNeighbours(strangers=60_000)
    assert shared(neighbours).nearest(QUERY, 50) == EXACT.nearest(QUERY, 50)
    assert neighbours.asked[-1] <= MOST_ASKED


@given(
    excluded=st.sets(st.integers(0, COUNT - 1), max_size=COUNT),
    strangers=st.sampled_from([0, 3, 500]),
    k=st.integers(1, 120),
)
def test_what_is_excluded_is_replaced_by_the_next(excluded, strangers, k):
    mask = np.zeros(COUNT, np.bool_)
    mask[list(excluded)] = True
    found = shared(FakeNeighbours(strangers=strangers)).nearest(QUERY, k, excluded=mask)
    assert found == EXACT.nearest(QUERY, k, excluded=mask)


def test_with_all_excluded_nothing_is_asked():
    neighbours = FakeNeighbours()
    assert shared(neighbours).nearest(QUERY, 5, excluded=np.ones(COUNT, bool)) == ()
    assert neighbours.asked == []


def test_an_engine_that_runs_out_of_images_is_not_relied_on():
    neighbours = FakeNeighbours(held=range(30))
    assert shared(neighbours).nearest(QUERY, 50) == EXACT.nearest(QUERY, 50)


def test_an_engine_that_is_away_makes_no_answer_poorer(caplog):
    caplog.set_level(logging.INFO)
    neighbours = FakeNeighbours()
    index = shared(neighbours)
    neighbours.fault = "it is away"
    for _ in range(2):
        assert index.nearest(QUERY, 50) == EXACT.nearest(QUERY, 50)
    assert index.fault() == "it is away"
    neighbours.fault = None
    assert index.fault() is None
    messages = [record.getMessage() for record in caplog.records]
    assert messages == [
        "it is away; all descriptors are compared instead",
        "the nearest are found by the engine again",
    ]


def test_wrong_shapes_are_refused():
    with pytest.raises(ValueError, match=r"\(16,\), got \(4,\)"):
        shared(FakeNeighbours()).nearest(np.zeros(4, np.float32), 1)
