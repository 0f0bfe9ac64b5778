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
MOST_ROWS = 1_000
"""Looked at, the longest ones: each is compared with all others."""
LEAST_LENGTH = 1.6
"""Of a row, in its heights."""
SURROUNDINGS = np.ones((5, 5), np.uint8)
"""How far around the letters of a row its ground reaches."""
STEPS = (0.7, 6.0)
"""Steps between stroke and ground along a row, over its width: from and to."""
NEAR, ALIKE, BELOW = 4.0, 2.5, 0.4
"""Two rows of a label: at most so many heights apart, so unlike in height, and one
below the other over so much of the shorter one."""


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
    bright = float(np.percentile(grey[::8, ::8], 90))
    contrast = max(LEAST_CONTRAST, CONTRAST * bright)
    stroke = np.ones((STROKE_PX, STROKE_PX), np.uint8)
    for operation in (cv2.MORPH_BLACKHAT, cv2.MORPH_TOPHAT):
        differences = cv2.morphologyEx(grey, operation, stroke)
        _, strokes = cv2.threshold(differences, contrast, 1, cv2.THRESH_BINARY)
        if _has_rows(grey, np.asarray(strokes, np.uint8)):
            return True
    return False


def _has_rows(grey: NDArray[np.uint8], strokes: NDArray[np.uint8]) -> bool:
    """Tell whether strokes stand in two rows of printed letters, like each other."""
    numbers, found, boxes = _candidates(strokes)
    free = 1 - np.asarray(cv2.dilate(strokes, np.ones((3, 3), np.uint8)), np.uint8)
    alike = _neighbours(boxes)
    unlooked, rows = (1 << len(boxes)) - 1, 0  # sets of candidates, a bit each
    for first in range(len(boxes)):
        unlooked &= ~(1 << first)
        # Most have no partner left, and need not be looked at.
        if not alike[first] & (unlooked | rows):
            continue
        x, y, width, height = boxes[first].tolist()
        place = slice(y, y + height), slice(x, x + width)
        half = slice(y, y + height), slice(x // 2, (x + width) // 2)
        mask = np.asarray(numbers[half] == found[first], np.uint8)
        own = np.asarray(
            cv2.resize(mask, (width, height), interpolation=cv2.INTER_NEAREST), np.uint8
        )
        if _is_row(grey[place], strokes[place], own, free[place]):
            if alike[first] & rows:
                return True
            rows |= 1 << first
    return False


def _candidates(
    strokes: NDArray[np.uint8],
) -> tuple[NDArray[np.int32], NDArray[np.intp], NDArray[np.int32]]:
    """Return what may be rows of letters, by its size.

    Looked for in pixels of double width, which takes half the time. Of double height,
    too, rows of small letters would touch each other.

    Returns
    -------
    numbers : (h, w // 2) int32
        Which connected strokes a place belongs to.
    found : (N,) int
        Those that may be rows.
    boxes : (N, 4) int32
        Left, top, width and height of each in ``strokes``.
    """
    gap = np.ones((1, WORD_GAP_PX), np.uint8)
    joined = cv2.morphologyEx(strokes, cv2.MORPH_CLOSE, gap)
    pairs = np.ascontiguousarray(joined[:, : joined.shape[1] // 2 * 2]).view(np.uint16)
    halved = (pairs != 0).view(np.uint8)
    # Of OpenCV's algorithms (5.0), this one counts in a third of the others' time.
    _, numbers, bounds, _ = cv2.connectedComponentsWithStatsWithAlgorithm(
        halved, 8, cv2.CV_32S, cv2.CCL_BBDT
    )
    boxes = bounds[:, :4] * (2, 1, 2, 1)
    (least_width, least_height), (most_width, most_height) = ROW_PX
    widths, heights = boxes[:, 2], boxes[:, 3]
    is_row = (widths >= np.maximum(least_width, LEAST_LENGTH * heights)) & (
        widths <= most_width
    )
    is_row &= (heights >= least_height) & (heights <= most_height)
    is_row[0] = False  # the ground of the whole photo
    found = np.flatnonzero(is_row)
    if len(found) > MOST_ROWS:
        longest = np.argsort(-widths[found], kind="stable")[:MOST_ROWS]
        found = np.sort(found[longest])
    return np.asarray(numbers, np.int32), found, np.asarray(boxes[found], np.int32)


def _is_row(
    grey: NDArray[np.uint8],
    strokes: NDArray[np.uint8],
    own: NDArray[np.uint8],
    free: NDArray[np.uint8],
) -> bool:
    """Tell whether what is connected, a mask of ones, is a row of printed letters."""
    letters = strokes & own
    steps = np.count_nonzero(letters[:, 1:] != letters[:, :-1]) / own.shape[1]
    if not STEPS[0] < steps < STEPS[1]:
        return False
    ground = np.asarray(cv2.dilate(own, SURROUNDINGS), np.uint8) & free
    return _is_printed(grey, letters, ground)


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


def _neighbours(boxes: NDArray[np.int32]) -> list[int]:
    """Return which boxes stand above or below each one, and are like it.

    Each as a set of bits: the lowest is that of the first box.
    """
    x, y, width, height = (boxes[:, column, None] for column in range(4))
    higher = np.maximum(height, height.T)
    overlap = np.minimum(x + width, (x + width).T) - np.maximum(x, x.T)
    is_above = (y < y.T) & (y + NEAR * higher >= y.T)
    is_above &= higher < ALIKE * np.minimum(height, height.T)
    is_above &= overlap > BELOW * np.minimum(width, width.T)
    bits = np.packbits(is_above | is_above.T, axis=1, bitorder="little")
    return [int.from_bytes(row.tobytes(), "little") for row in bits]
