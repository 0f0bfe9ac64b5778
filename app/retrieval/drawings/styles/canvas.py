"""Painting surface of the drawn works: colours, noise, strokes, relief.

Everything draws from a given generator, so the same seed paints the same picture.
"""

from typing import Any

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from app.retrieval.drawings.styles.artists import Artist
from app.retrieval.types import FloatArray, Image

Colour = NDArray[np.float64]
"""(3,) RGB, 0 to 255."""
Point = NDArray[np.float64]
"""(2,) x and y in pixels."""
Outline = NDArray[np.float64]
"""(n, 2) points."""
BOX = np.array([(0.0, 0), (1, 0), (1, 1), (0, 1)])
"""Corners of the unit square: a rectangle is ``BOX * (width, height) + corner``."""


class Canvas:
    """Picture in progress, with the colours and the brush of an artist.

    Parameters
    ----------
    rng : numpy.random.Generator
    size : tuple of int
        (height, width) in pixels.
    artist : Artist

    Attributes
    ----------
    image : (H, W, 3) uint8
    sides : (2,) float64
        Width and height.
    short : int
        The shorter of them.
    palette : (P, 3) float64, P >= 4
        RGB from 0 to 255, from ``dark`` to ``pale``.
    brush : float, > 0
        Size of the strokes; 1 is usual.
    density : float in [0, 1]
        How much happens in a picture.
    """

    def __init__(
        self, rng: np.random.Generator, size: tuple[int, int], artist: Artist
    ) -> None:
        self.rng = rng
        self.size = size
        self.height, self.width = size
        self.sides = np.array([self.width, self.height], np.float64)
        self.short = min(size)
        self.image: Image = np.zeros((*size, 3), np.uint8)
        self.palette = artist.colours
        self.dark, self.pale = self.palette[0], self.palette[-1]
        self.brush, self.density = artist.brush, artist.density

    def colour(self, *, dark: bool = False, pale: bool = False) -> Colour:
        """Pick a colour; the darkest and the lightest only where they are allowed."""
        first, end = 0 if dark else 1, len(self.palette) - (0 if pale else 1)
        return np.asarray(self.palette[self.rng.integers(first, end)])

    def vary(self, colour: Colour, amount: float = 12) -> Colour:
        """Vary a colour, lightness more than hue."""
        lightness, hue = self.rng.normal(0, amount), self.rng.normal(0, amount / 2, 3)
        return np.asarray((colour + lightness + hue).clip(0, 255))

    def point(
        self, left: float = 0, right: float = 1, top: float = 0, bottom: float = 1
    ) -> Point:
        """Pick a point between such shares of the width and of the height."""
        return self.sides * self.rng.uniform((left, top), (right, bottom))

    def noise(
        self, cells: int = 3, octaves: int = 5, persistence: float = 0.5
    ) -> FloatArray:
        """Make `fractal` noise of the picture's size."""
        return fractal(self.size, self.rng, cells, octaves, persistence)

    def ridge(self, cells: int = 3) -> FloatArray:
        """Draw the outline of a range of hills, (W,) float32 in [0, 1]."""
        return ridge(self.width, self.rng, cells=cells)

    def cover(self, mask: NDArray[np.bool_], picture: Image) -> None:
        """Show another picture where a (H, W) mask is set."""
        self.image[mask] = picture[mask]

    def blend(self, mask: NDArray[Any], colour: Colour | Image) -> None:
        """Lay a colour, or another picture, over it by a (H, W) mask in [0, 1]."""
        blend(self.image, mask, colour)

    def polygon(self, points: ArrayLike, colour: Colour) -> None:
        """Fill an outline with smooth edges."""
        corners = _eighths(points)
        cv2.fillPoly(self.image, [corners], colour.tolist(), cv2.LINE_AA, 3)

    def line(
        self, points: ArrayLike, colour: Colour, width: float, *, closed: bool = False
    ) -> None:
        """Draw a polyline with smooth edges, or all around a closed outline."""
        corners = _eighths(points)
        if closed:
            corners = np.concatenate([corners, corners[:1]])
        thick = max(1, round(width))
        cv2.polylines(
            self.image, [corners], False, colour.tolist(), thick, cv2.LINE_AA, 3
        )

    def disc(self, centre: ArrayLike, radius: float, colour: Colour) -> None:
        """Fill a circle with a smooth edge."""
        at, reach = _eighths(centre).tolist(), max(1, round(radius * 8))
        cv2.circle(self.image, at, reach, colour.tolist(), -1, cv2.LINE_AA, 3)

    def brush_over(
        self,
        *,
        width: float,
        length: float,
        angle: NDArray[Any] | float,
        coverage: float = 1.2,
        jitter: float = 9,
    ) -> None:
        """Paint the picture again in strokes of its own colours.

        After the idea of Haeberli ("Paint by numbers", SIGGRAPH 1990): a stroke takes
        the colour of the picture under its middle.

        Parameters
        ----------
        width, length : float
            Of a stroke in pixels.
        angle : (H, W) float or float
            Direction of the strokes in radians.
        coverage : float
            Area of all strokes by the area of the picture.
        jitter : float
            Standard deviation of a stroke's lightness in grey values.
        """
        rng = self.rng
        count = int(coverage * self.height * self.width / (width * (length + width)))
        x, y = rng.integers(0, self.width, count), rng.integers(0, self.height, count)
        angles = np.broadcast_to(angle, self.size)[y, x] + rng.normal(0, 0.18, count)
        reach = rng.uniform(0.3, 0.6, count) * length
        half = reach[:, None] * towards(angles)
        colours = self.image[y, x] + rng.normal(0, jitter, (count, 1))
        colours += rng.normal(0, jitter / 2, (count, 3))
        middles = np.stack([x, y], 1)
        widths = (width * rng.uniform(0.6, 1.2, count)).round().clip(1)
        for start, end, colour, thick in zip(
            (middles - half).round().astype(int).tolist(),
            (middles + half).round().astype(int).tolist(),
            colours.clip(0, 255).tolist(),
            widths.astype(int).tolist(),
            strict=True,
        ):
            cv2.line(self.image, start, end, colour, thick, cv2.LINE_AA)

    def finish(self, relief: float = 1.0) -> None:
        """Let raking light fall on the paint and the weave of the canvas.

        ``relief`` is the depth of the paint; 0 is a flat print on paper.
        """
        grey = cv2.cvtColor(self.image, cv2.COLOR_RGB2GRAY).astype(np.float32)
        roughness = self.rng.normal(0, 4, self.size).astype(np.float32)
        slope = cv2.filter2D(
            cv2.GaussianBlur(0.35 * relief * grey + roughness, (0, 0), 0.8),
            -1,
            np.array([[1, 0.5, 0], [0.5, 0, -0.5], [0, -0.5, -1]], np.float32),
        )
        warp, weft = np.arange(self.width) * 2.1, np.arange(self.height) * 1.9
        threads = np.cos(weft)[:, None] + np.cos(warp)
        light = slope.clip(-28, 28) + 1.6 * relief * threads
        self.image = (self.image + light[..., None]).clip(0, 255).astype(np.uint8)


