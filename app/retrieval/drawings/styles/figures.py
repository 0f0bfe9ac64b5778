"""Things and people: still lifes and portraits."""

import cv2
import numpy as np
from numpy.typing import NDArray

from app.retrieval.drawings.styles.canvas import (
    Colour,
    Hand,
    Point,
    blend,
    brush_over,
    colourise,
    disc,
    finish,
    fractal,
    line,
    mix,
    polygon,
    vary,
)
from app.retrieval.types import Image

_SKINS = ((236, 200, 172), (214, 168, 134), (170, 118, 86), (112, 74, 54))
_LIGHT = np.array([-0.55, -0.6, 0.58])  # from the upper left, unit length


def still_life(rng: np.random.Generator, size: tuple[int, int], hand: Hand) -> Image:
    """Vessels, fruit and flowers on a table."""
    height, width = size
    gloom = fractal(size, rng, cells=2)
    ground = mix(hand.dark, hand.any(rng), rng.uniform(0.2, 0.7))
    image = colourise(
        gloom, np.stack([hand.dark, ground, mix(ground, hand.pale, 0.35)])
    )
    table = height * rng.uniform(0.58, 0.7)
    cloth = mix(hand.pale, hand.any(rng), rng.uniform(0.1, 0.6))
    folds = fractal((height, width), rng, cells=3, octaves=3)
    linen = colourise(folds, np.stack([mix(cloth, hand.dark, 0.55), cloth, hand.pale]))
    image[int(table) :] = linen[int(table) :]
    image = brush_over(
        image, rng, width=11 * hand.brush, length=34, angle=(folds - 0.5) * 3
    )
    unit = min(size)
    for place in _spread(rng, 1 + round(1 + 2 * hand.density), 0.14, 0.86):
        foot = (width * place, table + unit * rng.uniform(0.02, 0.1))
        _vessel(image, foot, unit * rng.uniform(0.2, 0.42), rng, hand)
    for place in _spread(rng, 3 + round(5 * hand.density), 0.1, 0.9):
        y = table + (height - table) * rng.uniform(0.3, 0.75)
        radius = unit * rng.uniform(0.045, 0.08)
        _shade_below(image, (width * place, y + radius * 0.85), radius, hand.dark)
        fruit = vary(mix(hand.any(rng), hand.palette[-2], 0.15), rng, 14)
        _ball(
            image, (width * place, y), (radius, radius * rng.uniform(0.9, 1.1)), fruit
        )
        stalk = [
            (width * place, y - radius * 0.8),
            (width * place + 4, y - radius * 1.2),
        ]
        line(image, stalk, hand.dark, 3)
    fine = 3.2 * hand.brush
    image = brush_over(
        image, rng, width=fine, length=4 * fine, angle=(gloom - 0.5) * 5, jitter=11
    )
    return finish(image, rng)


def portrait(rng: np.random.Generator, size: tuple[int, int], hand: Hand) -> Image:
    """Head and shoulders before a dark ground, features kept simple."""
    height, width = size
    gloom = fractal(size, rng, cells=2)
    ground = mix(hand.dark, hand.any(rng), rng.uniform(0.25, 0.8))
    image = colourise(
        gloom, np.stack([mix(hand.dark, ground, 0.3), ground, hand.any(rng)])
    )
    image = brush_over(
        image, rng, width=13 * hand.brush, length=46, angle=(gloom - 0.5) * 4
    )
    unit = height * rng.uniform(0.145, 0.19)
    likeness = rng.uniform(0, 1, 10)
    x, y = width * rng.uniform(0.42, 0.58), height * rng.uniform(0.36, 0.44)
    turn = rng.uniform(-0.25, 0.25)
    skin = vary(np.array(_SKINS[rng.integers(len(_SKINS))], float), rng, 6)
    hair = vary(mix(hand.dark, hand.any(rng), rng.uniform(0, 0.5)), rng, 8)
    dress = hand.any(rng)
    if rng.random() < 0.5:
        _ball(image, (x, y + unit * 0.45), (unit * 1.05, unit * 1.75), hair)
    _garment(image, (x, y + 1.75 * unit), unit, dress, rng, hand)
    neck = [(-0.36, 0.7), (0.36, 0.7), (0.5, 2.0), (0, 2.35), (-0.5, 2.0)]
    polygon(
        image,
        [(x + a * unit, y + b * unit) for a, b in neck],
        mix(skin, hand.dark, 0.22),
    )
    _ball(image, (x, y - 0.28 * unit), (unit * 0.95, unit * 1.12), hair)
    _ball(
        image,
        (x + turn * unit * 0.3, y + 0.08 * unit),
        (unit * 0.74, unit * 1.04),
        skin,
    )
    _face(image, (x + turn * unit, y), unit, skin, hair, likeness)
    _headdress(image, (x, y - 0.75 * unit), unit, rng, hand, hair)
    fine = 3 * hand.brush
    flow = np.asarray((gloom - 0.5) * 3 + 1.2, np.float32)
    image = brush_over(image, rng, width=fine, length=3 * fine, angle=flow, jitter=8)
    _face(image, (x + turn * unit, y), unit, skin, hair, likeness)
    return finish(image, rng, relief=0.9)


