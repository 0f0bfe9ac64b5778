"""The paint box of the generated pictures: colours, noise, strokes, relief.

Every function draws from a given generator, so the same seed paints the same picture.
"""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from app.retrieval.types import FloatArray, Image

Colour = NDArray[np.float64]
"""(3,) RGB, 0 to 255."""
Point = tuple[float, float]
"""x, y in pixels."""


@dataclass(frozen=True, slots=True, eq=False)
class Hand:
    """What makes an artist recognisable.

    Attributes
    ----------
    palette : (P, 3) float64, P >= 4
        RGB from 0 to 255, darkest first.
    brush : float, > 0
        Size of the strokes; 1 is usual.
    density : float in [0, 1]
        How much happens in a picture.
    """

    palette: NDArray[np.float64]
    brush: float
    density: float

    @property
    def dark(self) -> Colour:
        """The darkest colour."""
        return np.asarray(self.palette[0])

    @property
    def pale(self) -> Colour:
        """The lightest colour."""
        return np.asarray(self.palette[-1])

    def any(self, rng: np.random.Generator) -> Colour:
        """Dip the brush anywhere but in the lightest and the darkest."""
        return np.asarray(self.palette[rng.integers(1, len(self.palette) - 1)])


def mix(first: Colour, second: Colour, share: float) -> Colour:
    """Mix two colours; a share of 0 is the first."""
    return np.asarray(first + (second - first) * share)


def vary(colour: Colour, rng: np.random.Generator, amount: float = 12) -> Colour:
    """Vary a colour, lightness more than hue."""
    return np.asarray(
        (colour + rng.normal(0, amount) + rng.normal(0, amount / 2, 3)).clip(0, 255)
    )


def fractal(
    size: tuple[int, int],
    rng: np.random.Generator,
    *,
    cells: int = 3,
    octaves: int = 5,
    persistence: float = 0.5,
) -> FloatArray:
    """Sum smooth noise of halving scales, (H, W) float32 in [0, 1].

    ``cells`` is the number of blobs along the shorter side at the coarsest scale.
    """
    height, width = size
    total = np.zeros(size, np.float32)
    weight = 1.0
    for octave in range(octaves):
        across = cells * 2**octave / min(size)
        shape = (max(2, round(height * across)), max(2, round(width * across)))
        grid = rng.random(shape, np.float32)
        total += weight * cv2.resize(
            grid, (width, height), interpolation=cv2.INTER_CUBIC
        )
        weight *= persistence
    low, high = float(total.min()), float(total.max())
    return np.asarray((total - low) / (high - low), np.float32)


def ridge(width: int, rng: np.random.Generator, *, cells: int = 3) -> FloatArray:
    """Draw the outline of a range of hills, (W,) float32 in [0, 1]."""
    total = np.zeros(width)
    for octave in range(6):
        count = max(2, cells * 2**octave)
        knots = rng.random(count + 3)
        places = np.linspace(0, count, width)
        left = places.astype(int)
        t = places - left
        smooth = t * t * (3 - 2 * t)
        total += (knots[left] * (1 - smooth) + knots[left + 1] * smooth) / 2**octave
    return np.asarray((total - total.min()) / np.ptp(total), np.float32)


def colourise(values: NDArray[Any], stops: NDArray[np.float64]) -> Image:
    """Map (H, W) values in [0, 1] to evenly spaced colour stops, (S, 3)."""
    places = np.linspace(0, 1, len(stops))
    steps = np.linspace(0, 1, 256)
    table = np.stack([np.interp(steps, places, stops[:, c]) for c in range(3)], 1)
    levels = (values.clip(0, 1) * 255).astype(np.uint8)
    return np.asarray(table.round().astype(np.uint8)[levels])


def downward(size: tuple[int, int]) -> FloatArray:
    """Give (H, W) float32: 0 at the top, 1 at the bottom."""
    ramp = np.linspace(0, 1, size[0], dtype=np.float32)
    return np.repeat(ramp[:, None], size[1], axis=1)


def glow(
    size: tuple[int, int], centre: tuple[float, float], spread: float
) -> FloatArray:
    """Give a (H, W) float32 halo: 1 at the centre, falling off as a Gaussian."""
    y, x = np.ogrid[: size[0], : size[1]]
    squared = (x - centre[0]) ** 2 + (y - centre[1]) ** 2
    return np.asarray(np.exp(-squared / (2 * spread**2)), np.float32)


