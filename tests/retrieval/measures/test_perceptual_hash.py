"""The straw man does what it is known for, and not more."""

import math

import cv2
import numpy as np
import pytest

from app.retrieval.images.codec import decode, encode_jpeg
from app.retrieval.measures.perceptual_hash import (
    SIDE_PX,
    bit_agreement,
    perceptual_hash,
)
from tests.support.fakes import draw_picture
from tests.support.pictures import plain


def slow_hash(grey):
    """The definition, one cosine at a time, of a (32, 32) picture."""
    count = len(grey)
    spectrum = []
    for u in range(8):
        for v in range(8):
            total = 0.0
            for y in range(count):
                for x in range(count):
                    down = math.cos(math.pi * u * (2 * y + 1) / (2 * count))
                    across = math.cos(math.pi * v * (2 * x + 1) / (2 * count))
                    total += float(grey[y, x]) * down * across
            scale = math.sqrt((1 if u else 0.5) * (1 if v else 0.5)) * 2 / count
            spectrum.append(total * scale)
    return np.array(spectrum) > np.median(spectrum)


def test_bits_are_those_of_the_definition():
    rng = np.random.default_rng(5)
    grey = rng.integers(0, 256, (SIDE_PX, SIDE_PX), np.uint8)
    image = np.repeat(grey[..., None], 3, axis=2)
    assert np.array_equal(perceptual_hash(image), slow_hash(grey))


def test_a_recompressed_copy_is_known_and_a_cropped_one_is_not():
    image = draw_picture(1)
    others = np.stack([perceptual_hash(draw_picture(seed)) for seed in range(2, 30)])
    small = cv2.resize(image, (160, 120), interpolation=cv2.INTER_AREA)
    copy = decode(encode_jpeg(np.asarray(small, np.uint8), quality=40))
    own = perceptual_hash(image)
    as_copy = bit_agreement(perceptual_hash(copy), own[None])[0]
    as_crop = bit_agreement(perceptual_hash(image[60:, 80:]), own[None])[0]
    assert as_copy >= 64 - 6
    assert as_copy > bit_agreement(own, others).max()
    assert as_crop < as_copy - 8


def test_a_plain_picture_has_no_frequencies():
    assert np.flatnonzero(perceptual_hash(plain())).tolist() == [0]


def test_agreement_counts_equal_bits():
    hashes = np.array([[1, 1, 0], [0, 0, 1]], bool)
    assert bit_agreement(np.array([1, 1, 1], bool), hashes).tolist() == [2, 1]
    assert bit_agreement(np.zeros(3, bool), np.zeros((0, 3), bool)).shape == (0,)
    with pytest.raises(ValueError, match="hashes"):
        bit_agreement(np.zeros(4, bool), hashes)
