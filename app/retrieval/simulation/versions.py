"""Simulated versions of a work: same composition, one object differs.

A second version by the same hand, a copy, another state of a print: most of it agrees
line by line, and one place does not. Museums own few such pairs and have them looked up
by experts, so they are made: an object moved, added, removed or recoloured.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

import cv2
import numpy as np
from numpy.typing import NDArray

from app.retrieval.types import BoolArray, Image

SMALLEST_OBJECT, LARGEST_OBJECT = 0.03, 0.10
"""Area of the object as a share of the picture's."""
LEAST_CONTRAST = 18.0
"""Mean difference of grey values inside the changed region (of colours, where it is
recoloured): less is not seen in a photo, and so is no version."""
TRIES = 12
_INPAINTING_SIDE_PX = 128
_PLACES = 6


class Change(StrEnum):
    """What makes a picture another version."""

    MOVED = "moved"
    ADDED = "added"
    REMOVED = "removed"
    RECOLOURED = "recoloured"


@dataclass(frozen=True, slots=True, eq=False)
class Version:
    """A simulated version.

    Attributes
    ----------
    image : (H, W, 3) uint8, RGB
        As large as the picture that it is a version of.
    changed : (H, W) bool
        Where the two differ.
    change : Change
    """

    image: Image
    changed: BoolArray
    change: Change


def make_version(
    picture: Image, donor: Image, change: Change, rng: np.random.Generator
) -> Version:
    """Change one object of a picture.

    Parameters
    ----------
    picture : (H, W, 3) uint8, RGB
    donor : (h, w, 3) uint8, RGB
        Another picture; what is added comes from it.
    change : Change
    rng : numpy.random.Generator
        Same state, same version.

    Returns
    -------
    version : Version
        Of up to `TRIES` drawn ones the first whose contrast is `LEAST_CONTRAST`, or the
        one with the most contrast: of an even picture every version looks alike.
    """
    best: tuple[float, Version] | None = None
    for _ in range(TRIES):
        image, changed = _MAKERS[change](picture, donor, rng)
        contrast = _contrast(picture, image, changed, change)
        version = Version(image, changed, change)
        if contrast >= LEAST_CONTRAST:
            return version
        if best is None or contrast > best[0]:
            best = contrast, version
    assert best is not None  # noqa: S101 - it was tried at least once
    return best[1]


def _contrast(
    picture: Image, image: Image, changed: BoolArray, change: Change
) -> float:
    before, after = picture[changed], image[changed]
    if change is not Change.RECOLOURED:
        before, after = (side.mean(axis=1) for side in (before, after))
    return float(np.abs(before.astype(np.float32) - after).mean())


def _move(
    picture: Image, _donor: Image, rng: np.random.Generator
) -> tuple[Image, BoolArray]:
    shape = _draw_shape(picture.shape[:2], rng)
    start = _busiest_place(picture, shape, rng)
    end = _place(picture, shape, rng)
    taken = _cut(picture, shape, start)
    bare = _paste(picture, _background(picture, shape, start), shape, start)
    moved = _paste(bare, taken, shape, end)
    return moved, _region(picture, shape, start) | _region(picture, shape, end)


def _add(
    picture: Image, donor: Image, rng: np.random.Generator
) -> tuple[Image, BoolArray]:
    shape = _draw_shape(picture.shape[:2], rng)
    # As large a part of its own picture as of this one.
    like = (picture.shape[1], picture.shape[0])
    source = np.asarray(cv2.resize(donor, like, interpolation=cv2.INTER_AREA), np.uint8)
    added = _cut(source, shape, _busiest_place(source, shape, rng))
    place = _place(picture, shape, rng)
    return _paste(picture, added, shape, place), _region(picture, shape, place)


def _remove(
    picture: Image, _donor: Image, rng: np.random.Generator
) -> tuple[Image, BoolArray]:
    shape = _draw_shape(picture.shape[:2], rng)
    place = _busiest_place(picture, shape, rng)
    bare = _paste(picture, _background(picture, shape, place), shape, place)
    return bare, _region(picture, shape, place)


def _recolour(
    picture: Image, _donor: Image, rng: np.random.Generator
) -> tuple[Image, BoolArray]:
    shape = _draw_shape(picture.shape[:2], rng)
    place = _busiest_place(picture, shape, rng)
    lab = cv2.cvtColor(_cut(picture, shape, place), cv2.COLOR_RGB2LAB)
    hue = rng.uniform(0, 2 * np.pi)
    shift = [rng.uniform(-40, 40), 45 * np.cos(hue), 45 * np.sin(hue)]
    other = (lab + shift).clip(0, 255).astype(np.uint8)
    painted = np.asarray(cv2.cvtColor(other, cv2.COLOR_LAB2RGB), np.uint8)
    return _paste(picture, painted, shape, place), _region(picture, shape, place)


