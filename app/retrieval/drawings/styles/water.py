"""Water: the open sea, and a town mirrored in a river at night."""

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
    glow,
    line,
    mix,
    polygon,
    ridge,
    vary,
)
from app.retrieval.drawings.styles.nature import sky
from app.retrieval.types import Image


def seascape(rng: np.random.Generator, size: tuple[int, int], hand: Hand) -> Image:
    """Sky over water with a low sun, its glitter, and boats."""
    height, width = size
    horizon = int(height * rng.uniform(0.35, 0.62))
    image = sky(rng, size, hand)
    sun = (width * rng.uniform(0.15, 0.85), horizon * rng.uniform(0.3, 0.85))
    radius = min(size) * rng.uniform(0.03, 0.06)
    halo = glow(size, sun, radius * 5)
    light = mix(hand.pale, np.array([255.0, 240, 200]), 0.6)
    blend(image, 0.7 * halo, light)
    disc(image, sun, radius, light)
    depth = (downward(size) * height - horizon) / (height - horizon)
    deep, shallow = mix(hand.dark, hand.palette[1], 0.5), hand.palette[-2]
    water = colourise(depth, np.stack([shallow, hand.palette[2], deep]))
    image[horizon:] = water[horizon:]
    if rng.random() < 0.5:
        _headland(image, horizon, rng, hand)
    image = brush_over(image, rng, width=9 * hand.brush, length=42, angle=0.0, jitter=7)
    _waves(image, horizon, sun[0], light, rng, hand)
    for _ in range(1 + int(rng.integers(0, 3 + round(5 * hand.density)))):
        _boat(image, horizon, rng, hand)
    return finish(image, rng, relief=0.9)


def nocturne(rng: np.random.Generator, size: tuple[int, int], hand: Hand) -> Image:
    """Show a town at night with lit windows, mirrored in a river."""
    height, width = size
    night = np.stack([hand.dark * 0.5, hand.dark, hand.palette[1]])
    image = colourise(downward(size) * 1.4, night)
    clouds = fractal(size, rng, cells=2)
    blend(image, (clouds - 0.5).clip(0) * 0.9, hand.palette[2])
    moon = (width * rng.uniform(0.1, 0.9), height * rng.uniform(0.08, 0.2))
    blend(image, 0.6 * glow(size, moon, 0.12 * width), hand.pale)
    disc(image, moon, 0.028 * width, hand.pale)
    for _ in range(60):
        star = (width * rng.random(), height * 0.35 * rng.random())
        disc(image, star, rng.uniform(0.6, 1.6), hand.pale)
    shore = int(height * rng.uniform(0.6, 0.72))
    for row in range(3):
        _houses(image, shore, row, rng, hand)
    mirrored = cv2.flip(image[:shore], 0)[: height - shore]
    ripple = (
        np.arange(height - shore)[:, None]
        * 0.04
        * rng.normal(0, 1, (height - shore, 1))
    )
    columns = (np.arange(width)[None] + 2 * ripple).round().astype(int) % width
    rows = np.arange(height - shore)[:, None].clip(0, len(mirrored) - 1)
    water = mirrored[rows, columns]
    image[shore:] = (0.7 * water + 0.3 * hand.dark).astype(np.uint8)
    wide = 4.5 * hand.brush
    image = brush_over(image, rng, width=wide, length=3 * wide, angle=0.0, coverage=0.9)
    return finish(image, rng, relief=1.1)


def _headland(image: Image, horizon: int, rng: np.random.Generator, hand: Hand) -> None:
    height, width = image.shape[:2]
    outline = ridge(width, rng, cells=3) * height * rng.uniform(0.1, 0.22)
    fade = np.linspace(1, -0.6, width).clip(0)
    outline = outline * (fade if rng.random() < 0.5 else fade[::-1])
    rows = np.arange(height)[:, None]
    rock = colourise(
        fractal((height, width), rng, cells=6),
        np.stack([hand.dark, hand.palette[2], hand.palette[-2]]),
    )
    land = (rows > horizon - outline) & (rows <= horizon + outline * 0.1)
    image[land] = rock[land]


