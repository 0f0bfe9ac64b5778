"""Simulated surroundings of a work: wall, neighbours, shadow, frame, passe-partout.

Drawn, not photographed, and only as good as a search engine needs: edges and
textures that are not the work's, in plausible places and colours.
"""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from app.retrieval.simulation.photometry import grain
from app.retrieval.types import Image

Colour = tuple[int, int, int]
Box = tuple[int, int, int, int]
"""Left, top, right and bottom in pixels."""

_WALLS: tuple[Colour, ...] = (
    (236, 234, 228),
    (222, 214, 198),
    (196, 196, 194),
    (150, 160, 150),
    (128, 52, 48),
    (60, 74, 96),
    (92, 96, 74),
    (74, 70, 68),
)
_FRAMES: tuple[Colour, ...] = (
    (190, 150, 70),  # gilded
    (168, 124, 52),  # old gold
    (66, 42, 28),  # walnut
    (30, 26, 24),  # ebony
    (226, 222, 214),  # white
)
# Brightness across a moulding from its outer edge to the picture: a lip, a hollow, a
# ridge and a dark inner edge.
_MOULDING = (0.75, 1.1, 0.95, 0.7, 0.85, 1.2, 1.0, 0.55)
# Light falls from above: top, right, bottom, left.
_BEVEL = (0.86, 0.96, 1.16, 1.04)


