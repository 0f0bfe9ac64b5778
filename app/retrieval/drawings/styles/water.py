"""Water styles: the open sea, and a town mirrored in a river at night."""

import cv2
import numpy as np

from app.retrieval.drawings.styles.canvas import (
    BOX,
    Canvas,
    Colour,
    Point,
    colourise,
    downward,
    mix,
)
from app.retrieval.drawings.styles.nature import paint_sky
from app.retrieval.types import FloatArray

# Outline around the middle of the waterline, in half lengths of the hull.
_HULL = np.array([(-1, -0.25), (1, -0.3), (0.7, 0), (-0.7, 0)])


def seascape(canvas: Canvas) -> None:
    """Sky over water with a low sun, its glitter, and boats."""
    rng, height = canvas.rng, canvas.height
    horizon = int(height * rng.uniform(0.35, 0.62))
    paint_sky(canvas)
    sun = np.array([canvas.width, horizon]) * rng.uniform((0.15, 0.3), 0.85)
    radius = canvas.short * rng.uniform(0.03, 0.06)
    light = mix(canvas.pale, (255, 240, 200), 0.6)
    canvas.blend(0.7 * _glow(canvas, sun, radius * 5), light)
    canvas.disc(sun, radius, light)
    depth = (downward(canvas.size) * height - horizon) / (height - horizon)
    deep = mix(canvas.dark, canvas.palette[1], 0.5)
    water = colourise(depth, [canvas.palette[-2], canvas.palette[2], deep])
    canvas.image[horizon:] = water[horizon:]
    if rng.random() < 0.5:
        _headland(canvas, horizon)
    canvas.brush_over(width=9 * canvas.brush, length=42, angle=0.0, jitter=7)
    _waves(canvas, horizon, sun[0], light)
    for _ in range(1 + int(rng.integers(0, 3 + round(5 * canvas.density)))):
        _boat(canvas, horizon)
    canvas.finish(relief=0.9)


def nocturne(canvas: Canvas) -> None:
    """Show a town at night with lit windows, mirrored in a river."""
    rng, height, width = canvas.rng, canvas.height, canvas.width
    night = [canvas.dark * 0.5, canvas.dark, canvas.palette[1]]
    canvas.image = colourise(downward(canvas.size) * 1.4, night)
    canvas.blend((canvas.noise(cells=2) - 0.5).clip(0) * 0.9, canvas.palette[2])
    moon = canvas.point(0.1, 0.9, 0.08, 0.2)
    canvas.blend(0.6 * _glow(canvas, moon, 0.12 * width), canvas.pale)
    canvas.disc(moon, 0.028 * width, canvas.pale)
    for _ in range(60):
        canvas.disc(canvas.point(bottom=0.35), rng.uniform(0.6, 1.6), canvas.pale)
    shore = int(height * rng.uniform(0.6, 0.72))
    for row in range(3):
        _houses(canvas, shore, row)
    mirrored = cv2.flip(canvas.image[:shore], 0)
    rows = np.arange(height - shore)[:, None]
    ripple = rows * 0.04 * rng.normal(0, 1, (height - shore, 1))
    columns = (np.arange(width)[None] + 2 * ripple).round().astype(int) % width
    canvas.image[shore:] = 0.7 * mirrored[rows, columns] + 0.3 * canvas.dark
    wide = 4.5 * canvas.brush
    canvas.brush_over(width=wide, length=3 * wide, angle=0.0, coverage=0.9)
    canvas.finish(relief=1.1)


def _glow(canvas: Canvas, centre: Point, spread: float) -> FloatArray:
    """Give a (H, W) float32 halo: 1 at the centre, falling off as a Gaussian."""
    y, x = np.ogrid[: canvas.height, : canvas.width]
    squared = (x - centre[0]) ** 2 + (y - centre[1]) ** 2
    return np.asarray(np.exp(-squared / (2 * spread**2)), np.float32)


