"""Landscape styles: hills, gardens, and river banks in dots."""

import cv2
import numpy as np

from app.retrieval.drawings.styles.canvas import (
    BOX,
    Canvas,
    Colour,
    colourise,
    downward,
    fractal,
    mix,
)
from app.retrieval.types import FloatArray


def hills(canvas: Canvas) -> None:
    """Layered hills with fields, trees and a village, in oil."""
    _hill_country(canvas)
    flow = (canvas.noise(cells=2, octaves=2) - 0.5) * 1.1
    wide = 6 * canvas.brush
    canvas.brush_over(width=wide, length=4 * wide, angle=flow)
    canvas.brush_over(width=wide / 2.5, length=1.6 * wide, angle=flow, coverage=0.8)
    canvas.finish()


def garden(canvas: Canvas) -> None:
    """Flowers, shrubs and a path in broken dabs of colour."""
    rng, height = canvas.rng, canvas.height
    paint_sky(canvas)
    top = height * rng.uniform(0.22, 0.45)
    bushes = top + height * 0.14 * (canvas.ridge(cells=5) - 0.5)
    rows = np.arange(height)[:, None]
    growth = canvas.noise(cells=5)
    green = mix(canvas.palette[1], (70, 110, 60), 0.55)
    shades = [mix(canvas.dark, green, 0.4), green, canvas.pale]
    canvas.cover(rows > bushes, colourise(growth, shades))
    floor = top + height * rng.uniform(0.12, 0.25)
    canvas.blend(0.75 * (rows > floor) * growth, mix(green, canvas.pale, 0.35))
    _path(canvas, floor, mix(canvas.pale, canvas.palette[2], 0.3))
    upright = 1.3 * (rows > bushes - 8)
    canvas.brush_over(width=8 * canvas.brush, length=18, angle=upright)
    beds = canvas.noise(cells=4, octaves=3)
    # Every bed has a colour of its own; nearer dabs are larger.
    for _ in range(round(1800 + 2600 * canvas.density)):
        x, y = (
            int(rng.integers(canvas.width)),
            int(rng.integers(int(top * 0.8), height)),
        )
        bed = beds[y, x]
        if bed < 0.45 and rng.random() < 0.8:
            continue
        colour = canvas.palette[1 + int(bed * 37) % (len(canvas.palette) - 1)]
        near = (y - top * 0.8) / (height - top * 0.8)
        long = (1.5 + 5 * near) * canvas.brush * rng.uniform(0.7, 1.6)
        axes = (max(1, round(long)), max(1, round((1 + 3 * near) * canvas.brush)))
        angle = rng.uniform(0, 180)
        tone = canvas.vary(colour, 18).tolist()
        cv2.ellipse(canvas.image, (x, y), axes, angle, 0, 360, tone, -1, cv2.LINE_AA)
    canvas.finish(relief=1.2)


def pointillism(canvas: Canvas) -> None:
    """Paint a river bank in dots of unmixed colour."""
    rng, height, width = canvas.rng, canvas.height, canvas.width
    _hill_country(canvas)
    bank = int(height * rng.uniform(0.58, 0.76))
    mirrored = cv2.flip(canvas.image[:bank], 0)[: height - bank]
    water = mix(canvas.palette[1], canvas.dark, 0.3)
    canvas.image[bank:] = 0.55 * mirrored + 0.45 * water
    shore = np.full(width, float(bank), np.float32)
    for _ in range(3):
        _trees(canvas, shore, 1.0)
    _village(canvas, shore, 1.0)
    base = canvas.image.copy()
    canvas.image[:] = mix(canvas.pale, (250, 246, 236), 0.6)
    radius = 3.6 * canvas.brush
    count = int(2.8 * height * width / (np.pi * radius**2))
    x, y = rng.integers(0, width, count), rng.integers(0, height, count)
    pure = rng.choice(canvas.palette, count)
    stray = np.where(rng.random((count, 1)) < 0.09, 0.75, 0.1)
    colours = base[y, x] * (1 - stray) + pure * stray + rng.normal(0, 9, (count, 3))
    for centre, colour, reach in zip(
        (8 * np.stack([x, y], 1)).tolist(),
        colours.clip(0, 255).tolist(),
        (8 * radius * rng.uniform(0.7, 1.25, count)).astype(int).tolist(),
        strict=True,
    ):
        cv2.circle(canvas.image, centre, reach, colour, -1, cv2.LINE_AA, 3)
    canvas.finish(relief=0.6)


