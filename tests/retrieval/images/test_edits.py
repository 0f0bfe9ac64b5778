import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.retrieval.images.edits import NO_EDITS, WHOLE, Box, PhotoEdits

CLOCK = np.arange(6, dtype=np.uint8).reshape(2, 3, 1).repeat(3, axis=2)
"""0 1 2
   3 4 5"""


def rows(image):
    return image[:, :, 0].tolist()


@pytest.mark.parametrize(
    ("turns", "expected"),
    [
        (0, [[0, 1, 2], [3, 4, 5]]),
        (1, [[3, 0], [4, 1], [5, 2]]),
        (2, [[5, 4, 3], [2, 1, 0]]),
        (3, [[2, 5], [1, 4], [0, 3]]),
    ],
)
def test_turns_go_clockwise(turns, expected):
    assert rows(PhotoEdits(turns).apply(CLOCK)) == expected


def test_the_crop_counts_in_the_turned_photo():
    right_column = Box(0.5, 0, 1, 1)
    assert rows(PhotoEdits(1, right_column).apply(CLOCK)) == [[0], [1], [2]]


def test_no_edits_change_nothing():
    assert NO_EDITS.apply(CLOCK) is CLOCK


@given(st.tuples(*[st.floats(0, 1)] * 4), st.integers(0, 3), st.integers(1, 9))
def test_something_is_always_left(edges, turns, width):
    left, right = sorted(edges[:2])
    top, bottom = sorted(edges[2:])
    if left == right or top == bottom:
        return
    edited = PhotoEdits(turns, Box(left, top, right, bottom)).apply(
        np.zeros((4, width, 3), np.uint8)
    )
    assert min(edited.shape) > 0
    assert edited.flags.c_contiguous


@pytest.mark.parametrize("turns", [-1, 4])
def test_there_are_four_quarters(turns):
    with pytest.raises(ValueError, match="quarter_turns"):
        PhotoEdits(turns)


@pytest.mark.parametrize(
    "crop",
    [
        (0, 0, 0, 1),
        (0.6, 0, 0.4, 1),
        (-0.1, 0, 1, 1),
        (0, 0, 1, 1.1),
        (0, float("nan"), 1, 1),
        (0, 0, float("inf"), 1),
    ],
)
def test_a_box_that_is_none_is_refused(crop):
    with pytest.raises(ValueError, match="crop"):
        PhotoEdits(crop=Box(*crop))


def test_a_small_crop_is_decoded_from_a_larger_photo():
    assert PhotoEdits(crop=WHOLE).side_before(1280, 5120) == 1280
    assert PhotoEdits(crop=Box(0.25, 0.4, 0.75, 0.5)).side_before(1280, 5120) == 2560
    assert PhotoEdits(crop=Box(0, 0, 0.1, 0.1)).side_before(1280, 5120) == 5120
