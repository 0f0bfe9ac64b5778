"""Abstract styles: facets, constructions, colour fields, mosaics."""

from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from app.retrieval.drawings.styles.canvas import (
    BOX,
    Canvas,
    Outline,
    Point,
    colourise,
    downward,
    mix,
    placed,
    shifted,
    towards,
    turned,
)


def cubist(canvas: Canvas) -> None:
    """Split the picture plane into shaded facets, with the memory of a guitar."""
    rng = canvas.rng
    canvas.image[:] = canvas.dark  # shows in the seams between facets
    facets: list[Outline] = [BOX * canvas.sides]
    directions = rng.uniform(0, np.pi, 3)
    while len(facets) < 34 + 40 * canvas.density:
        facets.sort(key=_area)
        angle = directions[rng.integers(3)] + rng.normal(0, 0.12)
        facets += _split(facets.pop(), angle, rng)
    for facet in facets:
        _shade_facet(canvas, facet)
    centre = canvas.point(0.35, 0.65, 0.35, 0.65)
    reach = canvas.short * rng.uniform(0.13, 0.2)
    for _ in range(5):
        at = (centre + rng.normal(0, reach, 2)).astype(int).tolist()
        axes = (reach * rng.uniform(0.4, 1.1, 2)).astype(int).tolist()
        start = rng.uniform(0, 360)
        tone = mix(canvas.dark, canvas.colour(), 0.2 * rng.random()).tolist()
        end = start + rng.uniform(90, 270)
        cv2.ellipse(canvas.image, at, axes, start, start, end, tone, 4, cv2.LINE_AA)
    angle = rng.uniform(0, np.pi)
    along, across = towards(angle) * reach * 3, turned(towards(angle))
    canvas.disc(centre, reach * 0.4, canvas.dark)
    for string in range(6):
        peg = centre - along * 0.4 + across * (string - 2.5) * 6
        canvas.line([peg, peg + along * rng.uniform(0.8, 1.1)], canvas.pale, 1.5)
    fine = 3 * canvas.brush
    canvas.brush_over(width=fine, length=3 * fine, angle=angle, coverage=0.9)
    canvas.finish()


def construction(canvas: Canvas) -> None:
    """Balance bars, circles and triangles on a pale ground."""
    rng = canvas.rng
    ground = mix(canvas.pale, (240, 234, 220), 0.5)
    canvas.image = colourise(canvas.noise(), [ground * 0.94, ground, ground * 1.03])
    main = rng.uniform(0, np.pi)
    for _ in range(7 + round(8 * canvas.density)):
        shape = np.zeros(canvas.size, np.float32)
        at = canvas.point(0.14, 0.86, 0.14, 0.86)
        kind = rng.integers(5)
        reach = canvas.short * rng.uniform(0.07, 0.24)
        if kind < 2:  # a disc, or a ring
            radius, edge = (0.8 * reach, -1) if kind == 0 else (reach, reach * 0.16 + 3)
            centre = at.astype(int).tolist()
            cv2.circle(shape, centre, int(radius), 1.0, int(edge), cv2.LINE_AA)
        else:
            angle = main + (np.pi / 2) * rng.integers(2) + rng.normal(0, 0.06)
            sides = (reach * rng.uniform(1.2, 3.2), reach * rng.uniform(0.08, 0.5))
            corners = cv2.boxPoints((at.tolist(), sides, float(np.degrees(angle))))
            corners = corners[:3] if kind == 2 else corners
            cv2.fillPoly(shape, [corners.round().astype(np.int32)], 1.0, cv2.LINE_AA)
        # Translucent where it lies on others, as gouache does.
        opacity = rng.choice([1.0, 1.0, 0.7])
        canvas.blend(shape * opacity, canvas.vary(canvas.colour(dark=True), 8))
    for _ in range(10 + round(16 * canvas.density)):
        at = canvas.point(0.05, 0.95, 0.05, 0.95)
        direction = towards(main + (np.pi / 2) * rng.integers(2))
        end = at + canvas.short * rng.uniform(0.05, 0.5) * direction
        canvas.line([at, end], canvas.dark, rng.uniform(1, 5))
    for _ in range(3):
        _checker(canvas, towards(main))
    for _ in range(30 + round(50 * canvas.density)):
        canvas.disc(canvas.point(), rng.uniform(1.5, 6), canvas.colour(dark=True))
    canvas.finish(relief=0.4)


