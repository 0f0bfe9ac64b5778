"""Simulated viewpoint: the homography from a work to a photo of it.

Only geometry, no pixels. A painting is a plane, so one homography says everything
about a camera's position, turn, crop and scale.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

MAX_VIEWING_ANGLE_DEGREES = 35.0
"""Between the optical axis and the work's normal; beyond it visitors step aside."""
MAX_ROLL_DEGREES = 45.0
SMALLEST_CROP = 0.6
"""Share of each side that is left at least."""
SMALLEST_SCALE = 0.4
"""Of the pixels that the work could have along a side."""
# Phone main cameras: 24 to 30 mm on a frame 36 mm wide, some cropped by zooming.
_FOCAL_LENGTHS = (0.67, 1.1)
_PHOTO_SHAPES = ((3, 4), (3, 4), (3, 4), (9, 16))
# How much of the photo a work takes along the tighter side, before scaling: visitors
# who aim at one work leave some wall around it.
_SHARES = (0.65, 0.95)

Homography = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Viewpoint:
    """Pose of a work in a photo."""

    homography: Homography
    """(3, 3), pixels of the work to pixels of the photo."""
    size: tuple[int, int]
    """(height, width) of the photo in pixels."""


def choose_view(
    work_size: tuple[int, int],
    amounts: Mapping[str, float],
    rng: np.random.Generator,
    *,
    side_px: int,
    has_wall: bool,
) -> Viewpoint:
    """Place a pinhole camera in front of a work.

    Parameters
    ----------
    work_size : tuple of int
        (height, width) in pixels.
    amounts : mapping of str to float in [0, 1]
        Of ``perspective``, ``rotation``, ``crop`` and ``scale``; absent means 0.
    rng : numpy.random.Generator
    side_px : int
        Long side of the photo; without a wall the largest possible one.
    has_wall : bool
        A photo of camera shape with the work somewhere in it; otherwise the photo
        ends where the visible part of the work ends.

    Returns
    -------
    view : Viewpoint
    """
    shrink = 1 - (1 - SMALLEST_SCALE) * amounts.get("scale", 0.0)
    share = rng.uniform(*_SHARES) * shrink if has_wall else 1.0
    # A work that fills a share of the photo's long side stands this many of its own
    # long sides away: near works show strong perspective, distant ones little.
    distance = rng.uniform(*_FOCAL_LENGTHS) / share
    angle = np.radians(MAX_VIEWING_ANGLE_DEGREES * amounts.get("perspective", 0.0))
    roll = rng.uniform(-1, 1) * MAX_ROLL_DEGREES * amounts.get("rotation", 0.0)
    seen = _camera(work_size, distance, angle, np.radians(roll), rng)

    window = _crop(work_size, amounts.get("crop", 0.0), rng)
    corners = project(seen, window)
    low, high = corners.min(axis=0), corners.max(axis=0)
    extent = high - low
    if has_wall:
        size = _photo_size(extent, side_px, rng)
        scale = share * min(size[1] / extent[0], size[0] / extent[1])
        room = np.array([size[1], size[0]]) - scale * extent
        place = room * rng.uniform(0.2, 0.8, 2)
    else:
        scale = side_px * shrink / extent.max()
        size = (max(1, round(scale * extent[1])), max(1, round(scale * extent[0])))
        place = np.zeros(2)
    offset = place - scale * low - 0.5  # from pixel edges to pixel centres
    fit = np.array([[scale, 0, offset[0]], [0, scale, offset[1]], [0, 0, 1]])
    homography = fit @ seen
    return Viewpoint(homography / homography[2, 2], size)


def project(homography: Homography, xy: NDArray[np.float64]) -> NDArray[np.float64]:
    """Map points, shape (n, 2), x right and y down."""
    mapped = np.c_[xy, np.ones(len(xy))] @ homography.T
    return np.asarray(mapped[:, :2] / mapped[:, 2:])


def corners_of(size: tuple[int, int]) -> NDArray[np.float64]:
    """Outer corners of a picture of (height, width): (4, 2), clockwise from top left.

    Pixel centres have whole coordinates, so the picture reaches from -0.5.
    """
    right, bottom = size[1] - 0.5, size[0] - 0.5
    return np.array([[-0.5, -0.5], [right, -0.5], [right, bottom], [-0.5, bottom]])


def visible_part(view: Viewpoint, reach_px: float) -> tuple[float, float, float, float]:
    """Say which part of the work's plane a photo shows.

    Parameters
    ----------
    view : Viewpoint
    reach_px : float
        Look no farther than this beyond the origin corner, in pixels of the work;
        a plane seen at an angle may be visible to the horizon.

    Returns
    -------
    bounds : tuple of float
        Left, top, right and bottom in pixels of the work.
    """
    inverse = np.linalg.inv(view.homography)
    mapped = np.c_[corners_of(view.size), np.ones(4)] @ inverse.T
    # Same sign as at the work itself: the ray meets the plane before the camera.
    meets = mapped[:, 2] * np.sign(inverse[2, 2]) > 1e-6
    if not meets.all():
        return (-reach_px, -reach_px, reach_px, reach_px)
    xy = (mapped[:, :2] / mapped[:, 2:]).clip(-reach_px, reach_px)
    (left, top), (right, bottom) = xy.min(axis=0).tolist(), xy.max(axis=0).tolist()
    return left, top, right, bottom


def _camera(
    work_size: tuple[int, int],
    distance: float,
    angle: float,
    roll: float,
    rng: np.random.Generator,
) -> Homography:
    """Look at the centre of a work from ``distance`` times its long side."""
    height, width = work_size
    long_side = max(work_size)
    x, y = (width - 1) / (2 * long_side), (height - 1) / (2 * long_side)
    centred = np.array([[1 / long_side, 0, -x], [0, 1 / long_side, -y], [0, 0, 1]])
    # Visitors stand to the left or right more often than they look up or down.
    direction = rng.uniform(0, 2 * np.pi)
    axis = np.array([0.6 * np.sin(direction), np.cos(direction), 0])
    tilt = cv2.Rodrigues(axis / np.linalg.norm(axis) * angle)[0]
    turn = cv2.Rodrigues(np.array([0, 0, roll]))[0]
    rotation = turn @ tilt
    pose = np.column_stack([rotation[:, 0], rotation[:, 1], [0, 0, distance]])
    return np.asarray(pose @ centred, np.float64)


def _crop(
    work_size: tuple[int, int], amount: float, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Choose the part of the work that is surely in view; its corners, (4, 2)."""
    kept = 1 - (1 - SMALLEST_CROP) * amount * rng.uniform(0, 1, 2)
    start = rng.uniform(0, 1, 2) * (1 - kept)
    sides = np.array([work_size[1], work_size[0]])
    return np.asarray((corners_of(work_size) + 0.5) * kept + start * sides - 0.5)


def _photo_size(
    extent: NDArray[np.float64], side_px: int, rng: np.random.Generator
) -> tuple[int, int]:
    """Choose (height, width) of a camera's picture, held mostly as the work hangs."""
    short, long = _PHOTO_SHAPES[rng.integers(len(_PHOTO_SHAPES))]
    short_px = round(side_px * short / long)
    is_wide = bool(extent[0] > extent[1]) != bool(rng.random() < 0.2)
    return (short_px, side_px) if is_wide else (side_px, short_px)
