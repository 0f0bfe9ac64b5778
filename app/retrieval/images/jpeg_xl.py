"""JPEG XL: size by the header, and pixels by libjxl."""

import imagecodecs
import numpy as np

from app.retrieval.images.encoded import DecodedFile, Size, check_pixels
from app.retrieval.images.flattening import ArrayPixels
from app.retrieval.settings import ImageSettings

CODESTREAM = b"\xff\x0a"
CONTAINER = b"\0\0\0\x0cJXL \r\n\x87\n"
PIXEL_BYTES = 28
"""Of a pixel: libjxl keeps planes of 32 bits where it cannot go through them in
groups (measured, libjxl 0.11: 12 of colours with alpha at 16 bits)."""
_DISTRIBUTIONS = ((9, 1), (13, 1), (18, 1), (30, 1))
_RATIOS = ((1, 1), (12, 10), (4, 3), (3, 2), (16, 9), (5, 4), (2, 1))


class JpegXlPicture:
    """JPEG XL file; of an animation the first frame.

    Parameters
    ----------
    data : bytes

    Raises
    ------
    ValueError
        If its header is not whole.
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.size = size_of(data)

    def reduce_to(self, _side_px: int | None, settings: ImageSettings) -> Size:
        """Return the size; libjxl decodes all of it."""
        check_pixels(self.size, settings)
        return self.size

    @property
    def is_reduced(self) -> bool:
        """False: there is one picture."""
        return False

    def decoded_bytes(self) -> int:
        """Return how much memory decoding takes."""
        return self.size[0] * self.size[1] * PIXEL_BYTES

    def decode(self) -> DecodedFile:
        """Decode the pixels, which libjxl turns upright."""
        pixels = np.asarray(imagecodecs.jpegxl_decode(self._data, numthreads=1))
        while pixels.ndim > 3 or (pixels.ndim == 3 and pixels.shape[2] > 4):
            pixels = pixels[0]  # frames come first
        return DecodedFile(ArrayPixels(pixels))


def size_of(data: bytes) -> Size:
    """Read (width, height) from the header (ISO/IEC 18181-1, D.2), as it is stored.

    Raises
    ------
    ValueError
        If it is not there.
    """
    start = 2 if data.startswith(CODESTREAM) else _codestream(data) + 2
    bits = int.from_bytes(data[start : start + 16], "little")
    position = 0

    def take(count: int) -> int:
        nonlocal position
        value = bits >> position & ((1 << count) - 1)
        position += count
        return value

    def take_side() -> int:
        length, offset = _DISTRIBUTIONS[take(2)]
        return take(length) + offset

    is_small = take(1)
    height = (take(5) + 1) * 8 if is_small else take_side()
    ratio = take(3)
    if ratio:
        across, down = _RATIOS[ratio - 1]
        return height * across // down, height
    return ((take(5) + 1) * 8 if is_small else take_side()), height


def _codestream(data: bytes) -> int:
    """Return where the codestream begins in a container of boxes."""
    start = 0
    while start + 8 <= len(data):
        length, kind = (
            int.from_bytes(data[start : start + 4]),
            data[start + 4 : start + 8],
        )
        head = 8
        if length == 1:
            length, head = int.from_bytes(data[start + 8 : start + 16]), 16
        content = start + head + (4 if kind == b"jxlp" else 0)
        if kind in (b"jxlc", b"jxlp") and data.startswith(CODESTREAM, content):
            return content
        if length < head:
            break
        start += length
    raise ValueError("the container holds no codestream")