def colour_field(canvas: Canvas) -> None:
    """Let a few broad fields of worked paint breathe against each other."""
    rng, height, width = canvas.rng, canvas.height, canvas.width
    ground = mix(canvas.colour(), canvas.dark, rng.uniform(0, 0.5))
    stains = canvas.noise(cells=4, octaves=6)
    stops = np.stack([ground * 0.8, ground, ground * 1.15 + 8]).clip(0, 255)
    canvas.image = colourise(stains, stops)
    cuts = np.cumsum(rng.uniform(0.6, 1.8, int(rng.integers(2, 5))))
    edges = np.concatenate([[0.0], cuts / cuts[-1]]) * 0.9 + 0.05
    side = width * rng.uniform(0.05, 0.11)
    for top, bottom in pairwise(edges.tolist()):
        colour = canvas.vary(canvas.colour(dark=True, pale=True))
        field = np.zeros(canvas.size, np.float32)
        start = (int(side), int(top * height + 0.012 * height))
        end = (int(width - side), int(bottom * height - 0.012 * height))
        cv2.rectangle(field, start, end, 1.0, -1)
        soft = cv2.GaussianBlur(field, (0, 0), width * 0.008)
        ragged = canvas.noise(cells=14, octaves=4)
        mask = (soft * 1.7 - ragged * 0.8).clip(0, 1) * rng.uniform(0.8, 1)
        worked = canvas.noise(cells=5, octaves=6, persistence=0.65)
        other = mix(colour, canvas.colour(), 0.4)
        paint = colourise(worked, [mix(colour, canvas.dark, 0.3), colour, other])
        canvas.blend(mask, paint)
    wide, flow = 15 * canvas.brush, (stains - 0.5) * 2
    canvas.brush_over(width=wide, length=5 * wide, angle=flow, coverage=0.5)
    canvas.brush_over(width=3, length=40, angle=flow, coverage=0.35, jitter=14)
    for _ in range(round(14 + 40 * canvas.density)):  # drips and spatters
        at = canvas.point()
        tone = canvas.vary(canvas.colour(dark=True, pale=True))
        run = shifted(at, rng.normal(0, 3), rng.gamma(2, 0.04) * height)
        canvas.line([at, run], tone, rng.uniform(1, 4))
        for _ in range(4):
            canvas.disc(at + rng.normal(0, 22, 2), rng.uniform(1, 3.5), tone)
    canvas.finish(relief=1.3)


def mosaic(canvas: Canvas) -> None:
    """Lay tesserae around medallions, waves and leaves."""
    rng = canvas.rng
    flow = _design_mosaic(canvas)
    design = canvas.image.astype(float)
    canvas.image[:] = mix(canvas.dark, (90, 84, 76), 0.5)  # grout
    pitch = 10.5 * canvas.brush
    for row in range(int(canvas.height / pitch) + 2):
        for column in range(int(canvas.width / pitch) + 2):
            x = (column + 0.5 * (row % 2) + rng.normal(0, 0.08)) * pitch
            y = (row + rng.normal(0, 0.08)) * pitch
            place = min(int(y), canvas.height - 1), min(int(x), canvas.width - 1)
            half = pitch * rng.uniform(0.4, 0.47)
            across = half * towards(flow[place] + rng.normal(0, 0.08))
            down = turned(across) * rng.uniform(0.82, 1.05)
            tessera = placed(2 * BOX - 1, np.array([x, y]), across, down)
            canvas.polygon(tessera, canvas.vary(design[place], 13))
    canvas.finish(relief=0.8)


def _area(facet: Outline) -> float:
    return float(cv2.contourArea(facet.astype(np.float32)))


