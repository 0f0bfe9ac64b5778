"""Simulated banners: what different works have in common without being one work.

A frame of one maker, a mount of one print room and its stamp, captions and colour bars
of one photographer. They are full of keypoints, and all of them agree.
"""

from collections.abc import Callable, Mapping
from enum import StrEnum

import cv2
import numpy as np

from app.retrieval.types import Image

_LETTERS = "ABCDEFGHIKLMNOPRSTUVWXZ0123456789"
_INK = (38, 34, 32)
_PAPER = (238, 234, 224)


class Banner(StrEnum):
    """What several works share."""

    FRAME = "frame"
    MOUNT = "mount"
    STAMP = "stamp"
    CAPTION = "caption"
    COLOUR_BAR = "colour bar"


def add_banner(picture: Image, banner: Banner, rng: np.random.Generator) -> Image:
    """Put a banner on a picture, as a catalogue would show it.

    Parameters
    ----------
    picture : (H, W, 3) uint8, RGB
    banner : Banner
    rng : numpy.random.Generator
        Same state, same banner, whatever the picture; it grows with the picture.

    Returns
    -------
    bannered : (H', W', 3) uint8, RGB
        A stamp covers a corner; all others lie around the picture or below it, which
        then is untouched.
    """
    return _MAKERS[banner](picture, rng)


def _frame(picture: Image, rng: np.random.Generator) -> Image:
    width = round(min(picture.shape[:2]) * rng.uniform(0.1, 0.16))
    height, across = picture.shape[0], picture.shape[1] + 2 * width
    gold = _gold(rng)
    top, side = _ornament((64, 512), gold, rng), _ornament((64, 512), gold, rng)
    horizontal, vertical = _fit(top, (width, across)), _fit(side, (width, height))
    left = np.rot90(vertical)
    middle = np.hstack([left, picture, left[:, ::-1]])
    return np.vstack([horizontal, middle, horizontal[::-1]])


def _mount(picture: Image, rng: np.random.Generator) -> Image:
    short = min(picture.shape[:2])
    margin, foot = (
        round(short * rng.uniform(*span)) for span in ((0.1, 0.15), (0.2, 0.28))
    )
    tone = np.array(_PAPER) - rng.integers(0, 30, 3)
    mounted = cv2.copyMakeBorder(
        picture, margin, foot, margin, margin, cv2.BORDER_CONSTANT, value=tone.tolist()
    )
    for gap, thick in ((0.03, 0.004), (0.045, 0.008)):
        by, line = round(short * gap), max(1, round(short * thick))
        start = (margin - by, margin - by)
        end = (margin + picture.shape[1] + by, margin + picture.shape[0] + by)
        cv2.rectangle(mounted, start, end, _INK, line, cv2.LINE_AA)
    label = _text((160, 640), 3, tone, rng)
    size = (round(0.7 * foot), round(2.8 * foot))
    wide = min(size[1], picture.shape[1])
    left = (mounted.shape[1] - wide) // 2
    top = mounted.shape[0] - size[0] - round(0.05 * foot)
    mounted[top : top + size[0], left : left + wide] = _fit(label, (size[0], wide))
    return np.asarray(mounted, np.uint8)


