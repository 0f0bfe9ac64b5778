"""Which photos look as if they had text on them."""

import tracemalloc

import cv2
import numpy as np

from app.services.labels.copies import grey_copy, small_copy
from app.services.labels.text_likelihood import may_have_text
from tests.support.fakes import draw_picture, photograph


def looks_like_text(image):
    return may_have_text(small_copy(grey_copy(image)))


def test_a_label_does_in_either_polarity(image_of_a_label):
    assert looks_like_text(image_of_a_label)
    assert looks_like_text(255 - image_of_a_label)


def test_a_tilted_one_does_too(image_of_a_label):
    height, width = image_of_a_label.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), 7, 0.9)
    tilted = cv2.warpAffine(
        image_of_a_label, turn, (width, height), borderMode=cv2.BORDER_REPLICATE
    )
    assert looks_like_text(np.asarray(tilted, np.uint8))


def test_one_in_half_shadow_and_falling_light_does_too(image_of_a_label):
    height, width = image_of_a_label.shape[:2]
    across = np.arange(width) + 0.3 * np.arange(height)[:, None]
    light = np.where(across % 150 < 75, 1.0, 0.55) * (1 - 0.4 * across / across.max())
    lit = image_of_a_label * cv2.GaussianBlur(light, (0, 0), 8)[..., None]
    assert looks_like_text(lit.astype(np.uint8))


def test_walls_noise_and_pictures_do_not():
    rng = np.random.default_rng(3)
    wall = np.full((720, 960, 3), 180, np.uint8)
    noise = rng.integers(0, 255, wall.shape, dtype=np.uint8)
    assert not looks_like_text(wall)
    assert not looks_like_text(noise)
    assert not looks_like_text(np.zeros_like(wall))
    pictures = [photograph(draw_picture(number)) for number in range(4)]
    assert sum(map(looks_like_text, pictures)) <= 1


def test_two_letters_above_two_others_do_not():
    picture = np.full((480, 640, 3), 200, np.uint8)
    for y in (200, 230):
        cv2.putText(
            picture, "Hm", (300, y), cv2.FONT_HERSHEY_SIMPLEX, 0.6, (20,) * 3, 2
        )
    assert not looks_like_text(picture)


def test_a_sliver_does_not():
    assert not looks_like_text(np.full((640, 3, 3), 200, np.uint8))


def test_a_photo_of_thousands_of_dashes_takes_little_memory():
    photo = np.full((960, 960, 3), 230, np.uint8)
    for y in range(0, 950, 6):
        for x in range(0, 930, 32):
            photo[y : y + 4, x : x + 22] = 20
    copy = small_copy(grey_copy(photo))
    tracemalloc.start()
    may_have_text(copy)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 100 << 20
