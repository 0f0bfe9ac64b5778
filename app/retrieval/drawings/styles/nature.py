"""Landscapes: hills, garden, and a river bank in dots."""

import cv2
import numpy as np

from app.retrieval.drawings.styles.canvas import (
    Colour,
    Hand,
    blend,
    brush_over,
    colourise,
    disc,
    downward,
    finish,
    fractal,
    mix,
    polygon,
    ridge,
    vary,
)
from app.retrieval.types import FloatArray, Image


def hills(rng: np.random.Generator, size: tuple[int, int], hand: Hand) -> Image:
    """Layered hills with fields, trees and a village, in oil."""
    image = _hill_country(rng, size, hand)
    flow = (fractal(size, rng, cells=2, octaves=2) - 0.5) * 1.1
    wide = 6 * hand.brush
    image = brush_over(image, rng, width=wide, length=4 * wide, angle=flow)
    image = brush_over(
        image, rng, width=wide / 2.5, length=1.6 * wide, angle=flow, coverage=0.8
    )
    return finish(image, rng)


def garden(rng: np.random.Generator, size: tuple[int, int], hand: Hand) -> Image:
    """Flowers, shrubs and a path in broken dabs of colour."""
    height, width = size
    image = sky(rng, size, hand)
    top = height * rng.uniform(0.22, 0.45)
    bushes = top + height * 0.14 * (ridge(width, rng, cells=5) - 0.5)
    rows = np.arange(height)[:, None]
    growth = fractal(size, rng, cells=5)
    green = mix(hand.palette[1], np.array([70.0, 110, 60]), 0.55)
    foliage = colourise(
        growth, np.stack([mix(hand.dark, green, 0.4), green, hand.pale])
    )
    image[rows > bushes] = foliage[rows > bushes]
    meadow = mix(green, hand.pale, 0.35)
    floor = top + height * rng.uniform(0.12, 0.25)
    blend(image, 0.75 * (rows > floor) * growth, meadow)
    _path(image, floor, rng, mix(hand.pale, hand.palette[2], 0.3))
    upright = 1.3 * (rows > bushes - 8)
    image = brush_over(image, rng, width=8 * hand.brush, length=18, angle=upright)
    beds = fractal(size, rng, cells=4, octaves=3)
    # Every bed has a colour of its own; nearer dabs are larger.
    for _ in range(round(1800 + 2600 * hand.density)):
        x, y = rng.integers(width), int(rng.integers(int(top * 0.8), height))
        bed = beds[y, x]
        if bed < 0.45 and rng.random() < 0.8:
            continue
        colour = hand.palette[1 + int(bed * 37) % (len(hand.palette) - 1)]
        near = (y - top * 0.8) / (height - top * 0.8)
        axes = (
            max(1, round((1.5 + 5 * near) * hand.brush * rng.uniform(0.7, 1.6))),
            max(1, round((1 + 3 * near) * hand.brush)),
        )
        angle = float(rng.uniform(0, 180))
        at = (int(x), y)
        tone = vary(colour, rng, 18).tolist()
        cv2.ellipse(image, at, axes, angle, 0, 360, tone, -1, cv2.LINE_AA)
    return finish(image, rng, relief=1.2)


def pointillism(rng: np.random.Generator, size: tuple[int, int], hand: Hand) -> Image:
    """Paint a river bank in dots of unmixed colour."""
    height, width = size
    base = _hill_country(rng, size, hand)
    bank = int(height * rng.uniform(0.58, 0.76))
    mirrored = cv2.flip(base[:bank], 0)[: height - bank]
    base[bank:] = 0.55 * mirrored + 0.45 * mix(hand.palette[1], hand.dark, 0.3)
    shore = np.full(width, float(bank), np.float32)
    for _ in range(3):
        _trees(base, shore, 1.0, rng, hand)
    _village(base, shore, 1.0, rng, hand)
    image = np.empty((height, width, 3), np.uint8)
    image[:] = mix(hand.pale, np.array([250.0, 246, 236]), 0.6).astype(np.uint8)
    radius = 3.6 * hand.brush
    count = int(2.8 * height * width / (np.pi * radius**2))
    x, y = rng.integers(0, width, count), rng.integers(0, height, count)
    pure = hand.palette[rng.integers(0, len(hand.palette), count)]
    stray = np.where(rng.random((count, 1)) < 0.09, 0.75, 0.1)
    colours = base[y, x] * (1 - stray) + pure * stray + rng.normal(0, 9, (count, 3))
    radii = (8 * radius * rng.uniform(0.7, 1.25, count)).astype(int).tolist()
    for centre, colour, size_8 in zip(
        np.stack([x, y], 1).tolist(), colours.clip(0, 255).tolist(), radii, strict=True
    ):
        at = (centre[0] * 8, centre[1] * 8)
        cv2.circle(image, at, size_8, colour, -1, cv2.LINE_AA, 3)
    return finish(image, rng, relief=0.6)


