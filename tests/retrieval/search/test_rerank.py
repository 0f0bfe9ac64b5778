import math

import numpy as np
import pytest

from app.retrieval.gallery.gallery import Gallery
from app.retrieval.local import rootsift
from app.retrieval.search.rerank import (
    best_of_views,
    count_rival_inliers,
    is_central,
    merge_shortlists,
    rerank,
)
from app.retrieval.settings import VerificationSettings
from app.retrieval.types import (
    GalleryItem,
    Hit,
    LocalFeatures,
    Match,
)
from tests.support.fakes import (
    NO_MATCHES,
    draw_picture,
    fake_collection,
    fake_model,
    photograph,
)

COUNT = 8
SETTINGS = VerificationSettings()


@pytest.fixture(scope="module")
def gallery():
    return Gallery.build(fake_collection(COUNT), fake_model().vocabulary)


def hits(*positions):
    return [Hit(position, 1.0) for position in positions]


def look(gallery, photo, order, settings=SETTINGS):
    features = rootsift.extract(photo, side_px=480, count=500)
    descriptor = fake_model().descriptor.describe(photo).descriptor
    return rerank(features, [descriptor], gallery, order, settings)


def test_merging_names_every_position_once():
    merged = merge_shortlists(hits(4, 1, 2), hits(1, 3))
    assert sorted(merged) == [1, 2, 3, 4]


def test_a_position_that_both_channels_name_comes_first():
    assert merge_shortlists(hits(7, 5), hits(6, 5))[0] == 5


def test_the_local_channel_has_more_say():
    assert merge_shortlists(hits(1), hits(2)) == (2, 1)
    assert merge_shortlists(hits(1, 2), []) == (1, 2)
    assert merge_shortlists([], []) == ()


def test_the_work_in_the_photo_comes_first_whatever_the_order(gallery):
    matches = look(gallery, photograph(draw_picture(3)), range(COUNT))
    assert matches[0].item.work_id == "work-3"
    assert matches[0].inlier_count > 40
    assert len(matches) == COUNT


def test_no_more_than_the_allowed_number_is_verified(gallery):
    settings = VerificationSettings(verified_count=2)
    matches = look(gallery, photograph(draw_picture(3)), range(COUNT), settings)
    assert {match.position for match in matches} == {0, 1}


def test_verification_stops_when_a_candidate_is_certain(gallery):
    settings = VerificationSettings(always_verified=2)
    matches = look(gallery, photograph(draw_picture(0)), range(COUNT), settings)
    assert {match.position for match in matches} == {0, 1}


def test_verification_goes_on_while_nothing_is_certain(gallery):
    settings = VerificationSettings(always_verified=2)
    matches = look(gallery, photograph(draw_picture(6)), range(COUNT), settings)
    assert 6 in {match.position for match in matches}


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
    return Match(0, item, 0.0, NO_MATCHES, corners, np.hstack([xy, xy]), coverage=0.0)


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
    descriptor = gallery.descriptors[0]
    matches = rerank(LocalFeatures.empty(), [descriptor], gallery, [0, 1], SETTINGS)
    assert [match.evidence.inlier_count for match in matches] == [0, 0]
    assert [match.rival_inliers for match in matches] == [0, 0]
    assert matches[0].position == 0


def test_a_match_has_no_probability_before_it_is_rated(gallery):
    [match] = look(gallery, photograph(draw_picture(2)), [2])
    assert math.isnan(match.probability)


def test_nothing_to_verify_is_nothing_found(gallery):
    assert look(gallery, photograph(draw_picture(2)), []) == ()


def test_views_are_merged_by_their_best_similarity():
    whole = [Hit(3, 0.9), Hit(1, 0.4)]
    middle = [Hit(1, 0.8), Hit(2, 0.8), Hit(3, 0.1)]
    merged = best_of_views([whole, middle], 3)
    assert merged == (Hit(3, 0.9), Hit(1, 0.8), Hit(2, 0.8))
    assert best_of_views([whole, middle], 1) == (Hit(3, 0.9),)


def test_the_most_similar_view_counts(gallery):
    features = LocalFeatures.empty()
    other, own = gallery.descriptors[0], gallery.descriptors[1]
    [match] = rerank(features, [other, own], gallery, [1], SETTINGS)
    assert match.similarity == pytest.approx(1, abs=1e-5)
