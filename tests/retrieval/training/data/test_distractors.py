import numpy as np
import pytest

from app.retrieval.local.rootsift import extract
from app.retrieval.settings import VerificationSettings
from app.retrieval.training.data.distractors import SCENE_SIDE_PX, with_distractors
from app.retrieval.verification.homography import verify
from tests.support.pictures import artwork


def scene_of(seed):
    return with_distractors(
        artwork(0), [artwork(1), artwork(2)], np.random.default_rng(seed)
    )


def inliers(scene, picture):
    query = extract(scene, side_px=640, count=1000)
    reference = extract(picture, side_px=640, count=500)
    return verify(query, reference, VerificationSettings()).inlier_count


def test_the_work_is_found_in_the_crowd_and_its_neighbours_are_not():
    scene = scene_of(3)
    assert inliers(scene, artwork(0)) >= 20
    assert max(inliers(scene, artwork(number)) for number in (1, 2)) < 12


def test_a_scene_has_the_shape_of_its_photo():
    height, width = artwork(0).shape[:2]
    scene = scene_of(4)
    assert max(scene.shape[:2]) == SCENE_SIDE_PX
    assert scene.shape[1] / scene.shape[0] == pytest.approx(width / height, rel=0.01)


def test_the_same_state_makes_the_same_scene():
    assert np.array_equal(scene_of(5), scene_of(5))
    assert not np.array_equal(scene_of(5), scene_of(6))


def test_nobody_is_no_crowd():
    with pytest.raises(ValueError, match="neighbour"):
        with_distractors(artwork(0), [], np.random.default_rng(0))