def _spread(
    rng: np.random.Generator, count: int, low: float, high: float
) -> list[float]:
    """Places along a line, neither regular nor heaped."""
    places = np.linspace(low, high, count) + rng.normal(0, 0.05, count)
    return [float(p) for p in rng.permutation(places.clip(low, high))]


def _ball(
    image: Image, centre: Point, radii: tuple[float, float], colour: Colour
) -> None:
    """Paint a lit ellipsoid with a highlight."""
    height, width = image.shape[:2]
    y, x = np.ogrid[:height, :width]
    across, down = (x - centre[0]) / radii[0], (y - centre[1]) / radii[1]
    left, right = (int(centre[0] + s * radii[0]) + s for s in (-1, 1))
    top, bottom = (int(centre[1] + s * radii[1]) + s for s in (-1, 1))
    part = (slice(max(top, 0), max(bottom, 0)), slice(max(left, 0), max(right, 0)))
    u, v = across[:, part[1]], down[part[0]]
    squared = u**2 + v**2
    front = np.sqrt((1 - squared).clip(0))
    lambert = (u * _LIGHT[0] + v * _LIGHT[1] + front * _LIGHT[2]).clip(0)
    shine = lambert[..., None] ** 24
    tones = colour * (0.42 + 0.7 * lambert[..., None]) + 90 * shine
    mask = ((1.0 - squared) * min(radii) / 2).clip(0, 1).astype(np.float32)
    blend(image[part], mask, tones.clip(0, 255).astype(np.uint8))


def _shade_below(image: Image, centre: Point, radius: float, dark: Colour) -> None:
    height, width = image.shape[:2]
    shadow = np.zeros((height, width), np.float32)
    at = (int(centre[0] + 0.35 * radius), int(centre[1]))
    axes = (max(1, int(radius * 1.25)), max(1, int(radius * 0.35)))
    cv2.ellipse(shadow, at, axes, 0, 0, 360, 0.7, -1)
    blend(image, cv2.GaussianBlur(shadow, (0, 0), radius / 6 + 0.5), dark)


def _vessel(
    image: Image, foot: Point, tall: float, rng: np.random.Generator, hand: Hand
) -> None:
    """Paint a turned vase or bottle, half of them with flowers."""
    colour = vary(hand.any(rng), rng, 10)
    belly, neck = rng.uniform(0.22, 0.42), rng.uniform(0.06, 0.16)
    steps = np.linspace(0, 1, int(tall))  # from the mouth down
    profile = (
        neck + (belly - neck) * np.sin(np.pi * steps ** rng.uniform(0.8, 1.8)) ** 1.3
    )
    profile += 0.03 * (steps < 0.04)
    _shade_below(image, foot, tall * belly, hand.dark)
    band = rng.uniform(0.35, 0.7)
    accent = hand.any(rng)
    for step, share in enumerate(steps):
        y = int(foot[1] - tall + step)
        half = profile[step] * tall
        left, right = int(foot[0] - half), int(foot[0] + half) + 1
        row = image[y : y + 1, max(left, 0) : max(right, 0)]
        if y < 0 or not row.size:
            continue
        u = np.linspace(-1, 1, right - left)[max(-left, 0) :][: row.shape[1]]
        lit = 0.35 + 0.8 * (np.sqrt(1 - u**2) * 0.75 - 0.5 * u).clip(0)
        lit += 0.5 * np.exp(-(((u + 0.45) / 0.09) ** 2))
        tone = accent if abs(share - band) < 0.06 else colour
        row[0] = (tone * lit[:, None]).clip(0, 255)
    if rng.random() < 0.6:
        mouth = (foot[0], foot[1] - tall)
        for _ in range(round(14 + 26 * hand.density)):
            tip = (
                mouth[0] + rng.normal(0, 0.3) * tall,
                mouth[1] - rng.gamma(3, 0.12) * tall,
            )
            line(image, [mouth, tip], mix(hand.dark, np.array([60.0, 110, 60]), 0.7), 3)
            petal = vary(hand.palette[rng.integers(1, len(hand.palette))], rng, 18)
            for angle in np.arange(6) * np.pi / 3:
                spot = (tip[0] + 6 * np.cos(angle), tip[1] + 6 * np.sin(angle))
                disc(image, spot, rng.uniform(4, 8), vary(petal, rng, 10))
            disc(image, tip, 4, hand.palette[-2])


