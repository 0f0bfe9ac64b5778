"""Photometric simulation: what light, lens and sensor do to a photo.

Each function takes a picture and an amount in [0, 1], draws from a given generator,
and gives a new picture of the same size.
"""

from collections.abc import Mapping
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from app.retrieval.types import Image

MAX_NOISE = 22.0
"""Standard deviation in grey values: a phone in a dim room."""
WORST_JPEG_QUALITY = 22
MAX_DEFOCUS = 0.004
"""Standard deviation as a share of the long side."""
MAX_MOTION = 0.018
"""Length of the smear as a share of the long side."""
MAX_BRIGHTNESS = 0.55
"""Of a stop of exposure is log2(1.55): 0.63."""
MAX_CONTRAST = 0.5
MAX_CAST = 0.3
"""Gain difference between red and blue: tungsten light against shade."""
MAX_HUE_DEGREES = 20.0
_TILE_PX = 512
_TILE_DEVIATION = 40


def grain(size: tuple[int, int], rng: np.random.Generator, *, coarse: bool) -> Image:
    """Cut a piece of Gaussian noise around 128, standard deviation 40.

    Cut from one fixed tile at a random place: drawing afresh costs ten times more.

    Parameters
    ----------
    size : tuple of int
        (height, width) in pixels.
    rng : numpy.random.Generator
        Chooses the place.
    coarse : bool
        Grey blotches of about 6 pixels (a surface) instead of single pixels of
        independent colour (a sensor).

    Returns
    -------
    noise : (height, width, 3) uint8
    """
    tile = _tiles(coarse=coarse)
    y, x = (int(v) for v in rng.integers(0, _TILE_PX, 2))
    bottom = max(0, y + size[0] - len(tile))
    right = max(0, x + size[1] - len(tile))
    if bottom or right:
        wrapped = cv2.copyMakeBorder(tile, 0, bottom, 0, right, cv2.BORDER_WRAP)
        tile = np.asarray(wrapped, np.uint8)
    return tile[y : y + size[0], x : x + size[1]]


def light(image: Image, amount: float, rng: np.random.Generator) -> Image:
    """Let spots and windows light the wall unevenly, and the lens darken corners."""
    y, x = np.mgrid[-1:1:12j, -1:1:16j]
    direction = rng.uniform(0, 2 * np.pi)
    gain = 1 + 0.3 * rng.random() * amount * (
        x * np.cos(direction) + y * np.sin(direction)
    )
    centre_x, centre_y = rng.normal(0, 0.5, 2)
    spread = rng.uniform(0.5, 1.5)
    spot = np.exp(-((x - centre_x) ** 2 + (y - centre_y) ** 2) / (2 * spread**2))
    gain += 0.4 * rng.random() * amount * (spot - 0.6)
    gain -= 0.12 * rng.random() * amount * (x**2 + y**2)
    small = (128 * gain).clip(0, 255).astype(np.uint8)
    size = (image.shape[1], image.shape[0])
    full = cv2.resize(small, size, interpolation=cv2.INTER_CUBIC)
    lit = cv2.multiply(image, cv2.merge([full, full, full]), scale=1 / 128)
    return np.asarray(lit, np.uint8)


def reflect(
    image: Image,
    outline: NDArray[np.float64],
    amount: float,
    rng: np.random.Generator,
) -> Image:
    """Add glare on varnish or glass: soft lamps, or a window with panes.

    Parameters
    ----------
    image : (H, W, 3) uint8
    outline : (4, 2) float64
        Corners of the work: that is where it shines.
    amount : float in [0, 1]
        At 1 the core of a reflection is burnt out.
    rng : numpy.random.Generator

    Returns
    -------
    glaring : (H, W, 3) uint8
    """
    height, width = image.shape[:2]
    reduction = max(1.0, max(height, width) / 160)
    small = (round(height / reduction) + 1, round(width / reduction) + 1)
    veil = np.zeros(small, np.uint8)
    low, high = outline.min(axis=0) / reduction, outline.max(axis=0) / reduction
    reach = float((high - low).max())
    for _ in range(int(rng.integers(1, 4))):
        centre = low + (high - low) * rng.uniform(0.05, 0.95, 2)
        level = int(255 * amount * rng.uniform(0.4, 1))
        if rng.random() < 0.35:
            _draw_window(veil, centre, reach * rng.uniform(0.15, 0.35), level, rng)
        else:
            axes = np.maximum(1, reach * rng.uniform(0.02, 0.12, 2)).astype(int)
            at = (int(centre[0]), int(centre[1]))
            turn = float(rng.uniform(0, 180))
            cv2.ellipse(veil, at, axes.tolist(), turn, 0, 360, level, cv2.FILLED)
    veil = cv2.GaussianBlur(veil, (0, 0), reach * rng.uniform(0.008, 0.05) + 0.3)
    full = cv2.resize(veil, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.add(image, cv2.merge([full, full, full])), np.uint8)


