"""On simulated photos: strong faults are seen, good photos are left alone."""

from functools import cache

import cv2
import numpy as np
import pytest

from app.retrieval.images import quality as images_quality
from app.retrieval.images.prepared import PreparedPhoto
from app.retrieval.images.quality import QualityIssue, measure_blur, measure_glare
from app.retrieval.simulation import photometry, viewpoint
from app.retrieval.simulation.photo import Profile, perturb
from tests.support.pictures import artworks, plain

COUNT = 12
SCENE = {"perspective": 0.5, "rotation": 0.2, "frame_and_wall": 0.6}
WHOLE = np.array([[0.1, 0.1], [0.9, 0.1], [0.9, 0.9], [0.1, 0.9]], np.float32)


@cache
def photos(scale=0.3):
    """Simulated photos of (image, the work's corners in pixels)."""
    shown = []
    for seed, work in enumerate(artworks(COUNT)):
        rng = np.random.default_rng([7, seed])
        profile = Profile("gallery", {**SCENE, "scale": scale})
        photo = perturb(work, profile, rng, output_side_px=800)
        corners = viewpoint.corners_of(work.shape[:2])
        shown.append((photo.image, viewpoint.project(photo.homography, corners)))
    return shown


def measure(image, outline=None):
    return images_quality.measure(PreparedPhoto(image), outline)


def share_with(fault, images):
    return float(np.mean([fault in measure(image, WHOLE).faults for image in images]))


def blurred(amount):
    rng = np.random.default_rng(1)
    return [photometry.blur(image, amount, rng) for image, _ in photos()]


def glaring(amount):
    rng = np.random.default_rng(1)
    return [photometry.reflect(image, at, amount, rng) for image, at in photos()]


def exposed(share):
    return [(image * share).astype(np.uint8) for image, _ in photos()]


def test_good_photos_have_hardly_a_fault():
    for fault in QualityIssue:
        assert share_with(fault, [image for image, _ in photos()]) <= 0.1, fault


@pytest.mark.parametrize(
    ("fault", "make", "amounts", "least"),
    [
        (QualityIssue.BLURRED, blurred, (0, 0.5, 1), 0.6),
        (QualityIssue.GLARE, glaring, (0, 0.6, 1), 0.4),
        (QualityIssue.DARK, exposed, (1, 0.4, 0.15), 0.9),
    ],
)
def test_the_stronger_a_fault_the_more_often_it_is_seen(fault, make, amounts, least):
    shares = [share_with(fault, make(amount)) for amount in amounts]
    assert shares == sorted(shares)
    assert shares[-1] >= least


def test_blur_is_measured_alike_at_any_size_and_contrast():
    image, _ = photos()[0]
    faint = (96 + image / 4).astype(np.uint8)
    half = image[::2, ::2]
    assert measure_blur(faint) == pytest.approx(measure_blur(image), abs=0.05)
    assert measure_blur(half) < measure_blur(
        photometry.blur(image, 1, np.random.default_rng(0))
    )


def test_a_smear_in_one_direction_is_blur():
    image, _ = photos()[0]
    smeared = np.mean([np.roll(image, step, axis=1) for step in range(12)], axis=0)
    assert measure_blur(smeared.astype(np.uint8)) > measure_blur(image) + 0.1


def test_a_blank_wall_is_told_as_blank_and_neither_as_blurred_nor_as_glaring():
    assert measure(plain()).faults == (QualityIssue.BLANK,)


def test_black_and_blank_photos_show_nothing_and_bad_ones_something():
    assert measure(plain()).shows_nothing
    assert measure(np.full((600, 800, 3), 8, np.uint8)).shows_nothing
    for bad in (*blurred(1)[:4], *exposed(0.4)[:4]):
        assert not measure(bad, WHOLE).shows_nothing


def test_a_small_work_on_a_wide_wall_is_not_blank():
    wall = plain((900, 1200), level=180).copy()
    work, _ = photos()[0]
    wall[400:500, 500:633] = cv2.resize(work, (133, 100), interpolation=cv2.INTER_AREA)
    assert not measure(wall).shows_nothing


def test_the_noise_of_a_sensor_is_nothing():
    rng = np.random.default_rng(5)
    noisy = rng.normal(140, 4, (1200, 1600, 1)).repeat(3, 2).astype(np.uint8)
    assert measure(noisy).shows_nothing


def test_a_faint_picture_is_not_blank():
    image, _ = photos()[0]
    assert not measure((110 + image / 8).astype(np.uint8)).shows_nothing


def test_white_that_reaches_the_border_is_no_glare():
    image = plain().copy()
    image[:50] = 255
    assert measure_glare(image) == 0
    image[100:150, 100:150] = 255
    assert measure_glare(image) == pytest.approx(2500 / 120_000, rel=0.1)


def test_a_small_work_is_seen_by_its_outline():
    quality = measure(plain(), WHOLE * 0.3)
    assert quality.work_share == pytest.approx(0.64 * 0.09)
    assert QualityIssue.SMALL in quality.faults


def test_a_small_work_is_seen_by_its_frame_where_nothing_was_recognised():
    image = plain((400, 600), level=180).copy()
    image[100:230, 200:380] = 30
    quality = measure(image)
    assert quality.work_share == pytest.approx(130 * 180 / 240_000, rel=0.15)
    assert QualityIssue.SMALL in quality.faults


def test_a_work_that_reaches_beyond_the_photo_is_cut_off():
    assert QualityIssue.CUT_OFF in measure(plain(), WHOLE + 0.2).faults
    assert QualityIssue.CUT_OFF not in measure(plain(), WHOLE).faults


def test_a_work_that_looms_over_the_photo_fills_it():
    assert measure(plain(), WHOLE * 4 - 1.5).work_share == pytest.approx(1)


def test_a_black_photo_is_told_as_black_and_not_as_dark():
    black = np.full((600, 800, 3), 8, np.uint8)
    assert QualityIssue.BLACK in measure(black).faults
    assert QualityIssue.DARK not in measure(black).faults
    assert QualityIssue.DARK in measure(np.full((600, 800, 3), 40, np.uint8)).faults


def test_a_photo_of_few_pixels_is_told_as_that():
    assert QualityIssue.TINY in measure(np.full((40, 60, 3), 180, np.uint8)).faults
    assert (
        QualityIssue.TINY not in measure(np.full((240, 320, 3), 180, np.uint8)).faults
    )
