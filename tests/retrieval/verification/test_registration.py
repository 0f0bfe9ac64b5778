import cv2
import numpy as np
import pytest

from app.retrieval.types import FloatArray
from app.retrieval.verification.homography import project
from app.retrieval.verification.registration import (
    detail_of,
    likeness,
    register,
    resizing,
)
from tests.retrieval.textures import TILTED, seen, textured

WORK = textured(1, (240, 320))
TO_PICTURE = np.linalg.inv(TILTED)
CORNERS: FloatArray = np.array([[0, 0], [319, 0], [319, 239], [0, 239]], np.float32)


def grey(image):
    return cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)


@pytest.fixture(scope="module")
def photo():
    return grey(seen(WORK, TILTED, (400, 500)))


def error(homography):
    """How far the corners of the work are from where they should be, in its pixels."""
    back = project(homography, project(TILTED, CORNERS))
    return np.linalg.norm(back - CORNERS, axis=1).max()


def test_register_mends_a_homography_that_is_some_pixels_off(photo):
    off = np.array([[1.01, 0.006, -3], [-0.004, 0.99, 2.5], [1e-5, 0, 1]]) @ TO_PICTURE
    assert error(off) > 3
    assert error(register(photo, grey(WORK), off)) < 0.5


def test_register_keeps_an_exact_homography_exact(photo):
    assert error(register(photo, grey(WORK), TO_PICTURE)) < 0.1


def test_register_returns_what_it_cannot_mend(photo):
    stranger = grey(textured(7, (240, 320)))
    assert register(photo, stranger, TO_PICTURE) is TO_PICTURE


def test_register_returns_the_given_one_without_texture(photo):
    blank = np.full((240, 320), 128, np.uint8)
    assert register(photo, blank, TO_PICTURE) is TO_PICTURE


def test_likeness_of_a_picture_with_itself_and_its_negative():
    everywhere = np.ones((240, 320), np.bool_)
    assert likeness(
        detail_of(grey(WORK)), detail_of(grey(WORK)), everywhere
    ) == pytest.approx(1, abs=1e-5)
    assert (
        likeness(detail_of(grey(WORK)), detail_of(255 - grey(WORK)), everywhere) < -0.99
    )


def test_likeness_of_nothing():
    blank = np.zeros((240, 320), np.uint8)
    assert (
        likeness(detail_of(blank), detail_of(grey(WORK)), np.ones((240, 320), np.bool_))
        == 0
    )
    assert (
        likeness(
            detail_of(blank), detail_of(grey(WORK)), np.zeros((240, 320), np.bool_)
        )
        == 0
    )


def test_resizing_maps_the_corners_of_a_picture_to_those_of_its_copy():
    # Pixel centres are whole numbers: a picture reaches from -0.5 to its side - 0.5.
    corners = np.array([[-0.5, -0.5], [399.5, 299.5]], np.float32)
    mapped = project(resizing((300, 400), (75, 100)), corners)
    assert mapped.tolist() == [[-0.5, -0.5], [99.5, 74.5]]
