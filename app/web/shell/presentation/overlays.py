"""Drawings over pictures: outlines, lines between details, blocks that agree."""

import re
from collections.abc import Sequence
from typing import TypedDict

from app.models import Query, QueryMatch
from app.retrieval.verification.evidence import BlockState
from app.services.search.evidence import BLOCK_SIGNS

RIM = 0.05
"""Share of a photo, at its border, in which no number is drawn: it would be cut."""
WIDEST = 2.4
"""Width of two pictures side by side, in their height; wider ones are stacked."""
LINE_COUNT = 40
"""Pairs of details drawn: more cannot be told apart."""
SIDE, GAP = 1000.0, 40.0
"""Common side of two pictures that are drawn together, and the gap between them."""


class Pairing(TypedDict):
    """Layout of photo and work drawn together: boxes of x, y, width and height."""

    size: tuple[float, float]
    photo: tuple[float, float, float, float]
    work: tuple[float, float, float, float]
    lines: list[tuple[float, float, float, float]]


class BlockMap(TypedDict):
    """Drawing of a comparison in pixels of the work's picture.

    ``agrees`` and ``disagrees`` are data of SVG paths in units of ``scale``,
    ``outlines`` the points of SVG polygons.
    """

    scale: tuple[float, float]
    agrees: str
    disagrees: str
    outlines: list[str]


def pairing(match: QueryMatch) -> Pairing | None:
    """Lay out a photo and a work together, with lines between what agrees.

    Side by side at one height, or one above the other at one width where that would be
    too wide. None without a picture of the work, or without details.
    """
    query, image = match.query, match.image
    if image is None or not match.points:
        return None
    shapes = query.width / query.height, image.width / image.height
    if sum(shapes) <= WIDEST:
        first, second = (shape * SIDE for shape in shapes)
        size = first + GAP + second, SIDE
        photo, work = (0.0, 0.0, first, SIDE), (first + GAP, 0.0, second, SIDE)
    else:
        first, second = (SIDE / shape for shape in shapes)
        size = SIDE, first + GAP + second
        photo, work = (0.0, 0.0, SIDE, first), (0.0, first + GAP, SIDE, second)
    return {
        "size": size,
        "photo": photo,
        "work": work,
        "lines": [
            (*_inside(photo, x, y), *_inside(work, u, v))
            for x, y, u, v in match.points[:LINE_COUNT]
        ],
    }


def block_map(match: QueryMatch) -> BlockMap | None:
    """Draw where a photo and a work agree; None where they were not compared."""
    comparison, image = match.comparison, match.image
    if comparison is None or image is None:
        return None
    rows: list[str] = comparison["blocks"]
    # Blocks overlap by half: the middles of the outermost lie a whole step inside.
    columns = len(rows[0]) + 1
    size = image.width, image.height
    return {
        "scale": (size[0] / columns, size[1] / (len(rows) + 1)),
        "agrees": _squares(rows, BLOCK_SIGNS[BlockState.AGREES]),
        "disagrees": _squares(rows, BLOCK_SIGNS[BlockState.DISAGREES]),
        "outlines": [_svg_points(each, size) for each in comparison["outlines"]],
    }


def _squares(rows: Sequence[str], sign: str) -> str:
    """Draw a square around the middle of each block with a sign, runs as one box."""
    return "".join(
        f"M{run.start() + 0.5} {row + 0.5}h{len(run[0])}v1h-{len(run[0])}z"
        for row, signs in enumerate(rows)
        for run in re.finditer(f"{re.escape(sign)}+", signs)
    )


def _inside(
    box: tuple[float, float, float, float], x: float, y: float
) -> tuple[float, float]:
    left, top, width, height = box
    return round(left + x * width, 1), round(top + y * height, 1)


def corners(place: Sequence[Sequence[float]], query: Query) -> str:
    """Return a polygon, given as shares of the photo, as points of an SVG polygon."""
    return _svg_points(place, (query.width, query.height))


def _svg_points(polygon: Sequence[Sequence[float]], size: tuple[int, int]) -> str:
    """Bring shares of a picture of (width, height) to points of an SVG polygon."""
    width, height = size
    return " ".join(f"{x * width:.1f},{y * height:.1f}" for x, y in polygon)


def centre(place: Sequence[Sequence[float]], query: Query) -> tuple[float, float]:
    """Return the middle of a polygon in pixels of the photo, well inside of it."""
    x, y = (sum(values) / len(place) for values in zip(*place, strict=True))
    x, y = (min(max(share, RIM), 1 - RIM) for share in (x, y))
    return round(x * query.width, 1), round(y * query.height, 1)