def _garment(
    image: Image,
    collar: Point,
    unit: float,
    colour: Colour,
    rng: np.random.Generator,
    hand: Hand,
) -> None:
    height = image.shape[0]
    x, y = collar
    slope = rng.uniform(0.5, 1.0)
    body = [(x - 0.5 * unit, y), (x + 0.5 * unit, y)]
    body += [(x + 2.3 * unit, y + slope * unit), (x + 2.9 * unit, height + 9.0)]
    body += [(x - 2.9 * unit, height + 9.0), (x - 2.3 * unit, y + slope * unit)]
    polygon(image, body, mix(colour, hand.dark, 0.35))
    for _ in range(26):
        start = (x + rng.uniform(-1.8, 1.8) * unit, y + unit * rng.uniform(0.4, 1.1))
        end = (start[0] + rng.normal(0, 0.5) * unit, height)
        tone = mix(colour, hand.pale if rng.random() < 0.5 else hand.dark, 0.4)
        line(image, [start, end], vary(tone, rng), rng.uniform(3, 12))
    if rng.random() < 0.6:
        trim = hand.any(rng) if rng.random() < 0.5 else hand.pale
        for k in range(28):
            angle = np.pi * (k / 27)
            spot = (x + 0.75 * unit * np.cos(angle), y + 0.55 * unit * np.sin(angle))
            disc(image, spot, unit * 0.055, vary(trim, rng, 14))


def _face(
    image: Image,
    centre: Point,
    unit: float,
    skin: Colour,
    hair: Colour,
    likeness: NDArray[np.float64],
) -> None:
    """Draw features; ``likeness``, (10,) in [0, 1], makes every sitter another."""
    x, y = centre
    deep = mix(skin, np.array([60.0, 30, 24]), 0.55)
    iris = mix(np.array([50.0, 34, 24]), np.array([70.0, 110, 130]), likeness[0])
    apart, half = (0.24 + 0.1 * likeness[1]) * unit, (0.1 + 0.07 * likeness[2]) * unit
    tall, brow = (0.05 + 0.05 * likeness[3]) * unit, (0.13 + 0.1 * likeness[4]) * unit
    tilt = (likeness[5] - 0.5) * 0.12 * unit
    gaze = (likeness[6] - 0.5) * half
    for side in (-1, 1):
        ex, ey = x + side * apart, y - 0.02 * unit
        almond = [(ex - half, ey), (ex, ey - tall), (ex + half, ey)]
        white = np.array([236.0, 228, 214])
        polygon(image, [*almond, (ex, ey + 0.8 * tall)], white)
        disc(image, (ex + gaze, ey - 0.01 * unit), 0.85 * tall, iris)
        line(image, almond, deep * 0.6, 0.03 * unit)
        arch = [(ex - 1.2 * half, ey - brow + side * tilt), (ex, ey - 1.3 * brow)]
        arch.append((ex + 1.2 * half, ey - brow - side * tilt))
        line(image, arch, hair * 0.8, (0.03 + 0.03 * likeness[3]) * unit)
    tip = y + (0.3 + 0.14 * likeness[7]) * unit
    nose = [(x + 0.02 * unit, y), (x + 0.1 * unit, tip), (x - 0.06 * unit, tip + 4)]
    line(image, nose, deep, 0.035 * unit)
    wide, mouth = (0.13 + 0.12 * likeness[8]) * unit, tip + 0.24 * unit
    smile = (likeness[9] - 0.35) * 0.09 * unit
    lips = [(x - wide, mouth), (x, mouth + smile), (x + wide, mouth)]
    red = mix(deep, np.array([170.0, 50, 50]), 0.3 + 0.5 * likeness[0])
    line(image, lips, red, (0.05 + 0.04 * likeness[2]) * unit)


def _headdress(
    image: Image,
    centre: Point,
    unit: float,
    rng: np.random.Generator,
    hand: Hand,
    hair: Colour,
) -> None:
    x, y = centre
    kind = rng.integers(3)
    colour = hand.any(rng)
    if kind == 0:  # hat with a brim
        brim = (int(1.35 * unit), int(0.24 * unit))
        crown = [(-0.7, 0), (0.7, 0), (0.55, -0.75), (-0.5, -0.8)]
        polygon(image, [(x + a * unit, y + b * unit) for a, b in crown], colour * 0.8)
        at = (int(x), int(y))
        cv2.ellipse(
            image, at, brim, -6, 0, 360, (colour * 0.65).tolist(), -1, cv2.LINE_AA
        )
        band = [(x - 0.7 * unit, y - 0.1 * unit), (x + 0.7 * unit, y - 0.1 * unit)]
        line(image, band, hand.pale, 0.12 * unit)
    elif kind == 1:  # flowers in the hair
        for _ in range(16):
            spot = (x + rng.normal(0, 0.45) * unit, y - rng.uniform(-0.15, 0.3) * unit)
            disc(image, spot, rng.uniform(0.06, 0.13) * unit, vary(colour, rng, 24))
    else:  # strands
        for _ in range(30):
            start = (x + rng.uniform(-0.3, 0.3) * unit, y - 0.5 * unit)
            side = rng.choice([-1.0, 1.0]) * rng.uniform(0.7, 0.98)
            middle = (x + side * unit, y + rng.uniform(0, 0.5) * unit)
            line(
                image,
                [start, middle, (x + side * unit, y + unit)],
                vary(hair, rng, 16),
                3,
            )
