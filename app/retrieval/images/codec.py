"""Image codec: bytes of any common format to an upright sRGB array, and back to JPEG.

Visitors send what their phone made and curators what a scanner left, so everything
that makes two files of one picture differ ends here: orientation, colour space,
depth, transparency, file format. The rest of the library sees (H, W, 3) uint8, RGB,
sRGB, upright, and nothing else. What a picture *shows* is no business of this file.
"""

import threading
import warnings
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import cv2
import numpy as np
import pillow_heif
from PIL import (
    BmpImagePlugin,
    GifImagePlugin,
    ImageCms,
    ImageOps,
    JpegImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)
from PIL import Image as Pillow

from app.retrieval.errors import (
    ImageError,
    ImageTooLargeError,
    ImageTooSmallError,
    UnreadableImageError,
)
from app.retrieval.settings import ImageSettings
from app.retrieval.types import Image

# First bytes of a file -> the only decoder that may look at the rest. Pillow's own
# ``open`` would also try EPS (which starts Ghostscript) and some forty others.
_DECODERS: tuple[tuple[bytes, Callable[[BytesIO], Pillow.Image]], ...] = (
    (b"\xff\xd8\xff", JpegImagePlugin.JpegImageFile),
    (b"\x89PNG\r\n\x1a\n", PngImagePlugin.PngImageFile),
    (b"GIF87a", GifImagePlugin.GifImageFile),
    (b"GIF89a", GifImagePlugin.GifImageFile),
    (b"II*\0", TiffImagePlugin.TiffImageFile),
    (b"MM\0*", TiffImagePlugin.TiffImageFile),
    (b"BM", BmpImagePlugin.BmpImageFile),
)
_HEIF_BRANDS = frozenset(
    (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
)
_FORMATS = "JPEG, PNG, WebP, HEIC, TIFF, BMP or GIF"
_SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))

# Pillow warns about odd metadata, and warning filters belong to the whole process:
# two threads that leave ``catch_warnings`` in the wrong order would change them for
# good. Decoding is therefore one at a time per process.
_one_at_a_time = threading.Lock()


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
        Ceilings on bytes and pixels, both checked before a pixel is decoded.
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
    ValueError
        If ``max_side_px`` is not positive.
    """
    if max_side_px is not None and max_side_px < 1:
        raise ValueError(f"max_side_px must be positive, got {max_side_px}")
    if len(data) > settings.max_bytes:
        raise ImageTooLargeError(len(data), settings.max_bytes, "bytes")
    with _one_at_a_time, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return _decode(data, settings, max_side_px)
        except (ImageError, MemoryError):
            raise
        except Exception as error:
            # Decoders given hostile bytes raise whatever they stumble over
            # (SyntaxError, struct.error, KeyError …): all mean the same here.
            raise UnreadableImageError(
                f"The file is damaged or cut short. Please send a {_FORMATS} picture."
            ) from error


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


def _decode(data: bytes, settings: ImageSettings, max_side_px: int | None) -> Image:
    with _open(data, settings) as picture:
        width, height = picture.size
        _check_pixels(width, height, settings)
        if min(width, height) < settings.min_side_px:
            raise ImageTooSmallError((height, width), settings.min_side_px)
        profile = picture.info.get("icc_profile")
        if max_side_px is not None:
            # A JPEG is then decoded at 1/2, 1/4 or 1/8, not below what is asked for.
            picture.draft(None, _scaled((width, height), max_side_px))
        # Loads, and turns by the EXIF tag. Decoders that turn by themselves (HEIC,
        # TIFF) have set the tag to 1 by then, so nothing is turned twice.
        ImageOps.exif_transpose(picture, in_place=True)
        flat = _flatten(picture)
    if max_side_px is not None and max(flat.size) > max_side_px:
        target = _scaled(flat.size, max_side_px)
        flat = flat.resize(target, Pillow.Resampling.BOX, reducing_gap=2.0)
    return np.array(_to_srgb(flat, profile))


def _open(data: bytes, settings: ImageSettings) -> Pillow.Image:
    """Read the header with the one decoder that its first bytes name."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        if data[12:16] == b"VP8X":
            # libwebp allocates the whole canvas on opening, so look at it first:
            # flags and padding, then two 24-bit little-endian sides less one.
            width = int.from_bytes(data[24:27], "little") + 1
            height = int.from_bytes(data[27:30], "little") + 1
            _check_pixels(width, height, settings)
        return WebPImagePlugin.WebPImageFile(BytesIO(data))
    if data[4:8] == b"ftyp" and data[8:12] in _HEIF_BRANDS:
        heif: Pillow.Image = pillow_heif.HeifImageFile(BytesIO(data))  # type: ignore[no-untyped-call]  # the package has no annotations
        return heif
    for magic, decoder in _DECODERS:
        if data.startswith(magic):
            return decoder(BytesIO(data))
    raise UnreadableImageError(
        f"This is not a picture that can be read. Please send a {_FORMATS} picture."
    )


def _check_pixels(width: int, height: int, settings: ImageSettings) -> None:
    if width * height > settings.max_pixels:
        raise ImageTooLargeError(width * height, settings.max_pixels, "pixels")


def _flatten(picture: Pillow.Image) -> Pillow.Image:
    """Bring any mode to L, RGB or CMYK, 8 bits, without transparency."""
    if picture.mode.startswith(("I", "F")):
        return _to_eight_bits(picture)
    if picture.mode == "LAB":
        lab = ImageCms.createProfile("LAB")
        return ImageCms.buildTransform(lab, _SRGB, "LAB", "RGB").apply(picture)
    if picture.has_transparency_data:
        layer = picture.convert("RGBA")
        white = Pillow.new("RGBA", layer.size, "white")
        return Pillow.alpha_composite(white, layer).convert("RGB")
    if picture.mode == "1":
        return picture.convert("L")
    return picture if picture.mode in ("L", "RGB", "CMYK") else picture.convert("RGB")


def _to_eight_bits(picture: Pillow.Image) -> Pillow.Image:
    """Scale deep grey values (16 or 32 bits, or float) to 0–255.

    Only 16-bit files say what white is; for the others it is the smallest usual
    ceiling that holds the brightest pixel.
    """
    values = np.nan_to_num(np.asarray(picture, np.float64))
    ceilings = (65535.0,) if ";16" in picture.mode else (1.0, 255.0, 65535.0)
    peak = float(values.max())
    white = next((c for c in ceilings if peak <= c), max(peak, 1.0))
    return Pillow.fromarray((values.clip(0, white) * (255 / white)).astype(np.uint8))


def _to_srgb(picture: Pillow.Image, profile: bytes | None) -> Pillow.Image:
    """Convert L, RGB or CMYK to sRGB by the embedded profile, if it is usable."""
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(BytesIO(profile))
            # Most files carry sRGB itself: nothing to convert, time saved.
            if "sRGB" not in ImageCms.getProfileDescription(source):
                transform = ImageCms.buildTransform(source, _SRGB, picture.mode, "RGB")
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
