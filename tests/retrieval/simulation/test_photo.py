"""Simulated photos: the homography is the truth, chance is seeded, works stay seen."""

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from app.retrieval.simulation.photo import PROFILES, STEPS, Profile, perturb
from app.retrieval.simulation.viewpoint import corners_of, project

GEOMETRY = ("perspective", "rotation", "crop", "scale")


def speckled(height=240, width=320):
    return np.random.default_rng(3).integers(0, 256, (height, width, 3), np.uint8)


def marked(points, height=480, width=640):
    image = np.full((height, width, 3), 90, np.uint8)
    for x, y in points:
        cv2.circle(image, (int(x), int(y)), 8, (255, 255, 255), cv2.FILLED)
    return image


@pytest.mark.parametrize("steps", [*((s,) for s in GEOMETRY), GEOMETRY])
@pytest.mark.parametrize("wall", [False, True])
def test_homography_leads_every_mark_to_where_it_is_seen(steps, wall):
    points = np.array([[160.0, 140.0], [470, 150], [460, 330], [180, 340], [320, 240]])
    image = marked(points)
    profile = Profile("geometry", dict.fromkeys(steps, 0.6))
    if wall:
        profile = Profile("geometry", {**profile.steps, "frame_and_wall": 1.0})
    for seed in range(4):
        photo = perturb(image, profile, np.random.default_rng(seed))
        for x, y in project(photo.homography, points):
            corner = int(y) - 12, int(x) - 12
            patch = photo.image[corner[0] : corner[0] + 25, corner[1] : corner[1] + 25]
            bright = patch.min(axis=2).astype(float)
            bright[bright < 0.75 * bright.max()] = 0
            rows, columns = np.indices(bright.shape)
            seen = [(columns * bright).sum(), (rows * bright).sum()] / bright.sum()
            error = seen + corner[::-1] - [x, y]
            assert np.abs(error).max() < 0.8


def test_hard_photos_keep_the_work_mostly_in_view():
    image = speckled()
    for seed in range(30):
        rng = np.random.default_rng(seed)
        photo = perturb(image, PROFILES["hard"], rng, output_side_px=300)
        assert max(photo.image.shape) == 300
        height, width = photo.image.shape[:2]
        frame = corners_of((height, width)).astype(np.float32)
        work = project(photo.homography, corners_of((240, 320))).astype(np.float32)
        seen, _ = cv2.intersectConvexConvex(frame, work)
        assert seen > 0.8 * cv2.contourArea(work)
        assert cv2.contourArea(work) > 0.1 * height * width
        assert np.linalg.det(photo.homography[:2, :2]) > 0


@pytest.mark.parametrize("name", PROFILES)
def test_same_seed_same_photo_and_another_seed_another(name):
    image = speckled()
    first, again, other = (
        perturb(image, PROFILES[name], np.random.default_rng(seed), output_side_px=200)
        for seed in (1, 1, 2)
    )
    assert np.array_equal(first.image, again.image)
    assert np.array_equal(first.homography, again.homography)
    assert first.image.shape != other.image.shape or (first.image != other.image).any()


def test_without_strength_only_the_size_changes():
    image = cv2.GaussianBlur(speckled(), (0, 0), 2)
    rng = np.random.default_rng(0)
    photo = perturb(image, PROFILES["mild"], rng, strength=0, output_side_px=160)
    halving = np.array([[0.5, 0, -0.25], [0, 0.5, -0.25], [0, 0, 1]])
    assert np.allclose(photo.homography, halving)
    half = cv2.resize(image, (160, 120), interpolation=cv2.INTER_AREA)
    assert np.abs(photo.image.astype(int) - half).mean() < 2


# The wall makes room for itself, so it is no step of light alone.
@pytest.mark.parametrize("step", sorted({*STEPS} - {*GEOMETRY, "frame_and_wall"}))
def test_steps_of_light_leave_the_geometry_alone(step):
    rng = np.random.default_rng(4)
    photo = perturb(speckled(), PROFILES[step], rng, output_side_px=320)
    assert np.allclose(photo.homography, np.eye(3))
    assert (photo.image != speckled()).any()


@given(
    st.tuples(st.integers(16, 300), st.integers(16, 300)),
    st.sampled_from(sorted(PROFILES)),
    st.integers(32, 400),
    st.integers(0, 2**32),
)
@hypothesis_settings(max_examples=60)
def test_any_shape_gives_a_photo(size, name, side_px, seed):
    image = np.full((*size, 3), 128, np.uint8)
    rng = np.random.default_rng(seed)
    photo = perturb(image, PROFILES[name], rng, output_side_px=side_px)
    assert photo.image.dtype == np.uint8
    assert photo.image.shape[2] == 3
    assert max(photo.image.shape[:2]) <= side_px
    assert np.isfinite(photo.homography).all()


def test_exactly_is_the_most_that_a_draw_can_be():
    image = np.full((40, 60, 3), 128, np.uint8)
    profile = Profile("dark", {"brightness": 1.0})

    def change(seed, strength, *, exactly):
        rng = np.random.default_rng(seed)
        photo = perturb(image, profile, rng, strength=strength, exactly=exactly)
        return abs(int(photo.image[20, 30, 0]) - 128)

    for seed in range(8):
        drawn, half, full = (
            change(seed, *how, exactly=exactly)
            for *how, exactly in ((1, False), (0.5, True), (1, True))
        )
        assert drawn <= full
        assert half < full
        assert change(seed, 0, exactly=True) == 0


def test_nonsense_is_refused():
    with pytest.raises(ValueError, match="no step 'sepia'"):
        Profile("old", {"sepia": 1.0})
    with pytest.raises(ValueError, match="no step"):
        Profile("too much", {"noise": 1.5})
    with pytest.raises(ValueError, match="strength"):
        perturb(speckled(), PROFILES["mild"], np.random.default_rng(), strength=2)
