import math
from dataclasses import replace

import cv2
import numpy as np
import pytest

from app.retrieval.gallery.gallery import Gallery
from app.retrieval.local import rootsift
from app.retrieval.search.answers import Match
from app.retrieval.search.candidate_pool import (
    CandidatePool,
    count_rival_inliers,
    is_central,
    with_rivals,
)
from app.retrieval.search.regions import PLANE_SHARE
from app.retrieval.settings import VerificationSettings
from app.retrieval.types import GalleryItem, LocalFeatures
from app.retrieval.verification.evidence import Comparison
from app.retrieval.verification.homography import project
from app.retrieval.verification.polygons import contains
from tests.support.fakes import (
    NO_MATCHES,
    draw_picture,
    fake_collection,
    fake_model,
    features_of,
    photograph,
)

COUNT = 8
SETTINGS = VerificationSettings()


@pytest.fixture(scope="module")
def gallery():
    return Gallery.build(fake_collection(COUNT), fake_model().vocabulary)


def pool_of(gallery, photo, order, settings=SETTINGS, **options):
    pool = CandidatePool(gallery, settings)
    features = rootsift.extract_query(photo, side_px=480, count=500)
    pool.verify(features, order, **options)
    return pool


def look(gallery, photo, order, **options):
    return with_rivals(pool_of(gallery, photo, order, **options).matches)


def test_the_work_in_the_photo_comes_first_whatever_the_order(gallery):
    matches = look(gallery, photograph(draw_picture(3)), range(COUNT))
    assert matches[0].item.work_id == "work-3"
    assert matches[0].inlier_count > 40
    assert len(matches) == COUNT


def test_verification_stops_when_a_candidate_is_certain(gallery):
    photo = photograph(draw_picture(0))
    pool = pool_of(gallery, photo, range(COUNT), until_certain=True)
    assert [match.position for match in pool.matches] == [0]
    assert pool.is_certain


def test_verification_goes_on_while_nothing_is_certain(gallery):
    photo = photograph(draw_picture(6))
    matches = look(gallery, photo, range(COUNT), until_certain=True)
    assert {match.position for match in matches} == set(range(7))


def test_a_candidate_is_verified_once(gallery):
    photo = photograph(draw_picture(0))
    pool = pool_of(gallery, photo, [0, 1])
    before = pool.matches
    pool.verify(LocalFeatures.empty(), [0, 1])
    assert pool.matches == before


def test_nothing_is_certain_of_a_copy(gallery):
    copied = Gallery.build(
        [*fake_collection(2), (GalleryItem("copy", "forgery"), features_of(0))],
        fake_model().vocabulary,
    )
    assert not pool_of(copied, photograph(draw_picture(0)), [0, 2]).is_certain
    assert not CandidatePool(gallery, SETTINGS).is_certain


def test_works_side_by_side_are_no_rivals(gallery):
    wall = np.hstack([draw_picture(2), draw_picture(5)])
    first, second, _ = look(gallery, wall, [2, 5, 0])
    for match in (first, second):
        assert match.inlier_count > 40
        assert match.rival_inliers < 5
        assert match.evidence.margin == match.inlier_count - match.rival_inliers


def test_a_work_without_inliers_rivals_nobody_and_is_rivalled_by_all(gallery):
    first, second = look(gallery, photograph(draw_picture(2)), [2, 0])
    assert (first.rival_inliers, second.rival_inliers) == (0, first.inlier_count)


def match_at(outline, *points):
    """A match whose inliers are at some shares of the photo."""
    xy = np.array(points, np.float32).reshape(-1, 2)
    corners = None if outline is None else np.array(outline, np.float32)
    item = GalleryItem("image", "work")
    return Match(0, item, NO_MATCHES, corners, np.hstack([xy, xy]), coverage=0.0)


LEFT = [[0, 0], [0.6, 0], [0.6, 1], [0, 1]]
RIGHT = [[0.6, 0], [1, 0], [1, 1], [0.6, 1]]