def shift_colours(
    image: Image, amounts: Mapping[str, float], rng: np.random.Generator
) -> Image:
    """Change white balance, hue, exposure and contrast, in one pass.

    Parameters
    ----------
    image : (H, W, 3) uint8
    amounts : mapping of str to float in [0, 1]
        Of ``colour_cast``, ``brightness`` and ``contrast``; absent means 0.
    rng : numpy.random.Generator

    Returns
    -------
    shifted : (H, W, 3) uint8
    """
    cast, brightness, contrast = (
        amounts.get(step, 0.0) * rng.uniform(-1, 1)
        for step in ("colour_cast", "brightness", "contrast")
    )
    matrix = _hue_rotation(np.radians(MAX_HUE_DEGREES) * cast * rng.uniform(-1, 1))
    tint = MAX_CAST / 3 * abs(cast) * rng.uniform(-1, 1)
    matrix = np.diag([1 + MAX_CAST * cast, 1 + tint, 1 - MAX_CAST * cast]) @ matrix
    matrix *= 1 + MAX_BRIGHTNESS * brightness
    matrix *= 1 + MAX_CONTRAST * contrast
    pivot = np.full(3, -128 * MAX_CONTRAST * contrast)
    return np.asarray(cv2.transform(image, np.c_[matrix, pivot]), np.uint8)


def blur(image: Image, amount: float, rng: np.random.Generator) -> Image:
    """Blur by a missed focus or a moving hand."""
    side = max(image.shape[:2])
    if rng.random() < 0.5:
        sigma = MAX_DEFOCUS * amount * side
        return np.asarray(cv2.GaussianBlur(image, (0, 0), max(sigma, 0.1)), np.uint8)
    length = MAX_MOTION * amount * side
    reach = int(np.ceil(length / 2))
    kernel = np.zeros((2 * reach + 1, 2 * reach + 1), np.uint8)
    direction = rng.uniform(0, np.pi)
    # Sixteenths of a pixel, so that short smears have every direction.
    step = 8 * length * np.array([np.cos(direction), np.sin(direction)])
    start, end = (16 * reach - step).astype(int), (16 * reach + step).astype(int)
    cv2.line(kernel, start.tolist(), end.tolist(), 255, 1, cv2.LINE_AA, 4)
    weights = kernel.astype(np.float32) / kernel.sum()
    return np.asarray(cv2.filter2D(image, -1, weights), np.uint8)


def add_noise(image: Image, amount: float, rng: np.random.Generator) -> Image:
    """Add the sensor's Gaussian noise, per channel."""
    share = MAX_NOISE * amount / _TILE_DEVIATION
    noise = grain(image.shape[:2], rng, coarse=False)
    return np.asarray(cv2.addWeighted(image, 1, noise, share, -128 * share), np.uint8)


def compress(image: Image, amount: float) -> Image:
    """Store as JPEG and read again; the channel order does not matter to it."""
    quality = round(95 - (95 - WORST_JPEG_QUALITY) * amount)
    _, data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)


@cache
def _tiles(*, coarse: bool) -> Image:
    """Lay a tile of noise 3 by 3: photos of usual size are cut without wrapping."""
    if coarse:
        noise = np.random.default_rng(1891).normal(0, 1, (_TILE_PX, _TILE_PX))
        wrapped = np.tile(noise.astype(np.float32), (3, 3))
        middle = slice(_TILE_PX, -_TILE_PX)
        blotches = cv2.GaussianBlur(wrapped, (0, 0), 2)[middle, middle]
        grey = 128 + _TILE_DEVIATION * blotches / blotches.std()
        tile = np.dstack([grey, grey, grey])
    else:
        shape = (_TILE_PX, _TILE_PX, 3)
        tile = np.random.default_rng(1841).normal(128, _TILE_DEVIATION, shape)
    return np.tile(tile.clip(0, 255).astype(np.uint8), (3, 3, 1))


def _draw_window(
    veil: NDArray[np.uint8],
    centre: NDArray[np.float64],
    reach: float,
    level: int,
    rng: np.random.Generator,
) -> None:
    """Draw a reflected window of 2 by 3 panes, slanted."""
    across = reach * np.array([1, rng.uniform(-0.3, 0.3)])
    down = reach * np.array([rng.uniform(-0.3, 0.3), rng.uniform(0.8, 1.6)])
    for column in range(2):
        for row in range(3):
            start = centre + across * (column / 2 - 0.5) + down * (row / 3 - 0.5)
            wide, high = 0.44 * across, 0.29 * down
            pane = [start, start + wide, start + wide + high, start + high]
            cv2.fillConvexPoly(veil, np.array(pane).astype(np.int32), level)


def _hue_rotation(angle: float) -> NDArray[np.float64]:
    """Turn colours about the grey axis, greys staying what they are."""
    turn = cv2.Rodrigues(np.full(3, angle / np.sqrt(3)))[0]
    return np.asarray(turn, np.float64)
