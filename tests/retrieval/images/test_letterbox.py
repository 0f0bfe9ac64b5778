import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.retrieval.images.letterbox import (
    choose_frame,
    crop_map,
    frame,
    frame_sizes,
    stretch,
)

SIZES = frame_sizes(224, 16)


def test_frames_are_a_square_a_landscape_and_a_portrait_of_about_one_area():
    assert SIZES == ((224, 224), (192, 256), (256, 192))


@given(st.integers(16, 640), st.sampled_from([16, 32]))
def test_frames_are_multiples_of_the_stride(side, stride):
    assert not any(
        length % stride or length == 0
        for size in frame_sizes(side, stride)
        for length in size
    )


@pytest.mark.parametrize(
    ("image_size", "expected"),
    [((30, 40), 1), ((40, 30), 2), ((40, 41), 0), ((10, 100), 1), ((1, 1), 0)],
)
def test_a_picture_goes_into_the_frame_of_its_shape(image_size, expected):
    assert choose_frame(image_size, SIZES) == SIZES[expected]


@given(st.integers(1, 90), st.integers(1, 90))
def test_a_framed_picture_keeps_its_shape_and_fills_one_side(height, width):
    framed = frame(np.full((height, width, 3), 7, np.uint8), (32, 48))
    top, left, inner_height, inner_width = framed.box
    assert framed.image.shape == (32, 48, 3)
    assert inner_height >= 31 or inner_width >= 47
    assert abs(inner_height / 32 * 32 - inner_width * height / width) <= max(
        1, height / width
    )
    assert 0 <= top <= 32 - inner_height
    assert 0 <= left <= 48 - inner_width


def test_what_is_left_over_has_the_mean_colour():
    image = np.zeros((10, 20, 3), np.uint8)
    image[:, 10:] = (200, 100, 50)
    framed = frame(image, (20, 20)).image
    assert framed[0, 0].tolist() == [100, 50, 25]
    assert framed[10, 2].tolist() == [0, 0, 0]


def test_a_map_is_cropped_to_positions_that_show_the_picture():
    activation_map = np.arange(16, dtype=np.float32).reshape(4, 4)
    # Rows 10 to 53 of 64 touch positions 0 to 3, columns 16 to 47 positions 1 and 2.
    cropped = crop_map(activation_map, (10, 16, 44, 32), 16)
    assert cropped.tolist() == activation_map[0:4, 1:3].tolist()


def test_a_stretched_picture_is_all_of_the_picture():
    image = np.zeros((30, 60, 3), np.uint8)
    image[:, 45:] = 200
    stretched = stretch(image, 20)
    assert stretched.shape == (20, 20, 3)
    assert np.array_equal(stretched[:, :15], np.zeros((20, 15, 3)))
    assert np.array_equal(stretched[:, 15:], np.full((20, 5, 3), 200))
    assert stretch(image[:1, :1], 8).shape == (8, 8, 3)
