"""Simulated photos of a wall with several works, as a room of a museum has them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from app.retrieval.images.codec import resize_to_long_side
from app.retrieval.simulation.photo import Profile, perturb
from app.retrieval.simulation.viewpoint import corners_of, project
from app.retrieval.types import Image

WALL_SIDE_PX = 1600
"""Long side of the wall, before it is photographed."""
PHOTO_SIDE_PX = 1280
FILLED = (0.6, 0.92)
"""Share of its cell of the wall's grid that a work takes, in its longer direction."""
FRAME_SHARE = 0.04
"""Width of a frame, as a share of its work's shorter side."""

Corners: TypeAlias = NDArray[np.float64]
"""(4, 2), clockwise from the top left."""


@dataclass(frozen=True, slots=True, eq=False)
class WallPhoto:
    """Photo of a wall.

    Attributes
    ----------
    image : (H, W, 3) uint8
    area_shares : tuple of float
        Of the photo's area, for each work in order: what is visible of it.
    """

    image: Image
    area_shares: tuple[float, ...]


def photograph_wall(
    pictures: Sequence[Image], profile: Profile, rng: np.random.Generator
) -> WallPhoto:
    """Hang works on a wall, by rows, and photograph it.

    Parameters
    ----------
    pictures : sequence of (H, W, 3) uint8
        At least one.
    profile : Profile
        Of the photo.
    rng : numpy.random.Generator
        Same state, same photo.
    """
    if not pictures:
        raise ValueError("a wall needs at least one work")
    columns = int(np.ceil(np.sqrt(len(pictures))))
    rows = -(-len(pictures) // columns)
    width = WALL_SIDE_PX
    height = max(width * 3 * rows // (4 * columns), 1)
    wall = np.full((height, width, 3), rng.integers(150, 240, 3), np.uint8)
    outlines = [
        _hang(wall, picture, divmod(number, columns), (rows, columns), rng)
        for number, picture in enumerate(pictures)
    ]
    photo = perturb(wall, profile, rng, output_side_px=PHOTO_SIDE_PX)
    size = (photo.image.shape[0], photo.image.shape[1])
    shares = tuple(
        _visible_share(project(photo.homography, outline), size) for outline in outlines
    )
    return WallPhoto(photo.image, shares)


def _hang(
    wall: Image,
    picture: Image,
    cell: tuple[int, int],
    cells: tuple[int, int],
    rng: np.random.Generator,
) -> Corners:
    """Draw a framed work into its cell; return its corners (4, 2) on the wall."""
    cell_height, cell_width = wall.shape[0] // cells[0], wall.shape[1] // cells[1]
    filled = rng.uniform(*FILLED)
    scale = min(cell_height / picture.shape[0], cell_width / picture.shape[1])
    side_px = max(round(filled * scale * max(picture.shape[:2])), 1)
    work = resize_to_long_side(picture, side_px, enlarge=True)
    height, width = work.shape[:2]
    top = cell[0] * cell_height + int(rng.integers(cell_height - height + 1))
    left = cell[1] * cell_width + int(rng.integers(cell_width - width + 1))
    frame = max(round(FRAME_SHARE * min(height, width)), 1)
    colour = [int(level) for level in rng.integers(20, 140, 3)]
    corner = (left + width + frame, top + height + frame)
    cv2.rectangle(wall, (left - frame, top - frame), corner, colour, -1)
    wall[top : top + height, left : left + width] = work
    corners: Corners = corners_of((height, width)) + np.array([left, top])
    return corners


def _visible_share(outline: Corners, size: tuple[int, int]) -> float:
    """Measure the share of a photo (height, width) that a convex outline takes."""
    height, width = size
    photo = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    area = cv2.intersectConvexConvex(np.asarray(outline, np.float32), photo)[0]
    return float(area) / (height * width)