def _headland(canvas: Canvas, horizon: int) -> None:
    rng, height = canvas.rng, canvas.height
    outline = canvas.ridge() * height * rng.uniform(0.1, 0.22)
    fade = np.linspace(1, -0.6, canvas.width).clip(0)
    outline = outline * (fade if rng.random() < 0.5 else fade[::-1])
    rows = np.arange(height)[:, None]
    shades = [canvas.dark, canvas.palette[2], canvas.palette[-2]]
    land = (rows > horizon - outline) & (rows <= horizon + outline * 0.1)
    canvas.cover(land, colourise(canvas.noise(cells=6), shades))


def _waves(canvas: Canvas, horizon: int, sun_x: float, light: Colour) -> None:
    rng = canvas.rng
    for _ in range(round(900 + 900 * canvas.density)):
        near = rng.random() ** 1.6
        y = horizon + 3 + near * (canvas.height - horizon)
        x = rng.uniform(0, canvas.width)
        glitter = np.exp(-(((x - sun_x) / (20 + 110 * near)) ** 2))
        if rng.random() < 0.75 * glitter:
            colour = canvas.vary(light, 10)
        else:
            sea = mix(canvas.colour(), canvas.dark, 0.5 * rng.random())
            colour = canvas.vary(sea)
        length = (5 + 46 * near) * rng.uniform(0.5, 1.4)
        lift = (1 + 6 * near) * rng.uniform(-1, 1)
        crest = [
            (x - length, y),
            (x - length / 3, y - lift),
            (x + length, y + lift / 2),
        ]
        canvas.line(crest, colour, (1 + 4.5 * near) * canvas.brush)


def _boat(canvas: Canvas, horizon: int) -> None:
    rng = canvas.rng
    near = rng.random() ** 1.5
    y = horizon + 6 + near * 0.6 * (canvas.height - horizon)
    x = rng.uniform(0.06, 0.94) * canvas.width
    size = (12 + 75 * near) * rng.uniform(0.8, 1.3)
    top = (rng.uniform(-0.1, 0.1), -2)
    hull = _HULL * size + (x, y)
    mirrored = hull * (1, -1) + (0, 2 * y)
    canvas.polygon(mirrored, mix(canvas.dark, canvas.palette[1], 0.4))
    sail = canvas.vary(mix(canvas.pale, canvas.colour(), 0.45 * rng.random()))
    main = np.array([(0.06, -0.35), top, (0.85, -0.4)])
    canvas.polygon(main * size + (x, y), sail)
    fore = np.array([(-0.08, -0.35), top, (-0.7, -0.45)])
    tone = canvas.vary(mix(sail, canvas.colour(), 0.3))
    canvas.polygon(fore * size + (x, y), tone)
    mast = np.array([(0, -0.2), top])
    canvas.line(mast * size + (x, y), canvas.dark, size / 22)
    canvas.polygon(hull, mix(canvas.dark, canvas.colour(), 0.4))


def _houses(canvas: Canvas, shore: int, row: int) -> None:
    rng, width = canvas.rng, canvas.width
    x = -rng.uniform(0, 60)
    while x < width:
        w = width * rng.uniform(0.05, 0.12)
        h = canvas.height * (0.42 - 0.12 * row) * rng.uniform(0.5, 1.1)
        top = shore - h
        wall = mix(canvas.dark, canvas.palette[1], 0.25 + 0.2 * row)
        wall = canvas.vary(wall, 8)
        canvas.polygon([(x, shore), (x, top), (x + w, top), (x + w, shore)], wall)
        if rng.random() < 0.5:
            roof = [(x - 3, top), (x + w / 2, top - 0.5 * w), (x + w + 3, top)]
            canvas.polygon(roof, wall * 0.7)
        step = rng.uniform(11, 19)
        for wy in np.arange(top + step, shore - 6, step * 1.3):
            for wx in np.arange(x + 6, x + w - 8, step):
                if rng.random() < 0.2 + 0.4 * canvas.density:
                    warm = mix((255, 214, 120), canvas.colour(), 0.3)
                    pane = BOX * (step / 2, 0.7 * step) + (wx, wy)
                    canvas.polygon(pane, canvas.vary(warm, 20))
        x += w * rng.uniform(0.8, 1.3)
