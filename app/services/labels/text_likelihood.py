"""Quick look at whether a photo may have lines of printed text in it.

Reading takes half a second, which nobody should pay for a photo of a painting. Letters
are narrow, darker or lighter than an even ground around them, and stand in rows above
each other: that is seen in a small copy within 10 ms.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from app.retrieval.images.prepared import PreparedPhoto

SIDE_PX = 960
STROKE_PX = 7
"""Widest stroke of a letter that is noticed."""
WORD_GAP_PX = 7
"""Gap between strokes of one row."""
CONTRAST = 0.05
"""Of strokes to their ground, as a share of what a tenth of the photo exceeds."""
LEAST_CONTRAST = 4.0
"""The same, in grey values."""
EVEN = 0.25
"""Deviation of the ground within a row, over the contrast of the letters on it."""
LEAST_GROUND = 0.06
"""Share of a row that is ground."""
ROW_PX = ((20, 4), (10_000, 90))
"""Width and height of a row, at least and at most."""
LEAST_LENGTH = 1.6
"""Of a row, in its heights."""
SURROUNDINGS = np.ones((5, 5), np.uint8)
"""How far around the letters of a row its ground reaches."""
STEPS = (0.7, 6.0)
"""Steps between stroke and ground along a row, over its width: from and to."""
NEAR, ALIKE, BELOW = 4.0, 2.5, 0.4
"""Two rows of a label: at most so many heights apart, so unlike in height, and one
below the other over so much of the shorter one."""

Row = tuple[int, int, int, int]


def may_have_text(photo: PreparedPhoto) -> bool:
    """Tell whether a photo may have two rows of printed letters in it."""
    blurred = cv2.GaussianBlur(photo.grey(SIDE_PX), (3, 3), 0)
    grey = np.asarray(blurred, np.uint8)
    bright = float(np.percentile(grey[::4, ::4], 90))
    contrast = max(LEAST_CONTRAST, CONTRAST * bright)
    stroke = np.ones((STROKE_PX, STROKE_PX), np.uint8)
    for operation in (cv2.MORPH_BLACKHAT, cv2.MORPH_TOPHAT):
        strokes = cv2.morphologyEx(grey, operation, stroke) > contrast
        if _has_neighbours(_rows(grey, strokes.astype(np.uint8))):
            return True
    return False


def _rows(grey: NDArray[np.uint8], strokes: NDArray[np.uint8]) -> list[Row]:
    """Return what may be rows of letters: left, top, width and height."""
    gap = np.ones((1, WORD_GAP_PX), np.uint8)
    joined = cv2.morphologyEx(strokes, cv2.MORPH_CLOSE, gap)
    _, numbers, bounds, _ = cv2.connectedComponentsWithStats(joined)
    around = cv2.dilate(strokes, np.ones((3, 3), np.uint8))
    (least_width, least_height), (most_width, most_height) = ROW_PX
    width, height = bounds[:, 2], bounds[:, 3]
    is_row = (width >= np.maximum(least_width, LEAST_LENGTH * height)) & (
        width <= most_width
    )
    is_row &= (height >= least_height) & (height <= most_height)
    is_row[0] = False  # the ground of the whole photo
    rows = []
    for number in np.flatnonzero(is_row):
        x, y, w, h = (int(value) for value in bounds[number, :4])
        place = slice(y, y + h), slice(x, x + w)
        own = (numbers[place] == number).astype(np.uint8)
        letters = (strokes[place] & own) > 0
        ground = (cv2.dilate(own, SURROUNDINGS) > 0) & (around[place] == 0)
        if _is_printed(grey[place], letters, ground):
            rows.append((x, y, w, h))
    return rows


def _is_printed(
    grey: NDArray[np.uint8], letters: NDArray[np.bool_], ground: NDArray[np.bool_]
) -> bool:
    """Tell whether letters stand on an even ground."""
    steps = np.count_nonzero(letters[:, 1:] != letters[:, :-1]) / letters.shape[1]
    if not STEPS[0] < steps < STEPS[1] or ground.mean() < LEAST_GROUND:
        return False
    values = grey[ground]
    contrast = abs(float(grey[letters].mean()) - float(np.median(values)))
    return float(values.std()) <= EVEN * contrast


def _has_neighbours(rows: list[Row]) -> bool:
    """Tell whether one of the rows stands above another one like it."""
    return any(
        y < other_y <= y + NEAR * max(h, other_h)
        and max(h, other_h) < ALIKE * min(h, other_h)
        and min(x + w, other_x + other_w) - max(x, other_x) > BELOW * min(w, other_w)
        for x, y, w, h in rows
        for other_x, other_y, other_w, other_h in rows
    )