def test_the_strongest_rival_inside_the_outline_counts():
    match = match_at(LEFT, (0.1, 0.1), (0.2, 0.2))
    many_outside = match_at(RIGHT, (0.7, 0.1), (0.8, 0.2), (0.9, 0.3), (0.5, 0.5))
    some_inside = match_at(LEFT, (0.1, 0.3), (0.3, 0.1), (0.7, 0.7))
    empty = match_at(None)
    everything = [match, many_outside, some_inside, empty]
    assert count_rival_inliers(match, everything) == 2
    assert count_rival_inliers(match, [match, many_outside]) == 1
    assert count_rival_inliers(match, [match, empty]) == 0
    assert count_rival_inliers(empty, everything) == 4


def test_a_work_is_central_when_its_outline_holds_the_middle():
    assert is_central(match_at(LEFT))
    assert not is_central(match_at(RIGHT))
    assert not is_central(match_at(None))


def test_a_photo_without_features_has_matches_without_inliers(gallery):
    pool = CandidatePool(gallery, SETTINGS)
    pool.verify(LocalFeatures.empty(), [0, 1])
    matches = with_rivals(pool.matches)
    assert [match.evidence.inlier_count for match in matches] == [0, 0]
    assert [match.rival_inliers for match in matches] == [0, 0]
    assert matches[0].position == 0


def test_a_match_has_no_probability_before_it_is_rated(gallery):
    [match] = look(gallery, photograph(draw_picture(2)), [2])
    assert math.isnan(match.probability)


def test_nothing_to_verify_is_nothing_found(gallery):
    assert look(gallery, photograph(draw_picture(2)), []) == ()


def test_a_work_that_differs_is_no_rival_of_one_that_does_not():
    match = match_at(LEFT, (0.1, 0.1), (0.2, 0.2))
    region = np.zeros((3, 2), np.float32)
    blocks = np.zeros((1, 1), np.int8)
    differing = replace(
        match_at(LEFT, (0.1, 0.1), (0.2, 0.2), (0.3, 0.3)),
        comparison=Comparison(0.8, 0.9, 0.05, (region,), blocks),
    )
    assert count_rival_inliers(match, [match, differing]) == 0
    assert count_rival_inliers(differing, [match, differing]) == 2


def turned(picture):
    """A relief seen from two sides: near parts move more than far ones."""
    height, width = picture.shape[:2]
    rows, columns = np.mgrid[:height, :width].astype(np.float32)
    depth = 26 * np.sin(columns / 23) * np.cos(rows / 31)
    return cv2.remap(picture, columns + depth, rows, cv2.INTER_LINEAR)


def look_around(pool, photo, order):
    features = rootsift.extract(photo, side_px=480, count=500)
    pool.look_around(features, order, lambda match: match)
    return pool.matches


def test_a_solid_is_given_a_region_around_what_a_plane_does_not_explain(gallery):
    photo = turned(draw_picture(3))
    pool = pool_of(gallery, photo, range(COUNT))
    first, *others = look_around(pool, photo, range(COUNT))
    assert first.item.work_id == "work-3"
    assert first.inlier_count < PLANE_SHARE * first.epipolar_count
    assert first.outline is None
    assert len(first.region) > 4
    assert len(first.seen_points) == first.epipolar_count
    assert all(one.epipolar_count <= SETTINGS.epipolar_chance for one in others)


def test_a_face_of_a_work_has_a_region_without_looking_around(gallery):
    # The far corners of the picture would be behind the camera.
    tilt = np.array([[1.0, 0, 0], [0, 1, 0], [0.006, 0, 1]])
    picture = draw_picture(3)
    height, width = picture.shape[:2]
    left = picture.copy()
    left[:, width // 4 :] = 128
    reference = rootsift.extract(left, side_px=480, count=500)
    xy = project(np.linalg.inv(tilt), reference.xy)
    seen = LocalFeatures(xy, reference.descriptors, (2 * height, 2 * width))
    pool = CandidatePool(gallery, SETTINGS)
    pool.verify(seen, [3])
    [match] = pool.matches
    assert match.inlier_count > 20
    assert match.outline is None
    assert contains(match.region, match.points[:, :2]).mean() > 0.8


def test_a_plane_keeps_its_outline_when_it_is_looked_at_from_around(gallery):
    photo = photograph(draw_picture(3))
    pool = pool_of(gallery, photo, range(COUNT))
    before = pool.matches[0]
    after = look_around(pool, photo, range(COUNT))[0]
    assert after.epipolar_count > SETTINGS.epipolar_chance
    np.testing.assert_array_equal(after.outline, before.outline)
    assert after.region is None
