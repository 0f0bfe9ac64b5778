"""Distractors: a work photographed from afar, among others.

Photos of one work that fills the picture teach the decision that similarity and the
share of inliers matter more than they do across a room, where the network sees the
neighbours too and most matches belong to nothing.
"""

from collections.abc import Sequence

import numpy as np

from app.retrieval.images.codec import resize_to_long_side
from app.retrieval.types import Image

SHARES = (0.3, 0.6)
"""Of the scene's sides that the photo of the work takes."""
SCENE_SIDE_PX = 1280
"""Long side of a scene: what is left of a photo when it is searched."""
COLUMNS = 3
"""Neighbours beside each other; as many rows as there are neighbours for."""


def with_distractors(
    photo: Image, neighbours: Sequence[Image], rng: np.random.Generator
) -> Image:
    """Place a photo of a work among mirror images of others.

    Mirrored, a neighbour is as rich and as painted as ever, but no work of the gallery
    any more: what is found there is a mistake.

    Parameters
    ----------
    photo : (H, W, 3) uint8
    neighbours : sequence of (H, W, 3) uint8
        Pictures of other works, at least one; they fill the scene by rows.
    rng : numpy.random.Generator
        Chooses where the photo goes, and how large.

    Returns
    -------
    scene : (H, W, 3) uint8
        Of the photo's shape, long side `SCENE_SIDE_PX`.
    """
    if not neighbours:
        raise ValueError("a scene needs at least one neighbour")
    grow = SCENE_SIDE_PX / max(photo.shape[:2])
    height, width = (round(side * grow) for side in photo.shape[:2])
    scene = np.zeros((height, width, 3), np.uint8)
    rows = -(-len(neighbours) // COLUMNS)
    edges_y = np.linspace(0, height, rows + 1).astype(int)
    edges_x = np.linspace(0, width, COLUMNS + 1).astype(int)
    for number in range(rows * COLUMNS):
        row, column = divmod(number, COLUMNS)
        top, bottom = edges_y[row : row + 2]
        left, right = edges_x[column : column + 2]
        mirrored = neighbours[number % len(neighbours)][:, ::-1]
        scene[top:bottom, left:right] = _filling(mirrored, bottom - top, right - left)
    share = rng.uniform(*SHARES)
    small = resize_to_long_side(photo, round(share * SCENE_SIDE_PX), enlarge=True)
    top = rng.integers(height - small.shape[0] + 1)
    left = rng.integers(width - small.shape[1] + 1)
    scene[top : top + small.shape[0], left : left + small.shape[1]] = small
    return scene


def _filling(picture: Image, height: int, width: int) -> Image:
    """Cut the middle of a picture, resized so that it fills (height, width)."""
    scale = max(height / picture.shape[0], width / picture.shape[1])
    side_px = int(np.ceil(scale * max(picture.shape[:2]))) + 1
    resized = resize_to_long_side(np.ascontiguousarray(picture), side_px, enlarge=True)
    top = (resized.shape[0] - height) // 2
    left = (resized.shape[1] - width) // 2
    return resized[top : top + height, left : left + width]
