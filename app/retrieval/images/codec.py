"""Image codec: bytes of any common format to an upright sRGB array, and back to JPEG.

Visitors send what their phone made and curators what a scanner left, so everything
that makes two files of one picture differ ends here: orientation, colour space,
depth, transparency, file format. The rest of the library sees (H, W, 3) uint8, RGB,
sRGB, upright, and nothing else. What a picture *shows* is no business of this file.
"""

import threading
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from io import BytesIO
from pathlib import Path

import cv2
import numpy as np
from PIL import Image as Pillow
from PIL import ImageCms, WebPImagePlugin

from app.retrieval.errors import (
    ImageError,
    ImageTooLargeError,
    ImageTooSmallError,
    UnreadableImageError,
)
from app.retrieval.files.atomic import OWNER_ONLY, wait_for_lock
from app.retrieval.images import formats
from app.retrieval.images.flattening import (
    SIDEWAYS,
    SRGB,
    OpenCVPixels,
    Pixels,
    flatten,
)
from app.retrieval.settings import ImageSettings
from app.retrieval.types import Image

ORIENTATION = 0x0112
"""EXIF's tag."""


class _QuietPillow:
    """Suppression of warnings while anybody decodes.

    Pillow warns about odd metadata, and warning filters belong to the whole process: of
    several threads the first to come sets them and the last to go sets them back.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._count = 0
        self._filters = ExitStack()

    @contextmanager
    def __call__(self) -> Iterator[None]:
        with self._lock:
            self._count += 1
            if self._count == 1:
                ignored = warnings.catch_warnings(action="ignore")
                self._filters.enter_context(ignored)
        try:
            yield
        finally:
            with self._lock:
                self._count -= 1
                if self._count == 0:
                    self._filters.close()


_quiet = _QuietPillow()


def decode(
    data: bytes,
    *,
    settings: ImageSettings = ImageSettings(),  # noqa: B008 - frozen, so sharing is safe
    max_side_px: int | None = None,
) -> Image:
    """Turn an encoded picture into an upright RGB array.

    Of several frames or pages the first counts. Orientation is applied once, an ICC
    profile is converted to sRGB, transparency is laid on white, and 16 bits become 8.

    Parameters
    ----------
    data : bytes
        JPEG, PNG, WebP, HEIC/HEIF, TIFF, BMP or GIF.
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
        If the bytes are empty, of another format, cut short or broken.
    ImageTooSmallError
        If a side is under ``settings.min_side_px``.
    ImageTooLargeError
        If the file or its header's size is over a ceiling.
    OSError
        If ``settings.heavy_lock`` cannot be taken, because the disk is full.
    ValueError
        If ``max_side_px`` is not positive.
    """
    with _opened(data, settings, max_side_px) as (picture, taken):
        if taken <= settings.heavy_bytes or settings.heavy_lock is None:
            return _decode(picture, data, max_side_px)
    # Nothing is held while it waits; and a full disk is no fault of the picture.
    settings.heavy_lock.parent.mkdir(parents=True, exist_ok=True)
    with (
        wait_for_lock(settings.heavy_lock, mode=OWNER_ONLY),
        _opened(data, settings, max_side_px) as (picture, _),
    ):
        return _decode(picture, data, max_side_px)


def decoding_bytes(
    data: bytes, *, settings: ImageSettings, max_side_px: int | None = None
) -> int:
    """Return how much memory :func:`decode` would take, and refuse what it would.

    The pixels are not looked at; raises as :func:`decode` does.
    """
    with _opened(data, settings, max_side_px) as (_, taken):
        return taken


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
    size = _scaled((width, height), side_px)
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
) -> Iterator[tuple[Pillow.Image, int]]:
    """Read the header and check every ceiling; whatever is raised becomes ours."""
    if max_side_px is not None and max_side_px < 1:
        raise ValueError(f"max_side_px must be positive, got {max_side_px}")
    if len(data) > settings.max_bytes:
        raise ImageTooLargeError(len(data), settings.max_bytes, "bytes")
    try:
        with _quiet(), formats.open_header(data, settings) as picture:
            yield picture, _checked_bytes(picture, settings, max_side_px)
    except (ImageError, MemoryError):
        raise
    except Exception as error:
        # Decoders given hostile bytes raise whatever they stumble over
        # (SyntaxError, struct.error, KeyError …): all mean the same here.
        raise UnreadableImageError(
            f"The file is damaged or cut short. Please send a {formats.NAMES} picture."
        ) from error


def _checked_bytes(
    picture: Pillow.Image, settings: ImageSettings, max_side_px: int | None
) -> int:
    """Set the reduction that the decoder does; return the memory that it then takes."""
    if max_side_px is not None:
        formats.seek_overview(picture, max_side_px)
    full_size = picture.size
    formats.check_pixels(full_size, settings)
    if min(full_size) < settings.min_side_px:
        raise ImageTooSmallError(full_size[::-1], settings.min_side_px)
    if max_side_px is not None:
        # A JPEG is then decoded at 1/2, 1/4 or 1/8, not below what is asked for.
        picture.draft(None, _scaled(full_size, max_side_px))
    taken = formats.decoded_bytes(picture, full_size)
    if taken > settings.max_decoded_bytes:
        raise ImageTooLargeError(taken, settings.max_decoded_bytes, "decoded bytes")
    return taken


def _decode(picture: Pillow.Image, data: bytes, max_side_px: int | None) -> Image:
    # Also of a TIFF's first page, when an overview has none of its own.
    profile = picture.info.get("icc_profile")
    pixels: Pixels = picture
    if isinstance(picture, WebPImagePlugin.WebPImageFile):
        # Pillow's decoder, made for animations, takes three times the memory.
        decoded = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
        if decoded is None:
            raise ValueError("libwebp cannot decode it")
        pixels = OpenCVPixels(np.asarray(decoded, np.uint8))
    else:
        picture.load()
    # Decoders that turn by themselves (HEIC, TIFF) have set the tag to 1 by then, so
    # nothing is turned twice.
    orientation = picture.getexif().get(ORIENTATION, 1)
    width, height = pixels.size
    size = (height, width) if orientation in SIDEWAYS else (width, height)
    target = None
    if max_side_px is not None and max(size) > max_side_px:
        target = _scaled(size, max_side_px)
    flat = flatten(pixels, orientation=orientation, target=target)
    return np.array(_to_srgb(flat, profile))


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


def _scaled(size: tuple[int, int], long_side: int) -> tuple[int, int]:
    """Scale (width, height) to a long side, no side under one pixel."""
    scale = long_side / max(size)
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))
