import numpy as np
import pytest

from app.retrieval.map.layout import FILLED, arrange, nearest, settle

ISLANDS, EACH = 3, 12


def unit(vectors):
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / lengths, np.float32)


@pytest.fixture(scope="module")
def islands():
    """Three groups of vectors: within one nearly alike, between them not."""
    rng = np.random.default_rng(0)
    centres = np.repeat(np.eye(ISLANDS, 8), EACH, axis=0)
    return unit(centres + 0.1 * rng.normal(size=centres.shape))


@pytest.fixture(scope="module")
def placed(islands):
    return arrange(islands)


def test_what_is_alike_lies_side_by_side(placed):
    group = np.arange(ISLANDS * EACH) // EACH
    cells = settle(placed)
    apart = np.linalg.norm(cells[:, None] - cells[None], axis=2)
    np.fill_diagonal(apart, np.inf)
    assert (group[apart.argmin(axis=1)] == group).mean() > 0.95


def test_the_same_vectors_are_always_placed_the_same_way(islands, placed):
    assert (arrange(islands) == placed).all()


def test_it_is_told_to_the_end_and_may_be_stopped(islands):
    class StopError(Exception):
        pass

    told = []
    arrange(islands, lambda done, total: told.append((done, total)))
    assert told == sorted(told)
    assert told[-1][0] == told[-1][1] == 751

    def stop(done, _total):
        if done > 300:
            raise StopError

    with pytest.raises(StopError):
        arrange(islands, stop)


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 6, 9])
def test_a_handful_of_works_has_places_too(count):
    vectors = unit(np.random.default_rng(count).normal(size=(count, 4)))
    places = arrange(vectors)
    assert places.shape == (count, 2)
    assert np.isfinite(places).all()
    assert len(np.unique(settle(places), axis=0)) == count


def test_works_without_any_difference_have_places_too():
    places = arrange(unit(np.ones((40, 4))))
    assert len(np.unique(settle(places), axis=0)) == 40


def test_neighbours_are_those_of_a_plain_search(islands):
    rows, distances = nearest(islands, 5, lambda _done: None)
    all_distances = np.linalg.norm(islands[:, None] - islands[None], axis=2)
    np.fill_diagonal(all_distances, np.inf)
    assert (rows == np.argsort(all_distances, axis=1)[:, :5]).all()
    np.testing.assert_allclose(
        distances, np.sort(all_distances, axis=1)[:, :5], atol=1e-3
    )


def test_no_two_places_share_a_cell_and_none_is_far_from_its_own():
    places = np.random.default_rng(1).normal(size=(2000, 2)).astype(np.float32)
    cells = settle(places)
    assert len(np.unique(cells, axis=0)) == 2000
    assert cells.min() == 0
    for axis in (0, 1):
        agreement = np.corrcoef(places[:, axis], cells[:, axis])[0, 1]
        assert agreement > 0.95  # a Gaussian is denser in the middle than maps are
    low, high = np.percentile(cells, (1, 99), axis=0)
    assert 0.5 * FILLED < 2000 / np.prod(high - low) < 2 * FILLED


def test_one_work_far_away_does_not_squeeze_the_others():
    places = np.random.default_rng(2).normal(size=(400, 2)).astype(np.float32)
    places[0] = (60, 0)
    cells = settle(places)
    assert np.ptp(cells[1:], axis=0).min() > 15
    assert cells.max() < 200


def test_places_in_one_point_spread_around_it():
    cells = settle(np.zeros((300, 2), np.float32))
    assert len(np.unique(cells, axis=0)) == 300
    assert cells.max() < 25
