import numpy as np
import pytest

from app.retrieval.drawings.collection import STYLES, draw_work
from app.retrieval.images.frame_detection import find_frame
from app.retrieval.simulation.photo import PROFILES, perturb
from app.retrieval.simulation.viewpoint import corners_of, project
from tests.support.pictures import plain

PHOTOS = 24


def box_of_work(homography, work_size, photo_size):
    """Bounds of the work itself, without frame or mount, as shares of the photo."""
    corners = project(homography, corners_of(work_size)) / photo_size[::-1]
    return np.concatenate([corners.min(axis=0), corners.max(axis=0)]).clip(0, 1)


def overlap(box, other):
    """Intersection over union of two boxes."""
    box, other = np.asarray(box), np.asarray(other)
    both = np.minimum(box[2:], other[2:]) - np.maximum(box[:2], other[:2])
    common = both.clip(0).prod()
    areas = (box[2:] - box[:2]).prod() + (other[2:] - other[:2]).prod()
    return common / (areas - common)


def photograph(seed):
    """Give a crowded gallery's photo of a framed work, and where the work is in it."""
    rng = np.random.default_rng([41, seed])
    work = draw_work(rng, STYLES[seed % len(STYLES)], (400, 300 + 50 * (seed % 5)))
    photo = perturb(work, PROFILES["hard"], rng, output_side_px=480)
    size = photo.image.shape[:2]
    return photo.image, box_of_work(photo.homography, work.shape[:2], size)


def test_frames_are_found_in_crowded_galleries():
    """Of 80 photos the median was 0.83, and 0.7 was reached by 78 %; here by fewer."""
    overlaps = []
    for seed in range(PHOTOS):
        photo, truth = photograph(seed)
        found = find_frame(photo)
        overlaps.append(overlap(found, truth) if found else 0.0)
    assert np.median(overlaps) > 0.75
    assert np.mean(np.array(overlaps) > 0.7) > 0.7


def on_a_wall(top, left, bottom, right, size=(300, 400)):
    """A dark picture with a grey wall around, and its corners in pixels."""
    photo = plain(size, 190)
    photo[top:bottom, left:right] = 60
    return photo


def test_a_dark_square_on_a_wall_is_found_to_the_pixel():
    photo = on_a_wall(60, 100, 240, 300)
    assert find_frame(photo) == pytest.approx((0.25, 0.2, 0.75, 0.8), abs=0.025)


def test_a_work_that_the_photo_cuts_off_reaches_to_the_border():
    box = find_frame(on_a_wall(0, 100, 220, 300))
    assert box is not None
    assert box.top == 0
    assert box.bottom == pytest.approx(220 / 300, abs=0.03)


def test_the_size_of_the_photo_does_not_matter():
    small = find_frame(on_a_wall(60, 100, 240, 300))
    large = find_frame(on_a_wall(60, 100, 240, 300).repeat(5, 0).repeat(5, 1))
    assert large == pytest.approx(small, abs=0.02)


@pytest.mark.parametrize("size", [(300, 400), (16, 16), (17, 900)])
def test_a_bare_wall_has_no_frame(size):
    assert find_frame(plain(size)) is None


def test_noise_has_no_frame():
    noise = np.random.default_rng(0).integers(0, 256, (300, 400, 3), np.uint8)
    assert find_frame(noise) is None


def test_a_work_that_fills_the_photo_needs_no_crop():
    assert find_frame(on_a_wall(4, 4, 296, 396)) is None