def _stamp(picture: Image, rng: np.random.Generator) -> Image:
    side = 240
    seal = np.full((side, side, 3), 255, np.uint8)
    ink = (
        int(rng.integers(90, 190)),
        int(rng.integers(10, 60)),
        int(rng.integers(10, 90)),
    )
    middle = (side // 2, side // 2)
    for radius, thick in ((112, 7), (82, 3)):
        cv2.circle(seal, middle, radius, ink, thick, cv2.LINE_AA)
    for angle in np.arange(0, 2 * np.pi, np.pi / 9):
        turned = (np.array([np.cos(angle), np.sin(angle)]) * 97 + side / 2).astype(int)
        at = (int(turned[0]) - 9, int(turned[1]) + 9)
        letter = _LETTERS[rng.integers(len(_LETTERS))]
        cv2.putText(seal, letter, at, cv2.FONT_HERSHEY_DUPLEX, 0.8, ink, 2, cv2.LINE_AA)
    for _ in range(14):
        start, end = rng.integers(62, 178, (2, 2)).tolist()
        cv2.line(seal, start, end, ink, int(rng.integers(2, 6)), cv2.LINE_AA)
    stamped = picture.copy()
    own = max(8, round(min(picture.shape[:2]) * rng.uniform(0.2, 0.28)))
    corner = stamped[-own:, -own:]
    share = _fit(seal, (own, own)).astype(np.float32) / 255
    corner[:] = (corner * share).round()
    return stamped


def _caption(picture: Image, rng: np.random.Generator) -> Image:
    height = round(picture.shape[0] * rng.uniform(0.12, 0.2))
    strip = _text((150, 900), 3, np.array(_PAPER), rng)
    return np.vstack([picture, _fit(strip, (height, picture.shape[1]))])


def _colour_bar(picture: Image, rng: np.random.Generator) -> Image:
    strip = np.full((120, 900, 3), 20, np.uint8)
    for patch in range(18):
        left = 10 + 49 * patch
        colour = rng.integers(0, 256, 3).tolist()
        cv2.rectangle(strip, (left, 10), (left + 42, 62), colour, cv2.FILLED)
    for tick in range(0, 880, 11):
        cv2.line(
            strip, (10 + tick, 70), (10 + tick, 80 + 8 * (tick % 5 == 0)), (255,) * 3
        )
    text = _text((30, 900), 1, np.array([20, 20, 20]), rng, ink=(235, 235, 235))
    strip[90:] = text
    height = round(picture.shape[0] * rng.uniform(0.1, 0.15))
    return np.vstack([picture, _fit(strip, (height, picture.shape[1]))])


_MAKERS: Mapping[Banner, Callable[[Image, np.random.Generator], Image]] = {
    Banner.FRAME: _frame,
    Banner.MOUNT: _mount,
    Banner.STAMP: _stamp,
    Banner.CAPTION: _caption,
    Banner.COLOUR_BAR: _colour_bar,
}


def _gold(rng: np.random.Generator) -> np.ndarray:
    return np.array([178, 138, 66]) + rng.integers(-40, 30, 3)


def _ornament(
    size: tuple[int, int], tone: np.ndarray, rng: np.random.Generator
) -> Image:
    """Carve leaves and beads in a strip of (height, width)."""
    height, width = size
    strip = np.empty((height, width, 3), np.uint8)
    strip[:] = tone.clip(0, 255)
    for _ in range(width * height // 260):
        at = (int(rng.integers(width)), int(rng.integers(height)))
        axes = rng.integers(2, max(3, height // 4), 2).tolist()
        colour = (tone * rng.uniform(0.35, 1.5)).clip(0, 255).tolist()
        turn = float(rng.uniform(0, 180))
        cv2.ellipse(strip, at, axes, turn, 0, 360, colour, cv2.FILLED, cv2.LINE_AA)
    return strip


def _text(
    size: tuple[int, int],
    lines: int,
    tone: np.ndarray,
    rng: np.random.Generator,
    *,
    ink: tuple[int, int, int] = _INK,
) -> Image:
    """Set lines of meaningless words on a strip of (height, width)."""
    height, width = size
    strip = np.empty((height, width, 3), np.uint8)
    strip[:] = tone
    step = height / lines
    scale = step / 34
    for line in range(lines):
        signs = rng.choice(list(_LETTERS), round(width / (20 * scale)))
        words = "".join(
            " " if rng.random() < 0.15 else str(sign) for sign in signs.tolist()
        )
        at = (round(0.2 * step), round((line + 0.75) * step))
        font = cv2.FONT_HERSHEY_DUPLEX
        cv2.putText(
            strip, words, at, font, scale, ink, max(1, round(2 * scale)), cv2.LINE_AA
        )
    return strip


def _fit(strip: Image, size: tuple[int, int]) -> Image:
    """Resize a strip to (height, width)."""
    resized = cv2.resize(strip, size[::-1], interpolation=cv2.INTER_AREA)
    return np.asarray(resized, np.uint8)
