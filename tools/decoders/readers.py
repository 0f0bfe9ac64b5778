"""Decoders, each asked as its documentation shows, with pixels brought to 8 bits."""

import io
from collections.abc import Callable, Mapping
from typing import Any

import cv2
import imagecodecs
import numpy as np
import pillow_heif
import pyvips
import tifffile
from numpy.typing import NDArray
from PIL import Image as Pillow
from PIL import ImageOps

from app.retrieval.images import codec

Array = NDArray[Any]


def to_eight_bits(pixels: Array) -> Array:
    """Return pixels of any depth as (H, W, 3) uint8; floats up to 1 or up to 255."""
    if pixels.dtype.kind == "f":
        peak = 1.0 if np.nanmax(pixels) <= 1 else 255.0
        pixels = np.clip(pixels / peak * 255, 0, 255)
    elif pixels.dtype.kind == "b":
        pixels = pixels * 255.0
    elif pixels.dtype != np.uint8:
        pixels = pixels / (np.iinfo(pixels.dtype).max / 255)
    pixels = np.rint(np.clip(pixels, 0, 255)).astype(np.uint8)
    if pixels.ndim == 2:
        return np.repeat(pixels[:, :, None], 3, axis=2)
    return pixels[:, :, :3]


def by_pillow(data: bytes) -> Array:
    """Decode by Pillow, with pillow-heif."""
    with Pillow.open(io.BytesIO(data)) as picture:
        upright = ImageOps.exif_transpose(picture)
        if upright.mode.startswith(("I", "F")):
            deep = np.asarray(upright)
            return to_eight_bits(
                deep.astype(np.uint16) if ";16" in upright.mode else deep
            )
        return np.asarray(upright.convert("RGB"))


def by_opencv(data: bytes) -> Array:
    """Decode by OpenCV."""
    pixels = cv2.imdecode(
        np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR | cv2.IMREAD_ANYDEPTH
    )
    if pixels is None:
        raise ValueError("no picture")
    return to_eight_bits(np.asarray(pixels)[:, :, ::-1])


def by_vips(data: bytes) -> Array:
    """Decode by libvips."""
    picture = pyvips.Image.new_from_buffer(data, "").autorot()
    if picture.format in ("uchar", "ushort") or picture.interpretation in (
        "lab",
        "cmyk",
    ):
        picture = picture.colourspace("srgb")
    return to_eight_bits(picture.numpy())


def by_tifffile(data: bytes) -> Array:
    """Decode by tifffile, with imagecodecs."""
    return to_eight_bits(_interleaved(tifffile.imread(io.BytesIO(data))))


def by_imagecodecs(data: bytes) -> Array:
    """Decode by imagecodecs."""
    return to_eight_bits(_interleaved(imagecodecs.imread(data)))


def by_morelli(data: bytes) -> Array:
    """Decode as this program does."""
    return codec.decode(data)


def _interleaved(pixels: Array) -> Array:
    if pixels.ndim == 3 and pixels.shape[0] == 3 and pixels.shape[2] > 4:
        return pixels.transpose(1, 2, 0)
    return pixels


READERS: Mapping[str, Callable[[bytes], Array]] = {
    "Pillow": by_pillow,
    "OpenCV": by_opencv,
    "libvips": by_vips,
    "tifffile": by_tifffile,
    "imagecodecs": by_imagecodecs,
    "Morelli": by_morelli,
}
"""Decoders by name; what they raise is theirs."""


def prepare() -> None:
    """Teach Pillow HEIC, and keep OpenCV and libvips from writing warnings."""
    pillow_heif.register_heif_opener()
    cv2.utils.logging.setLogLevel(0)
