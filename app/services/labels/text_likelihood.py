"""Quick look at whether a photo may have lines of printed text in it.

Reading takes half a second, which nobody should pay for a photo of a painting. Letters
are narrow, darker or lighter than an even ground around them, and stand in rows above
each other: that is seen in a small copy within 2 ms.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

STROKE_PX = 5
"""Widest stroke of a letter that is noticed."""
CELL_PX = 4
"""Width of the cells in which strokes are joined to rows, gaps between letters too."""
CONTRAST = 0.05
"""Of strokes to their ground, as a share of what a tenth of the photo exceeds."""
LEAST_CONTRAST = 4.0
"""The same, in grey values."""
CLEAR = 0.12
"""Contrast of the letters of a row on average, as such a share."""
EVEN = 0.25
"""Deviation of the ground within a row, over the contrast of the letters on it."""
LIGHT = 2.5
"""Length of a row, in its heights, over which light and shadow are averaged away."""
LEAST_GROUND = 0.06
"""Share of a row that is ground."""
ROW_WIDTH_PX = 14
"""At least."""
ROW_HEIGHT_PX = 3, 60
"""At least and at most."""
TOGETHER_PX = 90
"""Width of two rows, at least: brushstrokes that look like two letters are common."""
MOST_ROWS = 1_000
"""Looked at, the longest ones: each is compared with all others."""
LEAST_LENGTH = 1.6
"""Of a row, in its heights."""
SURROUNDINGS = np.ones((5, 5), np.uint8)
"""How far around the letters of a row its ground reaches."""
STEPS = (0.85, 6.0)
"""Steps between stroke and ground along a row, over its width: from and to."""
NEAR, ALIKE, BELOW = 4.0, 2.5, 0.4
"""Two rows of a label: at most so many heights apart, so unlike in height, and one
below the other over so much of the shorter one."""


def may_have_text(copy: NDArray[np.uint8]) -> bool:
    """Tell whether a photo may have two rows of printed letters in it.

    Parameters
    ----------
    copy : (h, w) uint8
        Of the photo; see `small_copy`.
    """
    if copy.shape[1] < ROW_WIDTH_PX:
        return False
    grey = np.asarray(cv2.GaussianBlur(copy, (3, 3), 0), np.uint8)
    some = grey[::8, ::8].ravel()
    bright = float(np.partition(some, some.size * 9 // 10)[some.size * 9 // 10])
    contrast = max(LEAST_CONTRAST, CONTRAST * bright)
    stroke = np.ones((STROKE_PX, STROKE_PX), np.uint8)
    for operation in (cv2.MORPH_BLACKHAT, cv2.MORPH_TOPHAT):
        differences = cv2.morphologyEx(grey, operation, stroke)
        _, strokes = cv2.threshold(differences, contrast, 1, cv2.THRESH_BINARY)
        if _has_rows(grey, np.asarray(strokes, np.uint8), CLEAR * bright):
            return True
    return False


def _has_rows(
    grey: NDArray[np.uint8], strokes: NDArray[np.uint8], clear: float
) -> bool:
    """Tell whether strokes stand in two rows of printed letters, like each other.

    Parameters
    ----------
    clear : float
        Least contrast of the letters, in grey values.
    """
    numbers, found, boxes = _candidates(strokes)
    if len(found) < 2:
        return False
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
        cells = slice(x // CELL_PX, (x + width) // CELL_PX)
        mask = np.asarray(numbers[y : y + height, cells] == found[first], np.uint8)
        own = np.asarray(
            cv2.resize(mask, (width, height), interpolation=cv2.INTER_NEAREST), np.uint8
        )
        if _is_row(grey[place], strokes[place], own, free[place], clear):
            if alike[first] & rows:
                return True
            rows |= 1 << first
    return False


def _candidates(
    strokes: NDArray[np.uint8],
) -> tuple[NDArray[np.int32], NDArray[np.intp], NDArray[np.int32]]:
    """Return what may be rows of letters, by its size and its steps.

    Looked for in cells of one pixel's height: in higher ones, rows of small letters
    would touch each other.

    Returns
    -------
    numbers : (h, w // CELL_PX) int32
        Which connected strokes a place belongs to.
    found : (N,) int
        Those that may be rows.
    boxes : (N, 4) int32
        Left, top, width and height of each in ``strokes``.
    """
    width = strokes.shape[1] // CELL_PX * CELL_PX
    cells = np.ascontiguousarray(strokes[:, :width]).view(np.uint32)  # four pixels each
    joined = (cells != 0).view(np.uint8)
    # Of OpenCV's algorithms (5.0), this one counts in a third of the others' time.
    _, numbers, bounds, _ = cv2.connectedComponentsWithStatsWithAlgorithm(
        joined, 8, cv2.CV_32S, cv2.CCL_BBDT
    )
    boxes = bounds[:, :4] * (CELL_PX, 1, CELL_PX, 1)
    widths, heights = boxes[:, 2], boxes[:, 3]
    is_row = widths >= np.maximum(ROW_WIDTH_PX, LEAST_LENGTH * heights)
    is_row &= (heights >= ROW_HEIGHT_PX[0]) & (heights <= ROW_HEIGHT_PX[1])
    is_row[0] = False  # the ground of the whole photo
    found = np.flatnonzero(is_row)
    # With those of what else is in its box: a row has no more than these.
    changes = strokes[:, 1:] ^ strokes[:, :-1]
    steps = [
        cv2.countNonZero(changes[y : y + height, x : x + width - 1]) / width
        for x, y, width, height in boxes[found].tolist()
    ]
    found = found[np.array(steps) > STEPS[0]]
    if len(found) > MOST_ROWS:
        longest = np.argsort(-widths[found], kind="stable")[:MOST_ROWS]
        found = np.sort(found[longest])
    return np.asarray(numbers, np.int32), found, np.asarray(boxes[found], np.int32)


def _is_row(
    grey: NDArray[np.uint8],
    strokes: NDArray[np.uint8],
    own: NDArray[np.uint8],
    free: NDArray[np.uint8],
    clear: float,
) -> bool:
    """Tell whether what is connected, a mask of ones, is a row of printed letters."""
    letters = strokes & own
    steps = np.count_nonzero(letters[:, 1:] != letters[:, :-1]) / own.shape[1]
    if not STEPS[0] < steps < STEPS[1]:
        return False
    ground = np.asarray(cv2.dilate(own, SURROUNDINGS), np.uint8) & free
    return _is_printed(grey, letters, ground, clear)


def _is_printed(
    grey: NDArray[np.uint8],
    letters: NDArray[np.uint8],
    ground: NDArray[np.uint8],
    clear: float,
) -> bool:
    """Tell whether letters stand clear on an even ground; both are masks of ones."""
    if np.count_nonzero(ground) < LEAST_GROUND * ground.size:
        return False
    even = _without_light(grey, ground)
    _, deviation = cv2.meanStdDev(even, mask=ground)
    contrast = abs(cv2.mean(even, mask=letters)[0])
    return contrast >= clear and float(deviation[0, 0]) <= EVEN * contrast


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
    is_wide = width + width.T >= TOGETHER_PX
    is_above = is_wide & (y < y.T) & (y + NEAR * higher >= y.T)
    is_above &= higher < ALIKE * np.minimum(height, height.T)
    is_above &= overlap > BELOW * np.minimum(width, width.T)
    bits = np.packbits(is_above | is_above.T, axis=1, bitorder="little")
    return [int.from_bytes(row.tobytes(), "little") for row in bits]