def blend(image: Image, mask: NDArray[Any], colour: Colour | Image) -> None:
    """Lay a colour, or another picture, over ``image`` by a (H, W) mask in [0, 1]."""
    rows, columns = np.nonzero(mask > 1 / 255)
    if not len(rows):
        return
    share = mask[rows, columns, None]
    over = colour if colour.ndim == 1 else colour[rows, columns]
    under = image[rows, columns]
    image[rows, columns] = (under + (over - under.astype(np.float32)) * share).astype(
        np.uint8
    )


def polygon(image: Image, points: list[Point], colour: Colour) -> None:
    """Fill a polygon with smooth edges."""
    # Three fractional bits: corners need not lie on whole pixels.
    corners = np.array(points) * 8
    cv2.fillPoly(
        image,
        [corners.round().astype(np.int32)],
        colour.tolist(),
        cv2.LINE_AA,
        3,
    )


def line(image: Image, points: list[Point], colour: Colour, width: float) -> None:
    """Draw a polyline with smooth edges."""
    corners = (np.array(points) * 8).round().astype(np.int32)
    thickness = max(1, round(width))
    cv2.polylines(image, [corners], False, colour.tolist(), thickness, cv2.LINE_AA, 3)


def disc(image: Image, centre: Point, radius: float, colour: Colour) -> None:
    """Fill a circle with a smooth edge."""
    at = (round(centre[0] * 8), round(centre[1] * 8))
    cv2.circle(
        image, at, max(1, round(radius * 8)), colour.tolist(), -1, cv2.LINE_AA, 3
    )


def brush_over(
    image: Image,
    rng: np.random.Generator,
    *,
    width: float,
    length: float,
    angle: NDArray[Any] | float,
    coverage: float = 1.2,
    jitter: float = 9,
) -> Image:
    """Paint a picture again in strokes of its own colours.

    After the idea of Haeberli ("Paint by numbers", SIGGRAPH 1990): a stroke takes the
    colour of the picture under its middle.

    Parameters
    ----------
    image : (H, W, 3) uint8
    rng : numpy.random.Generator
    width, length : float
        Of a stroke in pixels.
    angle : (H, W) float or float
        Direction of the strokes in radians.
    coverage : float
        Area of all strokes by the area of the picture.
    jitter : float
        Standard deviation of a stroke's lightness in grey values.

    Returns
    -------
    painted : (H, W, 3) uint8
    """
    high, wide = image.shape[:2]
    count = int(coverage * high * wide / (width * (length + width)))
    x, y = rng.integers(0, wide, count), rng.integers(0, high, count)
    directions = angle[y, x] if isinstance(angle, np.ndarray) else np.full(count, angle)
    directions = directions + rng.normal(0, 0.18, count)
    reach = rng.uniform(0.3, 0.6, count) * length
    dx, dy = np.cos(directions) * reach, np.sin(directions) * reach
    colours = image[y, x] + rng.normal(0, jitter, (count, 1))
    colours += rng.normal(0, jitter / 2, (count, 3))
    starts = np.stack([x - dx, y - dy], 1).round().astype(int).tolist()
    ends = np.stack([x + dx, y + dy], 1).round().astype(int).tolist()
    widths = (width * rng.uniform(0.6, 1.2, count)).round().clip(1).astype(int).tolist()
    painted = image.copy()
    for start, end, colour, thick in zip(
        starts, ends, colours.clip(0, 255).tolist(), widths, strict=True
    ):
        cv2.line(painted, start, end, colour, thick, cv2.LINE_AA)
    return painted


def finish(image: Image, rng: np.random.Generator, *, relief: float = 1.0) -> Image:
    """Let raking light fall on the paint and the weave of the canvas.

    Parameters
    ----------
    image : (H, W, 3) uint8
    rng : numpy.random.Generator
    relief : float
        Depth of the paint; 0 is a flat print on paper.

    Returns
    -------
    finished : (H, W, 3) uint8
    """
    height, width = image.shape[:2]
    thickness = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY).astype(np.float32)
    thickness = 0.35 * relief * thickness + rng.normal(0, 4, (height, width)).astype(
        np.float32
    )
    slope = cv2.filter2D(
        cv2.GaussianBlur(thickness, (0, 0), 0.8),
        -1,
        np.array([[1, 0.5, 0], [0.5, 0, -0.5], [0, -0.5, -1]], np.float32),
    )
    threads = np.cos(np.arange(height) * 1.9)[:, None] + np.cos(np.arange(width) * 2.1)
    light = slope.clip(-28, 28) + 1.6 * relief * threads
    return np.asarray((image + light[..., None]).clip(0, 255), np.uint8)
