import numpy as np
import pytest

from app.retrieval.settings import VerificationSettings
from app.retrieval.types import LocalFeatures
from app.retrieval.verification.epipolar import SAMPLE, verify_epipolar
from app.retrieval.verification.homography import verify
from tests.retrieval.keypoints import features_of

SETTINGS = VerificationSettings()
SIZE = (480, 640)
EMPTY = LocalFeatures.empty()


def seen_from(points, degrees, distance=6.0):
    """Project points (M, 3) in [-1, 1] by a camera that went round them."""
    angle = np.deg2rad(degrees)
    turn = np.array(
        [
            [np.cos(angle), 0, np.sin(angle)],
            [0, 1, 0],
            [-np.sin(angle), 0, np.cos(angle)],
        ]
    )
    x, y, z = (points @ turn.T + [0, 0, distance]).T
    return 700 * np.stack([x / z, y / z], axis=1) + [320, 240]


def statue(count, rng):
    """Points on a ball, all around."""
    points = rng.normal(size=(count, 3))
    return points / np.linalg.norm(points, axis=1, keepdims=True)


def views(true, wrong=0, *, degrees=25, seed=1, shape=statue):
    """Features of two views that share some points, and look-alikes elsewhere."""
    rng = np.random.default_rng(seed)
    rows = rng.integers(0, 255, (true + wrong, 128))
    points = shape(true, rng)
    anywhere = rng.uniform([0, 0], SIZE[::-1], (2, wrong, 2))
    xy = [
        np.vstack([seen_from(points, angle), places])
        for angle, places in zip((0, degrees), anywhere, strict=True)
    ]
    return tuple(features_of(rows, one, SIZE) for one in xy)


def test_what_two_views_of_a_solid_share_is_found_and_nothing_else():
    query, candidate = views(60, 60)
    found = verify_epipolar(query, candidate, SETTINGS).matches
    np.testing.assert_array_equal(found[:, 0], found[:, 1])
    is_true = found[:, 0] < 60
    assert np.count_nonzero(is_true) > 50
    # One look-alike in 40 lies near its line: a point may be anywhere on it.
    assert np.count_nonzero(~is_true) < 6


def test_a_solid_has_more_epipolar_inliers_than_any_plane_in_it():
    query, candidate = views(60, 20, degrees=40)
    plane = verify(query, candidate, SETTINGS)
    assert verify_epipolar(query, candidate, SETTINGS).inlier_count > (
        1.3 * plane.inlier_count
    )


def test_a_plane_counts_as_well():
    def plane(count, rng):
        return np.column_stack([rng.uniform(-1, 1, (count, 2)), np.zeros(count)])

    query, candidate = views(40, 20, shape=plane)
    assert verify_epipolar(query, candidate, SETTINGS).inlier_count >= 38


@pytest.mark.parametrize("seed", range(8))
def test_look_alikes_anywhere_hardly_agree(seed):
    query, candidate = views(0, 40, seed=seed)
    assert verify_epipolar(query, candidate, SETTINGS).inlier_count <= 10


def test_two_runs_agree():
    query, candidate = views(20, 40)
    first, second = (verify_epipolar(query, candidate, SETTINGS) for _ in range(2))
    np.testing.assert_array_equal(first.matches, second.matches)


@pytest.mark.parametrize("count", range(SAMPLE + 1))
def test_as_many_as_always_agree_say_nothing(count):
    query, candidate = views(count)
    assert verify_epipolar(query, candidate, SETTINGS).inlier_count == 0


def test_one_more_says_something():
    query, candidate = views(SAMPLE + 1, degrees=5)
    assert verify_epipolar(query, candidate, SETTINGS).inlier_count == SAMPLE + 1


@pytest.mark.parametrize("noise_px", [0, 1.5])
@pytest.mark.parametrize("scattered", [False, True])
def test_matches_along_a_frame_say_nothing(scattered, noise_px):
    rng = np.random.default_rng(3)
    rows = rng.integers(0, 255, (40, 128))
    along = np.column_stack([np.linspace(10, 600, 40), np.full(40, 30.0)])
    other = rng.permutation(along) if scattered else along
    query, candidate = (
        features_of(rows, xy + rng.normal(0, noise_px, xy.shape), SIZE)
        for xy in (along, other)
    )
    assert verify_epipolar(query, candidate, SETTINGS).inlier_count == 0


def test_matches_onto_one_place_say_nothing():
    rng = np.random.default_rng(4)
    rows = rng.integers(0, 255, (40, 128))
    spread = rng.uniform([0, 0], SIZE[::-1], (40, 2))
    heap = 200 + rng.uniform(0, 4, (40, 2))
    query, candidate = features_of(rows, spread, SIZE), features_of(rows, heap, SIZE)
    assert verify_epipolar(query, candidate, SETTINGS).inlier_count == 0
    assert verify_epipolar(candidate, query, SETTINGS).inlier_count == 0


def test_nothing_to_match_is_no_error():
    some, _ = views(10)
    for query, candidate in [(EMPTY, EMPTY), (EMPTY, some), (some, EMPTY)]:
        found = verify_epipolar(query, candidate, SETTINGS)
        assert found.matches.shape == (0, 2)
