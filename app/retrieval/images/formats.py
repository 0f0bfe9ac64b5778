"""Image formats: a decoder for each, and what decoding takes, by the header.

A file is opened by the one decoder that its first bytes name. Of what its header says
of size and depth follows, before a pixel is decoded, how much memory decoding takes.
"""

from collections.abc import Callable
from io import BytesIO

import pillow_heif
from PIL import (
    BmpImagePlugin,
    GifImagePlugin,
    JpegImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)
from PIL import Image as Pillow

from app.retrieval.errors import ImageTooLargeError, UnreadableImageError
from app.retrieval.settings import ImageSettings

NAMES = "JPEG, PNG, WebP, HEIC, TIFF, BMP or GIF"
# Pillow's own ``open`` would also try EPS (which starts Ghostscript) and forty others.
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
_NARROW = {"1": 1, "L": 1, "P": 1, "I;16": 2, "I;16B": 2, "I;16L": 2, "I;16N": 2}
"""Bytes of a pixel in Pillow's memory; four in all other modes, RGB included."""
HEIF_BYTES = 8
"""Of a pixel: planes and interleaved colours of libheif, and Pillow's copy (measured,
libheif 1.21: 7.4)."""
WEBP_BYTES = 8
"""Of a pixel: what is decoded, and a copy (measured, OpenCV 5.0: 6 without alpha)."""
OVERVIEWS = 16
"""Pages of a TIFF that are looked at for a reduced copy."""
REDUCED_COPY = 1
"""Bit of the tag NewSubfileType (TIFF 6.0, page 36)."""
SUBFILE_TYPE, BITS, SAMPLES, STRIP_ROWS = 254, 258, 277, 278


def open_header(data: bytes, settings: ImageSettings) -> Pillow.Image:
    """Read the header with the one decoder that the first bytes name.

    Raises
    ------
    UnreadableImageError
        If they name none. Decoders raise what they like beside it.
    ImageTooLargeError
        If the canvas of a WebP is over the ceiling on pixels.
    """
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        if data[12:16] == b"VP8X":
            # libwebp allocates the whole canvas on opening, so look at it first:
            # flags and padding, then two 24-bit little-endian sides less one.
            width = int.from_bytes(data[24:27], "little") + 1
            height = int.from_bytes(data[27:30], "little") + 1
            check_pixels((width, height), settings)
        return WebPImagePlugin.WebPImageFile(BytesIO(data))
    if data[4:8] == b"ftyp" and data[8:12] in _HEIF_BRANDS:
        heif: Pillow.Image = pillow_heif.HeifImageFile(BytesIO(data))  # type: ignore[no-untyped-call]  # the package has no annotations
        return heif
    for magic, decoder in _DECODERS:
        if data.startswith(magic):
            return decoder(BytesIO(data))
    raise UnreadableImageError(
        f"This is not a picture that can be read. Please send a {NAMES} picture."
    )


def check_pixels(size: tuple[int, int], settings: ImageSettings) -> None:
    """Raise ``ImageTooLargeError`` if (width, height) is over the ceiling on pixels."""
    width, height = size
    if width * height > settings.max_pixels:
        raise ImageTooLargeError(width * height, settings.max_pixels, "pixels")


def seek_overview(picture: Pillow.Image, side_px: int) -> None:
    """Go to the smallest reduced copy among a TIFF's pages that is large enough.

    Scanners and slide archives keep such pyramids; decoding the whole first page would
    take hundreds of times the memory.
    """
    if not isinstance(picture, TiffImagePlugin.TiffImageFile):
        return
    width, height = picture.size
    best, best_side = 0, max(width, height)
    for page in range(1, OVERVIEWS):
        try:
            picture.seek(page)
        except EOFError:
            break
        side = max(picture.size)
        is_copy = int(picture.tag_v2.get(SUBFILE_TYPE, 0)) & REDUCED_COPY
        # Rounded sides differ by up to a pixel of the copy.
        scale = side / max(width, height)
        has_shape = abs(min(picture.size) - min(width, height) * scale) <= 1
        if is_copy and has_shape and side_px <= side < best_side:
            best, best_side = page, side
    picture.seek(best)


def decoded_bytes(picture: Pillow.Image, full_size: tuple[int, int]) -> int:
    """Return how much memory the decoder takes for all pixels, less a few megabytes.

    Parameters
    ----------
    picture : PIL.Image.Image
        As it was opened, with a JPEG's reduction set.
    full_size : (width, height)
        Before a JPEG is reduced.
    """
    width, height = picture.size
    if isinstance(picture, WebPImagePlugin.WebPImageFile):
        return width * height * WEBP_BYTES
    if isinstance(picture, pillow_heif.HeifImageFile):
        return width * height * HEIF_BYTES
    taken = width * height * _NARROW.get(picture.mode, 4)
    if isinstance(picture, JpegImagePlugin.JpegImageFile):
        return taken + _coefficient_bytes(picture, full_size)
    if isinstance(picture, TiffImagePlugin.TiffImageFile):
        return taken + _strip_bytes(picture)
    return taken


def _coefficient_bytes(
    picture: JpegImagePlugin.JpegImageFile, size: tuple[int, int]
) -> int:
    """Return what a progressive JPEG takes: all its coefficients, of 16 bits each."""
    if not picture.info.get("progressive"):
        return 0
    factors = [(across, down) for _, across, down, _ in picture.layer]
    most_across = max(across for across, _ in factors)
    most_down = max(down for _, down in factors)
    share = sum(across * down for across, down in factors) / (most_across * most_down)
    return int(2 * size[0] * size[1] * share)


def _strip_bytes(picture: TiffImagePlugin.TiffImageFile) -> int:
    """Return what one strip of a compressed TIFF takes; some hold the whole picture."""
    if picture.info.get("compression", "raw") == "raw":
        return 0
    width, height = picture.size
    tags = picture.tag_v2
    rows = min(int(tags.get(STRIP_ROWS, height)), height)
    bits = max(tags.get(BITS, (8,)))
    return rows * width * int(tags.get(SAMPLES, 1)) * int(bits) // 8
