import numpy as np
import pytest

from app.retrieval.gallery.gallery import Gallery
from app.retrieval.local import rootsift
from app.retrieval.search.rerank import (
    best_of_views,
    count_rivals,
    merge_shortlists,
    rerank,
)
from app.retrieval.settings import VerificationSettings
from app.retrieval.types import Hit, LocalFeatures
from tests.support.fakes import draw_picture, fake_collection, fake_model, photograph

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
    return features, rerank(features, [descriptor], gallery, order, settings)


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
    _, candidates = look(gallery, photograph(draw_picture(3)), range(COUNT))
    assert candidates[0].item.work_id == "work-3"
    assert candidates[0].inlier_count > 40
    assert len(candidates) == COUNT


def test_no_more_than_the_allowed_number_is_verified(gallery):
    settings = VerificationSettings(verified_count=2)
    _, candidates = look(gallery, photograph(draw_picture(3)), range(COUNT), settings)
    assert {c.position for c in candidates} == {0, 1}


def test_verification_stops_when_a_candidate_is_certain(gallery):
    settings = VerificationSettings(always_verified=2)
    _, candidates = look(gallery, photograph(draw_picture(0)), range(COUNT), settings)
    assert {c.position for c in candidates} == {0, 1}


def test_verification_goes_on_while_nothing_is_certain(gallery):
    settings = VerificationSettings(always_verified=2)
    _, candidates = look(gallery, photograph(draw_picture(6)), range(COUNT), settings)
    assert 6 in {c.position for c in candidates}


def test_works_side_by_side_are_no_rivals(gallery):
    wall = np.hstack([draw_picture(2), draw_picture(5)])
    features, candidates = look(gallery, wall, [2, 5, 0])
    assert min(c.inlier_count for c in candidates[:2]) > 40
    assert max(count_rivals(candidates, features)[:2]) < 5


def test_a_work_without_inliers_rivals_nobody_and_is_rivalled_by_all(gallery):
    features, candidates = look(gallery, photograph(draw_picture(2)), [2, 0])
    first, second = count_rivals(candidates, features)
    assert first == candidates[1].inlier_count
    assert second == candidates[0].inlier_count


def test_a_photo_without_features_has_candidates_without_inliers(gallery):
    descriptor = gallery.descriptors[0]
    candidates = rerank(LocalFeatures.empty(), [descriptor], gallery, [0, 1], SETTINGS)
    assert [c.inlier_count for c in candidates] == [0, 0]
    assert candidates[0].position == 0
    assert count_rivals(candidates, LocalFeatures.empty()) == (0, 0)


def test_nothing_to_verify_is_nothing_found(gallery):
    features, candidates = look(gallery, photograph(draw_picture(2)), [])
    assert candidates == ()
    assert count_rivals(candidates, features) == ()


def test_views_are_merged_by_their_best_similarity():
    whole = [Hit(3, 0.9), Hit(1, 0.4)]
    middle = [Hit(1, 0.8), Hit(2, 0.8), Hit(3, 0.1)]
    merged = best_of_views([whole, middle], 3)
    assert merged == (Hit(3, 0.9), Hit(1, 0.8), Hit(2, 0.8))
    assert best_of_views([whole, middle], 1) == (Hit(3, 0.9),)


def test_the_most_similar_view_counts(gallery):
    features = LocalFeatures.empty()
    other, own = gallery.descriptors[0], gallery.descriptors[1]
    [candidate] = rerank(features, [other, own], gallery, [1], SETTINGS)
    assert candidate.similarity == pytest.approx(1, abs=1e-5)
