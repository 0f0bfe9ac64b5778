"""Frame detection: the rectangle of a painting in a photo, from line segments.

Nothing is learnt, and no work is known here. A frame is four long straight edges that
meet in corners and end there, more or less upright, more or less in the middle. Edges
are found by LSD and joined into lines; then every pair of level lines is tried with
every pair of upright ones.
"""

from dataclasses import dataclass
from itertools import combinations
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from app.retrieval.images.codec import resize_to_long_side
from app.retrieval.images.edits import Box
from app.retrieval.types import BoolArray, Image

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]

# Lengths are shares of the photo's long side unless they say pixels. All values were
# tried on 160 simulated gallery photos; other ones are used in the tests.
SIDE_PX = 400
"""Long side of what is looked at: a frame is large, the grain of a canvas is not."""
MIN_SEGMENT = 0.05
MAX_SLOPE = 0.6
"""Steepest level line, and by symmetry flattest upright one: 31 degrees."""
MERGE_PX = 2.5
"""Edges whose ends are this close to a line belong to it."""
MAX_LINES = 18
"""Lines kept of each direction: 153 pairs, so 23,409 rectangles."""
MIN_SIDE = 0.15
MIN_LIKENESS = 0.55
"""Of opposite sides: perspective makes one shorter, but not by half."""
MAX_OUTSIDE = 0.03
"""How far corners may lie outside the photo."""
BORDER_SUPPORT = 0.35
"""What the photo's own border counts as: works may be cut off by it."""
END_REACH = 0.25
"""How far beyond a corner, in sides, edges are held against a frame."""
CORNER_PX = 4.0
"""Edges overshoot a corner by so much without meaning it."""
MIN_SCORE = 0.6
"""Below, nothing is offered. Right boxes score 0.65 to 1.2."""
MAX_AREA = 0.92
"""A larger box would crop nothing worth mentioning."""
MARGIN = 0.005
"""Left around the rectangle: an edge is found to two pixels or so."""


@dataclass(frozen=True, slots=True, eq=False)
class Lines:
    """Straight lines of one direction, ``across = offset + slope * along``.

    Along and across are x and y for level lines, y and x for upright ones. The last
    two are the photo's own borders.

    Attributes
    ----------
    slopes, offsets : (L,) float64
    covered : (L, extent + 1) float64
        Along each line, the running count of pixels that lie on an edge.
    """

    slopes: Floats
    offsets: Floats
    covered: Floats

    @property
    def extent(self) -> int:
        """Pixels along the lines."""
        return int(self.covered.shape[1]) - 1

    def is_border(self, rows: Rows) -> BoolArray:
        """Tell which lines are borders of the photo."""
        return rows >= len(self.slopes) - 2

    def support(self, rows: Rows, begin: Floats, end: Floats) -> Floats:
        """Return how much of each stretch lies on an edge, in [0, 1]."""
        first = begin.clip(0, self.extent).astype(np.intp)
        last = end.clip(0, self.extent).astype(np.intp)
        count = self.covered[rows, last] - self.covered[rows, first]
        return np.asarray(count / np.maximum(last - first, 1))

    def pairs(self, middle: float, gap: float) -> Rows:
        """Return rows of two lines each, the first before the second, well apart."""
        pairs = np.array(list(combinations(range(len(self.slopes)), 2)))
        at = self.offsets + self.slopes * middle
        swapped = at[pairs[:, 0]] > at[pairs[:, 1]]
        pairs[swapped] = pairs[swapped, ::-1]
        return np.asarray(pairs[at[pairs[:, 1]] - at[pairs[:, 0]] >= gap])


def find_frame(photo: Image) -> Box | None:
    """Find the box around the most frame-like rectangle.

    About 18 ms on one core.

    Parameters
    ----------
    photo : (H, W, 3) uint8

    Returns
    -------
    box : Box or None
        Upright box around the rectangle, which perspective may have made a trapezium,
        with a small margin. None when nothing looks like a frame, or all of it does.

    References
    ----------
    .. [1] Grompone von Gioi et al., "LSD: a line segment detector", IPOL 2012.
    """
    small = resize_to_long_side(photo, SIDE_PX)
    height, width = small.shape[:2]
    segments = _segments(small)
    level = _lines(segments, (width, height))
    upright = _lines(segments[:, [1, 0, 3, 2]], (height, width))
    corners = _best(level, upright)
    if corners is None:
        return None
    shares = corners / (width, height)
    left, top = (shares.min(axis=0) - MARGIN).clip(0, 1).tolist()
    right, bottom = (shares.max(axis=0) + MARGIN).clip(0, 1).tolist()
    box = Box(left, top, right, bottom)
    return box if (right - left) * (bottom - top) <= MAX_AREA else None