_Maker = Callable[[Image, Image, np.random.Generator], tuple[Image, BoolArray]]
_MAKERS: Mapping[Change, _Maker] = {
    Change.MOVED: _move,
    Change.ADDED: _add,
    Change.REMOVED: _remove,
    Change.RECOLOURED: _recolour,
}


def _draw_shape(size: tuple[int, int], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Draw the outline of an object, an uneven ellipse: (h, w), 255 inside."""
    area = rng.uniform(SMALLEST_OBJECT, LARGEST_OBJECT) * size[0] * size[1]
    angle = np.linspace(0, 2 * np.pi, 72, endpoint=False)
    radius = np.ones_like(angle)
    for wave in range(2, 6):
        amount = rng.uniform(0, 0.35 / wave)
        radius += amount * np.cos(wave * angle + rng.uniform(0, 2 * np.pi))
    stretch = rng.uniform(0.65, 1.5)
    xy = np.stack([np.cos(angle) * stretch, np.sin(angle) / stretch], 1)
    xy *= radius[:, None]
    xy *= np.sqrt(area / cv2.contourArea(xy.astype(np.float32)))
    # In a long strip of a picture it is as long as there is room for.
    extent = np.ptp(xy, axis=0)
    xy *= np.minimum(1, 0.8 * np.array(size[::-1]) / extent)
    xy -= xy.min(axis=0)
    width, height = (int(side) + 1 for side in np.ceil(xy.max(axis=0)))
    shape = np.zeros((height, width), np.uint8)
    cv2.fillPoly(shape, [xy.round().astype(np.int32)], 255)
    return shape


def _place(
    picture: Image, shape: NDArray[np.uint8], rng: np.random.Generator
) -> tuple[int, int]:
    """Choose (top, left) of an object that lies wholly inside."""
    top, left = (
        int(rng.integers(0, whole - own + 1))
        for whole, own in zip(picture.shape[:2], shape.shape, strict=True)
    )
    return top, left


def _busiest_place(
    picture: Image, shape: NDArray[np.uint8], rng: np.random.Generator
) -> tuple[int, int]:
    """Choose the place, of some, that has the most detail: something is there."""
    grey = np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), np.uint8)
    places = [_place(picture, shape, rng) for _ in range(_PLACES)]
    return max(places, key=lambda at: float(_cut(grey, shape, at).std()))


def _cut(
    picture: NDArray[np.uint8], shape: NDArray[np.uint8], place: tuple[int, int]
) -> NDArray[np.uint8]:
    top, left = place
    return picture[top : top + shape.shape[0], left : left + shape.shape[1]]


def _paste(
    picture: Image, piece: Image, shape: NDArray[np.uint8], place: tuple[int, int]
) -> Image:
    """Lay a piece over a picture, with an edge as soft as a brush's."""
    soft = cv2.GaussianBlur(shape, (0, 0), max(0.6, max(picture.shape) / 600))
    share = (soft / np.float32(255))[..., None]
    painted = picture.copy()
    under = _cut(picture, shape, place)
    _cut(painted, shape, place)[:] = (share * piece + (1 - share) * under).round()
    return painted


def _region(
    picture: Image, shape: NDArray[np.uint8], place: tuple[int, int]
) -> BoolArray:
    region = np.zeros(picture.shape[:2], np.uint8)
    _cut(region, shape, place)[:] = shape
    return region > 0


def _background(
    picture: Image, shape: NDArray[np.uint8], place: tuple[int, int]
) -> Image:
    """Make up what is behind an object: its surroundings go on, with their grain."""
    height, width = picture.shape[:2]
    reduction = max(1.0, max(height, width) / _INPAINTING_SIDE_PX)
    small = (max(1, round(width / reduction)), max(1, round(height / reduction)))
    hole = np.zeros((height, width), np.uint8)
    _cut(hole, shape, place)[:] = shape
    reduced_hole = cv2.resize(hole, small, interpolation=cv2.INTER_NEAREST)
    reduced_hole = cv2.dilate(reduced_hole, np.ones((3, 3), np.uint8))
    reduced = cv2.resize(picture, small, interpolation=cv2.INTER_AREA)
    filled = cv2.inpaint(reduced, reduced_hole, 3, cv2.INPAINT_TELEA)
    smooth = np.asarray(
        cv2.resize(filled, (width, height), interpolation=cv2.INTER_CUBIC), np.uint8
    )
    # The grain of the canvas beside it, or the hole would be smoother than any paint.
    coarse = cv2.GaussianBlur(picture, (0, 0), reduction)
    grain = (picture.astype(np.float32) - coarse).astype(np.float32)
    sideways = -shape.shape[1] if place[1] >= shape.shape[1] else shape.shape[1]
    beside = np.roll(grain, -sideways, axis=1)
    top, left = place
    around = slice(top, top + shape.shape[0]), slice(left, left + shape.shape[1])
    made_up = smooth[around] + 0.5 * beside[around]
    return np.asarray(made_up.clip(0, 255), np.uint8)
