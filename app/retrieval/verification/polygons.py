"""Convex polygons: point-in-polygon test, and area share of a convex hull."""

import numpy as np

from app.retrieval.types import BoolArray, FloatArray


def contains(outline: FloatArray | None, points: FloatArray) -> BoolArray:
    """Tell which points lie in a convex outline.

    Parameters
    ----------
    outline : (4, 2) float32 or None
        Clockwise with y down; None holds all points.
    points : (M, 2) float32
        In the same unit.

    Returns
    -------
    inside : (M,) bool
    """
    if outline is None:
        return np.ones(len(points), np.bool_)
    sides = np.roll(outline, -1, axis=0) - outline  # (4, 2)
    offsets = points[:, None, :] - outline  # (M, 4, 2)
    turns = sides[:, 0] * offsets[..., 1] - sides[:, 1] * offsets[..., 0]
    return np.asarray((turns >= 0).all(axis=1), dtype=np.bool_)


def spanned_share(xy: FloatArray, size: tuple[int, int]) -> float:
    """Measure the share of a picture's area inside the convex hull of some points.

    Parameters
    ----------
    xy : (M, 2) float32
        Points inside the picture; M may be 0.
    size : tuple of int
        (height, width) of the picture.

    Returns
    -------
    share : float in [0, 1]
        0 for fewer than three points or points on one line.

    References
    ----------
    .. [1] Andrew, "Another efficient algorithm for convex hulls in two dimensions",
       Information Processing Letters 1979.
    """
    points = sorted({(float(x), float(y)) for x, y in xy})
    if len(points) < 3:
        return 0.0
    corners = np.array(_half_hull(points) + _half_hull(points[::-1]))
    x, y = corners.T
    area = abs(float(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1)))) / 2
    return min(area / (size[0] * size[1]), 1.0)


def _half_hull(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Walk along sorted points keeping left turns; the last point is left out."""
    hull: list[tuple[float, float]] = []
    for x, y in points:
        while len(hull) > 1:
            (ax, ay), (bx, by) = hull[-2:]
            if (bx - ax) * (y - ay) - (by - ay) * (x - ax) > 0:
                break
            hull.pop()
        hull.append((x, y))
    return hull[:-1]