def _segments(image: Image) -> Floats:
    """Return edges as (S, 4) x, y, x, y: of lightness, and of both colour axes."""
    lab = cv2.GaussianBlur(cv2.cvtColor(image, cv2.COLOR_RGB2LAB), (3, 3), 0.8)
    lightness, *colours = cv2.split(lab)
    # Colours are fainter than light: a gilded frame on a red wall has few edges else.
    planes = [lightness, *(cv2.convertScaleAbs(c, alpha=2, beta=-128) for c in colours)]
    detector = cv2.createLineSegmentDetector(cv2.LSD_REFINE_STD)
    found = [np.zeros((0, 4))]
    for plane in planes:
        # The annotations do not know that it is None where there is no edge.
        segments = cast("Floats | None", detector.detect(plane)[0])
        if segments is not None:
            found.append(segments.reshape(-1, 4).astype(np.float64))
    return np.concatenate(found)


def _lines(segments: Floats, size: tuple[int, int]) -> Lines:
    """Join the segments of one direction into its longest lines.

    Parameters
    ----------
    segments : (S, 4) float64
        Along, across, along, across.
    size : tuple of int
        Pixels along and across.
    """
    extent, across = size
    span = segments[:, 2:] - segments[:, :2]
    lengths = np.hypot(span[:, 0], span[:, 1])
    fits = np.abs(span[:, 1]) <= MAX_SLOPE * np.abs(span[:, 0])
    fits &= lengths >= MIN_SEGMENT * max(size)
    longest_first = np.argsort(-lengths[fits], kind="stable")
    segments = segments[fits][longest_first]
    lines = []
    is_free = np.ones(len(segments), np.bool_)
    for row in range(len(segments)):
        if is_free[row]:
            slope, offset = _fit(segments[[row]])
            slope, offset = _fit(segments[_near(segments, slope, offset)])
            members = _near(segments, slope, offset)
            members[row] = True  # so that every segment is dealt with once
            is_free &= ~members
            lines.append((slope, offset, _cover(segments[members], extent)))
    lines.sort(key=lambda line: -line[2].sum())
    border = np.full(extent, BORDER_SUPPORT)
    lines = [*lines[:MAX_LINES], (0.0, 0.0, border), (0.0, across - 1.0, border)]
    slopes, offsets, covers = zip(*lines, strict=True)
    covered = np.zeros((len(lines), extent + 1))
    covered[:, 1:] = np.cumsum(covers, axis=1)
    return Lines(np.array(slopes), np.array(offsets), covered)


def _fit(segments: Floats) -> tuple[float, float]:
    """Fit one line to the ends of segments, longer ones weighing more."""
    ends = segments.reshape(-1, 2)
    weights = np.hypot(*(segments[:, 2:] - segments[:, :2]).T).repeat(2)
    slope, offset = np.polyfit(ends[:, 0], ends[:, 1], 1, w=weights)
    return float(slope), float(offset)


def _near(segments: Floats, slope: float, offset: float) -> BoolArray:
    """Tell which segments lie on a line."""
    along, across = segments[:, 0::2], segments[:, 1::2]
    distance = np.abs(across - offset - slope * along) / np.hypot(1, slope)
    return np.asarray((distance < MERGE_PX).all(axis=1))


def _cover(segments: Floats, extent: int) -> Floats:
    """Mark the pixels along a line on which there is a segment, (extent,) 0 or 1."""
    cover = np.zeros(extent)
    for begin, end in np.sort(segments[:, 0::2].round().astype(int), axis=1):
        cover[max(0, begin) : max(0, end + 1)] = 1
    return cover


