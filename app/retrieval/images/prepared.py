"""Decoded photo with its frame and its reduced copies, each made once.

The frame is found for the views of the global channel and for the photo's quality; one
size may be wanted by several stages, or again when a photo is asked a second time.
"""

from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from app.retrieval.images.codec import resize_to_long_side
from app.retrieval.images.edits import Box
from app.retrieval.images.frame_detection import find_frame
from app.retrieval.types import Image


class PreparedPhoto:
    """A photo, the frame in it and its reduced copies.

    Not to be shared between threads.

    Parameters
    ----------
    image : (H, W, 3) uint8, RGB, upright
        Not copied, and not to be changed any more.
    """

    def __init__(self, image: Image) -> None:
        self.image = image
        self._resized: dict[int, Image] = {}

    @cached_property
    def frame(self) -> Box | None:
        """Box around the most frame-like rectangle; None where there is none."""
        return find_frame(self.image)

    def resized(self, side_px: int) -> Image:
        """Return the photo with this long side; ``image`` itself if it is not larger.

        Always made from ``image``, never from another copy, so that what a stage sees
        does not depend on which stages came before.

        Parameters
        ----------
        side_px : int, > 0
        """
        if side_px not in self._resized:
            self._resized[side_px] = resize_to_long_side(self.image, side_px)
        return self._resized[side_px]

    def grey(self, side_px: int) -> NDArray[np.uint8]:
        """Return the grey values (h, w) of `resized`."""
        return np.asarray(cv2.cvtColor(self.resized(side_px), cv2.COLOR_RGB2GRAY))
