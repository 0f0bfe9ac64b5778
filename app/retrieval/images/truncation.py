"""Truncated files: what is there of a JPEG or PNG that lacks its end.

A transfer that broke off and a card that was pulled out leave such files, which every
viewer shows. They are mended in memory: their decoders then fill what is missing.
"""

import struct
import zlib

import numpy as np
from PIL import Image as Pillow

from app.retrieval.errors import UnreadableImageError
from app.retrieval.images.encoded import MOST_MISSING

END_OF_JPEG = b"\xff\xd9"
BAND_ROWS = 16
EVEN = 2
"""Grey values between which a row counts as one that a decoder has filled."""
END_OF_PNG = b"IEND"
_PNG_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
"""Samples of a pixel, by the colour type of a PNG."""


def check_rows(picture: Pillow.Image) -> None:
    """Refuse a picture of which most rows are filled in, from the lowest up.

    Raises
    ------
    UnreadableImageError
        If they are.
    """
    width, height = picture.size
    lowest = int(height * MOST_MISSING)
    for bottom in range(height, lowest, -BAND_ROWS):
        band = picture.crop((0, max(lowest, bottom - BAND_ROWS), width, bottom))
        # Rows that a decoder has filled are of one colour from side to side.
        if int(np.ptp(np.asarray(band, np.int16), axis=(0, 1)).max()) > EVEN:
            return
    raise UnreadableImageError(
        "Most of the picture is missing. Please send the whole file."
    )


def png_bytes(data: bytes) -> int:
    """Return how many bytes the rows of a PNG take as they are filtered."""
    width, height, depth, colours = struct.unpack(">IIBB", data[16:26])
    return int(height * _row_bytes(width, depth, colours))


def mend_png(data: bytes) -> bytes:
    """Return a whole PNG of the rows that one without its end has; others are black.

    Raises
    ------
    UnreadableImageError
        If it lacks more than half, or is interlaced.
    """
    width, height, depth, colours, _, _, interlaced = struct.unpack(
        ">IIBBBBB", data[16:29]
    )
    row = _row_bytes(width, depth, colours)
    head, packed = _chunks(data)
    stream = zlib.decompressobj()
    rows = bytearray()
    try:
        for part in packed:
            rows += stream.decompress(part, row * height - len(rows))
            if len(rows) >= row * height:
                break
    except zlib.error as error:
        raise UnreadableImageError("The PNG is damaged.") from error
    whole = len(rows) // row
    if interlaced or whole < height * MOST_MISSING:
        raise UnreadableImageError(
            "Most of the picture is missing. Please send the whole file."
        )
    # Filter 0: as it stands.
    filled = bytes(rows[: whole * row]) + bytes(row * (height - whole))
    mended = zlib.compress(filled, 1)
    return head + _chunk(b"IDAT", mended) + _chunk(b"IEND", b"")


def _row_bytes(width: int, depth: int, colours: int) -> int:
    return 1 + (width * depth * _PNG_CHANNELS.get(colours, 4) + 7) // 8


def _chunks(data: bytes) -> tuple[bytes, list[bytes]]:
    """Return what stands before the pixels, and the packed pixels, perhaps cut."""
    start, head, packed = 8, data[:8], []
    while start + 8 <= len(data):
        length, kind = struct.unpack(">I4s", data[start : start + 8])
        if kind == b"IDAT":
            packed.append(data[start + 8 : start + 8 + length])
        elif not packed:
            head += data[start : start + 12 + length]
        start += 12 + length
    return head, packed


def _chunk(kind: bytes, content: bytes) -> bytes:
    check = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", check)
