"""JPEG XL: what its header says (ISO/IEC 18181-1), and pixels by libjxl."""

from dataclasses import dataclass

import numpy as np

from app.retrieval.images.encoded import DecodedFile, Size, check_pixels
from app.retrieval.images.flattening import ArrayPixels
from app.retrieval.settings import ImageSettings

CODESTREAM = b"\xff\x0a"
CONTAINER = b"\0\0\0\x0cJXL \r\n\x87\n"
WORKING_BYTES = 2
"""Of a sample, beside two copies of what is decoded: libjxl goes through a picture in
groups (measured, libjxl 0.11: 5.4 bytes of a pixel for 8 bits, 12.1 for 16 with
alpha)."""
HEADER_BYTES = 64
"""More than everything that is read takes."""
_RATIOS = ((1, 1), (12, 10), (4, 3), (3, 2), (16, 9), (5, 4), (2, 1))


@dataclass(frozen=True, slots=True)
class JpegXlHeader:
    """What the header of a JPEG XL says.

    Attributes
    ----------
    size : Size
    bits : int
        Of a sample.
    extra_channels : int
        Beside the colours: alpha, depth, spot colours.
    """

    size: Size
    bits: int = 8
    extra_channels: int = 0


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
        self._header = read_header(data)

    def reduce_to(self, _side_px: int | None, settings: ImageSettings) -> Size:
        """Return the size; libjxl decodes all of it."""
        check_pixels(self._header.size, settings)
        return self._header.size

    @property
    def is_reduced(self) -> bool:
        """False: there is one picture."""
        return False

    def decoded_bytes(self) -> int:
        """Return how much memory decoding takes."""
        width, height = self._header.size
        depth = 1 if self._header.bits <= 8 else 2 if self._header.bits <= 16 else 4
        samples = width * height * (3 + self._header.extra_channels)
        return samples * (2 * depth + WORKING_BYTES)

    def decode(self) -> DecodedFile:
        """Decode the pixels, which libjxl turns upright."""
        # The extra `formats` brings it.
        import imagecodecs

        decoded = imagecodecs.jpegxl_decode(self._data, index=0, numthreads=1)
        pixels = np.asarray(decoded)
        if pixels.ndim == 3 and pixels.shape[2] > 4:
            pixels = pixels[..., :3]
        return DecodedFile(ArrayPixels(pixels))


class _Bits:
    """Reader of bits, the lowest of each byte first."""

    def __init__(self, data: bytes) -> None:
        self._value = int.from_bytes(data, "little")
        self._left = 8 * len(data)

    def take(self, count: int) -> int:
        """Return the next bits as a number; ``ValueError`` at the end."""
        if count > self._left:
            raise ValueError("the header is cut short")
        value = self._value & ((1 << count) - 1)
        self._value >>= count
        self._left -= count
        return value

    def choose(self, *kinds: tuple[int, int]) -> int:
        """Return a number of one of four kinds: (bits, what is added)."""
        count, offset = kinds[self.take(2)]
        return self.take(count) + offset


def read_header(data: bytes) -> JpegXlHeader:
    """Read size, depth and channels, as they are stored.

    Raises
    ------
    ValueError
        If it is not all there.
    """
    start = 2 if data.startswith(CODESTREAM) else _codestream(data) + 2
    bits = _Bits(data[start : start + HEADER_BYTES])
    size = _read_size(bits)
    if bits.take(1):  # all metadata as usual
        return JpegXlHeader(size)
    if bits.take(1):
        bits.take(3)  # orientation
        if bits.take(1):
            _read_size(bits)  # as it is meant to be shown
        if bits.take(1):
            raise ValueError("a preview is not expected")
        if bits.take(1):
            bits.choose((0, 100), (0, 1000), (10, 1), (30, 1))
            bits.choose((0, 1), (0, 1001), (8, 1), (10, 1))
            bits.choose((0, 0), (3, 0), (16, 0), (32, 0))
            bits.take(1)
    if bits.take(1):  # floats
        depth = bits.choose((0, 32), (0, 16), (0, 24), (6, 1))
        bits.take(4)
    else:
        depth = bits.choose((0, 8), (0, 10), (0, 12), (6, 1))
    bits.take(1)
    return JpegXlHeader(size, depth, bits.choose((0, 0), (0, 1), (4, 2), (12, 1)))


def size_of(data: bytes) -> Size:
    """Return (width, height) by the header; raises as :func:`read_header`."""
    return read_header(data).size


def _read_size(bits: _Bits) -> Size:
    def side(*, is_small: bool) -> int:
        if is_small:
            return (bits.take(5) + 1) * 8
        return bits.choose((9, 1), (13, 1), (18, 1), (30, 1))

    is_small = bool(bits.take(1))
    height = side(is_small=is_small)
    ratio = bits.take(3)
    if ratio:
        across, down = _RATIOS[ratio - 1]
        return height * across // down, height
    return side(is_small=is_small), height


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
