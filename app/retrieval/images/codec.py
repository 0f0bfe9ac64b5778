"""Image codec: bytes of any common format to an upright sRGB array, and back to JPEG.

Visitors send what their phone made and curators what a scanner left, so everything
that makes two files of one picture differ ends here: orientation, colour space,
depth, transparency, file format. The rest of the library sees (H, W, 3) uint8, RGB,
sRGB, upright, and nothing else. What a picture *shows* is no business of this file.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import cv2
import numpy as np
from PIL import Image as Pillow
from PIL import ImageCms

from app.retrieval.errors import (
    ImageError,
    ImageTooLargeError,
    ImageTooSmallError,
    UnreadableImageError,
)
from app.retrieval.files.atomic import OWNER_ONLY, wait_for_lock
from app.retrieval.images import formats
from app.retrieval.images.encoded import EncodedPicture, FileFault, scaled
from app.retrieval.images.flattening import SIDEWAYS, SRGB, flatten
from app.retrieval.images.quiet import quietly
from app.retrieval.settings import ImageSettings
from app.retrieval.types import Image


@dataclass(frozen=True, slots=True)
class ReadPicture:
    """Picture that was read from a file.

    Attributes
    ----------
    image : (H, W, 3) uint8
        As of :func:`decode`.
    faults : tuple of FileFault
        What is to be said of the file, although it is used.
    """

    image: Image
    faults: tuple[FileFault, ...] = ()


def decode(
    data: bytes,
    *,
    settings: ImageSettings = ImageSettings(),  # noqa: B008 - frozen, so sharing is safe
    max_side_px: int | None = None,
) -> Image:
    """Turn an encoded picture into an upright RGB array.

    Of several pages the largest counts, of several frames the first. Orientation is
    applied once, an ICC profile is converted to sRGB, transparency is laid on white,
    and what is deeper becomes 8 bits.

    Parameters
    ----------
    data : bytes
        Of any format of ``formats.NAMES``, whatever the file is called.
    settings : ImageSettings
        Ceilings on bytes, pixels and memory, checked before a pixel is decoded.
    max_side_px : int, > 0, optional
        Reduce the picture to this long side; never enlarges. A 12-megapixel JPEG
        at 800 is decoded five times faster (48 ms instead of 254, one core): the
        decoder leaves out frequencies that nobody would see.

    Returns
    -------
    image : (H, W, 3) uint8
        RGB, sRGB, upright, contiguous and writable.

    Raises
    ------
    UnreadableImageError
        If the bytes are empty, of another format, cut short or broken. One that
        lacks its tail only is used: see :func:`decode_file`.
    ImageTooSmallError
        If a side is under ``settings.min_side_px``.
    ImageTooLargeError
        If the file or its header's size is over a ceiling.
    OSError
        If ``settings.heavy_lock`` cannot be taken, because the disk is full.
    ValueError
        If ``max_side_px`` is not positive.
    """
    read = decode_file(data, settings=settings, max_side_px=max_side_px)
    return read.image


def decode_file(
    data: bytes,
    *,
    settings: ImageSettings = ImageSettings(),  # noqa: B008 - frozen, so sharing is safe
    max_side_px: int | None = None,
) -> ReadPicture:
    """Decode as :func:`decode` does, and say what is wrong with the file."""
    with _opened(data, settings, max_side_px) as (picture, taken):
        if taken <= settings.heavy_bytes or settings.heavy_lock is None:
            return _decode(picture, max_side_px)
    # Nothing is held while it waits; and a full disk is no fault of the picture.
    del picture
    settings.heavy_lock.parent.mkdir(parents=True, exist_ok=True)
    with (
        wait_for_lock(settings.heavy_lock, mode=OWNER_ONLY),
        _opened(data, settings, max_side_px) as (picture, _),
    ):
        return _decode(picture, max_side_px)


def decoding_bytes(
    data: bytes, *, settings: ImageSettings, max_side_px: int | None = None
) -> int:
    """Return how much memory :func:`decode` would take, and refuse what it would.

    The pixels are not looked at; raises as :func:`decode` does.
    """
    with _opened(data, settings, max_side_px) as (_, taken):
        return taken


def is_reduced(data: bytes, *, settings: ImageSettings, max_side_px: int) -> bool:
    """Tell whether a picture would come out smaller than another one of its file.

    The pixels are not looked at; raises as :func:`decode` does.
    """
    with _opened(data, settings, max_side_px) as (picture, _):
        return picture.is_reduced


def read(path: Path, *, max_side_px: int | None = None) -> Image:
    """Decode a picture file, whatever its name; see :func:`decode`.

    The byte ceiling is checked before reading.

    Raises
    ------
    OSError
        If the file cannot be read; it says why.
    ImageError
        As :func:`decode`.
    """
    settings = ImageSettings()
    size = path.stat().st_size
    if size > settings.max_bytes:
        raise ImageTooLargeError(size, settings.max_bytes, "bytes")
    return decode(path.read_bytes(), settings=settings, max_side_px=max_side_px)


def resize_to_long_side(image: Image, side_px: int, *, enlarge: bool = False) -> Image:
    """Resize so that the longer side has ``side_px`` pixels, keeping the shape.

    Parameters
    ----------
    image : (H, W, 3) uint8
    side_px : int, > 0
    enlarge : bool
        Whether a smaller picture grows; otherwise it is returned as it is.

    Returns
    -------
    resized : (H', W', 3) uint8
        ``max(H', W') == side_px``, or ``image`` itself where nothing is to be done.

    Raises
    ------
    ValueError
        If ``side_px`` is not positive.
    """
    if side_px < 1:
        raise ValueError(f"side_px must be positive, got {side_px}")
    height, width = image.shape[:2]
    scale = side_px / max(height, width)
    if scale == 1 or (scale > 1 and not enlarge):
        return image
    size = scaled((width, height), side_px)
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(image, size, interpolation=method), np.uint8)


def encode_jpeg(image: Image, *, quality: int = 88) -> bytes:
    """Encode as a baseline JPEG without any metadata.

    Parameters
    ----------
    image : (H, W, 3) uint8
        RGB.
    quality : int in [1, 100]

    Returns
    -------
    data : bytes
    """
    bgr = cv2.cvtColor(image, cv2.COLOR_RGB2BGR)
    _, encoded = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return encoded.tobytes()


@contextmanager
def _opened(
    data: bytes, settings: ImageSettings, max_side_px: int | None
) -> Iterator[tuple[EncodedPicture, int]]:
    """Read the header, check every ceiling; what is raised becomes ours."""
    if max_side_px is not None and max_side_px < 1:
        raise ValueError(f"max_side_px must be positive, got {max_side_px}")
    if len(data) > settings.max_bytes:
        raise ImageTooLargeError(len(data), settings.max_bytes, "bytes")
    try:
        with quietly():
            picture = formats.open_header(data, settings)
            taken = _checked_bytes(picture, settings, max_side_px)
            yield picture, taken
    except (ImageError, MemoryError):
        raise
    except Exception as error:
        # Decoders given hostile bytes raise whatever they stumble over
        # (SyntaxError, struct.error, KeyError …): all mean the same here.
        raise UnreadableImageError(
            f"The file is damaged or cut short. Please send a {formats.NAMES} picture."
        ) from error


def _checked_bytes(
    picture: EncodedPicture, settings: ImageSettings, max_side_px: int | None
) -> int:
    """Set the reduction that the decoder does; return the memory that it then takes."""
    size = picture.reduce_to(max_side_px, settings)
    if min(size) < settings.min_side_px:
        raise ImageTooSmallError(size[::-1], settings.min_side_px)
    taken = picture.decoded_bytes()
    if taken > settings.max_decoded_bytes:
        raise ImageTooLargeError(taken, settings.max_decoded_bytes, "decoded bytes")
    return taken


def _decode(picture: EncodedPicture, max_side_px: int | None) -> ReadPicture:
    decoded = picture.decode()
    width, height = decoded.pixels.size
    is_sideways = decoded.orientation in SIDEWAYS
    size = (height, width) if is_sideways else (width, height)
    target = None
    if max_side_px is not None and max(size) > max_side_px:
        target = scaled(size, max_side_px)
    flat = flatten(decoded.pixels, orientation=decoded.orientation, target=target)
    image = np.array(_to_srgb(flat, decoded.profile))
    return ReadPicture(image, _faults(picture, is_truncated=decoded.is_truncated))


def _faults(picture: EncodedPicture, *, is_truncated: bool) -> tuple[FileFault, ...]:
    cut = (FileFault.TRUNCATED,) if is_truncated else ()
    return (*cut, FileFault.REDUCED) if picture.is_reduced else cut


def _to_srgb(picture: Pillow.Image, profile: bytes | None) -> Pillow.Image:
    """Convert L, RGB or CMYK to sRGB by the embedded profile, if it is usable."""
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(BytesIO(profile))
            # Most files carry sRGB itself: nothing to convert, time saved.
            if "sRGB" not in ImageCms.getProfileDescription(source):
                transform = ImageCms.buildTransform(source, SRGB, picture.mode, "RGB")
                return transform.apply(picture)
        except (ImageCms.PyCMSError, OSError):
            # A broken profile, or one of another colour space than the pixels:
            # slightly wrong colours still find the work, a refusal never does.
            return picture.convert("RGB")
    return picture.convert("RGB")
