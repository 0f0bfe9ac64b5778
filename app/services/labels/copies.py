"""Grey copies of a photo, in which text and codes are looked for."""

import cv2
import numpy as np
from numpy.typing import NDArray

from app.retrieval.types import Image

SIDE_PX = 640
"""Long side of the small copy: half of what browsers send, so that their pixels are
averaged two by two, in no time."""
OTHER_SIDE_PX = 800
"""Long side of a copy in which what looks like text is looked at once more."""


def grey_copy(image: Image) -> NDArray[np.uint8]:
    """Return the grey values (H, W) of a photo, (H, W, 3) uint8 RGB."""
    return np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), np.uint8)


def small_copy(grey: NDArray[np.uint8], side_px: int = SIDE_PX) -> NDArray[np.uint8]:
    """Reduce grey values so that their long side has ``side_px``, or what it had."""
    scale = min(1.0, side_px / max(grey.shape))
    small = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_LINEAR)
    return np.asarray(small, np.uint8)