def sky(rng: np.random.Generator, size: tuple[int, int], hand: Hand) -> Image:
    """Paint a sky with clouds, all over the picture."""
    # Blue by day or the palette's own warm light, deepest at the zenith.
    zenith = mix(np.array([86.0, 140, 196]), hand.any(rng), rng.uniform(0.1, 0.75))
    low = mix(hand.pale, hand.palette[-2], rng.uniform(0, 0.5))
    slope = downward(size) * rng.uniform(1.2, 1.9)
    image = colourise(slope, np.stack([zenith, mix(zenith, low, 0.6), low]))
    stretched = fractal((size[0] * 2, size[1]), rng, cells=3)[: size[0]]
    clouds = ((stretched - rng.uniform(0.45, 0.6)) * 3).clip(0, 1)
    blend(image, 0.85 * clouds, mix(hand.pale, np.array([255.0, 252, 244]), 0.7))
    blend(image, 0.35 * np.roll(clouds, 14, axis=0) ** 2, mix(zenith, hand.dark, 0.3))
    return image


def _hill_country(rng: np.random.Generator, size: tuple[int, int], hand: Hand) -> Image:
    height, width = size
    image = sky(rng, size, hand)
    rows = np.arange(height)[:, None]
    count = 4 + int(rng.integers(3))
    top = rng.uniform(0.22, 0.4)
    for layer in range(count):
        near = layer / (count - 1)
        base = height * (top + (0.98 - top) * near**1.3)
        swing = height * rng.uniform(0.08, 0.2) * (1 - 0.4 * near)
        outline = base - swing * ridge(width, rng, cells=2 + layer)
        colour = mix(hand.palette[-2], hand.any(rng), 0.25 + 0.65 * near)
        fields = fractal(size, rng, cells=4 + layer, octaves=4)
        shades = np.stack([mix(colour, hand.dark, 0.45 * near), colour, hand.any(rng)])
        ground = colourise(fields, shades)
        below = rows > outline
        image[below] = ground[below]
        if layer:
            _trees(image, outline, near, rng, hand)
        if layer in (1, 2) and rng.random() < 0.7:
            _village(image, outline, near, rng, hand)
    return image


def _trees(
    image: Image, outline: FloatArray, near: float, rng: np.random.Generator, hand: Hand
) -> None:
    width = image.shape[1]
    green = mix(hand.dark, hand.palette[1], 0.4)
    for _ in range(round((6 + 26 * hand.density) * rng.uniform(0.5, 1.3))):
        x = int(rng.integers(width))
        y = float(outline[x]) + rng.uniform(-4, 70 * near)
        tall = (6 + 34 * near) * rng.uniform(0.6, 1.4)
        for _ in range(7):
            spot = (x + rng.normal(0, tall / 4), y - tall * rng.uniform(0.2, 1))
            disc(image, spot, tall * rng.uniform(0.14, 0.3), vary(green, rng, 14))


def _village(
    image: Image, outline: FloatArray, near: float, rng: np.random.Generator, hand: Hand
) -> None:
    centre = rng.uniform(0.15, 0.85) * len(outline)
    for _ in range(int(rng.integers(4, 10))):
        x = float(np.clip(centre + rng.normal(0, 50), 5, len(outline) - 6))
        y = float(outline[int(x)]) + rng.uniform(4, 26)
        w, h = (8 + 26 * near) * rng.uniform(0.7, 1.5, 2)
        wall = vary(mix(hand.pale, hand.any(rng), 0.15), rng)
        polygon(image, [(x, y), (x + w, y), (x + w, y - h), (x, y - h)], wall)
        roof = vary(mix(np.array([160.0, 70, 50]), hand.any(rng), 0.3), rng)
        ends = [(x - 2, y - h), (x + w / 2, y - h - 0.6 * w), (x + w + 2, y - h)]
        polygon(image, ends, roof)
        disc(image, (x + w / 2, y - h / 2), w / 9, hand.dark)


def _path(image: Image, start: float, rng: np.random.Generator, colour: Colour) -> None:
    height, width = image.shape[:2]
    x = width * rng.uniform(0.3, 0.7)
    bend = width * rng.uniform(-0.3, 0.3)
    steps = np.linspace(0, 1, 24)
    middle = x + bend * np.sin(steps * 2.6) * steps
    half = 4 + width * 0.13 * steps**1.5
    y = start + (height - start) * steps
    left = list(zip(middle - half, y, strict=True))
    right = list(zip(middle + half, y, strict=True))
    polygon(image, [*left, *right[::-1]], colour)
