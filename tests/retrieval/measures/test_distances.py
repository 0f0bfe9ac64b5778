import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from app.retrieval.descriptors.whitening import unit_length
from app.retrieval.measures import distances
from app.retrieval.measures.distances import Cosine, Euclidean, aligned_activations


def numbers(values):
    return np.array(values, np.float32)


MEASURES = [Cosine(), Euclidean()]
vectors = arrays(
    np.float32,
    (6, 5),
    # Multiples of 1/8, so that what is nearly equal is equal.
    elements=st.integers(-64, 64).map(lambda number: number / 8),
)


def test_euclid_by_hand():
    candidates = numbers([[3, 4], [0, 0], [0, -2]])
    scores = Euclidean().score(numbers([0, 0]), candidates)
    assert scores.tolist() == [-5, 0, -2]
    assert scores.dtype == np.float32


def test_cosine_by_hand():
    candidates = numbers([[2, 0], [1, 1], [0, 3], [-1, 0], [0, 0]])
    scores = Cosine().score(numbers([5, 0]), candidates)
    assert scores == pytest.approx([1, 0.5**0.5, 0, -1, 0])


def test_euclid_sees_what_is_almost_the_same():
    # A product of matrices would make 0 or 4e-4 of this.
    base = np.full(256, 1 / 16, np.float32)
    other = base.copy()
    other[0] += 1e-5
    score = Euclidean().score(base, other[None])[0]
    assert score == pytest.approx(-1e-5, rel=0.01)


def test_euclid_in_blocks_is_euclid(monkeypatch):
    rng = np.random.default_rng(0)
    candidates = rng.normal(size=(23, 4)).astype(np.float32)
    whole = Euclidean().score(candidates[3], candidates)
    monkeypatch.setattr(distances, "_BLOCK_VALUES", 20)
    assert Euclidean().score(candidates[3], candidates).tolist() == whole.tolist()


@pytest.mark.parametrize("measure", MEASURES)
@given(vectors)
def test_symmetric(measure, drawn):
    for one in drawn:
        for other, score in zip(drawn, measure.score(one, drawn), strict=True):
            assert measure.score(other, one[None])[0] == pytest.approx(score, abs=1e-6)


@pytest.mark.parametrize("measure", MEASURES)
@given(vectors)
def test_nothing_is_more_alike_than_the_same(measure, drawn):
    for row, one in enumerate(drawn):
        if one.any():
            scores = measure.score(one, drawn)
            assert scores[row] >= scores.max() - 1e-6


@pytest.mark.parametrize("measure", MEASURES)
@given(vectors, st.permutations(range(6)))
def test_the_order_of_candidates_does_not_matter(measure, drawn, order):
    shuffled = measure.score(drawn[0], drawn[order])
    assert shuffled == pytest.approx(measure.score(drawn[0], drawn)[order], abs=1e-6)


@given(vectors)
def test_on_unit_vectors_both_rank_alike(drawn):
    unit = unit_length(drawn[np.any(drawn != 0, axis=1)])
    if len(unit):
        euclid = Euclidean().score(unit[0], unit)
        cosine = Cosine().score(unit[0], unit)
        # |a - b|² = 2 - 2 a·b
        assert euclid**2 == pytest.approx(2 - 2 * cosine, abs=1e-5)


@pytest.mark.parametrize("measure", MEASURES)
def test_no_candidates_have_no_scores(measure):
    scores = measure.score(np.zeros(3, np.float32), np.zeros((0, 3), np.float32))
    assert scores.shape == (0,)


@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize("shape", [(2, 4), (3,), (1, 2, 3)])
def test_other_shapes_are_refused(measure, shape):
    with pytest.raises(ValueError, match="candidates"):
        measure.score(np.zeros(3, np.float32), np.zeros(shape, np.float32))


def test_activations_are_averaged_over_cells():
    maps = np.arange(8, dtype=np.float32).reshape(2, 4, 1)
    cells = aligned_activations(maps, grid=2)
    assert cells.tolist() == [0.5, 2.5, 4.5, 6.5]


def test_a_position_on_a_border_counts_for_both_cells():
    maps = numbers([3, 6, 30]).reshape(1, 3, 1)
    # Cells of one and a half positions: 3 + 6 / 2, and 6 / 2 + 30, each over 1.5.
    cells = aligned_activations(maps, grid=2).reshape(2, 2)
    assert cells[0] == pytest.approx([4, 22])
    assert cells[1] == pytest.approx([4, 22])


@given(st.integers(1, 20), st.integers(1, 20), st.integers(1, 9))
def test_the_grid_keeps_the_mean_of_every_channel(height, width, grid):
    rng = np.random.default_rng(height)
    maps = rng.random((height, width, 3)).astype(np.float32)
    cells = aligned_activations(maps, grid=grid).reshape(-1, 3)
    assert len(cells) == grid * grid
    assert cells.mean(axis=0) == pytest.approx(maps.mean(axis=(0, 1)), abs=1e-5)


def test_the_grid_of_a_map_of_its_size_is_the_map():
    maps = np.random.default_rng(0).random((7, 7, 2)).astype(np.float32)
    assert aligned_activations(maps) == pytest.approx(maps.ravel())


def test_maps_without_positions_are_refused():
    with pytest.raises(ValueError, match="feature_maps"):
        aligned_activations(np.zeros((0, 3, 2), np.float32))
