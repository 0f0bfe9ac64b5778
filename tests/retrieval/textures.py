"""Pictures full of keypoints, and what a camera makes of them."""

import cv2
import numpy as np

from app.retrieval.types import Image


def textured(seed: int, size: tuple[int, int] = (300, 400)) -> Image:
    """Draw blobs of many sizes and colours; ``size`` is (height, width)."""
    rng = np.random.default_rng(seed)
    height, width = size
    image = np.full((height, width, 3), 128, np.uint8)
    for radius in np.geomspace(60, 3, 220):
        centre = (int(rng.integers(width)), int(rng.integers(height)))
        axes = (int(radius), max(1, int(radius * rng.uniform(0.3, 1))))
        colour = [int(c) for c in rng.integers(0, 256, 3)]
        cv2.ellipse(image, centre, axes, float(rng.uniform(0, 180)), 0, 360, colour, -1)
    return image


def seen(image: Image, homography: np.ndarray, size: tuple[int, int]) -> Image:
    """Project a picture onto a grey wall of ``size`` (height, width)."""
    height, width = size
    return np.asarray(
        cv2.warpPerspective(
            image,
            homography,
            (width, height),
            flags=cv2.INTER_AREA,
            borderMode=cv2.BORDER_CONSTANT,
            borderValue=(90, 90, 90),
        ),
        dtype=np.uint8,
    )


TILTED = np.array([[0.7, 0.1, 60], [-0.05, 0.65, 80], [-2e-4, 1e-4, 1]])
"""Picture to photo: smaller, turned and seen from the side."""
