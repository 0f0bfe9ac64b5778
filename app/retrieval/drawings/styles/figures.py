"""Figurative styles: still lifes and portraits."""

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from app.retrieval.drawings.styles.canvas import (
    Canvas,
    Colour,
    Point,
    blend,
    colourise,
    mix,
    shifted,
    towards,
)

_SKINS = np.array([(236.0, 200, 172), (214, 168, 134), (170, 118, 86), (112, 74, 54)])
_LIGHT = np.array([-0.55, -0.6, 0.58])  # from the upper left, unit length
# Outlines in units of half a head's height.
_NECK = np.array([(-0.36, 0.7), (0.36, 0.7), (0.5, 2.0), (0, 2.35), (-0.5, 2.0)])
_CROWN = np.array([(-0.7, 0), (0.7, 0), (0.55, -0.75), (-0.5, -0.8)])
_HAT_BAND = np.array([(-0.7, -0.1), (0.7, -0.1)])


def still_life(canvas: Canvas) -> None:
    """Vessels, fruit and flowers on a table."""
    rng, height = canvas.rng, canvas.height
    gloom = canvas.noise(cells=2)
    ground = mix(canvas.dark, canvas.colour(), rng.uniform(0.2, 0.7))
    shades = [canvas.dark, ground, mix(ground, canvas.pale, 0.35)]
    canvas.image = colourise(gloom, shades)
    table = height * rng.uniform(0.58, 0.7)
    cloth = mix(canvas.pale, canvas.colour(), rng.uniform(0.1, 0.6))
    folds = canvas.noise(octaves=3)
    linen = colourise(folds, [mix(cloth, canvas.dark, 0.55), cloth, canvas.pale])
    canvas.image[int(table) :] = linen[int(table) :]
    canvas.brush_over(width=11 * canvas.brush, length=34, angle=(folds - 0.5) * 3)
    for x in _spread(canvas, 1 + round(1 + 2 * canvas.density), 0.14):
        foot = (x, table + canvas.short * rng.uniform(0.02, 0.1))
        _vessel(canvas, foot, canvas.short * rng.uniform(0.2, 0.42))
    for x in _spread(canvas, 3 + round(5 * canvas.density), 0.1):
        y = table + (height - table) * rng.uniform(0.3, 0.75)
        radius = canvas.short * rng.uniform(0.045, 0.08)
        _shade_below(canvas, (x, y + radius * 0.85), radius)
        fruit = canvas.vary(mix(canvas.colour(), canvas.palette[-2], 0.15), 14)
        _ball(canvas, (x, y), (radius, radius * rng.uniform(0.9, 1.1)), fruit)
        stalk = [(x, y - radius * 0.8), (x + 4, y - radius * 1.2)]
        canvas.line(stalk, canvas.dark, 3)
    fine, flow = 3.2 * canvas.brush, (gloom - 0.5) * 5
    canvas.brush_over(width=fine, length=4 * fine, angle=flow, jitter=11)
    canvas.finish()


def portrait(canvas: Canvas) -> None:
    """Head and shoulders before a dark ground, features kept simple."""
    rng = canvas.rng
    gloom = canvas.noise(cells=2)
    ground = mix(canvas.dark, canvas.colour(), rng.uniform(0.25, 0.8))
    shades = [mix(canvas.dark, ground, 0.3), ground, canvas.colour()]
    canvas.image = colourise(gloom, shades)
    canvas.brush_over(width=13 * canvas.brush, length=46, angle=(gloom - 0.5) * 4)
    unit = canvas.height * rng.uniform(0.145, 0.19)
    likeness = rng.uniform(0, 1, 10)
    head = canvas.point(0.42, 0.58, 0.36, 0.44)
    turn = rng.uniform(-0.25, 0.25) * unit
    skin = canvas.vary(rng.choice(_SKINS), 6)
    hair = canvas.vary(mix(canvas.dark, canvas.colour(), rng.uniform(0, 0.5)), 8)
    dress = canvas.colour()
    if rng.random() < 0.5:
        _ball(canvas, shifted(head, 0, unit * 0.45), (unit * 1.05, unit * 1.75), hair)
    _garment(canvas, shifted(head, 0, 1.75 * unit), unit, dress)
    canvas.polygon(_NECK * unit + head, mix(skin, canvas.dark, 0.22))
    _ball(canvas, shifted(head, 0, -0.28 * unit), (unit * 0.95, unit * 1.12), hair)
    face = shifted(head, turn, 0)
    _ball(
        canvas, shifted(head, turn * 0.3, 0.08 * unit), (unit * 0.74, unit * 1.04), skin
    )
    _face(canvas, face, unit, skin, hair, likeness)
    _headdress(canvas, shifted(head, 0, -0.75 * unit), unit, hair)
    fine = 3 * canvas.brush
    flow = np.asarray((gloom - 0.5) * 3 + 1.2, np.float32)
    canvas.brush_over(width=fine, length=3 * fine, angle=flow, jitter=8)
    _face(canvas, face, unit, skin, hair, likeness)
    canvas.finish(relief=0.9)