def _split(facet: Outline, angle: float, rng: np.random.Generator) -> list[Outline]:
    """Cut a convex polygon in two near its middle."""
    weights = rng.dirichlet(np.full(len(facet), 3.0))
    side = (facet - weights @ facet) @ turned(towards(angle))
    halves: tuple[list[Point], ...] = ([], [])
    for i in range(len(facet)):
        j = (i + 1) % len(facet)
        halves[int(side[i] > 0)].append(facet[i])
        if (side[i] > 0) != (side[j] > 0):
            crossing = facet[i] + (facet[j] - facet[i]) * side[i] / (side[i] - side[j])
            for half in halves:
                half.append(crossing)
    return [np.array(half) for half in halves]


def _shade_facet(canvas: Canvas, facet: Outline) -> None:
    """Fill with a gradient, as if each facet caught its own light."""
    rng = canvas.rng
    middle = canvas.palette[len(canvas.palette) // 2]
    colour = mix(canvas.colour(dark=True, pale=True), middle, 0.35)
    colour = canvas.vary(colour, 14)
    corners = facet.round().astype(np.int32)
    x, y, wide, high = cv2.boundingRect(corners)
    part = canvas.image[y : y + high, x : x + wide]
    if not part.size:
        return
    mask = np.zeros(part.shape[:2], np.uint8)
    cv2.fillConvexPoly(mask, corners - [x, y], 1)
    rows, columns = part.shape[:2]
    ramp = downward((rows, columns))
    if rng.random() < 0.5:
        ramp = downward((columns, rows)).T
    ramp = ramp if rng.random() < 0.5 else 1 - ramp
    light, shade = mix(colour, canvas.pale, 0.45), mix(colour, canvas.dark, 0.55)
    part[mask > 0] = colourise(ramp, [light, colour, shade])[mask > 0]
    if rng.random() < 0.6:
        canvas.line(facet, mix(canvas.dark, colour, 0.3), 2, closed=True)


def _checker(canvas: Canvas, direction: Point) -> None:
    rng = canvas.rng
    step = canvas.short * rng.uniform(0.014, 0.026)
    start = canvas.point(0.1, 0.85, 0.1, 0.85)
    across, down = step * direction, turned(step * direction)
    columns, rows = int(rng.integers(4, 10)), int(rng.integers(3, 7))
    colours = [canvas.colour(dark=True) for _ in range(2)]
    for i, j in np.ndindex(columns, rows):
        square = placed(BOX, start + i * across + j * down, across, down)
        canvas.polygon(square, colours[(i + j + 1) % 2])


def _design_mosaic(canvas: Canvas) -> NDArray[np.float64]:
    """Draw what the tesserae will show; return the direction of their rows, (H, W)."""
    rng = canvas.rng
    y, x = np.mgrid[: canvas.height, : canvas.width].astype(np.float64)
    waves = np.sin(y / rng.uniform(16, 30) + 2.2 * np.sin(x / rng.uniform(50, 110)))
    sea = [canvas.colour(), mix(canvas.colour(), canvas.pale, 0.4)]
    image = canvas.image = colourise(waves * 0.5 + 0.5, sea)
    flow = 0.5 * np.cos(x / 80)
    for _ in range(1 + round(3 * canvas.density + rng.random())):
        cx, cy = canvas.point(0.15, 0.85, 0.15, 0.85)
        reach = canvas.short * rng.uniform(0.18, 0.36)
        away, around = np.hypot(x - cx, y - cy), np.arctan2(y - cy, x - cx)
        petals = int(rng.integers(5, 13))
        star = away / reach * (1 + 0.25 * np.cos(petals * around + rng.uniform(0, 6)))
        rings = rng.permutation(canvas.palette)
        level = (star * rng.uniform(4, 7)).astype(int) % len(rings)
        image[star < 1] = rings[level[star < 1]]
        image[np.abs(star - 1) < 0.05] = canvas.pale
        flow = np.where(star < 1.08, around + np.pi / 2, flow)
    for _ in range(round(6 + 16 * canvas.density)):
        at = canvas.point().astype(int).tolist()
        axes = (int(canvas.short * rng.uniform(0.05, 0.1)), int(canvas.short * 0.024))
        turn = rng.uniform(0, 360)
        tone = canvas.colour(dark=True, pale=True).tolist()
        cv2.ellipse(image, at, axes, turn, 0, 360, tone, -1)
    return np.asarray(flow)
