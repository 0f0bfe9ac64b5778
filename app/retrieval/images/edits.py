"""Edits of a photo by its visitor: quarter turns and a crop.

Edits are said in shares of the photo, never in pixels, because the photo that the
visitor saw and the one that is decoded here rarely have the same size.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from app.retrieval.types import Image


class Box(NamedTuple):
    """A rectangle as shares of a picture's width and height, x right and y down."""

    left: float
    top: float
    right: float
    bottom: float


WHOLE = Box(0.0, 0.0, 1.0, 1.0)
"""The box that leaves nothing out."""


@dataclass(frozen=True, slots=True)
class PhotoEdits:
    """Quarter turns and a crop, done in this order.

    Attributes
    ----------
    quarter_turns : int in [0, 3]
        Clockwise, of the upright photo.
    crop : Box
        What is kept, as shares of the photo after turning.

    Raises
    ------
    ValueError
        If there is no such turn, or the box is empty, reaches outside or is no number.
    """

    quarter_turns: int = 0
    crop: Box = WHOLE

    def __post_init__(self) -> None:
        if self.quarter_turns not in range(4):
            raise ValueError(f"quarter_turns must be 0 to 3, got {self.quarter_turns}")
        left, top, right, bottom = self.crop
        # Written so that NaN, which compares as false, is refused as well.
        if not (0 <= left < right <= 1 and 0 <= top < bottom <= 1):
            raise ValueError(f"crop must be a box inside the photo, got {self.crop}")

    def side_before(self, side_px: int, most_px: int) -> int:
        """Return the long side to decode at, so that the crop still has enough pixels.

        Parameters
        ----------
        side_px : int
            Wanted long side of what is left after cropping; exact for a crop along the
            photo's long side, up to a quarter less for others of a 4:3 photo.
        most_px : int
            Never more than this, whatever the crop.
        """
        left, top, right, bottom = self.crop
        return min(most_px, round(side_px / max(right - left, bottom - top)))

    def apply(self, image: Image) -> Image:
        """Return the turned and cropped picture.

        Parameters
        ----------
        image : (H, W, 3) uint8

        Returns
        -------
        edited : (H', W', 3) uint8
            At least one pixel each way; ``image`` itself where nothing is to be done.
        """
        if self == NO_EDITS:
            return image
        turned = np.rot90(image, -self.quarter_turns)
        height, width = turned.shape[:2]
        x = _cut(self.crop.left, self.crop.right, width)
        y = _cut(self.crop.top, self.crop.bottom, height)
        return np.ascontiguousarray(turned[y, x])


NO_EDITS = PhotoEdits()


def _cut(low: float, high: float, length: int) -> slice:
    """Return the pixels between two shares of a side, at least one."""
    first = min(round(low * length), length - 1)
    return slice(first, max(first + 1, round(high * length)))