def _best(level: Lines, upright: Lines) -> Floats | None:
    """Return the corners of the best rectangle, or None where none is good enough.

    Returns
    -------
    corners : (4, 2) float64 or None
        x, y; top left, top right, bottom right, bottom left.
    """
    width, height = size = level.extent, upright.extent
    gap = 0.8 * MIN_SIDE * max(size)  # a trapezium may be narrower in its middle
    rows, columns = level.pairs(width / 2, gap), upright.pairs(height / 2, gap)
    if not len(rows) or not len(columns):
        return None
    a, b = (n.ravel() for n in np.indices((len(rows), len(columns))))
    (top, bottom), (left, right) = rows[a].T, columns[b].T
    # Where every level line crosses every upright one: two equations in x and y.
    y = level.offsets[:, None] + level.slopes[:, None] * upright.offsets
    y /= 1 - level.slopes[:, None] * upright.slopes
    crossings = np.stack([upright.offsets + upright.slopes * y, y], axis=-1)
    order = ((top, left), (top, right), (bottom, right), (bottom, left))
    corners = np.stack([crossings[row, column] for row, column in order], axis=1)
    plausible = _is_plausible(corners, size)
    if not plausible.any():
        return None
    corners = corners[plausible]
    sides = (
        (level, top[plausible], corners[:, 0, 0], corners[:, 1, 0]),
        (level, bottom[plausible], corners[:, 3, 0], corners[:, 2, 0]),
        (upright, left[plausible], corners[:, 0, 1], corners[:, 3, 1]),
        (upright, right[plausible], corners[:, 1, 1], corners[:, 2, 1]),
    )
    edges, overshoot = zip(*(_side(*side) for side in sides), strict=True)
    weakest, *others = np.sort(edges, axis=0)
    # Somebody's head may hide most of one side.
    edge = (weakest / 2 + np.sum(others, axis=0)) / 3.5
    off_centre = ((corners.mean(axis=1) / size - 0.5) ** 2).sum(axis=1)
    share = _area(corners) / (width * height)
    score = edge - np.mean(overshoot, axis=0) / 2 - 1.2 * off_centre
    score += 0.35 * (np.sqrt(share) - 0.5)
    cut_off = sum(lines.is_border(chosen).astype(int) for lines, chosen, *_ in sides)
    score[cut_off > 2] = -1  # that is no frame, that is a corner of one
    best = int(np.argmax(score))
    return np.asarray(corners[best]) if score[best] >= MIN_SCORE else None


def _is_plausible(corners: Floats, size: tuple[int, int]) -> BoolArray:
    """Tell which (R, 4, 2) corners are those of a rectangle in perspective."""
    long_side = max(size)
    steps = np.roll(corners, -1, axis=1) - corners
    sides = np.hypot(steps[..., 0], steps[..., 1])
    slack = MAX_OUTSIDE * long_side
    inside = (corners >= -slack) & (corners <= np.add(size, slack))
    likeness = np.minimum(sides[:, :2], sides[:, 2:]) / np.maximum(
        np.maximum(sides[:, :2], sides[:, 2:]), 1e-9
    )
    return np.asarray(
        (sides.min(axis=1) >= MIN_SIDE * long_side)
        & (likeness.min(axis=1) > MIN_LIKENESS)
        & (_area(corners) > 0)
        & inside.all(axis=(1, 2))
    )


def _area(corners: Floats) -> Floats:
    """Return the area of (R, 4, 2) corners; negative where the sides cross over."""
    first, second = corners[:, 2] - corners[:, 0], corners[:, 3] - corners[:, 1]
    return np.asarray((first[:, 0] * second[:, 1] - first[:, 1] * second[:, 0]) / 2)


def _side(
    lines: Lines, rows: Rows, begin: Floats, end: Floats
) -> tuple[Floats, Floats]:
    """Return how much of a side is an edge, and how much that edge runs on beyond."""
    reach = END_REACH * (end - begin)
    before = lines.support(rows, begin - reach, begin - CORNER_PX)
    after = lines.support(rows, end + CORNER_PX, end + reach)
    overshoot = np.where(lines.is_border(rows), 0, (before + after) / 2)
    return lines.support(rows, begin, end), overshoot
