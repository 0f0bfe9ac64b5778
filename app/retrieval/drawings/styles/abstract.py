"""Pictures of nothing: facets, constructions, colour fields, mosaics."""

from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from app.retrieval.drawings.styles.canvas import (
    Hand,
    Point,
    blend,
    brush_over,
    colourise,
    disc,
    downward,
    finish,
    fractal,
    line,
    mix,
    polygon,
    vary,
)
from app.retrieval.types import Image

Facet = NDArray[np.float64]
"""(n, 2) corners of a convex polygon, x and y."""


def cubist(rng: np.random.Generator, size: tuple[int, int], hand: Hand) -> Image:
    """Split the picture plane into shaded facets, with the memory of a guitar."""
    height, width = size
    image = np.empty((height, width, 3), np.uint8)
    image[:] = hand.dark.astype(np.uint8)  # shows in the seams between facets
    whole = np.array([[0.0, 0], [width, 0], [width, height], [0, height]])
    facets: list[Facet] = [whole]
    directions = rng.uniform(0, np.pi, 3)
    while len(facets) < 34 + 40 * hand.density:
        facets.sort(key=_area)
        angle = directions[rng.integers(3)] + rng.normal(0, 0.12)
        facets += _split(facets.pop(), angle, rng)
    for facet in facets:
        _shade_facet(image, facet, rng, hand)
    centre = np.array([width, height]) * rng.uniform(0.35, 0.65, 2)
    reach = min(size) * rng.uniform(0.13, 0.2)
    for _ in range(5):
        at = centre + rng.normal(0, reach, 2)
        axes = (reach * rng.uniform(0.4, 1.1, 2)).astype(int).tolist()
        start = float(rng.uniform(0, 360))
        tone = mix(hand.dark, hand.any(rng), 0.2 * rng.random()).tolist()
        spot = (int(at[0]), int(at[1]))
        sweep = start + float(rng.uniform(90, 270))
        cv2.ellipse(image, spot, axes, start, start, sweep, tone, 4, cv2.LINE_AA)
    angle = rng.uniform(0, np.pi)
    along = np.array([np.cos(angle), np.sin(angle)]) * reach * 3
    across = np.array([-np.sin(angle), np.cos(angle)])
    disc(image, (centre[0], centre[1]), reach * 0.4, hand.dark)
    for string in range(6):
        start_xy = centre - along * 0.4 + across * (string - 2.5) * 6
        end_xy = start_xy + along * rng.uniform(0.8, 1.1)
        line(image, [tuple(start_xy), tuple(end_xy)], hand.pale, 1.5)
    fine = 3 * hand.brush
    image = brush_over(
        image, rng, width=fine, length=3 * fine, angle=angle, coverage=0.9
    )
    return finish(image, rng)


def construction(rng: np.random.Generator, size: tuple[int, int], hand: Hand) -> Image:
    """Balance bars, circles and triangles on a pale ground."""
    height, width = size
    ground = mix(hand.pale, np.array([240.0, 234, 220]), 0.5)
    stains = fractal(size, rng, cells=3)
    image = colourise(stains, np.stack([ground * 0.94, ground, ground * 1.03]))
    unit = min(size)
    main = rng.uniform(0, np.pi)
    for _ in range(7 + round(8 * hand.density)):
        shape = np.zeros(size, np.float32)
        at = np.array([width, height]) * rng.uniform(0.14, 0.86, 2)
        kind = rng.integers(5)
        reach = unit * rng.uniform(0.07, 0.24)
        if kind == 0:
            cv2.circle(
                shape, at.astype(int).tolist(), int(reach * 0.8), 1.0, -1, cv2.LINE_AA
            )
        elif kind == 1:
            hole = int(reach * 0.16) + 3
            cv2.circle(
                shape, at.astype(int).tolist(), int(reach), 1.0, hole, cv2.LINE_AA
            )
        else:
            angle = main + (np.pi / 2) * rng.integers(2) + rng.normal(0, 0.06)
            long = reach * rng.uniform(1.2, 3.2)
            wide = reach * rng.uniform(0.08, 0.5)
            box = ((float(at[0]), float(at[1])), (long, wide), float(np.degrees(angle)))
            corners = cv2.boxPoints(box)
            corners = corners[:3] if kind == 2 else corners
            cv2.fillPoly(shape, [corners.round().astype(np.int32)], 1.0, cv2.LINE_AA)
        # Translucent where it lies on others, as gouache does.
        blend(
            image, shape * rng.choice([1.0, 1.0, 0.7]), vary(_strong(rng, hand), rng, 8)
        )
    for _ in range(10 + round(16 * hand.density)):
        at_x, at_y = width * rng.uniform(0.05, 0.95), height * rng.uniform(0.05, 0.95)
        angle = main + (np.pi / 2) * rng.integers(2)
        far = unit * rng.uniform(0.05, 0.5)
        end = (at_x + far * np.cos(angle), at_y + far * np.sin(angle))
        line(image, [(at_x, at_y), end], hand.dark, rng.uniform(1, 5))
    for _ in range(3):
        _checker(image, rng, hand, main)
    for _ in range(30 + round(50 * hand.density)):
        dot = (width * rng.random(), height * rng.random())
        disc(image, dot, rng.uniform(1.5, 6), _strong(rng, hand))
    return finish(image, rng, relief=0.4)


