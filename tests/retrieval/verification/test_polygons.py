import numpy as np
import pytest

from app.retrieval.verification.polygons import contains, spanned_share

TILTED = np.array([[0.5, 0], [1, 0.5], [0.5, 1], [0, 0.5]], np.float32)


@pytest.mark.parametrize(
    "xy", [[], [[1, 1]], [[1, 1], [5, 5]], [[1, 1], [2, 2], [3, 3]], [[4, 4]] * 5]
)
def test_points_without_area_span_nothing(xy):
    assert spanned_share(np.array(xy, np.float32).reshape(-1, 2), (10, 10)) == 0


def test_points_inside_the_hull_change_nothing():
    rng = np.random.default_rng(2)
    corners = np.array([[0, 0], [20, 0], [20, 10], [0, 10]], np.float32)
    inside = (rng.random((50, 2)) * [20, 10]).astype(np.float32)
    share = spanned_share(np.vstack([inside, corners]), (20, 40))
    assert share == pytest.approx(0.25)


def test_a_polygon_contains_what_is_inside_and_on_its_border():
    points = np.array([[0.5, 0.5], [0.25, 0.25], [0.2, 0.2], [2, 0.5]], np.float32)
    assert contains(TILTED, points).tolist() == [True, True, False, False]
    assert contains(TILTED[::-1], points[:1]).tolist() == [False]


def test_no_polygon_contains_all_points():
    assert contains(None, np.zeros((3, 2), np.float32)).tolist() == [True] * 3
