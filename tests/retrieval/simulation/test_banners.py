import numpy as np
import pytest

from app.retrieval.local.rootsift import extract
from app.retrieval.settings import VerificationSettings
from app.retrieval.simulation.banners import Banner, add_banner
from app.retrieval.verification.homography import verify
from tests.retrieval.textures import textured

PICTURE, OTHER = textured(1, (300, 400)), textured(2, (300, 400))


def bannered(picture, banner, seed=0):
    return add_banner(picture, banner, np.random.default_rng(seed))


@pytest.mark.parametrize("banner", Banner)
def test_the_same_state_gives_the_same_banner(banner):
    first = bannered(PICTURE, banner)
    assert np.array_equal(first, bannered(PICTURE, banner))
    assert not np.array_equal(first, bannered(PICTURE, banner, seed=1))


@pytest.mark.parametrize("banner", [b for b in Banner if b is not Banner.STAMP])
def test_the_picture_itself_is_untouched(banner):
    whole = bannered(PICTURE, banner)
    left = (whole.shape[1] - PICTURE.shape[1]) // 2
    top = left if banner in (Banner.FRAME, Banner.MOUNT) else 0
    assert np.array_equal(whole[top : top + 300, left : left + 400], PICTURE)


def test_a_stamp_covers_one_corner():
    differs = (bannered(PICTURE, Banner.STAMP) != PICTURE).any(axis=2)
    assert differs[-80:, -80:].mean() > 0.2
    assert not differs[:200].any()


@pytest.mark.parametrize("banner", [b for b in Banner if b is not Banner.STAMP])
def test_different_works_agree_by_their_banner(banner):
    shared, alone = (
        [extract(picture, side_px=640, count=500) for picture in pictures]
        for pictures in (
            [bannered(work, banner) for work in (PICTURE, OTHER)],
            [PICTURE, OTHER],
        )
    )
    settings = VerificationSettings()
    assert verify(alone[0], alone[1], settings).inlier_count < 10
    assert verify(shared[0], shared[1], settings).inlier_count > 20


@pytest.mark.parametrize("banner", Banner)
@pytest.mark.parametrize("size", [(40, 300), (300, 40), (64, 64)])
def test_pictures_of_any_shape_take_one(banner, size):
    whole = bannered(textured(3, size), banner)
    assert whole.dtype == np.uint8
    assert whole.shape[0] >= size[0]
    assert whole.shape[1] >= size[1]