def colour_field(rng: np.random.Generator, size: tuple[int, int], hand: Hand) -> Image:
    """Let a few broad fields of worked paint breathe against each other."""
    height, width = size
    ground = mix(hand.any(rng), hand.dark, rng.uniform(0, 0.5))
    stains = fractal(size, rng, cells=4, octaves=6)
    image = colourise(
        stains, np.stack([ground * 0.8, ground, ground * 1.15 + 8]).clip(0, 255)
    )
    count = int(rng.integers(2, 5))
    cuts = np.cumsum(rng.uniform(0.6, 1.8, count))
    edges = np.concatenate([[0.0], cuts / cuts[-1]]) * 0.9 + 0.05
    side = width * rng.uniform(0.05, 0.11)
    for top, bottom in pairwise(edges.tolist()):
        colour = vary(hand.palette[rng.integers(0, len(hand.palette))], rng, 12)
        field = np.zeros(size, np.float32)
        start = (int(side), int(top * height + 0.012 * height))
        end = (int(width - side), int(bottom * height - 0.012 * height))
        cv2.rectangle(field, start, end, 1.0, -1)
        soft = cv2.GaussianBlur(field, (0, 0), width * 0.008)
        ragged = fractal(size, rng, cells=14, octaves=4)
        mask = (soft * 1.7 - ragged * 0.8).clip(0, 1) * rng.uniform(0.8, 1)
        worked = fractal(size, rng, cells=5, octaves=6, persistence=0.65)
        other = mix(colour, hand.any(rng), 0.4)
        paint = colourise(
            worked, np.stack([mix(colour, hand.dark, 0.3), colour, other])
        )
        blend(image, mask, paint)
    wide = 15 * hand.brush
    flow = (stains - 0.5) * 2
    image = brush_over(
        image, rng, width=wide, length=5 * wide, angle=flow, coverage=0.5
    )
    image = brush_over(
        image, rng, width=3, length=40, angle=flow, coverage=0.35, jitter=14
    )
    for _ in range(round(14 + 40 * hand.density)):  # drips and spatters
        x, y = width * rng.random(), height * rng.random()
        tone = vary(hand.palette[rng.integers(0, len(hand.palette))], rng)
        run = (x + rng.normal(0, 3), y + rng.gamma(2, 0.04) * height)
        line(image, [(x, y), run], tone, rng.uniform(1, 4))
        for _ in range(4):
            spot = (x + rng.normal(0, 22), y + rng.normal(0, 22))
            disc(image, spot, rng.uniform(1, 3.5), tone)
    return finish(image, rng, relief=1.3)


def mosaic(rng: np.random.Generator, size: tuple[int, int], hand: Hand) -> Image:
    """Lay tesserae around medallions, waves and leaves."""
    height, width = size
    design, flow = _mosaic_design(rng, size, hand)
    grout = mix(hand.dark, np.array([90.0, 84, 76]), 0.5)
    image = np.empty((height, width, 3), np.uint8)
    image[:] = grout.astype(np.uint8)
    pitch = 10.5 * hand.brush
    for row in range(int(height / pitch) + 2):
        for column in range(int(width / pitch) + 2):
            x = (column + 0.5 * (row % 2) + rng.normal(0, 0.08)) * pitch
            y = (row + rng.normal(0, 0.08)) * pitch
            px, py = min(int(x), width - 1), min(int(y), height - 1)
            half = pitch * rng.uniform(0.4, 0.47)
            angle = flow[py, px] + rng.normal(0, 0.08)
            u = half * np.array([np.cos(angle), np.sin(angle)])
            v = np.array([-u[1], u[0]]) * rng.uniform(0.82, 1.05)
            corners: list[Point] = [
                (x + a * u[0] + b * v[0], y + a * u[1] + b * v[1])
                for a, b in ((-1, -1), (1, -1), (1, 1), (-1, 1))
            ]
            polygon(image, corners, vary(design[py, px].astype(float), rng, 13))
    return finish(image, rng, relief=0.8)


def _area(facet: Facet) -> float:
    return float(cv2.contourArea(facet.astype(np.float32)))


