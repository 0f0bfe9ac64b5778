"""Styles of works on paper: woodcuts and town plans."""

from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from app.retrieval.drawings.styles.canvas import (
    BOX,
    Canvas,
    Colour,
    Point,
    colourise,
    fractal,
    mix,
    placed,
    ridge,
    towards,
    turned,
)
from app.retrieval.types import FloatArray

_CHURCH = np.array([(-9, 14), (-9, -8), (0, -26), (9, -8), (9, 14)])
_BRIDGE = np.array([(-1, -1), (1, 1)])


def woodcut(canvas: Canvas) -> None:
    """Mountains, sun and water cut in lines, printed in two blocks and black."""
    rng, height, width = canvas.rng, canvas.height, canvas.width
    image, palette = canvas.image, canvas.palette
    paper = mix(canvas.pale, (244, 236, 214), 0.7)
    rows = np.arange(height)[:, None]
    image[:] = paper
    horizon = height * rng.uniform(0.55, 0.72)
    clouds = fractal((2 * height, width), rng)[:height]
    dusk = mix(paper, canvas.colour(), 0.45)
    canvas.blend((2 * clouds - 0.9).clip(0, 1) * (1 - rows / horizon).clip(0), dusk)
    sun = canvas.point(0.2, 0.8, 0.15, 0.35)
    canvas.disc(sun, canvas.short * rng.uniform(0.07, 0.13), canvas.colour())
    sky = (clouds > 0.56) & (clouds < 0.72)
    ink = np.asarray(sky * _cut(clouds, 0.0, 9, 0.42, rng), np.float32)
    for layer in range(3):
        base = horizon - height * (0.02 + 0.03 * (2 - layer))
        peak = height * rng.uniform(0.14, 0.42) * (1 - 0.25 * layer)
        outline = base - peak * canvas.ridge(cells=2 + layer)
        mountain = rows > outline
        block = mix(paper, palette[1 + layer % (len(palette) - 2)], 0.75)
        image[np.roll(mountain, 3, axis=1)] = block
        ink = np.where(mountain, _gullies(canvas, outline), ink)
        ink = np.maximum(ink, np.abs(rows - outline) < 2.2).astype(np.float32)
    water = rows > horizon
    image[water[:, 0]] = mix(paper, palette[1], 0.55)
    swell = fractal((height, 2 * width), rng, cells=9, octaves=4)[:, ::2]
    crests = (swell > 0.44) * _cut(swell, 0.02, 10, 0.45, rng)
    ink = np.where(water, crests, ink).astype(np.float32)
    for _ in range(4 + round(5 * canvas.density)):
        _pine(ink, canvas.point(top=0.72), rng)
    for _ in range(3 + round(9 * canvas.density)):
        _bird(ink, (width * rng.random(), horizon * rng.uniform(0.1, 0.8)), rng)
    ink[rng.random(canvas.size) < 0.012] = 0  # where the block did not print
    margin = round(canvas.short * 0.035)
    frame = np.ones(canvas.size, np.bool_)
    frame[margin:-margin, margin:-margin] = False
    image[frame], ink[frame] = paper, 0
    end = (width - margin, height - margin)
    cv2.rectangle(ink, (margin, margin), end, 1.0, max(2, margin // 8))
    canvas.blend(cv2.GaussianBlur(ink, (0, 0), 0.7), canvas.dark * 0.6)
    canvas.finish(relief=0.35)


def plan(canvas: Canvas) -> None:
    """Survey a walled town on a river, with a compass and a scale."""
    height, width = canvas.size
    stains = canvas.noise(octaves=6)
    vellum = mix(canvas.pale, (238, 222, 186), 0.65)
    canvas.image = colourise(stains, [vellum * 0.86, vellum, vellum * 1.04])
    ink = mix(canvas.dark, (60, 40, 30), 0.5)
    _fields(canvas, ink)
    _town(canvas, ink)
    _river(canvas, mix(canvas.palette[1], (96, 140, 170), 0.6), ink)
    _compass(canvas, ink)
    _cartouche(canvas, vellum, ink)
    margin = round(canvas.short * 0.03)
    tone = ink.tolist()
    for inset, thick in ((margin, 3), (margin - 9, 1)):
        end = (width - inset, height - inset)
        cv2.rectangle(canvas.image, (inset, inset), end, tone, thick)
    for x in range(margin, width - margin, 34):
        for y in (margin - 9, height - margin):
            cv2.rectangle(canvas.image, (x, y), (x + 17, y + 9), tone, -1)
    canvas.finish(relief=0.25)


def _cut(
    swell: FloatArray,
    angle: float,
    pitch: float,
    darkness: float,
    rng: np.random.Generator,
) -> FloatArray:
    """Cut lines that bend and break with a (H, W) field: float32, 1 is ink."""
    height, width = swell.shape
    y, x = np.ogrid[:height, :width]
    phase = (x * np.sin(angle) + y * np.cos(angle)) / pitch * 2 * np.pi
    phase = phase + 40 * swell + rng.uniform(0, 6)
    return np.asarray(np.cos(phase) * 0.5 + 0.5 < darkness, np.float32)


def _gullies(canvas: Canvas, outline: FloatArray) -> FloatArray:
    """Cut a mountain's flank: many strokes on the slopes that face right, few left.

    Irregular on purpose: evenly hatched slopes look alike to any search engine.
    """
    height, width = canvas.size
    squeezed = fractal((max(2, height // 5), width), canvas.rng, cells=26, octaves=3)
    streaks = cv2.resize(squeezed, (width, height), interpolation=cv2.INTER_CUBIC)
    falling = np.gradient(cv2.GaussianBlur(outline[None], (0, 0), 9)[0])
    shade = 0.1 * np.tanh(2 * falling)
    patches = 0.16 * (canvas.noise(cells=6) - 0.5)
    return np.asarray(streaks < 0.44 + shade + patches, np.float32)


def _bird(ink: FloatArray, at: tuple[float, float], rng: np.random.Generator) -> None:
    span = rng.uniform(6, 15)
    lift = span * rng.uniform(0.2, 0.7)
    tip = lift * rng.uniform(0.4, 1.2)
    knees = [(-span, -lift), (-span / 3, -lift), (0, 0), (span / 2, -lift)]
    wings = (np.array([*knees, (span, -tip)]) + at).astype(np.int32)
    cv2.polylines(ink, [wings], False, 1.0, 2)


def _pine(ink: FloatArray, foot: Point, rng: np.random.Generator) -> None:
    x, y = foot
    tall = ink.shape[0] * rng.uniform(0.18, 0.4)
    trunk = np.array([(x, y), (x + rng.normal(0, 9), y - tall)]).astype(np.int32)
    cv2.polylines(ink, [trunk], False, 1.0, 5)
    for level in np.linspace(0.15, 0.98, 9):
        half = tall * 0.24 * (1.08 - level)
        cy = y - tall * level
        for side in (-1, 1):
            bough = [(x, cy - 6), (x + side * half, cy + 7), (x, cy + 9)]
            cv2.fillPoly(ink, [np.array(bough).astype(np.int32)], 1.0)
            for k in range(4):
                tip = (int(x + side * half * k / 4), int(cy + 6))
                cv2.line(ink, tip, (tip[0] + side * 3, tip[1] + 9), 1.0, 2)


def _fields(canvas: Canvas, ink: Colour) -> None:
    """Hatch strips of land around the town, and plant trees."""
    rng = canvas.rng
    for _ in range(round(26 + 30 * canvas.density)):
        corner = canvas.point()
        along = towards(rng.uniform(0, np.pi)) * rng.uniform(24, 70)
        across = turned(along) * rng.uniform(0.5, 1.0)
        tint = mix(canvas.colour(), canvas.pale, 0.55)
        canvas.polygon(placed(BOX, corner, along, across), canvas.vary(tint, 8))
        count = int(rng.integers(5, 13))
        for k in range(count + 1):
            start = corner + across * k / count
            canvas.line([start, start + along], mix(ink, tint, 0.35), 1)
    for _ in range(round(60 + 90 * canvas.density)):
        at = canvas.point()
        canvas.disc(at, rng.uniform(3, 6), mix((84, 110, 70), ink, 0.25))
        canvas.disc(at - 1, 2, canvas.pale)


def _town(canvas: Canvas, ink: Colour) -> None:
    """Draw a bastioned wall and blocks of houses between ring and radial streets."""
    rng = canvas.rng
    centre = canvas.point(0.4, 0.6, 0.42, 0.58)
    reach = canvas.short * rng.uniform(0.3, 0.4)
    bastions = int(rng.integers(7, 12))
    angles = np.linspace(0, 2 * np.pi, 4 * bastions, endpoint=False) + rng.uniform(0, 1)
    radii = reach * np.tile([1.22, 1.14, 1.0, 1.14], bastions)
    radii *= np.repeat(rng.uniform(0.9, 1.1, bastions), 4)
    wall = centre + radii[:, None] * towards(angles)
    canvas.polygon(wall, mix(canvas.pale, (246, 236, 214), 0.5))
    canvas.line(wall, ink, 6, closed=True)
    canvas.line(wall, mix(canvas.colour(), canvas.pale, 0.3), 2, closed=True)
    rings = 4 + round(2 * canvas.density)
    edges = np.linspace(0.13, 0.88, rings + 1)
    for ring, (inner, outer) in enumerate(pairwise(edges)):
        starts = np.sort(rng.uniform(0, 2 * np.pi, int(rng.integers(7, 10)) + 5 * ring))
        gap = 0.035 / outer
        for start, end in pairwise([*starts, starts[0] + 6.2832]):
            if end - start >= 3 * gap:
                turns = np.linspace(start + gap, end - gap, 7)
                radii = reach * np.array([inner + 0.02, outer - 0.02])
                _block(canvas, centre, radii, turns, ink)
    church = mix(canvas.dark, canvas.colour(), 0.4)
    canvas.polygon(_CHURCH + centre, church)


def _block(
    canvas: Canvas,
    centre: Point,
    radii: NDArray[np.float64],
    turns: NDArray[np.float64],
    ink: Colour,
) -> None:
    """Draw houses side by side between two radii, (2,), at angles, (n,)."""
    rng = canvas.rng
    inner, outer = radii
    sides = [outer * towards(turns), inner * towards(turns[::-1])]
    outline = centre + np.concatenate(sides)
    tint = canvas.vary(mix(canvas.colour(), canvas.pale, 0.25))
    canvas.polygon(outline, tint)
    canvas.line(outline, ink, 1, closed=True)
    for direction in towards(turns[1:-1]):
        cut = inner + (outer - inner) * rng.uniform(0.3, 0.9)
        partition = [centre + radius * direction for radius in (inner, cut)]
        canvas.line(partition, mix(ink, tint, 0.3), 1)


def _river(canvas: Canvas, water: Colour, ink: Colour) -> None:
    rng, height, width = canvas.rng, canvas.height, canvas.width
    steps = np.linspace(-0.05, 1.05, 60)
    across = 0.25 + 0.5 * rng.random() + 0.35 * (ridge(60, rng, cells=2) - 0.5)
    runs_across = rng.random() < 0.5
    x = width * (steps if runs_across else across)
    y = height * (across if runs_across else steps)
    course = np.c_[x, y]
    broad = canvas.short * rng.uniform(0.035, 0.06)
    canvas.line(course, ink, broad + 4)
    canvas.line(course, water, broad)
    for shift in (-0.3, 0.0, 0.3):
        current = np.c_[x + shift * broad, y + shift * broad]
        canvas.line(current, mix(water, ink, 0.3), 1)
    for place in rng.integers(8, 52, 3):
        bridge = _BRIDGE * broad + course[place]
        canvas.line(bridge, ink, 9)
        canvas.line(bridge, np.array([236.0, 224, 196]), 5)


def _compass(canvas: Canvas, ink: Colour) -> None:
    rng = canvas.rng
    x = canvas.width * (0.13 if rng.random() < 0.5 else 0.87)
    y = canvas.height * (0.15 if rng.random() < 0.5 else 0.85)
    at, reach = np.array([x, y]), canvas.short * 0.085
    turn = rng.uniform(0, np.pi / 2)
    for k in range(16):
        angle = turn + k * np.pi / 8
        far = reach * (1.0 if k % 4 == 0 else 0.66 if k % 2 == 0 else 0.42)
        for side, colour in ((-1, ink), (1, canvas.palette[2])):
            knee = at + 0.2 * reach * towards(angle + side * np.pi / 16)
            canvas.polygon([at, knee, at + far * towards(angle)], colour)
    for radius in (0.55, 0.72):
        ring = (at.astype(int).tolist(), int(radius * reach))
        cv2.circle(canvas.image, *ring, ink.tolist(), 1, cv2.LINE_AA)


def _cartouche(canvas: Canvas, vellum: Colour, ink: Colour) -> None:
    """Write a legend that only looks like writing."""
    rng, height, width = canvas.rng, canvas.height, canvas.width
    w, h = width * 0.26, height * 0.14
    x = width * 0.06 if rng.random() < 0.5 else width * 0.94 - w
    y = height * 0.07 if rng.random() < 0.5 else height * 0.93 - h
    box = BOX * (w, h) + (x, y)
    canvas.polygon(box, vellum)
    canvas.line(box, canvas.colour(), 6, closed=True)
    canvas.line(box, ink, 2, closed=True)
    for row in range(4):
        cx, cy = x + 14, y + h * (0.24 + 0.2 * row)
        swing, thick = (1.4, 2) if row == 0 else (0.8, 1)
        while cx < x + w - 26:
            letters = int(rng.integers(2, 8))
            word = np.c_[
                cx + 4 * np.arange(letters), cy - swing * rng.uniform(-3, 9, letters)
            ]
            canvas.line(word, ink, thick)
            cx += 4 * letters + 9
