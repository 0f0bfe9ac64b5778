"""Derivatives of a picture: a region, resized, mirrored, turned, in a quality."""

from dataclasses import dataclass
from enum import StrEnum
from io import BytesIO
from math import ceil

from PIL import Image as Pillow
from PIL import ImageOps

from app.retrieval.images.codec import decode
from app.retrieval.settings import ImageSettings

JPEG_QUALITY = 88


class Quality(StrEnum):
    """What is kept of the colours."""

    DEFAULT = "default"
    COLOR = "color"
    GRAY = "gray"
    BITONAL = "bitonal"


@dataclass(frozen=True, slots=True)
class Derivative:
    """Derivative of a picture.

    Attributes
    ----------
    region : (x, y, width, height)
        Of the whole picture, in pixels, within it.
    size : (width, height)
        What the region is resized to, before it is turned.
    mirrored : bool
        Left to right, before it is turned.
    rotation : int
        0, 90, 180 or 270 degrees, clockwise.
    format : str
        ``jpg`` or ``png``.
    """

    region: tuple[int, int, int, int]
    size: tuple[int, int]
    mirrored: bool = False
    rotation: int = 0
    quality: Quality = Quality.DEFAULT
    format: str = "jpg"


def derive(
    data: bytes, full: tuple[int, int], asked: Derivative, *, settings: ImageSettings
) -> bytes:
    """Make a derivative of an encoded picture, and encode it.

    The picture is decoded no larger than the derivative needs, which a decoder of JPEG
    does in a fraction of the time and memory.

    Parameters
    ----------
    full : (width, height)
        Of the picture, in pixels.
    settings : ImageSettings
        Ceilings on bytes, pixels and memory.

    Raises
    ------
    ImageError
        If the picture cannot be decoded.
    """
    x, y, width, height = asked.region
    scale = max(asked.size[0] / width, asked.size[1] / height)
    side = ceil(max(full) * scale) if scale < 1 else None
    decoded = Pillow.fromarray(decode(data, settings=settings, max_side_px=side))
    across, down = decoded.width / full[0], decoded.height / full[1]
    box = (x * across, y * down, (x + width) * across, (y + height) * down)
    picture = decoded.resize(asked.size, Pillow.Resampling.LANCZOS, box=box)
    if asked.mirrored:
        picture = ImageOps.mirror(picture)
    if asked.rotation:
        # Pillow turns against the clock.
        picture = picture.rotate(-asked.rotation, expand=True)
    if asked.quality is Quality.GRAY:
        picture = picture.convert("L")
    elif asked.quality is Quality.BITONAL:
        picture = picture.convert("L").point(lambda value: 255 * (value > 127))
    written = BytesIO()
    if asked.format == "png":
        picture.save(written, "PNG")
    else:
        # Colours at full resolution: whoever zooms looks at details.
        picture.save(written, "JPEG", quality=JPEG_QUALITY, subsampling=0)
    return written.getvalue()
