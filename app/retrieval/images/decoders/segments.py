"""Strips and tiles of a TIFF page, decoded one by one and put together.

What one takes in memory is bounded by its place in the page: decoders of streams are
given a buffer of that size, and of pictures within the picture the header is read
first.
"""

from io import BytesIO
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PIL import Jpeg2KImagePlugin, JpegImagePlugin

from app.retrieval.errors import UnreadableImageError
from app.retrieval.images.decoders import jpeg_xl
from app.retrieval.images.encoded import Size
from app.retrieval.runtime.extras import Extra, is_installed

if TYPE_CHECKING:
    from tifffile import TiffPage

MOST_SEGMENTS = 200_000
"""Strips or tiles: of 200 megapixels in tiles of 32 pixels a side."""
STREAMS = (1, 2, 3, 4, 5, 8, 32773, 32946, 34925, 34926, 50000)
"""Compressions whose decoders fill a buffer of a given size: none, CCITT, LZW, deflate,
PackBits, LZMA, Zstandard."""
PICTURES = (6, 7, 33003, 33004, 33005, 34712, 34927, 50001, 50002, 52546)
"""Compressions that are picture formats: JPEG, JPEG 2000, WebP, JPEG XL."""
UNCOMPRESSED = 1
MOST_WEBP = 1 << 14
"""Bits of a side of a WebP, as its header has it."""


def can_decode(page: "TiffPage") -> bool:
    """Tell whether a page's compression and type of samples are known."""
    if page.dtype is None or page.dtype.kind not in "buif":
        return False
    count = prod(page.chunked)
    is_bounded = 0 < count <= MOST_SEGMENTS and len(page.dataoffsets) > 0
    is_known = page.compression in STREAMS + PICTURES
    return is_bounded and is_known and not lacks_decoder(page)


def lacks_decoder(page: "TiffPage") -> bool:
    """Tell whether what decodes a page is not installed.

    Without imagecodecs, tifffile has decoders of its own for some compressions; they
    are not used, because they fill no buffer of a given size.
    """
    return page.compression != UNCOMPRESSED and not is_installed(Extra.FORMATS)


def samples_of_one(page: "TiffPage") -> int:
    """Return how many samples a strip or tile has; some hold the whole page."""
    rows, columns = _place_of(page)
    return rows * columns * page.shaped[-1]


def _place_of(page: "TiffPage") -> tuple[int, int]:
    """Return the (rows, columns) that a strip or tile is for."""
    if page.is_tiled:
        return page.tilelength, page.tilewidth
    return min(page.rowsperstrip, page.imagelength), page.imagewidth


def assemble(data: bytes, page: "TiffPage") -> tuple[NDArray[Any], float]:
    """Decode a page.

    Returns
    -------
    samples : (H, W, C)
        In the order of bytes of this machine; zero where something is missing.
    missing : float in [0, 1]
        Share of the strips or tiles that are not there, or cannot be decoded.

    Raises
    ------
    UnreadableImageError
        If none can be decoded, and what a decoder raises about the first one.
    """
    planes, depth, height, width, contiguous = page.shaped
    dtype = np.dtype(page.dtype).newbyteorder("=")
    samples = np.zeros((planes, depth, height, width, contiguous), dtype)
    count, missing = prod(page.chunked), 0
    tables = {}
    if page.compression in PICTURES[:2]:
        tables = {"jpegtables": page.jpegtables, "jpegheader": page.jpegheader}
    for index in range(count):
        try:
            raw = _raw(data, page, index)
            segment, (plane, _, down, across, _), shape = page.decode(
                raw, index, **tables, _fullsize=False
            )
            place = samples[
                plane, 0, down : down + shape[1], across : across + shape[2]
            ]
            place[...] = np.asarray(segment)[0, : place.shape[0], : place.shape[1]]
        except MemoryError:
            raise
        except Exception:
            # Decoders given half of a strip raise what they like.
            if index == 0:
                raise
            missing += 1
    if planes > 1:
        return np.moveaxis(samples[:, 0, :, :, 0], 0, 2), missing / count
    return samples[0, 0], missing / count


def _raw(data: bytes, page: "TiffPage", index: int) -> bytes:
    """Return the bytes of a strip or tile, which are whole and not too much."""
    if index >= len(page.dataoffsets) or index >= len(page.databytecounts):
        raise UnreadableImageError("A strip is missing.")
    start, length = page.dataoffsets[index], page.databytecounts[index]
    if length < 1 or start + length > len(data):
        raise UnreadableImageError("A strip is cut off.")
    raw = data[start : start + length]
    if page.compression in PICTURES:
        width, height = _size_within(raw)
        rows, columns = _place_of(page)
        # Tiles at the edge may be padded; no strip is twice as large as its place.
        if width * height > 2 * rows * columns:
            raise UnreadableImageError("A tile is larger than its place.")
    return raw


def _size_within(raw: bytes) -> Size:
    """Return the size of a picture that is a strip or tile."""
    if raw.startswith(b"\xff\xd8"):
        return JpegImagePlugin.JpegImageFile(BytesIO(raw)).size
    if raw.startswith((jpeg_xl.CODESTREAM, jpeg_xl.CONTAINER)):
        return jpeg_xl.size_of(raw)
    if raw[:4] == b"RIFF" and raw[8:12] == b"WEBP":
        return _webp_size(raw)
    return Jpeg2KImagePlugin.Jpeg2KImageFile(BytesIO(raw)).size


def _webp_size(raw: bytes) -> Size:
    kind, most = raw[12:16], MOST_WEBP - 1
    if kind == b"VP8 ":
        width, height = (int.from_bytes(raw[at : at + 2], "little") for at in (26, 28))
        return width & most, height & most
    if kind == b"VP8L":
        bits = int.from_bytes(raw[21:25], "little")
        return (bits & most) + 1, (bits >> 14 & most) + 1
    width, height = (int.from_bytes(raw[at : at + 3], "little") for at in (24, 27))
    return width + 1, height + 1