def hang(
    work: Image,
    margins: Sequence[int],
    amount: float,
    rng: np.random.Generator,
) -> Image:
    """Hang a work on a wall: texture, neighbours, shadow, frame, passe-partout.

    Parameters
    ----------
    work : (H, W, 3) uint8
    margins : sequence of int, >= 0
        Wall on the left, top, right and bottom in pixels.
    amount : float in [0, 1]
        How wide frames and mounts may get, and how busy the wall.
    rng : numpy.random.Generator

    Returns
    -------
    scene : (top + H + bottom, left + W + right, 3) uint8
        The work is untouched at ``scene[top : top + H, left : left + W]``.
    """
    height, width = work.shape[:2]
    left, top, right, bottom = margins
    scene = _wall((top + height + bottom, left + width + right), amount, rng)
    short = min(height, width)
    mount = frame = 0
    if rng.random() < 0.85:
        frame = round(short * (0.02 + 0.14 * amount * rng.random()))
        if rng.random() < 0.3:
            mount = round(short * (0.02 + 0.12 * amount * rng.random()))
    box = (left, top, left + width, top + height)
    outer = _grown(box, mount + frame)
    _hang_neighbours(scene, outer, amount, rng)
    _cast_shadow(scene, outer, max(3, short // 25), rng)
    if frame:
        _draw_frame(scene, outer, frame, rng)
    if mount:
        tone = int(rng.integers(205, 250))
        _fill(scene, _grown(box, mount), (tone, tone - 3, tone - 12))
    scene[top : top + height, left : left + width] = work
    return scene


def _pick(colours: tuple[Colour, ...], rng: np.random.Generator) -> Colour:
    """Choose a colour and vary it a little."""
    colour = np.array(colours[rng.integers(len(colours))]) + rng.normal(0, 7, 3)
    red, green, blue = (int(c) for c in colour.clip(4, 250))
    return red, green, blue


def _fill(scene: Image, box: Box, colour: Colour) -> None:
    x0, y0, x1, y1 = box
    # Several times faster than assigning a colour to a slice.
    cv2.rectangle(scene, (x0, y0), (x1 - 1, y1 - 1), colour, cv2.FILLED)


def _grown(box: Box, by: int) -> Box:
    x0, y0, x1, y1 = box
    return x0 - by, y0 - by, x1 + by, y1 + by


def _corners(box: Box) -> NDArray[np.int32]:
    """Corners of a box, clockwise from the top left: (4, 2)."""
    x0, y0, x1, y1 = box
    return np.array([(x0, y0), (x1, y0), (x1, y1), (x0, y1)], np.int32)


def _wall(size: tuple[int, int], amount: float, rng: np.random.Generator) -> Image:
    """Paint plaster, cloth or panels; sometimes the floor is in view."""
    scene = np.empty((*size, 3), np.uint8)
    _fill(scene, (0, 0, size[1], size[0]), _pick(_WALLS, rng))
    roughness = 0.25 * amount * rng.random() ** 2
    noise = grain(size, rng, coarse=bool(rng.random() < 0.5))
    cv2.addWeighted(scene, 1, noise, roughness, -128 * roughness, scene)
    height, width = size
    style = rng.random()
    if style < 0.15:  # panels
        step = max(12, round(width * rng.uniform(0.08, 0.25)))
        for x in range(int(rng.integers(step)), width, step):
            scene[:, x : x + 2] = scene[:, x : x + 2] // 4 * 3
    elif style < 0.3:  # striped cloth
        step = int(rng.integers(6, 16))
        scene[:, ::step] = scene[:, ::step] // 8 * 7
    if rng.random() < 0.25:
        floor = height - round(height * 0.12 * rng.random())
        _fill(scene, (0, floor, width, height), _pick(_FRAMES, rng))
        _fill(scene, (0, floor, width, floor + 3), (40, 40, 40))
    return scene


def _hang_neighbours(
    scene: Image, outer: Box, amount: float, rng: np.random.Generator
) -> None:
    """Show slices of invented pictures left and right of the work."""
    x0, y0, x1, y1 = outer
    width = x1 - x0
    for side in (-1, 1):
        if rng.random() > 0.6 * amount:
            continue
        gap = round(width * rng.uniform(0.12, 0.5))
        height = round((y1 - y0) * rng.uniform(0.5, 1.1))
        start = y0 + round((y1 - y0 - height) * rng.uniform(0.2, 0.8))
        wide = round(width * rng.uniform(0.4, 0.9))
        left = x0 - gap - wide if side < 0 else x1 + gap
        border = max(2, wide // 14)
        _fill(scene, (left, start, left + wide, start + height), _pick(_FRAMES, rng))
        left, start = left + border, start + border
        right, end = left + wide - 2 * border, start + height - 2 * border
        inside = scene[max(start, 0) : max(end, 0), max(left, 0) : max(right, 0)]
        if inside.size:
            tones = _pick(_FRAMES, rng) + rng.normal(30, 45, (7, 5, 1))
            tones = tones + rng.normal(0, 14, (7, 5, 3))
            patches = tones.clip(0, 255).astype(np.uint8)
            size = (inside.shape[1], inside.shape[0])
            picture = cv2.resize(patches, size, interpolation=cv2.INTER_CUBIC)
            noise = grain(inside.shape[:2], rng, coarse=True)
            inside[:] = cv2.addWeighted(picture, 1, noise, 0.4, -51)


def _cast_shadow(
    scene: Image, outer: Box, depth: int, rng: np.random.Generator
) -> None:
    """Darken the wall beside and below the frame."""
    height, width = scene.shape[:2]
    reduction = 8
    shade = np.full((height // reduction + 1, width // reduction + 1), 255, np.uint8)
    dx, dy = depth * rng.uniform(-1, 1), depth * rng.uniform(0.3, 1.4)
    x0, y0, x1, y1 = outer
    start = (round((x0 + dx) / reduction), round((y0 + dy) / reduction))
    end = (round((x1 + dx) / reduction), round((y1 + dy) / reduction))
    cv2.rectangle(shade, start, end, int(rng.integers(90, 200)), cv2.FILLED)
    shade = cv2.GaussianBlur(shade, (0, 0), max(0.8, depth / reduction / 2))
    full = cv2.resize(shade, (width, height), interpolation=cv2.INTER_LINEAR)
    cv2.multiply(scene, cv2.merge([full, full, full]), scene, 1 / 255)


def _draw_frame(scene: Image, outer: Box, width: int, rng: np.random.Generator) -> None:
    """Draw a mitred moulding, lit from above, with some carving."""
    base = np.array(_pick(_FRAMES, rng), np.float64)
    rings = min(width, len(_MOULDING))
    inner = _corners(_grown(outer, -width))
    for ring in range(rings):
        corners = _corners(_grown(outer, -round(ring * width / rings)))
        for side in range(4):
            edge = [side, (side + 1) % 4]
            piece = np.concatenate([corners[edge], inner[edge[::-1]]])
            tone = (base * _MOULDING[ring] * _BEVEL[side]).clip(0, 255)
            cv2.fillConvexPoly(scene, piece, tone.tolist())
    carving = rng.uniform(0, 0.5)
    x0, y0, x1, y1 = (max(v, 0) for v in outer)
    part = scene[y0:y1, x0:x1]
    noise = grain(part.shape[:2], rng, coarse=True)
    cv2.addWeighted(part, 1, noise, carving, -128 * carving, part)
