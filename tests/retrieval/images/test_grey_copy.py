import cv2
import numpy as np
import pytest

from app.retrieval.images.grey_copy import SIDE_PX, decode_copy, encode_copy
from tests.support.pictures import artwork


def test_a_copy_is_small_grey_and_looks_like_its_picture():
    picture = artwork(size=(480, 640))
    encoded = encode_copy(picture)
    copy = decode_copy(encoded)
    assert copy.shape == (SIDE_PX * 3 // 4, SIDE_PX)
    assert len(encoded) < 8_000
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    reduced = cv2.resize(grey, copy.shape[::-1], interpolation=cv2.INTER_AREA)
    assert np.abs(reduced.astype(int) - copy).mean() < 6


def test_a_small_picture_stays_as_large_as_it_is():
    assert decode_copy(encode_copy(artwork(size=(90, 120)))).shape == (90, 120)


def test_the_same_picture_gives_the_same_bytes():
    assert encode_copy(artwork(3)) == encode_copy(artwork(3))


@pytest.mark.parametrize("damaged", [b"", b"no picture"])
def test_bytes_that_are_no_copy_are_refused(damaged):
    with pytest.raises(ValueError, match="are not the copy"):
        decode_copy(damaged)