def _spread(canvas: Canvas, count: int, margin: float) -> list[float]:
    """Choose places across the picture, neither regular nor heaped: x in pixels."""
    places = np.linspace(margin, 1 - margin, count)
    places = (places + canvas.rng.normal(0, 0.05, count)).clip(margin, 1 - margin)
    return [float(canvas.width * place) for place in canvas.rng.permutation(places)]


def _ball(
    canvas: Canvas, centre: ArrayLike, radii: tuple[float, float], colour: Colour
) -> None:
    """Paint a lit ellipsoid with a highlight."""
    columns, rows = (
        np.arange(max(int(at - radius) - 1, 0), min(max(int(at + radius) + 1, 0), side))
        for at, radius, side in zip(
            np.asarray(centre).tolist(), radii, canvas.size[::-1], strict=True
        )
    )
    x, y = np.asarray(centre)
    u, v = (columns - x) / radii[0], (rows[:, None] - y) / radii[1]
    squared = u**2 + v**2
    front = np.sqrt((1 - squared).clip(0))
    lambert = (u * _LIGHT[0] + v * _LIGHT[1] + front * _LIGHT[2]).clip(0)[..., None]
    tones = colour * (0.42 + 0.7 * lambert) + 90 * lambert**24
    mask = ((1.0 - squared) * min(radii) / 2).clip(0, 1).astype(np.float32)
    part = canvas.image[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    blend(part, mask, tones.clip(0, 255).astype(np.uint8))


def _shade_below(canvas: Canvas, centre: tuple[float, float], radius: float) -> None:
    shadow = np.zeros(canvas.size, np.float32)
    at = (int(centre[0] + 0.35 * radius), int(centre[1]))
    axes = (max(1, int(radius * 1.25)), max(1, int(radius * 0.35)))
    cv2.ellipse(shadow, at, axes, 0, 0, 360, 0.7, -1)
    canvas.blend(cv2.GaussianBlur(shadow, (0, 0), radius / 6 + 0.5), canvas.dark)


def _vessel(canvas: Canvas, foot: tuple[float, float], tall: float) -> None:
    """Paint a turned vase or bottle, most of them with flowers."""
    rng = canvas.rng
    colour = canvas.vary(canvas.colour(), 10)
    belly, neck = rng.uniform(0.22, 0.42), rng.uniform(0.06, 0.16)
    steps = np.linspace(0, 1, int(tall))  # from the mouth down
    swelling = np.sin(np.pi * steps ** rng.uniform(0.8, 1.8)) ** 1.3
    profile = neck + (belly - neck) * swelling
    profile += 0.03 * (steps < 0.04)
    _shade_below(canvas, foot, tall * belly)
    band = rng.uniform(0.35, 0.7)
    accent = canvas.colour()
    for step, share in enumerate(steps):
        y = int(foot[1] - tall + step)
        half = profile[step] * tall
        left, right = int(foot[0] - half), int(foot[0] + half) + 1
        row = canvas.image[y : y + 1, max(left, 0) : max(right, 0)]
        if y < 0 or not row.size:
            continue
        u = np.linspace(-1, 1, right - left)[max(-left, 0) :][: row.shape[1]]
        lit = 0.35 + 0.8 * (np.sqrt(1 - u**2) * 0.75 - 0.5 * u).clip(0)
        lit += 0.5 * np.exp(-(((u + 0.45) / 0.09) ** 2))
        tone = accent if abs(share - band) < 0.06 else colour
        row[0] = (tone * lit[:, None]).clip(0, 255)
    if rng.random() < 0.6:
        mouth = np.array([foot[0], foot[1] - tall])
        for _ in range(round(14 + 26 * canvas.density)):
            tip = shifted(mouth, rng.normal(0, 0.3) * tall, -rng.gamma(3, 0.12) * tall)
            canvas.line([mouth, tip], mix(canvas.dark, (60, 110, 60), 0.7), 3)
            petal = canvas.vary(canvas.colour(pale=True), 18)
            for spot in tip + 6 * towards(np.arange(6) * np.pi / 3):
                canvas.disc(spot, rng.uniform(4, 8), canvas.vary(petal, 10))
            canvas.disc(tip, 4, canvas.palette[-2])


def _garment(canvas: Canvas, collar: Point, unit: float, colour: Colour) -> None:
    rng, height = canvas.rng, canvas.height
    x, y = collar
    hem, shoulder = height + 9.0, y + rng.uniform(0.5, 1.0) * unit
    body = [(x - 0.5 * unit, y), (x + 0.5 * unit, y)]
    body += [(x + 2.3 * unit, shoulder), (x + 2.9 * unit, hem)]
    body += [(x - 2.9 * unit, hem), (x - 2.3 * unit, shoulder)]
    canvas.polygon(body, mix(colour, canvas.dark, 0.35))
    for _ in range(26):
        start = collar + unit * rng.uniform((-1.8, 0.4), (1.8, 1.1))
        end = np.array([start[0] + rng.normal(0, 0.5) * unit, height])
        tone = mix(colour, canvas.pale if rng.random() < 0.5 else canvas.dark, 0.4)
        canvas.line([start, end], canvas.vary(tone), rng.uniform(3, 12))
    if rng.random() < 0.6:
        trim = canvas.colour() if rng.random() < 0.5 else canvas.pale
        for direction in towards(np.pi * (np.arange(28) / 27)):
            bead = collar + direction * (0.75 * unit, 0.55 * unit)
            canvas.disc(bead, unit * 0.055, canvas.vary(trim, 14))


def _face(
    canvas: Canvas,
    centre: Point,
    unit: float,
    skin: Colour,
    hair: Colour,
    likeness: NDArray[np.float64],
) -> None:
    """Draw features; ``likeness``, (10,) in [0, 1], makes every sitter another."""
    x, y = centre
    deep = mix(skin, (60, 30, 24), 0.55)
    iris = mix((50, 34, 24), (70, 110, 130), likeness[0])
    apart, half = (0.24 + 0.1 * likeness[1]) * unit, (0.1 + 0.07 * likeness[2]) * unit
    tall, brow = (0.05 + 0.05 * likeness[3]) * unit, (0.13 + 0.1 * likeness[4]) * unit
    tilt = (likeness[5] - 0.5) * 0.12 * unit
    gaze = (likeness[6] - 0.5) * half
    for side in (-1, 1):
        eye = np.array([x + side * apart, y - 0.02 * unit])
        almond = np.array([(-half, 0), (0, -tall), (half, 0)]) + eye
        white = np.array([236.0, 228, 214])
        canvas.polygon([*almond, shifted(eye, 0, 0.8 * tall)], white)
        canvas.disc(shifted(eye, gaze, -0.01 * unit), 0.85 * tall, iris)
        canvas.line(almond, deep * 0.6, 0.03 * unit)
        ends = side * tilt - brow, -side * tilt - brow
        bend = 1.2 * half
        arch = np.array([(-bend, ends[0]), (0, -1.3 * brow), (bend, ends[1])]) + eye
        canvas.line(arch, hair * 0.8, (0.03 + 0.03 * likeness[3]) * unit)
    tip = y + (0.3 + 0.14 * likeness[7]) * unit
    nose = [(x + 0.02 * unit, y), (x + 0.1 * unit, tip), (x - 0.06 * unit, tip + 4)]
    canvas.line(nose, deep, 0.035 * unit)
    wide, mouth = (0.13 + 0.12 * likeness[8]) * unit, tip + 0.24 * unit
    smile = (likeness[9] - 0.35) * 0.09 * unit
    lips = [(x - wide, mouth), (x, mouth + smile), (x + wide, mouth)]
    red = mix(deep, (170, 50, 50), 0.3 + 0.5 * likeness[0])
    canvas.line(lips, red, (0.05 + 0.04 * likeness[2]) * unit)


def _headdress(canvas: Canvas, centre: Point, unit: float, hair: Colour) -> None:
    rng = canvas.rng
    kind = rng.integers(3)
    colour = canvas.colour()
    if kind == 0:  # hat with a brim
        canvas.polygon(_CROWN * unit + centre, colour * 0.8)
        at, brim = centre.astype(int).tolist(), (int(1.35 * unit), int(0.24 * unit))
        tone = (colour * 0.65).tolist()
        cv2.ellipse(canvas.image, at, brim, -6, 0, 360, tone, -1, cv2.LINE_AA)
        canvas.line(_HAT_BAND * unit + centre, canvas.pale, 0.12 * unit)
    elif kind == 1:  # flowers in the hair
        for _ in range(16):
            across, up = rng.normal(0, 0.45) * unit, rng.uniform(-0.15, 0.3) * unit
            radius = rng.uniform(0.06, 0.13) * unit
            spot = shifted(centre, across, -up)
            canvas.disc(spot, radius, canvas.vary(colour, 24))
    else:  # strands
        for _ in range(30):
            start = (rng.uniform(-0.3, 0.3), -0.5)
            side = rng.choice([-1.0, 1.0]) * rng.uniform(0.7, 0.98)
            strand = np.array([start, (side, rng.uniform(0, 0.5)), (side, 1)])
            canvas.line(strand * unit + centre, canvas.vary(hair, 16), 3)
