"""Light, lens and sensor."""

import cv2
import numpy as np
import pytest

from app.retrieval.simulation import photometry
from app.retrieval.simulation.viewpoint import corners_of

GREY = np.full((150, 200, 3), 128, np.uint8)


def test_noise_has_the_stated_deviation():
    noisy = photometry.add_noise(GREY, 1.0, np.random.default_rng(0))
    assert noisy.std() == pytest.approx(photometry.MAX_NOISE, rel=0.05)
    assert noisy.mean() == pytest.approx(128, abs=1)


@pytest.mark.parametrize("size", [(3, 5), (700, 1900)])
def test_grain_covers_any_size(size):
    noise = photometry.grain(size, np.random.default_rng(0), coarse=True)
    assert noise.shape == (*size, 3)


@pytest.mark.parametrize("seed", range(6))
def test_blur_keeps_brightness_and_loses_detail(seed):
    sharp = np.zeros_like(GREY)
    sharp[70:80, 90:110] = 250
    soft = photometry.blur(sharp, 1.0, np.random.default_rng(seed))
    assert soft.mean() == pytest.approx(sharp.mean(), rel=0.05)
    assert (
        cv2.Laplacian(soft, cv2.CV_64F).var() < cv2.Laplacian(sharp, cv2.CV_64F).var()
    )


def test_contrast_turns_about_middle_grey_and_hue_leaves_grey_alone():
    rng = np.random.default_rng(1)
    assert np.array_equal(photometry.shift_colours(GREY, {"contrast": 1.0}, rng), GREY)
    lighter = photometry.shift_colours(GREY, {"brightness": 1.0}, rng)
    assert np.ptp(lighter[0, 0]) == 0
    cast = photometry.shift_colours(GREY, {"colour_cast": 1.0}, rng)
    assert np.ptp(cast[0, 0].astype(int)) > 0


@pytest.mark.parametrize("seed", range(8))
def test_glare_only_adds_light_and_stays_near_the_work(seed):
    outline = corners_of((60, 60)) + 5
    rng = np.random.default_rng(seed)
    glaring = photometry.reflect(GREY, outline, 1.0, rng)
    assert (glaring >= GREY).all()
    assert glaring.max() > 150
    assert np.array_equal(glaring[:, 140:], GREY[:, 140:])


def test_compression_leaves_a_trace_that_grows():
    image = np.random.default_rng(0).integers(0, 256, GREY.shape, np.uint8)
    light, heavy = (
        np.abs(photometry.compress(image, amount).astype(int) - image).mean()
        for amount in (0.0, 1.0)
    )
    assert 0 < light < heavy


def test_light_without_amount_changes_nothing():
    assert np.array_equal(photometry.light(GREY, 0.0, np.random.default_rng(0)), GREY)