def _split(facet: Facet, angle: float, rng: np.random.Generator) -> list[Facet]:
    """Cut a convex polygon in two near its middle."""
    weights = rng.dirichlet(np.full(len(facet), 3.0))
    normal = np.array([-np.sin(angle), np.cos(angle)])
    side = (facet - weights @ facet) @ normal
    halves: tuple[list[NDArray[np.float64]], ...] = ([], [])
    for i in range(len(facet)):
        j = (i + 1) % len(facet)
        halves[int(side[i] > 0)].append(facet[i])
        if (side[i] > 0) != (side[j] > 0):
            crossing = facet[i] + (facet[j] - facet[i]) * side[i] / (side[i] - side[j])
            halves[0].append(crossing)
            halves[1].append(crossing)
    return [np.array(half) for half in halves]


def _shade_facet(
    image: Image, facet: Facet, rng: np.random.Generator, hand: Hand
) -> None:
    """Fill with a gradient, as if each facet caught its own light."""
    colour = hand.palette[rng.integers(0, len(hand.palette))]
    colour = vary(mix(colour, hand.palette[len(hand.palette) // 2], 0.35), rng, 14)
    x, y, wide, high = cv2.boundingRect(facet.round().astype(np.int32))
    part = image[max(y, 0) : y + high, max(x, 0) : x + wide]
    if not part.size:
        return
    mask = np.zeros(part.shape[:2], np.uint8)
    corners = (facet - [max(x, 0), max(y, 0)]).round().astype(np.int32)
    cv2.fillConvexPoly(mask, corners, 1)
    rows, columns = part.shape[:2]
    ramp = downward((rows, columns))
    if rng.random() < 0.5:
        ramp = downward((columns, rows)).T
    ramp = ramp if rng.random() < 0.5 else 1 - ramp
    light, shade = mix(colour, hand.pale, 0.45), mix(colour, hand.dark, 0.55)
    shaded = colourise(ramp, np.stack([light, colour, shade]))
    part[mask > 0] = shaded[mask > 0]
    edge = [(float(a), float(b)) for a, b in facet]
    if rng.random() < 0.6:
        line(image, [*edge, edge[0]], mix(hand.dark, colour, 0.3), 2)


def _strong(rng: np.random.Generator, hand: Hand) -> NDArray[np.float64]:
    """Choose any colour but the ground's."""
    return np.asarray(hand.palette[rng.integers(0, len(hand.palette) - 1)])


def _checker(image: Image, rng: np.random.Generator, hand: Hand, angle: float) -> None:
    height, width = image.shape[:2]
    step = min(height, width) * rng.uniform(0.014, 0.026)
    start = np.array([width, height]) * rng.uniform(0.1, 0.85, 2)
    u = step * np.array([np.cos(angle), np.sin(angle)])
    v = np.array([-u[1], u[0]])
    columns, rows = int(rng.integers(4, 10)), int(rng.integers(3, 7))
    first, second = _strong(rng, hand), _strong(rng, hand)
    for i in range(columns):
        for j in range(rows):
            corner = start + i * u + j * v
            ends = [corner, corner + u, corner + u + v, corner + v]
            colour = first if (i + j) % 2 else second
            polygon(image, [(e[0], e[1]) for e in ends], colour)


def _mosaic_design(
    rng: np.random.Generator, size: tuple[int, int], hand: Hand
) -> tuple[Image, NDArray[np.float64]]:
    """Draw what the tesserae will show, and the direction of their rows."""
    height, width = size
    y, x = np.mgrid[:height, :width].astype(np.float64)
    waves = np.sin(y / rng.uniform(16, 30) + 2.2 * np.sin(x / rng.uniform(50, 110)))
    sea = np.stack([hand.any(rng), mix(hand.any(rng), hand.pale, 0.4)])
    image = colourise(waves * 0.5 + 0.5, sea)
    flow = 0.5 * np.cos(x / 80)
    for _ in range(1 + round(3 * hand.density + rng.random())):
        cx, cy = width * rng.uniform(0.15, 0.85), height * rng.uniform(0.15, 0.85)
        reach = min(size) * rng.uniform(0.18, 0.36)
        away, around = np.hypot(x - cx, y - cy), np.arctan2(y - cy, x - cx)
        petals = int(rng.integers(5, 13))
        star = away / reach * (1 + 0.25 * np.cos(petals * around + rng.uniform(0, 6)))
        rings = hand.palette[rng.permutation(len(hand.palette))]
        inside = star < 1
        level = (star * rng.uniform(4, 7)).astype(int) % len(rings)
        image[inside] = rings[level[inside]].astype(np.uint8)
        image[np.abs(star - 1) < 0.05] = hand.pale.astype(np.uint8)
        flow = np.where(star < 1.08, around + np.pi / 2, flow)
    for _ in range(round(6 + 16 * hand.density)):
        at = (int(width * rng.random()), int(height * rng.random()))
        axes = (int(min(size) * rng.uniform(0.05, 0.1)), int(min(size) * 0.024))
        turn = float(rng.uniform(0, 360))
        tone = hand.palette[rng.integers(0, len(hand.palette))].tolist()
        cv2.ellipse(image, at, axes, turn, 0, 360, tone, -1)
    return image, flow
