"""Result sheets: pictures of a query and of what it found, marked right or wrong.

A right one has an unbroken border and a tick, a wrong one a broken border and a cross;
the label below says it once more.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from app.lab.class_search import Orders
from app.lab.labelled import LabelledPicture
from app.retrieval.images.codec import read
from app.retrieval.types import Image

FOUND = 10
SIDE_PX = 96
"""Long side of a picture on a sheet."""
BORDER_PX = 4
DASH_PX = 10
BADGE_PX = 19
MOST_QUERIES = 25
RIGHT_COLOUR, WRONG_COLOUR = (34, 136, 51), (190, 40, 60)
_TICK = ((0.22, 0.55), (0.42, 0.75), (0.80, 0.28))
_CROSS = ((0.26, 0.26), (0.74, 0.74)), ((0.74, 0.26), (0.26, 0.74))
"""Corners of the strokes in the badge, (x, y) as shares of its side."""
Labelled: TypeAlias = tuple[str, Image]


def sheet(
    orders: Orders, asked: Sequence[LabelledPicture], queries: Sequence[int]
) -> list[list[Labelled]]:
    """Show queries and the first that each found, a row per query.

    Parameters
    ----------
    orders : (Q, Q - 1) int32
        Positions in ``asked``, best first.
    asked : sequence of LabelledPicture, length Q
    queries : sequence of int
        Positions of those to show.
    """
    rows = []
    for query in queries:
        own = asked[query]
        cells: list[Labelled] = [(f"asked: {own.label}", thumbnail(own))]
        for place, position in enumerate(orders[query, :FOUND].tolist(), start=1):
            found = asked[position]
            is_right = found.label == own.label
            label = f"{place} {'✓' if is_right else '✗'} {found.label}"
            cells.append((label, mark(thumbnail(found), is_right=is_right)))
        rows.append(cells)
    return rows


def queries_to_show(labels: Sequence[str]) -> list[int]:
    """Choose the first picture of each class; of many classes some, evenly."""
    firsts = {label: position for position, label in reversed([*enumerate(labels)])}
    classes = sorted(firsts)
    if len(classes) > MOST_QUERIES:
        spread = np.linspace(0, len(classes) - 1, MOST_QUERIES).round().astype(int)
        classes = [classes[number] for number in spread.tolist()]
    return [firsts[label] for label in classes]


def thumbnail(picture: LabelledPicture) -> Image:
    """Read a picture small."""
    return read(picture.path, max_side_px=SIDE_PX)


def mark(image: Image, *, is_right: bool) -> Image:
    """Draw a border and a badge around a picture (H, W, 3): (H + 8, W + 8, 3) uint8."""
    height, width = image.shape[0] + 2 * BORDER_PX, image.shape[1] + 2 * BORDER_PX
    marked = np.full((height, width, 3), 255, np.uint8)
    down, across = np.ogrid[:height, :width]
    is_drawn = is_right | (((down + across) // DASH_PX) % 2 == 0)
    colour = RIGHT_COLOUR if is_right else WRONG_COLOUR
    marked[is_drawn] = colour
    inside = slice(BORDER_PX, -BORDER_PX)
    marked[inside, inside] = image
    badge = marked[:BADGE_PX, :BADGE_PX]
    badge[:] = colour
    badge[_strokes(is_right)[: badge.shape[0], : badge.shape[1]]] = 255
    return marked


def _strokes(is_right: bool) -> NDArray[np.bool_]:
    """Return the tick or the cross: (19, 19) bool."""
    lines = [_TICK] if is_right else list(_CROSS)
    drawn = np.zeros((BADGE_PX, BADGE_PX), np.bool_)
    down, across = np.mgrid[:BADGE_PX, :BADGE_PX] / (BADGE_PX - 1)
    for line in lines:
        for (x0, y0), (x1, y1) in pairwise(line):
            along_x, along_y = x1 - x0, y1 - y0
            share = (across - x0) * along_x + (down - y0) * along_y
            share = np.clip(share / (along_x**2 + along_y**2), 0, 1)
            away = np.hypot(across - x0 - share * along_x, down - y0 - share * along_y)
            drawn |= away < 0.09
    return drawn
