"""Photos of labels, drawn with OpenCV's own letters."""

import cv2
import numpy as np
import pytest


@pytest.fixture(scope="session")
def image_of_a_label():
    """A white card with four lines on a wall: (720, 960, 3) uint8, RGB."""
    image = np.full((720, 960, 3), (120, 60, 60), np.uint8)
    image[150:520, 120:840] = 245
    for row, text in enumerate(
        ("Ada Bright", "The Astronomer's Table", "c. 1668", "Oil on canvas")
    ):
        place = 160, 230 + 70 * row
        font = cv2.FONT_HERSHEY_SIMPLEX
        cv2.putText(image, text, place, font, 1.4, (30, 30, 30), 3, cv2.LINE_AA)
    return image
