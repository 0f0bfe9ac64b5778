"""Quick look at whether a photo may have lines of printed text in it.

Reading takes half a second, which nobody should pay for a photo of a painting. Letters
are narrow, darker or lighter than an even ground around them, and stand in rows above
each other: that is seen in a small copy within 10 ms.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from app.retrieval.types import Image

SIDE_PX = 960
STROKE_PX = 7
"""Widest stroke of a letter that is noticed."""
WORD_GAP_PX = 7
"""Gap between strokes of one row."""
CONTRAST = 0.05
"""Of strokes to their ground, as a share of what a tenth of the photo exceeds."""
LEAST_CONTRAST = 4.0
"""The same, in grey values."""
EVEN = 0.2
"""Deviation of the ground within a row, over the contrast of the letters on it."""
LIGHT = 2.5
"""Length of a row, in its heights, over which light and shadow are averaged away."""
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


def grey_copy(image: Image) -> NDArray[np.uint8]:
    """Make the small copy in which text and codes are looked for.

    In 3 ms: averaging pixels, as other copies are made, would take 15.

    Parameters
    ----------
    image : (H, W, 3) uint8, RGB

    Returns
    -------
    grey : (h, w) uint8
        Its long side has `SIDE_PX`, or less if the photo has.
    """
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    scale = min(1.0, SIDE_PX / max(image.shape[:2]))
    small = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_LINEAR)
    return np.asarray(small, np.uint8)


def may_have_text(copy: NDArray[np.uint8]) -> bool:
    """Tell whether a `grey_copy` may have two rows of printed letters in it."""
    grey = np.asarray(cv2.GaussianBlur(copy, (3, 3), 0), np.uint8)
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
    # Of OpenCV's algorithms (5.0), this one counts in a third of the others' time.
    _, numbers, bounds, _ = cv2.connectedComponentsWithStatsWithAlgorithm(
        joined, 8, cv2.CV_32S, cv2.CCL_BBDT
    )
    free = 1 - np.asarray(cv2.dilate(strokes, np.ones((3, 3), np.uint8)), np.uint8)
    (least_width, least_height), (most_width, most_height) = ROW_PX
    width, height = bounds[:, 2], bounds[:, 3]
    is_row = (width >= np.maximum(least_width, LEAST_LENGTH * height)) & (
        width <= most_width
    )
    is_row &= (height >= least_height) & (height <= most_height)
    is_row[0] = False  # the ground of the whole photo
    rows = []
    for number in np.flatnonzero(is_row).tolist():
        x, y, w, h = bounds[number, :4].tolist()
        place = slice(y, y + h), slice(x, x + w)
        own = (numbers[place] == number).astype(np.uint8)
        letters = strokes[place] & own
        steps = np.count_nonzero(letters[:, 1:] != letters[:, :-1]) / w
        if not STEPS[0] < steps < STEPS[1]:
            continue
        ground = np.asarray(cv2.dilate(own, SURROUNDINGS), np.uint8) & free[place]
        if _is_printed(grey[place], letters, ground):
            rows.append((x, y, w, h))
    return rows


def _is_printed(
    grey: NDArray[np.uint8], letters: NDArray[np.uint8], ground: NDArray[np.uint8]
) -> bool:
    """Tell whether letters stand on an even ground; both are masks of ones."""
    if np.count_nonzero(ground) < LEAST_GROUND * ground.size:
        return False
    even = _without_light(grey, ground)
    _, deviation = cv2.meanStdDev(even, mask=ground)
    contrast = abs(cv2.mean(even, mask=letters)[0])
    return float(deviation[0, 0]) <= EVEN * contrast


def _without_light(
    grey: NDArray[np.uint8], ground: NDArray[np.uint8]
) -> NDArray[np.float32]:
    """Take the mean of the ground nearby from a row, so that no shadow is a pattern."""
    height = grey.shape[0]
    nearby = (round(LIGHT * height) | 1, 2 * height + 1)

    def mean(values: NDArray[np.float32]) -> NDArray[np.float32]:
        averaged = cv2.blur(values, nearby, borderType=cv2.BORDER_CONSTANT)
        return np.asarray(averaged, np.float32)

    weights = ground.astype(np.float32)
    values = grey.astype(np.float32)
    nearest = mean(values * weights) / np.maximum(mean(weights), 1e-6)
    return np.asarray(values - nearest, np.float32)


def _has_neighbours(rows: list[Row]) -> bool:
    """Tell whether one of the rows stands above another one like it."""
    return any(
        y < other_y <= y + NEAR * max(h, other_h)
        and max(h, other_h) < ALIKE * min(h, other_h)
        and min(x + w, other_x + other_w) - max(x, other_x) > BELOW * min(w, other_w)
        for x, y, w, h in rows
        for other_x, other_y, other_w, other_h in rows
    )
