"""Cameras before a plane."""

import numpy as np
import pytest

from app.retrieval.simulation.viewpoint import (
    Viewpoint,
    choose_view,
    corners_of,
    project,
    visible_part,
)


def view(seed=0, *, has_wall=True, **amounts):
    rng = np.random.default_rng(seed)
    return choose_view((300, 400), amounts, rng, side_px=800, has_wall=has_wall)


def test_straight_view_is_a_similarity():
    homography = view().homography
    assert np.allclose(homography[2], [0, 0, 1])
    assert homography[0, 0] == pytest.approx(homography[1, 1])
    assert homography[0, 1] == pytest.approx(0)


@pytest.mark.parametrize("seed", range(6))
def test_full_tilt_foreshortens_like_35_degrees(seed):
    # Locally, a plane seen at an angle t is compressed by cos t in one direction:
    # the ratio of the singular values of the Jacobian where the optical axis meets it.
    homography = view(seed, perspective=1.0, has_wall=False).homography
    centre = np.array([199.5, 149.5, 1])
    x, y, w = homography @ centre
    jacobian = (homography[:2, :2] * w - np.outer([x, y], homography[2, :2])) / w**2
    large, small = np.linalg.svd(jacobian)[1]
    assert small / large == pytest.approx(np.cos(np.radians(35)), abs=1e-6)


def test_photo_without_wall_ends_at_the_work():
    tight = view(has_wall=False)
    corners = project(tight.homography, corners_of((300, 400)))
    assert tight.size == (600, 800)
    assert np.allclose(corners, corners_of(tight.size))


def test_visible_part_maps_back_to_the_photo():
    looked = view(2, perspective=0.5)
    left, top, right, bottom = visible_part(looked, 5000)
    photo_corners = project(np.linalg.inv(looked.homography), corners_of(looked.size))
    assert np.allclose([left, top], photo_corners.min(axis=0))
    assert np.allclose([right, bottom], photo_corners.max(axis=0))


def test_horizon_is_cut_off_at_the_reach():
    beyond = Viewpoint(np.array([[1.0, 0, 0], [0, 1, 0], [0.01, 0, 1]]), (100, 200))
    assert visible_part(beyond, 700) == (-700, -700, 700, 700)
