"""Works on paper: woodcuts and town plans."""

import cv2
import numpy as np

from app.retrieval.drawings.styles.canvas import (
    Colour,
    Hand,
    Point,
    blend,
    colourise,
    disc,
    finish,
    fractal,
    line,
    mix,
    polygon,
    ridge,
    vary,
)
from app.retrieval.types import FloatArray, Image


def woodcut(rng: np.random.Generator, size: tuple[int, int], hand: Hand) -> Image:
    """Mountains, sun and water cut in lines, printed in two blocks and black."""
    height, width = size
    paper = mix(hand.pale, np.array([244.0, 236, 214]), 0.7)
    rows = np.arange(height)[:, None]
    image = np.empty((height, width, 3), np.uint8)
    image[:] = paper.astype(np.uint8)
    horizon = height * rng.uniform(0.55, 0.72)
    clouds = fractal((2 * height, width), rng, cells=3)[:height]
    dusk = mix(paper, hand.any(rng), 0.45)
    blend(image, (2 * clouds - 0.9).clip(0, 1) * (1 - rows / horizon).clip(0), dusk)
    sun = (width * rng.uniform(0.2, 0.8), height * rng.uniform(0.15, 0.35))
    disc(image, sun, min(size) * rng.uniform(0.07, 0.13), hand.any(rng))
    sky = (clouds > 0.56) & (clouds < 0.72)
    ink = np.asarray(sky * _cut(clouds, 0.0, 9, 0.42, rng), np.float32)
    for layer in range(3):
        base = horizon - height * (0.02 + 0.03 * (2 - layer))
        peak = height * rng.uniform(0.14, 0.42) * (1 - 0.25 * layer)
        outline = base - peak * ridge(width, rng, cells=2 + layer)
        mountain = rows > outline
        block = mix(paper, hand.palette[1 + layer % (len(hand.palette) - 2)], 0.75)
        image[np.roll(mountain, 3, axis=1)] = block.astype(np.uint8)
        ink = np.where(mountain, _gullies(size, outline, rng), ink)
        ink = np.maximum(ink, np.abs(rows - outline) < 2.2).astype(np.float32)
    water = rows > horizon
    image[np.repeat(water, width, axis=1)] = mix(paper, hand.palette[1], 0.55)
    swell = fractal((height, 2 * width), rng, cells=9, octaves=4)[:, ::2]
    crests = (swell > 0.44) * _cut(swell, 0.02, 10, 0.45, rng)
    ink = np.where(water, crests, ink).astype(np.float32)
    for _ in range(4 + round(5 * hand.density)):
        _pine(ink, (width * rng.random(), height * rng.uniform(0.72, 1.0)), rng)
    for _ in range(3 + round(9 * hand.density)):
        _bird(ink, (width * rng.random(), horizon * rng.uniform(0.1, 0.8)), rng)
    ink[rng.random(size) < 0.012] = 0  # where the block did not print
    margin = round(min(size) * 0.035)
    frame = np.ones(size, np.bool_)
    frame[margin:-margin, margin:-margin] = False
    image[frame] = paper.astype(np.uint8)
    ink[frame] = 0
    end = (width - margin, height - margin)
    cv2.rectangle(ink, (margin, margin), end, 1.0, max(2, margin // 8))
    blend(image, cv2.GaussianBlur(ink, (0, 0), 0.7), hand.dark * 0.6)
    return finish(image, rng, relief=0.35)


def plan(rng: np.random.Generator, size: tuple[int, int], hand: Hand) -> Image:
    """Survey a walled town on a river, with a compass and a scale."""
    height, width = size
    stains = fractal(size, rng, cells=3, octaves=6)
    vellum = mix(hand.pale, np.array([238.0, 222, 186]), 0.65)
    image = colourise(stains, np.stack([vellum * 0.86, vellum, vellum * 1.04]))
    ink = mix(hand.dark, np.array([60.0, 40, 30]), 0.5)
    _fields(image, rng, hand, ink)
    centre = (width * rng.uniform(0.4, 0.6), height * rng.uniform(0.42, 0.58))
    reach = min(size) * rng.uniform(0.3, 0.4)
    _town(image, centre, reach, rng, hand, ink)
    _river(image, rng, mix(hand.palette[1], np.array([96.0, 140, 170]), 0.6), ink)
    _compass(image, rng, hand, ink)
    _cartouche(image, rng, hand, vellum, ink)
    margin = round(min(size) * 0.03)
    for inset, thick in ((margin, 3), (margin - 9, 1)):
        end = (width - inset, height - inset)
        cv2.rectangle(image, (inset, inset), end, ink.tolist(), thick)
    for x in range(margin, width - margin, 34):
        for y in (margin - 9, height - margin):
            cv2.rectangle(image, (x, y), (x + 17, y + 9), ink.tolist(), -1)
    return finish(image, rng, relief=0.25)


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


def _gullies(
    size: tuple[int, int], outline: FloatArray, rng: np.random.Generator
) -> FloatArray:
    """Cut a mountain's flank: many strokes on the slopes that face right, few left.

    Irregular on purpose: evenly hatched slopes look alike to any search engine.
    """
    height, width = size
    squeezed = fractal((max(2, height // 5), width), rng, cells=26, octaves=3)
    streaks = cv2.resize(squeezed, (width, height), interpolation=cv2.INTER_CUBIC)
    falling = np.gradient(cv2.GaussianBlur(outline[None], (0, 0), 9)[0])
    shade = 0.1 * np.tanh(2 * falling)
    patches = 0.16 * (fractal(size, rng, cells=6) - 0.5)
    return np.asarray(streaks < 0.44 + shade + patches, np.float32)


def _bird(ink: FloatArray, at: Point, rng: np.random.Generator) -> None:
    x, y = at
    span = rng.uniform(6, 15)
    lift = span * rng.uniform(0.2, 0.7)
    left = [[x - span, y - lift], [x - span / 3, y - lift], [x, y]]
    right = [[x + span / 2, y - lift], [x + span, y - lift * rng.uniform(0.4, 1.2)]]
    cv2.polylines(ink, [np.array(left + right).astype(np.int32)], False, 1.0, 2)


def _pine(ink: FloatArray, foot: Point, rng: np.random.Generator) -> None:
    x, y = foot
    tall = ink.shape[0] * rng.uniform(0.18, 0.4)
    trunk = np.array([[x, y], [x + rng.normal(0, 9), y - tall]]).astype(np.int32)
    cv2.polylines(ink, [trunk], False, 1.0, 5)
    for level in np.linspace(0.15, 0.98, 9):
        half = tall * 0.24 * (1.08 - level)
        cy = y - tall * level
        for side in (-1, 1):
            bough = [[x, cy - 6], [x + side * half, cy + 7], [x, cy + 9]]
            cv2.fillPoly(ink, [np.array(bough).astype(np.int32)], 1.0)
            for k in range(4):
                tip = (int(x + side * half * k / 4), int(cy + 6))
                cv2.line(ink, tip, (tip[0] + side * 3, tip[1] + 9), 1.0, 2)


def _fields(image: Image, rng: np.random.Generator, hand: Hand, ink: Colour) -> None:
    """Hatch strips of land around the town, and plant trees."""
    height, width = image.shape[:2]
    for _ in range(round(26 + 30 * hand.density)):
        x, y = width * rng.random(), height * rng.random()
        angle = rng.uniform(0, np.pi)
        along = np.array([np.cos(angle), np.sin(angle)]) * rng.uniform(24, 70)
        across = np.array([-along[1], along[0]]) * rng.uniform(0.5, 1.0)
        tint = mix(hand.any(rng), hand.pale, 0.55)
        corner = np.array([x, y])
        outline = [corner, corner + along, corner + along + across, corner + across]
        polygon(image, [(p[0], p[1]) for p in outline], vary(tint, rng, 8))
        count = int(rng.integers(5, 13))
        for k in range(count + 1):
            start = corner + across * k / count
            end = start + along
            ends = [(start[0], start[1]), (end[0], end[1])]
            line(image, ends, mix(ink, tint, 0.35), 1)
    for _ in range(round(60 + 90 * hand.density)):
        at = (width * rng.random(), height * rng.random())
        disc(image, at, rng.uniform(3, 6), mix(np.array([84.0, 110, 70]), ink, 0.25))
        disc(image, (at[0] - 1, at[1] - 1), 2, hand.pale)


def _town(
    image: Image,
    centre: Point,
    reach: float,
    rng: np.random.Generator,
    hand: Hand,
    ink: Colour,
) -> None:
    """Draw a bastioned wall and blocks of houses between ring and radial streets."""
    x, y = centre
    ground = mix(hand.pale, np.array([246.0, 236, 214]), 0.5)
    bastions = int(rng.integers(7, 12))
    angles = np.linspace(0, 2 * np.pi, 4 * bastions, endpoint=False) + rng.uniform(0, 1)
    radii = reach * np.tile([1.22, 1.14, 1.0, 1.14], bastions)
    radii *= np.repeat(rng.uniform(0.9, 1.1, bastions), 4)
    wall = [
        (x + r * np.cos(a), y + r * np.sin(a))
        for a, r in zip(angles, radii, strict=True)
    ]
    polygon(image, wall, ground)
    line(image, [*wall, wall[0]], ink, 6)
    line(image, [*wall, wall[0]], mix(hand.any(rng), hand.pale, 0.3), 2)
    rings = 4 + round(2 * hand.density)
    edges = np.linspace(0.13, 0.88, rings + 1)
    for ring in range(rings):
        spokes = int(rng.integers(7, 10)) + 5 * ring
        starts = np.sort(rng.uniform(0, 2 * np.pi, spokes))
        ends = np.roll(starts, -1) + np.where(
            np.arange(spokes) == spokes - 1, 6.2832, 0
        )
        for start, end in zip(starts, ends, strict=True):
            gap = 0.035 / edges[ring + 1]
            if end - start < 3 * gap:
                continue
            turn = np.linspace(start + gap, end - gap, 7)
            inner, outer = (
                reach * (edges[ring] + 0.02),
                reach * (edges[ring + 1] - 0.02),
            )
            block = [(x + outer * np.cos(a), y + outer * np.sin(a)) for a in turn]
            block += [
                (x + inner * np.cos(a), y + inner * np.sin(a)) for a in turn[::-1]
            ]
            tint = vary(mix(hand.any(rng), hand.pale, 0.25), rng, 12)
            polygon(image, block, tint)
            line(image, [*block, block[0]], ink, 1)
            for a in turn[1:-1]:
                cut = inner + (outer - inner) * rng.uniform(0.3, 0.9)
                ends_xy = [(x + r * np.cos(a), y + r * np.sin(a)) for r in (inner, cut)]
                line(image, ends_xy, mix(ink, tint, 0.3), 1)
    polygon(
        image,
        [(x - 9, y + 14), (x - 9, y - 8), (x, y - 26), (x + 9, y - 8), (x + 9, y + 14)],
        mix(hand.dark, hand.any(rng), 0.4),
    )


def _river(image: Image, rng: np.random.Generator, water: Colour, ink: Colour) -> None:
    height, width = image.shape[:2]
    steps = np.linspace(-0.05, 1.05, 60)
    across = 0.25 + 0.5 * rng.random() + 0.35 * (ridge(60, rng, cells=2) - 0.5)
    if rng.random() < 0.5:
        course = [(s * width, a * height) for s, a in zip(steps, across, strict=True)]
    else:
        course = [(a * width, s * height) for s, a in zip(steps, across, strict=True)]
    broad = min(height, width) * rng.uniform(0.035, 0.06)
    line(image, course, ink, broad + 4)
    line(image, course, water, broad)
    for shift in (-0.3, 0.0, 0.3):
        current = [(px + shift * broad, py + shift * broad) for px, py in course]
        line(image, current, mix(water, ink, 0.3), 1)
    for place in rng.integers(8, 52, 3):
        x, y = course[place]
        line(image, [(x - broad, y - broad), (x + broad, y + broad)], ink, 9)
        line(
            image,
            [(x - broad, y - broad), (x + broad, y + broad)],
            np.array([236.0, 224, 196]),
            5,
        )


def _compass(image: Image, rng: np.random.Generator, hand: Hand, ink: Colour) -> None:
    height, width = image.shape[:2]
    x = width * (0.13 if rng.random() < 0.5 else 0.87)
    y = height * (0.15 if rng.random() < 0.5 else 0.85)
    reach = min(height, width) * 0.085
    turn = rng.uniform(0, np.pi / 2)
    for k in range(16):
        angle = turn + k * np.pi / 8
        far = reach * (1.0 if k % 4 == 0 else 0.66 if k % 2 == 0 else 0.42)
        tip = (x + far * np.cos(angle), y + far * np.sin(angle))
        for side, colour in ((-1, ink), (1, hand.palette[2])):
            near = angle + side * np.pi / 16
            knee = (x + 0.2 * reach * np.cos(near), y + 0.2 * reach * np.sin(near))
            polygon(image, [(x, y), knee, tip], colour)
    for radius in (0.55, 0.72):
        at = (int(x), int(y))
        cv2.circle(image, at, int(radius * reach), ink.tolist(), 1, cv2.LINE_AA)


def _cartouche(
    image: Image, rng: np.random.Generator, hand: Hand, vellum: Colour, ink: Colour
) -> None:
    """Write a legend that only looks like writing."""
    height, width = image.shape[:2]
    w, h = width * 0.26, height * 0.14
    x = width * 0.06 if rng.random() < 0.5 else width * 0.94 - w
    y = height * 0.07 if rng.random() < 0.5 else height * 0.93 - h
    box = [(x, y), (x + w, y), (x + w, y + h), (x, y + h)]
    polygon(image, box, vellum)
    line(image, [*box, box[0]], hand.any(rng), 6)
    line(image, [*box, box[0]], ink, 2)
    for row in range(4):
        cx = x + 14
        cy = y + h * (0.24 + 0.2 * row)
        while cx < x + w - 26:
            letters = int(rng.integers(2, 8))
            wiggle = [
                (cx + 4 * k, cy - rng.uniform(-3, 9) * (1.4 if row == 0 else 0.8))
                for k in range(letters)
            ]
            line(image, wiggle, ink, 2 if row == 0 else 1)
            cx += 4 * letters + 9