def paint_sky(canvas: Canvas) -> None:
    """Paint a sky with clouds, all over the picture."""
    rng, size = canvas.rng, canvas.size
    # Blue by day or the palette's own warm light, deepest at the zenith.
    zenith = mix((86, 140, 196), canvas.colour(), rng.uniform(0.1, 0.75))
    low = mix(canvas.pale, canvas.palette[-2], rng.uniform(0, 0.5))
    slope = downward(size) * rng.uniform(1.2, 1.9)
    canvas.image = colourise(slope, [zenith, mix(zenith, low, 0.6), low])
    stretched = fractal((size[0] * 2, size[1]), rng)[: size[0]]
    clouds = ((stretched - rng.uniform(0.45, 0.6)) * 3).clip(0, 1)
    canvas.blend(0.85 * clouds, mix(canvas.pale, (255, 252, 244), 0.7))
    shadow = 0.35 * np.roll(clouds, 14, axis=0) ** 2
    canvas.blend(shadow, mix(zenith, canvas.dark, 0.3))


def _hill_country(canvas: Canvas) -> None:
    rng, height = canvas.rng, canvas.height
    paint_sky(canvas)
    rows = np.arange(height)[:, None]
    count = 4 + int(rng.integers(3))
    top = rng.uniform(0.22, 0.4)
    for layer in range(count):
        near = layer / (count - 1)
        base = height * (top + (0.98 - top) * near**1.3)
        swing = height * rng.uniform(0.08, 0.2) * (1 - 0.4 * near)
        outline = base - swing * canvas.ridge(cells=2 + layer)
        colour = mix(canvas.palette[-2], canvas.colour(), 0.25 + 0.65 * near)
        fields = canvas.noise(cells=4 + layer, octaves=4)
        shades = [mix(colour, canvas.dark, 0.45 * near), colour, canvas.colour()]
        canvas.cover(rows > outline, colourise(fields, shades))
        if layer:
            _trees(canvas, outline, near)
        if layer in (1, 2) and rng.random() < 0.7:
            _village(canvas, outline, near)


def _trees(canvas: Canvas, outline: FloatArray, near: float) -> None:
    rng = canvas.rng
    green = mix(canvas.dark, canvas.palette[1], 0.4)
    for _ in range(round((6 + 26 * canvas.density) * rng.uniform(0.5, 1.3))):
        x = int(rng.integers(canvas.width))
        y = float(outline[x]) + rng.uniform(-4, 70 * near)
        tall = (6 + 34 * near) * rng.uniform(0.6, 1.4)
        for _ in range(7):
            spot = (x + rng.normal(0, tall / 4), y - tall * rng.uniform(0.2, 1))
            canvas.disc(spot, tall * rng.uniform(0.14, 0.3), canvas.vary(green, 14))


def _village(canvas: Canvas, outline: FloatArray, near: float) -> None:
    rng = canvas.rng
    centre = rng.uniform(0.15, 0.85) * canvas.width
    for _ in range(int(rng.integers(4, 10))):
        x = float(np.clip(centre + rng.normal(0, 50), 5, canvas.width - 6))
        y = float(outline[int(x)]) + rng.uniform(4, 26)
        w, h = (8 + 26 * near) * rng.uniform(0.7, 1.5, 2)
        wall = canvas.vary(mix(canvas.pale, canvas.colour(), 0.15))
        canvas.polygon(BOX * (w, -h) + (x, y), wall)
        roof = canvas.vary(mix((160, 70, 50), canvas.colour(), 0.3))
        gable = [(x - 2, y - h), (x + w / 2, y - h - 0.6 * w), (x + w + 2, y - h)]
        canvas.polygon(gable, roof)
        canvas.disc((x + w / 2, y - h / 2), w / 9, canvas.dark)


def _path(canvas: Canvas, start: float, colour: Colour) -> None:
    x = canvas.width * canvas.rng.uniform(0.3, 0.7)
    bend = canvas.width * canvas.rng.uniform(-0.3, 0.3)
    steps = np.linspace(0, 1, 24)
    middle = x + bend * np.sin(steps * 2.6) * steps
    half = 4 + canvas.width * 0.13 * steps**1.5
    y = start + (canvas.height - start) * steps
    right = np.c_[middle + half, y]
    canvas.polygon(np.concatenate([np.c_[middle - half, y], right[::-1]]), colour)
