"""Simulated occlusions of a work: heads, thumbs, straight edges.

Shapes that grow until they hide a wanted share of the work.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from app.retrieval.simulation.photometry import grain
from app.retrieval.types import Image

Colour = tuple[int, int, int]
Layer = tuple[NDArray[np.uint8], Colour]
"""A mask of 0 and 1 with its colour."""

_CLOTHES: tuple[Colour, ...] = (
    (30, 32, 40),
    (60, 62, 70),
    (40, 60, 100),
    (120, 40, 44),
    (170, 160, 140),
    (70, 90, 70),
)
_HAIR: tuple[Colour, ...] = (
    (28, 22, 18),
    (70, 48, 30),
    (130, 98, 60),
    (150, 146, 140),
)


def occlude(
    photo: Image, outline: NDArray[np.float64], amount: float, rng: np.random.Generator
) -> Image:
    """Cover parts of a work by a visitor, a hand or a label.

    Parameters
    ----------
    photo : (H, W, 3) uint8
    outline : (4, 2) float64
        Corners of the work in the photo.
    amount : float in [0, 1]
        Share of the work in view that is covered.
    rng : numpy.random.Generator

    Returns
    -------
    covered : (H, W, 3) uint8
    """
    height, width = photo.shape[:2]
    # Shapes are fitted on a small mask: counting pixels there takes microseconds.
    reduction = max(1.0, max(height, width) / 128)
    small = (round(height / reduction) + 1, round(width / reduction) + 1)
    work = np.zeros(small, np.uint8)
    cv2.fillConvexPoly(work, np.round(outline / reduction).astype(np.int32), 1)
    shape = _OCCLUDERS[rng.integers(len(_OCCLUDERS))]
    seed = rng.uniform(0, 1, 6)
    wanted = amount * np.count_nonzero(work)
    near, far = 0.0, 1.5
    for _ in range(7):  # bisection to 1 % of the photo's side
        middle = (near + far) / 2
        hidden = sum(m for m, _ in shape(small, middle, seed)) * work
        if np.count_nonzero(hidden) < wanted:
            near = middle
        else:
            far = middle
    covered = photo.copy()
    for mask, colour in shape((height, width), near, seed):
        x, y, wide, high = cv2.boundingRect(mask)
        if not wide:
            continue
        part = covered[y : y + high, x : x + wide]
        tone = np.empty_like(part)
        cv2.rectangle(tone, (0, 0), (wide, high), colour, cv2.FILLED)
        # Little texture: it is out of focus. The photo's own blur softens the edge.
        noise = grain((high, wide), rng, coarse=True)
        cloth = cv2.addWeighted(tone, 1, noise, 0.15, -0.15 * 128)
        part[:] = cv2.copyTo(cloth, mask[y : y + high, x : x + wide], part)
    return covered


def _visitor(
    size: tuple[int, int], reach: float, seed: NDArray[np.float64]
) -> list[Layer]:
    """Draw head and shoulders, rising from the lower edge."""
    height, width = size
    head = (0.07 + 0.05 * seed[1]) * max(size)
    x = (0.15 + 0.7 * seed[0]) * width
    top = height * (1.05 - reach)
    body, hair = np.zeros(size, np.uint8), np.zeros(size, np.uint8)
    shoulders = (int(x), int(top + 4.4 * head))
    axes = (int(head * 2.2), int(head * 2.4))
    cv2.ellipse(body, shoulders, axes, 0, 0, 360, 1, cv2.FILLED)
    left, right = shoulders[0] - axes[0], shoulders[0] + axes[0]
    cv2.rectangle(body, (left, shoulders[1]), (right, height), 1, cv2.FILLED)
    skull = (int(head * 0.85), int(head * 1.15))
    cv2.ellipse(hair, (int(x), int(top + head)), skull, 0, 0, 360, 1, cv2.FILLED)
    clothes = _CLOTHES[int(seed[2] * len(_CLOTHES))]
    return [(body, clothes), (hair, _HAIR[int(seed[3] * len(_HAIR))])]


def _finger(
    size: tuple[int, int], reach: float, seed: NDArray[np.float64]
) -> list[Layer]:
    """Hold a thumb before the lens, from the left or the right."""
    height, width = size
    mask = np.zeros(size, np.uint8)
    y = int((0.1 + 0.8 * seed[0]) * height)
    thick = max(1, int((0.08 + 0.06 * seed[1]) * max(size)))
    tip = int(reach * width * 0.9)
    start, end = (-thick, tip - thick)
    if seed[2] < 0.5:
        start, end = width + thick, width - tip + thick
    slope = int((seed[3] - 0.5) * height * 0.4)
    cv2.line(mask, (start, y + slope), (end, y), 1, 2 * thick)
    return [(mask, (196, 146, 118))]


def _barrier(
    size: tuple[int, int], reach: float, seed: NDArray[np.float64]
) -> list[Layer]:
    """Put a label, a post or a door frame before it: a straight edge."""
    height, width = size
    mask = np.zeros(size, np.uint8)
    tilt = (seed[0] - 0.5) * 0.3
    side = int(seed[1] * 3)
    if side == 0:
        y = height * (1 - reach)
        ends = [(0, y + tilt * height), (width, y - tilt * height), (width, 9 * height)]
        corners = [*ends, (0, 9 * height)]
    else:
        x = width * reach
        corners = [(-9 * width, 0), (x + tilt * width, 0), (x - tilt * width, height)]
        corners = [*corners, (-9 * width, height)]
        if side == 2:
            corners = [(width - cx, cy) for cx, cy in corners]
    cv2.fillConvexPoly(mask, np.array(corners, np.int32), 1)
    return [(mask, _CLOTHES[int(seed[2] * len(_CLOTHES))])]


# Heads are what galleries are full of.
_OCCLUDERS = (_visitor, _visitor, _visitor, _finger, _barrier)
