"""JPEG 2000: decoded by OpenJPEG, with as many resolutions as are wanted."""

from PIL import Jpeg2KImagePlugin

from app.retrieval.images.encoded import Size
from app.retrieval.images.pillow_picture import PillowPicture
from app.retrieval.settings import ImageSettings

CODESTREAM = b"\xff\x4f\xff\x51"
CONTAINER = b"\0\0\0\x0cjP  \r\n\x87\n"
PIXEL_BYTES = 21
"""Of a pixel: OpenJPEG keeps every component in 32 bits, twice, and Pillow a copy
(measured, OpenJPEG 2.5: 19.5 of colours)."""
CODING_STYLE, START_OF_TILE = b"\xff\x52", b"\xff\x90"


class Jpeg2000Picture(PillowPicture):
    """JPEG 2000 file or codestream."""

    def __init__(self, data: bytes) -> None:
        super().__init__(
            Jpeg2KImagePlugin.Jpeg2KImageFile, data, pixel_bytes=PIXEL_BYTES
        )
        self._halvings = 0

    def reduce_to(self, side_px: int | None, settings: ImageSettings) -> Size:
        """Leave out the resolutions above what is wanted."""
        size = super().reduce_to(side_px, settings)
        if side_px is not None:
            most = _decompositions(self._data)
            while self._halvings < most and max(size) >> self._halvings + 1 >= side_px:
                self._halvings += 1
        if self._halvings:
            self._picture.reduce = self._halvings  # type: ignore[method-assign, assignment]  # a property of this decoder
        return size

    def decoded_bytes(self) -> int:
        """Return how much memory decoding takes."""
        return super().decoded_bytes() >> 2 * self._halvings


def _decompositions(data: bytes) -> int:
    """Return how often the picture can be halved (ITU-T T.800, A.6.1), at least."""
    start = data.find(CODESTREAM)
    place = data.find(CODING_STYLE, start, data.find(START_OF_TILE, start))
    # Marker, length, style, then order, layers and colour transform.
    return data[place + 9] if start >= 0 and 0 < place < len(data) - 9 else 0
