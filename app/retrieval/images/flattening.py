"""Flattening: pixels of any mode and orientation to upright 8-bit L, RGB or CMYK.

Done in bands of rows, each reduced at once: of a large picture there is then, beside
what its decoder made, never a second copy of full size.
"""

from collections.abc import Iterator
from typing import Protocol

import numpy as np
from PIL import Image as Pillow
from PIL import ImageCms
from PIL.Image import Resampling, Transpose

from app.retrieval.images.scale import Scale

SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
_LAB_TO_SRGB = ImageCms.buildTransform(
    ImageCms.createProfile("LAB"), SRGB, "LAB", "RGB"
)
BAND_PIXELS = 1 << 20
"""About so many are flattened at a time."""
REDUCING_GAP = 2.0
"""How much larger than wanted a picture is left by the fast reduction by a whole
factor, before the exact one."""
TURNS = {
    2: Transpose.FLIP_LEFT_RIGHT,
    3: Transpose.ROTATE_180,
    4: Transpose.FLIP_TOP_BOTTOM,
    5: Transpose.TRANSPOSE,
    6: Transpose.ROTATE_270,
    7: Transpose.TRANSVERSE,
    8: Transpose.ROTATE_90,
}
"""What turns a picture upright, by its EXIF orientation; 1 is upright."""
FROM_END = (3, 4, 7, 8)
"""Orientations in which the last rows, or columns, become the first rows."""
SIDEWAYS = (5, 6, 7, 8)
"""Orientations in which columns become rows."""

Box = tuple[int, int, int, int]


class Pixels(Protocol):
    """Decoded pixels that boxes can be cut out of."""

    @property
    def size(self) -> tuple[int, int]:
        """Width and height."""
        ...

    def crop(self, box: Box) -> Pillow.Image:
        """Copy the box (left, top, right, bottom)."""
        ...


class ArrayPixels:
    """Pixels as an array, of any depth.

    Parameters
    ----------
    pixels : (H, W) or (H, W, C)
        Grey (C = 1), grey with alpha (2), RGB (3) or RGBA (4).
    mode : str
        Of Pillow, where they are something else: CMYK, LAB, YCbCr, RGBa.
    order : str
        Of the bytes, as Pillow's raw decoder calls it, where it is not the mode's.
    scale : Scale, optional
        By default that of their type.
    """

    def __init__(
        self,
        pixels: np.ndarray,
        mode: str = "",
        scale: Scale | None = None,
        order: str = "",
    ) -> None:
        self._pixels = pixels[..., 0] if pixels.shape[2:] == (1,) else pixels
        channels = 1 if self._pixels.ndim == 2 else self._pixels.shape[2]
        self._mode = mode or ("", "L", "LA", "RGB", "RGBA")[channels]
        self._order = order or self._mode
        self._scale = scale or Scale.of(pixels)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height."""
        return self._pixels.shape[1], self._pixels.shape[0]

    def crop(self, box: Box) -> Pillow.Image:
        """Copy the box (left, top, right, bottom), in 8 bits."""
        left, top, right, bottom = box
        part = self._scale.to_eight_bits(self._pixels[top:bottom, left:right])
        height, width = part.shape[:2]
        # Pillow guesses a mode by the number of channels, and Lab and YCbCr have three.
        size = width, height
        return Pillow.frombytes(self._mode, size, part.tobytes(), "raw", self._order)


def flatten(
    pixels: Pixels, *, orientation: int, target: tuple[int, int] | None
) -> Pillow.Image:
    """Make a picture upright, opaque and 8 bits deep, and reduce it.

    Transparency is laid on white. The result is the same as if it was all done to the
    whole picture at once.

    Parameters
    ----------
    pixels : Pixels
        Released by the caller as soon as this returns.
    orientation : int in [1, 8]
        By EXIF.
    target : (width, height), optional
        Size of the result, upright, not larger than the picture. None: as it is.

    Returns
    -------
    flat : PIL.Image.Image
        Of mode L, RGB or CMYK.
    """
    width, height = pixels.size
    if orientation in SIDEWAYS:
        width, height = height, width
    across = down = 1
    if target is not None:
        across = int(width / target[0] / REDUCING_GAP) or 1
        down = int(height / target[1] / REDUCING_GAP) or 1
    white = _white(pixels)
    flat: Pillow.Image | None = None
    for top, bottom in _bands(width, height, down):
        band = pixels.crop(_box(pixels.size, orientation, top, bottom))
        if orientation in TURNS:
            band = band.transpose(TURNS[orientation])
        band = _flatten(band, white)
        if (across, down) != (1, 1):
            band = band.reduce((across, down))
        if flat is None:
            flat = Pillow.new(band.mode, (-(-width // across), -(-height // down)))
        flat.paste(band, (0, top // down))
    assert flat is not None  # noqa: S101 - a picture has at least one row
    if target is None or flat.size == target == (width, height):
        return flat
    whole = (0.0, 0.0, width / across, height / down)
    return flat.resize(target, Resampling.BOX, box=whole)


def _bands(width: int, height: int, down: int) -> Iterator[tuple[int, int]]:
    """Cut rows into bands that the factor of the reduction divides."""
    rows = max(1, BAND_PIXELS // (width * down)) * down
    for top in range(0, height, rows):
        yield top, min(top + rows, height)


def _box(size: tuple[int, int], orientation: int, top: int, bottom: int) -> Box:
    """Return what becomes the rows from ``top`` to ``bottom`` once it is upright."""
    width, height = size
    length = width if orientation in SIDEWAYS else height
    if orientation in FROM_END:
        top, bottom = length - bottom, length - top
    if orientation in SIDEWAYS:
        return top, 0, bottom, height
    return 0, top, width, bottom


def _flatten(picture: Pillow.Image, white: float) -> Pillow.Image:
    """Bring any mode to L, RGB or CMYK, 8 bits, without transparency."""
    if picture.mode.startswith(("I", "F")):
        values = _deep_values(picture)
        eight = (values.clip(0, white) * (255 / white)).astype(np.uint8)
        return Pillow.fromarray(eight)
    if picture.mode == "LAB":
        return _LAB_TO_SRGB.apply(picture)
    if picture.has_transparency_data:
        layer = picture.convert("RGBA")
        if layer.getchannel("A").getextrema() == (255, 255):
            # Opaque after all, as screenshots are.
            return layer.convert("RGB")
        paper = Pillow.new("RGBA", layer.size, "white")
        return Pillow.alpha_composite(paper, layer).convert("RGB")
    if picture.mode == "1":
        return picture.convert("L")
    return picture if picture.mode in ("L", "RGB", "CMYK") else picture.convert("RGB")


def _white(pixels: Pixels) -> float:
    """Return which value of deep grey (16 or 32 bits, or float) is white.

    Only 16-bit files say so; for the others it is the smallest usual ceiling that holds
    the brightest pixel.
    """
    width, height = pixels.size
    mode = pixels.crop((0, 0, 1, 1)).mode
    if not mode.startswith(("I", "F")) or ";16" in mode:
        return 65535.0
    peak = max(
        float(_deep_values(pixels.crop((0, top, width, bottom))).max())
        for top, bottom in _bands(width, height, 1)
    )
    return next((c for c in (1.0, 255.0, 65535.0) if peak <= c), max(peak, 1.0))


def _deep_values(picture: Pillow.Image) -> np.ndarray:
    return np.nan_to_num(np.asarray(picture, np.float64))
