"""Image formats: the decoder of each, told by a file's first bytes, not by its name."""

from collections.abc import Callable
from functools import partial

from PIL import AvifImagePlugin, BmpImagePlugin, GifImagePlugin

from app.retrieval.errors import (
    FormatSwitchedOffError,
    UnreadableImageError,
    VideoError,
)
from app.retrieval.images.decoders import jpeg_2000, jpeg_xl
from app.retrieval.images.decoders.tiff import MAGICS, TiffPicture
from app.retrieval.images.encoded import EncodedPicture, check_pixels
from app.retrieval.images.pillow_picture import (
    HeifPicture,
    JpegPicture,
    PillowPicture,
    PngPicture,
    WebPPicture,
)
from app.retrieval.runtime.extras import Extra, is_installed
from app.retrieval.settings import ImageSettings

NAMES = "JPEG, PNG, WebP, HEIC, AVIF, TIFF, JPEG 2000, JPEG XL, GIF or BMP"
AVIF_BYTES, DEEP_AVIF_BYTES = 10, 16
"""Of a pixel of 8 bits, and of more: planes, colours, a copy of them as bytes, and
Pillow's (measured, libavif 1.4: 9.5 with alpha, 13.6 of 10 bits in full colour)."""
_HEIF_BRANDS = frozenset(
    (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
)
_VIDEO_BRANDS = tuple(b"iso mp4 m4v avc qt 3g dash f4v mmp4 msnv".split())
_AVIF_BRANDS = frozenset((b"avif", b"avis"))


def _open_jpeg_xl(data: bytes) -> EncodedPicture:
    if not is_installed(Extra.FORMATS):
        raise FormatSwitchedOffError
    return jpeg_xl.JpegXlPicture(data)


_GIF = partial(PillowPicture, GifImagePlugin.GifImageFile)
# Pillow's own ``open`` would also try EPS (which starts Ghostscript) and forty others.
_OPENERS: tuple[tuple[bytes, Callable[[bytes], EncodedPicture]], ...] = (
    (b"\xff\xd8\xff", JpegPicture),
    (b"\x89PNG\r\n\x1a\n", PngPicture),
    (b"GIF87a", _GIF),
    (b"GIF89a", _GIF),
    *((magic, TiffPicture) for magic in MAGICS),
    (jpeg_2000.CODESTREAM, jpeg_2000.Jpeg2000Picture),
    (jpeg_2000.CONTAINER, jpeg_2000.Jpeg2000Picture),
    (jpeg_xl.CODESTREAM, _open_jpeg_xl),
    (jpeg_xl.CONTAINER, _open_jpeg_xl),
    (b"BM", partial(PillowPicture, BmpImagePlugin.BmpImageFile)),
)


def open_header(data: bytes, settings: ImageSettings) -> EncodedPicture:
    """Read the header with the one decoder that the first bytes name.

    Raises
    ------
    VideoError
        If they are a video's.
    FormatSwitchedOffError
        If what reads it is not installed.
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
        return WebPPicture(data)
    if data[4:8] == b"ftyp":
        brands = _brands(data)
        if brands & _AVIF_BRANDS and not brands & {b"heic", b"heix"}:
            return _open_avif(data)
        if brands & _HEIF_BRANDS:
            return HeifPicture(data)
    for magic, opener in _OPENERS:
        if data.startswith(magic):
            return opener(data)
    if _is_video(data):
        raise VideoError(f"This is a video. Please send a {NAMES} picture of it.")
    raise UnreadableImageError(
        f"This is not a picture that can be read. Please send a {NAMES} picture."
    )


def _is_video(data: bytes) -> bool:
    """Tell whether the first bytes are a video's: QuickTime, Matroska, AVI, MPEG."""
    is_avi = data[:4] == b"RIFF" and data[8:12] == b"AVI "
    is_transport_stream = data[:1] == b"G" and data[188:189] == b"G"
    starts = (b"\x1aE\xdf\xa3", b"\x00\x00\x01\xba", b"\x00\x00\x01\xb3", b"FLV\x01")
    # Cameras' raw files are of boxes, too: the first brand says what a file is.
    is_boxed = data[4:8] == b"ftyp" and data[8:12].lower().startswith(_VIDEO_BRANDS)
    is_boxed |= data[4:8] in (b"moov", b"mdat", b"wide")
    return is_boxed or is_avi or is_transport_stream or data.startswith(starts)


def _open_avif(data: bytes) -> EncodedPicture:
    # The third byte of what says how AV1 is coded: tier, then whether it is deep.
    place = data.find(b"av1C") + len(b"av1C") + 2
    is_deep = place >= len(data) or bool(data[place] & 0x40)
    taken = DEEP_AVIF_BYTES if is_deep else AVIF_BYTES
    return PillowPicture(AvifImagePlugin.AvifImageFile, data, pixel_bytes=taken)


def _brands(data: bytes) -> set[bytes]:
    """Return what a file of boxes calls itself: its brand, and compatible ones."""
    end = min(int.from_bytes(data[:4]), 256)
    names = data[8:12] + data[16:end]
    return {names[at : at + 4] for at in range(0, len(names), 4)}
