"""Pictures for all tests: generated works and photos of them, drawn once.

Everything is cached and read-only; copy before changing.
"""

from functools import cache

import cv2
import numpy as np

from app.retrieval.drawings.collection import STYLES, draw_work
from app.retrieval.simulation.photo import PROFILES, Perturbed, perturb


def _frozen(image):
    image.flags.writeable = False
    return image


@cache
def artwork(seed=0, *, style="still_life", size=(300, 400)):
    """Give a textured work of (height, width), about 50 ms the first time."""
    return _frozen(draw_work(np.random.default_rng(seed), style, size))


@cache
def artworks(count, *, size=(300, 400)):
    """Give different works, the styles taking turns."""
    return tuple(
        artwork(seed, style=STYLES[seed % len(STYLES)], size=size)
        for seed in range(count)
    )


@cache
def photograph(
    seed=0, *, style="still_life", size=(300, 400), profile="hard", side_px=400
) -> Perturbed:
    """Simulate a visitor's photo of ``artwork(seed, style=…, size=…)``."""
    rng = np.random.default_rng([1_000_003, seed])
    work = artwork(seed, style=style, size=size)
    photo = perturb(work, PROFILES[profile], rng, output_side_px=side_px)
    return Perturbed(_frozen(photo.image), photo.homography)


def warp(image, homography, size):
    """Show a picture through a known mapping, in (height, width), grey around."""
    return cv2.warpPerspective(
        image, np.asarray(homography, float), size[::-1], borderValue=(128, 128, 128)
    )


def plain(size=(300, 400), level=128):
    """Give a featureless grey picture."""
    return np.full((*size, 3), level, np.uint8)
