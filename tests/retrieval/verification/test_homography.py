import numpy as np
import pytest

from app.retrieval.local.rootsift import extract
from app.retrieval.settings import VerificationSettings
from app.retrieval.types import LocalFeatures, Verification
from app.retrieval.verification.homography import (
    box_of,
    coverage,
    inlier_points,
    is_plausible,
    project,
    project_outline,
    verify,
)
from tests.retrieval.keypoints import features_of
from tests.retrieval.textures import TILTED, seen, textured
from tests.support.fakes import NO_MATCHES

SETTINGS = VerificationSettings()
EMPTY = LocalFeatures.empty()


@pytest.fixture(scope="module")
def work():
    return extract(textured(1), side_px=640, count=500)


@pytest.fixture(scope="module")
def photo():
    return extract(seen(textured(1), TILTED, (400, 500)), side_px=800, count=1000)


@pytest.mark.parametrize(("one", "other"), [(0, 0), (0, 5), (5, 0)])
def test_nothing_to_match_is_no_error(one, other):
    rows = np.random.default_rng(0).integers(0, 255, (5, 128))
    query, candidate = features_of(rows[:one]), features_of(rows[:other])
    if not one:
        query = EMPTY
    if not other:
        candidate = EMPTY
    assert verify(query, candidate, SETTINGS).inlier_count == 0


def test_the_homography_that_made_the_photo_is_found(photo, work):
    verification = verify(photo, work, SETTINGS)
    assert verification.inlier_count > 80
    outline = project_outline(verification, photo.size, work.size)
    assert outline is not None
    corners = np.array([[0, 0], [400, 0], [400, 300], [0, 300]], np.float32)
    expected = project(TILTED, corners) / np.array([500, 400], np.float32)
    np.testing.assert_allclose(outline, expected, atol=0.01)


def test_two_runs_agree(photo, work):
    first, second = (verify(photo, work, SETTINGS) for _ in range(2))
    np.testing.assert_array_equal(first.matches, second.matches)
    np.testing.assert_array_equal(first.inliers, second.inliers)
    np.testing.assert_array_equal(first.homography, second.homography)


def test_another_work_has_few_inliers(photo):
    other = extract(textured(2), side_px=640, count=500)
    assert verify(photo, other, SETTINGS).inlier_count < 10


def test_matches_onto_one_place_count_once():
    rng = np.random.default_rng(5)
    rows = rng.integers(0, 255, (60, 128))
    spread = rng.uniform(0, 100, (60, 2))
    heap = np.full((60, 2), 50) + rng.uniform(0, 0.4, (60, 2))
    heaped = verify(features_of(rows, spread), features_of(rows, heap), SETTINGS)
    assert heaped.inlier_count == 0
    assert len(heaped.matches) == 1


def test_a_mirrored_work_is_not_accepted():
    rng = np.random.default_rng(6)
    rows = rng.integers(0, 255, (40, 128))
    xy = rng.uniform(0, 100, (40, 2))
    mirrored = np.array([100, 0]) + xy * [-1, 1]
    same = verify(features_of(rows, xy), features_of(rows, xy), SETTINGS)
    mirror = verify(features_of(rows, xy), features_of(rows, mirrored), SETTINGS)
    assert same.inlier_count == 40
    assert mirror.inlier_count < 10


WHOLE = box_of(np.array([[0, 0], [100, 100]], np.float32))
BEHIND = np.array([[1.0, 0, 0], [0, 1, 0], [0.02, 0, 1]])
"""Shows the left of a picture 100 wide; from column 50 on it is behind the camera."""


@pytest.mark.parametrize(
    ("homography", "plausible"),
    [
        (np.eye(3), True),
        (np.diag([2.0, 2, 1]), True),
        (np.diag([-1.0, 1, 1]), False),  # mirrored
        (np.diag([30.0, 1, 1]), False),  # squeezed to a line
        (np.diag([50.0, 50, 1]), False),  # a dot in the photo
        (np.zeros((3, 3)), False),
        (BEHIND, False),
        (np.full((3, 3), np.nan), False),
    ],
)
def test_only_what_a_camera_can_see_is_plausible(homography, plausible):
    assert is_plausible(homography, WHOLE) is plausible


def test_a_part_may_be_plausible_where_the_whole_is_not():
    assert is_plausible(BEHIND, box_of(np.array([[0, 0], [30, 90]], np.float32)))


@pytest.mark.parametrize("points", [[[5, 5]], [[5, 5], [90, 5]], [[5, 5], [5, 90]]])
def test_what_spans_no_area_is_not_plausible(points):
    assert not is_plausible(np.eye(3), box_of(np.array(points, np.float32)))


def test_a_box_by_hand():
    points = np.array([[3, 9], [7, 2], [5, 5]], np.float32)
    assert box_of(points).tolist() == [[3, 2], [7, 2], [7, 9], [3, 9]]


def test_without_a_homography_there_is_no_outline():
    assert project_outline(NO_MATCHES, (10, 10), (10, 10)) is None


def test_a_plane_that_covers_a_part_of_the_work_has_inliers_but_no_outline():
    rng = np.random.default_rng(8)
    rows = rng.integers(0, 255, (40, 128))
    face = rng.uniform([5, 5], [30, 95], (40, 2)).astype(np.float32)
    seen_at = project(np.linalg.inv(BEHIND), face)
    verification = verify(features_of(rows, seen_at), features_of(rows, face), SETTINGS)
    assert verification.inliers.all()
    assert verification.inlier_count > 30
    assert project_outline(verification, (100, 100), (100, 100)) is None


def test_inlier_points_by_hand():
    query = LocalFeatures(
        np.array([[10, 10], [20, 40]], np.float32),
        np.zeros((2, 128), np.uint8),
        (50, 100),
    )
    candidate = LocalFeatures(
        np.array([[30, 60]], np.float32), np.zeros((1, 128), np.uint8), (120, 60)
    )
    found = Verification(
        np.array([[0, 0], [1, 0]], np.int32), np.array([False, True]), np.eye(3)
    )
    np.testing.assert_allclose(
        inlier_points(found, query, candidate), [[0.2, 0.8, 0.5, 0.5]]
    )
    assert inlier_points(NO_MATCHES, EMPTY, EMPTY).shape == (0, 4)


def test_coverage_is_what_the_inliers_span_of_the_candidate():
    corners = np.array([[0, 0], [80, 0], [80, 50], [0, 50], [99, 99]], np.float32)
    candidate = LocalFeatures(corners, np.zeros((5, 128), np.uint8), (100, 100))
    found = Verification(
        np.column_stack([np.arange(5), np.arange(5)]).astype(np.int32),
        np.array([True, True, True, True, False]),
        np.eye(3),
    )
    assert coverage(found, candidate) == pytest.approx(0.4)
    assert coverage(NO_MATCHES, EMPTY) == 0
