import numpy as np
import pytest

from app.retrieval.verification.polygons import (
    contains,
    inner_share,
    region_around,
    spanned_share,
)

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


SIZE = (480, 640)


@pytest.mark.parametrize("count", range(3))
def test_a_region_needs_three_points(count):
    assert region_around(np.full((count, 2), 0.5, np.float32), SIZE) is None


def test_a_region_surrounds_its_points_closely_and_is_convex():
    rng = np.random.default_rng(7)
    points = rng.uniform(0.4, 0.6, (40, 2)).astype(np.float32)
    region = region_around(points, SIZE)
    assert region is not None
    assert len(region) > 4
    assert contains(region, points).all()
    assert spanned_share(region, (1, 1)) < 0.09
    middles = (region + np.roll(region, -1, axis=0)) / 2
    assert contains(region, middles + 0.01 * (points.mean(axis=0) - middles)).all()


def test_a_region_leaves_out_what_lies_far_off():
    rng = np.random.default_rng(8)
    points = rng.uniform(0.4, 0.5, (20, 2)).astype(np.float32)
    stray = np.array([[0.95, 0.05]], np.float32)
    region = region_around(np.vstack([points, stray]), SIZE)
    assert contains(region, points).all()
    assert not contains(region, stray).any()


@pytest.mark.parametrize(
    "points", [[[0.5, 0.5]] * 3, [[0, 0], [0, 1], [1, 1], [1, 0]], [[0.1, 0.5]] * 5]
)
def test_a_region_has_an_area_and_stays_within_the_picture(points):
    region = region_around(np.array(points, np.float32), SIZE)
    assert region is not None
    assert spanned_share(region, (1, 1)) > 0.002
    assert region.min() >= 0
    assert region.max() <= 1


def test_a_region_is_round_in_pixels():
    region = region_around(np.full((3, 2), 0.5, np.float32), SIZE)
    assert region is not None
    width, height = np.ptp(region, axis=0) * SIZE[::-1]
    assert width == pytest.approx(height)


@pytest.mark.parametrize(
    ("moved", "share"), [((0, 0), 1), ((0.5, 0), 0.5), ((0.5, 0.5), 0.25), ((2, 0), 0)]
)
def test_what_lies_outside_the_picture_is_not_inside(moved, share):
    square = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32)
    moved = square + np.array(moved, np.float32)
    assert inner_share(moved) == pytest.approx(share, abs=1e-6)
    assert inner_share(moved[::-1]) == pytest.approx(share, abs=1e-6)


def test_a_line_has_no_inside():
    assert inner_share(np.array([[0, 0], [1, 1], [0.5, 0.5]], np.float32)) == 0