def mix(first: ArrayLike, second: ArrayLike, share: float) -> Colour:
    """Mix two colours; a share of 0 is the first."""
    one, other = np.asarray(first, np.float64), np.asarray(second, np.float64)
    return np.asarray(one + (other - one) * share)


def colourise(values: NDArray[Any], stops: ArrayLike) -> Image:
    """Map (H, W) values in [0, 1] to evenly spaced colour stops, (S, 3)."""
    channels = np.asarray(stops).T
    places = np.linspace(0, 1, channels.shape[1])
    steps = np.linspace(0, 1, 256)
    table = np.stack([np.interp(steps, places, channel) for channel in channels], 1)
    levels = (values.clip(0, 1) * 255).astype(np.uint8)
    return np.asarray(table.round().astype(np.uint8)[levels])


def fractal(
    size: tuple[int, int],
    rng: np.random.Generator,
    cells: int = 3,
    octaves: int = 5,
    persistence: float = 0.5,
) -> FloatArray:
    """Sum smooth noise of halving scales, (H, W) float32 in [0, 1].

    ``cells`` is the number of blobs along the shorter side at the coarsest scale.
    """
    height, width = size
    total = np.zeros(size, np.float32)
    for octave in range(octaves):
        across = cells * 2**octave / min(size)
        shape = (max(2, round(height * across)), max(2, round(width * across)))
        grid = rng.random(shape, np.float32)
        smooth = cv2.resize(grid, (width, height), interpolation=cv2.INTER_CUBIC)
        total += persistence**octave * smooth
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


def downward(size: tuple[int, int]) -> FloatArray:
    """Give (H, W) float32: 0 at the top, 1 at the bottom."""
    ramp = np.linspace(0, 1, size[0], dtype=np.float32)
    return np.repeat(ramp[:, None], size[1], axis=1)


def towards(angle: ArrayLike) -> NDArray[np.float64]:
    """Give the unit vectors of angles in radians: (..., 2)."""
    return np.stack([np.cos(angle), np.sin(angle)], axis=-1)


def turned(vector: Point) -> Point:
    """Turn a vector by a right angle."""
    return np.array([-vector[1], vector[0]])


def shifted(at: Point, right: float, down: float) -> Point:
    """Go from a point so many pixels to the right and down."""
    return np.array([at[0] + right, at[1] + down])


def placed(shape: Outline, at: Point, across: Point, down: Point) -> Outline:
    """Place a shape given in units of two vectors."""
    return np.asarray(at + shape[:, :1] * across + shape[:, 1:] * down)


def blend(image: Image, mask: NDArray[Any], colour: Colour | Image) -> None:
    """Lay a colour, or another picture, over a picture by a (H, W) mask in [0, 1]."""
    rows, columns = np.nonzero(mask > 1 / 255)
    share = mask[rows, columns, None]
    over = colour if colour.ndim == 1 else colour[rows, columns]
    under = image[rows, columns]
    mixed = under + (over - under.astype(np.float32)) * share
    image[rows, columns] = mixed.astype(np.uint8)


def _eighths(points: ArrayLike) -> NDArray[np.int32]:
    """Scale to three fractional bits: corners need not lie on whole pixels."""
    return (np.asarray(points) * 8).round().astype(np.int32)