def _waves(
    image: Image,
    horizon: int,
    sun_x: float,
    light: Colour,
    rng: np.random.Generator,
    hand: Hand,
) -> None:
    height, width = image.shape[:2]
    for _ in range(round(900 + 900 * hand.density)):
        near = rng.random() ** 1.6
        y = horizon + 3 + near * (height - horizon)
        x = rng.uniform(0, width)
        glitter = np.exp(-(((x - sun_x) / (20 + 110 * near)) ** 2))
        if rng.random() < 0.75 * glitter:
            colour = vary(light, rng, 10)
        else:
            colour = vary(mix(hand.any(rng), hand.dark, 0.5 * rng.random()), rng)
        length = (5 + 46 * near) * rng.uniform(0.5, 1.4)
        lift = (1 + 6 * near) * rng.uniform(-1, 1)
        points = [
            (x - length, y),
            (x - length / 3, y - lift),
            (x + length, y + lift / 2),
        ]
        line(image, points, colour, (1 + 4.5 * near) * hand.brush)


def _boat(image: Image, horizon: int, rng: np.random.Generator, hand: Hand) -> None:
    height, width = image.shape[:2]
    near = rng.random() ** 1.5
    y = horizon + 6 + near * 0.6 * (height - horizon)
    x = rng.uniform(0.06, 0.94) * width
    s = (12 + 75 * near) * rng.uniform(0.8, 1.3)
    lean = s * rng.uniform(-0.1, 0.1)
    hull = [
        (x - s, y - 0.25 * s),
        (x + s, y - 0.3 * s),
        (x + 0.7 * s, y),
        (x - 0.7 * s, y),
    ]
    reflection = [(px, 2 * y - py) for px, py in hull]
    polygon(image, reflection, mix(hand.dark, hand.palette[1], 0.4))
    sail = vary(mix(hand.pale, hand.any(rng), 0.45 * rng.random()), rng)
    mast = (x + lean, y - 2 * s)
    polygon(
        image, [(x + 0.06 * s, y - 0.35 * s), mast, (x + 0.85 * s, y - 0.4 * s)], sail
    )
    polygon(
        image,
        [(x - 0.08 * s, y - 0.35 * s), mast, (x - 0.7 * s, y - 0.45 * s)],
        vary(mix(sail, hand.any(rng), 0.3), rng),
    )
    line(image, [(x, y - 0.2 * s), mast], hand.dark, s / 22)
    polygon(image, hull, mix(hand.dark, hand.any(rng), 0.4))


def _houses(
    image: Image, shore: int, row: int, rng: np.random.Generator, hand: Hand
) -> None:
    height, width = image.shape[:2]
    x = -rng.uniform(0, 60)
    while x < width:
        w = width * rng.uniform(0.05, 0.12)
        h = height * (0.42 - 0.12 * row) * rng.uniform(0.5, 1.1)
        top = shore - h
        wall = vary(mix(hand.dark, hand.palette[1], 0.25 + 0.2 * row), rng, 8)
        polygon(image, [(x, shore), (x, top), (x + w, top), (x + w, shore)], wall)
        if rng.random() < 0.5:
            roof = [(x - 3, top), (x + w / 2, top - 0.5 * w), (x + w + 3, top)]
            polygon(image, roof, wall * 0.7)
        step = rng.uniform(11, 19)
        for wy in np.arange(top + step, shore - 6, step * 1.3):
            for wx in np.arange(x + 6, x + w - 8, step):
                if rng.random() < 0.2 + 0.4 * hand.density:
                    warm = mix(np.array([255.0, 214, 120]), hand.any(rng), 0.3)
                    pane = [(wx, wy), (wx + step / 2, wy)]
                    pane += [(wx + step / 2, wy + 0.7 * step), (wx, wy + 0.7 * step)]
                    polygon(image, pane, vary(warm, rng, 20))
        x += w * rng.uniform(0.8, 1.3)
