import numpy as np
import pytest

from app.retrieval.map.hilbert import hilbert


def grid(side):
    line = np.arange(side)
    return np.stack(np.meshgrid(line, line), axis=-1).reshape(-1, 2).astype(np.int32)


@pytest.mark.parametrize("side", [1, 2, 16])
def test_the_curve_visits_every_cell_once_and_steps_to_a_neighbour(side):
    cells = grid(side)
    distances = hilbert(cells)
    assert sorted(distances) == list(range(side * side))
    walked = cells[np.argsort(distances)]
    assert (np.abs(np.diff(walked, axis=0)).sum(axis=1) == 1).all()


def test_a_part_of_a_grid_keeps_the_order_of_the_whole():
    cells = np.array([[0, 0], [5, 3], [1000, 2], [999, 2]], np.int32)
    distances = hilbert(cells)
    assert len(set(distances)) == 4
    assert abs(distances[2] - distances[3]) < abs(distances[1] - distances[2])


def test_no_cells_have_no_distances():
    assert len(hilbert(np.zeros((0, 2), np.int32))) == 0
