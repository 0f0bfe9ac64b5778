"""Grouping of the lines of a photo into labels, in the order of reading."""

from collections.abc import Sequence

import numpy as np

from app.retrieval.types import FloatArray
from app.services.labels.recognition import Line

GAP = 1.6
"""Heights of a line that may lie between two lines of one label."""
SIDE_GAP = 2.5
"""The same, between two pieces of one line."""
SAME_LINE = 0.5
"""Overlap of their heights, from which on two pieces are of one line."""


def labels_of(lines: Sequence[Line]) -> list[list[Line]]:
    """Group lines into labels.

    Parameters
    ----------
    lines : sequence of Line
        Of one photo, in any order.

    Returns
    -------
    labels : list of list of Line
        From above and from left to right, as are the lines of each.
    """
    groups: list[list[int]] = []
    bounds = [_bounds(line) for line in lines]
    for number in range(len(lines)):
        near = [
            group
            for group in groups
            if any(_belong(bounds[number], bounds[other]) for other in group)
        ]
        merged = sorted([number, *(one for group in near for one in group)])
        groups = [group for group in groups if group not in near] + [merged]
    labels = [_in_order([lines[number] for number in group]) for group in groups]
    return sorted(labels, key=lambda label: _key(label[0]))


def outline_of(label: Sequence[Line]) -> FloatArray:
    """Return the upright box (4, 2) around a label, in pixels, clockwise."""
    corners = np.concatenate([line.corners for line in label])
    (left, top), (right, bottom) = corners.min(axis=0), corners.max(axis=0)
    box = [[left, top], [right, top], [right, bottom], [left, bottom]]
    return np.array(box, np.float32)


def _bounds(line: Line) -> tuple[float, float, float, float, float]:
    (left, top), (right, bottom) = line.corners.min(axis=0), line.corners.max(axis=0)
    return float(left), float(top), float(right), float(bottom), line.height


def _belong(
    one: tuple[float, float, float, float, float],
    other: tuple[float, float, float, float, float],
) -> bool:
    height = min(one[4], other[4])
    across = max(one[0], other[0]) - min(one[2], other[2])
    down = max(one[1], other[1]) - min(one[3], other[3])
    if across <= 0:
        return down <= GAP * height
    return across <= SIDE_GAP * height and down <= -SAME_LINE * height


def _in_order(label: list[Line]) -> list[Line]:
    """Sort by rows along the label's own slant, then from left to right."""
    turn = _slant(label)
    placed = [(line, *(turn @ line.corners.mean(axis=0))) for line in label]
    placed.sort(key=lambda one: float(one[2]))
    rows: list[list[tuple[Line, float, float]]] = []
    for one in placed:
        last = rows[-1][-1] if rows else None
        if last and one[2] - last[2] < SAME_LINE * min(one[0].height, last[0].height):
            rows[-1].append(one)
        else:
            rows.append([one])
    return [
        one[0] for row in rows for one in sorted(row, key=lambda one: float(one[1]))
    ]


def _slant(label: Sequence[Line]) -> FloatArray:
    """Return the rotation that sets a label level, by its longest line."""
    along = max(
        (line.corners[1] - line.corners[0] for line in label),
        key=lambda side: float(np.hypot(*side)),
    )
    x, y = along / max(1e-6, float(np.hypot(*along)))
    return np.array([[x, y], [-y, x]], np.float32)


def _key(line: Line) -> tuple[float, float]:
    left, top, *_ = _bounds(line)
    return top, left
