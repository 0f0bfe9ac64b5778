"""Convex polygons: point-in-polygon test, area of a hull, hull around some points."""

import cv2
import numpy as np
from numpy.typing import NDArray

from app.retrieval.types import BoolArray, FloatArray

MARGIN = 0.03
"""Width of a region's rim around its points, as a share of the picture's long side:
what a keypoint is described by reaches about as far."""
ROUND_CORNERS = 12
"""Corners of the disc that rounds a region."""
STRAY = 2.5
"""A point farther from the middle than this many times the median distance is not
surrounded. Points that fill a circle reach 1.4, points along a line 2."""


def contains(outline: FloatArray | None, points: FloatArray) -> BoolArray:
    """Tell which points lie in a convex outline.

    Parameters
    ----------
    outline : (K, 2) float32 or None
        Clockwise with y down; None holds all points.
    points : (M, 2) float32
        In the same unit.

    Returns
    -------
    inside : (M,) bool
    """
    if outline is None:
        return np.ones(len(points), np.bool_)
    sides = np.roll(outline, -1, axis=0) - outline  # (K, 2)
    offsets = points[:, None, :] - outline  # (M, K, 2)
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
    corners = _hull(xy)
    if len(corners) < 3:
        return 0.0
    x, y = np.array(corners).T
    area = abs(float(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1)))) / 2
    return min(area / (size[0] * size[1]), 1.0)


def inner_share(outline: FloatArray) -> float:
    """Measure how much of a convex outline lies inside the picture.

    Parameters
    ----------
    outline : (K, 2) float32
        As shares of the picture's width and height.

    Returns
    -------
    share : float in [0, 1]
        0 for an outline without an area.
    """
    whole = cv2.contourArea(outline)
    if whole == 0:
        return 0.0
    picture = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32)
    area, _ = cv2.intersectConvexConvex(np.ascontiguousarray(outline), picture)
    return min(area / whole, 1.0)


def region_around(points: FloatArray, size: tuple[int, int]) -> FloatArray | None:
    """Draw a round, convex line around most of some points.

    Those that lie far off are left out: some of the points on an epipolar line are
    there by chance.

    Parameters
    ----------
    points : (P, 2) float32
        Shares of a picture's width and height; P may be 0.
    size : tuple of int
        (height, width) of the picture.

    Returns
    -------
    region : (K, 2) float32 or None
        Corners as shares, clockwise with y down, within [0, 1]. None for fewer than
        three points.
    """
    if len(points) < 3:
        return None
    scale = np.array([size[1], size[0]], np.float64) / max(size)
    positions = points * scale
    distances = np.linalg.norm(positions - np.median(positions, axis=0), axis=1)
    near = positions[distances <= STRAY * np.median(distances)]
    angles = np.linspace(0, 2 * np.pi, ROUND_CORNERS, endpoint=False)
    disc = MARGIN * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    rounded = ((near[:, None] + disc).reshape(-1, 2) / scale).clip(0, 1)
    return np.array(_hull(rounded), np.float32)


def _hull(points: NDArray[np.floating]) -> list[tuple[float, float]]:
    """Return the corners of the convex hull, clockwise with y down."""
    ordered = sorted({(float(x), float(y)) for x, y in points})
    return _half_hull(ordered) + _half_hull(ordered[::-1])


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
