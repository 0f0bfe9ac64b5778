"""The picture that all files show, and its encoding in the formats of museums.

It is smooth, so that lossy codecs bear it, and unlike itself when it is turned,
mirrored, inverted, or read with wrong bytes or planes.
"""

import io
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pillow_heif
import tifffile
from numpy.typing import NDArray
from PIL import Image as Pillow
from PIL import ImageCms

WIDTH, HEIGHT = 120, 80
LOSSLESS, LOSSY = 2.5, 14.0
"""Mean difference in grey values up to which pixels are right."""
ORIENTATION = 0x0112
TURNED = 6
"""EXIF's orientation of a picture that is to be turned clockwise."""

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class DrawnFile:
    """Picture file whose pixels are known.

    Attributes
    ----------
    data : bytes
    pixels : (H, W, 3) uint8, RGB
        What a viewer shows.
    tolerance : float
        Mean difference up to which they are right.
    """

    data: bytes
    pixels: Array
    tolerance: float = LOSSLESS

    def is_shown_by(self, pixels: Array) -> bool:
        """Tell whether decoded pixels are the picture's, where they are known."""
        if pixels.shape != self.pixels.shape:
            return False
        apart = np.abs(pixels.astype(np.float32) - self.pixels)
        return bool(np.nanmean(apart) <= self.tolerance)


def draw(width: int = WIDTH, height: int = HEIGHT) -> Array:
    """Draw the picture: (H, W, 3) uint8, RGB."""
    down, across = np.mgrid[0:height, 0:width]
    red = 40 + 180 * across / width
    green = 200 - 160 * down / height
    blue = 90 + 60 * np.sin(across / width * 5) * np.cos(down / height * 3)
    picture = np.stack([red, green, blue], axis=2)
    picture[height // 8 : height // 3, width // 8 : width // 3] = (230, 60, 50)
    picture[height // 2 :, : width // 6] = (25, 30, 70)
    return picture.round().astype(np.uint8)


def grey_of(picture: Array) -> Array:
    """Return the grey values (H, W) uint8 of a picture, as Pillow weighs colours."""
    return np.asarray(Pillow.fromarray(picture).convert("L"))


def as_colour(grey: Array) -> Array:
    """Return grey values (H, W) as (H, W, 3)."""
    return np.repeat(grey[:, :, None], 3, axis=2)


PICTURE = draw()
GREY = grey_of(PICTURE)
SMALL = draw(WIDTH // 2, HEIGHT // 2)
DEEP = PICTURE.astype(np.uint16) * 257
DEEP_GREY = GREY.astype(np.uint16) * 257


def by_pillow(kind: str, picture: Array | Pillow.Image = PICTURE, **how: Any) -> bytes:
    """Encode a picture by Pillow, or by its plugin for HEIC."""
    file = io.BytesIO()
    image = picture if isinstance(picture, Pillow.Image) else Pillow.fromarray(picture)
    image.save(file, kind, **how)
    return file.getvalue()


def tiff(
    picture: Array, *, big: bool = False, order: Literal["<", ">"] = "<", **how: Any
) -> bytes:
    """Encode a picture as a TIFF of one page."""
    file = io.BytesIO()
    how.setdefault("photometric", "rgb" if picture.ndim == 3 else "minisblack")
    with tifffile.TiffWriter(file, bigtiff=big, byteorder=order) as writer:
        writer.write(picture, metadata=None, **how)
    return file.getvalue()


def planes(picture: Array) -> Array:
    """Return a picture with its colours in separate planes: (3, H, W)."""
    return np.ascontiguousarray(picture.transpose(2, 0, 1))


def pages(*pictures: Array, marks: tuple[int, ...] = ()) -> bytes:
    """Encode a TIFF of several pages; ``marks`` are their NewSubfileType."""
    file = io.BytesIO()
    with tifffile.TiffWriter(file) as writer:
        for number, picture in enumerate(pictures):
            mark = marks[number] if marks else 0
            writer.write(picture, photometric="rgb", subfiletype=mark, metadata=None)
    return file.getvalue()


def with_sub_directories(first: Array, *others: Array, mark: int = 1) -> bytes:
    """Encode a TIFF whose further pictures stand in sub-directories of the first."""
    file = io.BytesIO()
    with tifffile.TiffWriter(file) as writer:
        writer.write(first, photometric="rgb", subifds=len(others), metadata=None)
        for picture in others:
            writer.write(picture, photometric="rgb", subfiletype=mark, metadata=None)
    return file.getvalue()


def palette_tiff() -> tuple[bytes, Array]:
    """Encode a TIFF with a palette of 256 colours; return its pixels, too."""
    indexed = Pillow.fromarray(PICTURE).quantize(256)
    colours = np.asarray(indexed.getpalette(), np.uint16).reshape(-1, 3)
    table = np.zeros((3, 256), np.uint16)
    table[:, : len(colours)] = colours.T * 257
    data = tiff(np.asarray(indexed), photometric="palette", colormap=table)
    return data, np.asarray(indexed.convert("RGB"))


def cmyk_of(picture: Array) -> Array:
    """Return inks (H, W, 4) uint8 that show about the picture, without black."""
    inks = np.zeros((*picture.shape[:2], 4), np.uint8)
    inks[:, :, :3] = 255 - picture
    return inks


def lab_tiff() -> bytes:
    """Encode a TIFF in CIE L*a*b*."""
    transform = ImageCms.buildTransform(
        ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), "RGB", "LAB"
    )
    return by_pillow("TIFF", transform.apply(Pillow.fromarray(PICTURE)))


def turned(kind: str) -> bytes:
    """Encode a picture that EXIF's orientation turns upright."""
    exif = Pillow.Exif()
    exif[ORIENTATION] = TURNED
    lying = np.ascontiguousarray(np.rot90(PICTURE))
    return by_pillow(kind, lying, exif=exif.tobytes())


def heic(picture: Array, mode: str = "RGB") -> bytes:
    """Encode by libheif; a mode of more bits keeps them."""
    file = io.BytesIO()
    height, width = picture.shape[:2]
    pillow_heif.encode(mode, (width, height), picture.tobytes(), file, quality=90)
    return file.getvalue()


def with_gain_map() -> bytes:
    """Make an Ultra HDR JPEG: a second, smaller JPEG lies behind the first."""
    return by_pillow("JPEG", quality=90) + by_pillow("JPEG", grey_of(SMALL))


def second_larger() -> bytes:
    """Make a multi-picture JPEG (MPO) of two views; the first one is the picture."""
    other = Pillow.fromarray(255 - PICTURE)
    return by_pillow("MPO", quality=90, save_all=True, append_images=[other])


def truncated(data: bytes, share: float = 0.03) -> bytes:
    """Cut a share of a file off its end; two bytes at least."""
    return data[: len(data) - max(2, int(len(data) * share))]


def truncated_rows(share: float) -> Array:
    """Return the picture without its lowest rows, which are not counted: NaN."""
    kept = PICTURE.astype(np.float32)
    kept[int(HEIGHT * (1 - share)) :] = np.nan
    return kept


def float_range(dtype: type, peak: float = 1.0) -> Array:
    """Return the picture in floats from 0 to a peak."""
    return (PICTURE / 255 * peak).astype(dtype)


def stacked(*layers: Array) -> Array:
    """Return layers (H, W) or (H, W, C) as the channels of one picture."""
    return np.dstack(layers)
