"""Pictures that Pillow's decoders and their kin open: JPEG, PNG, WebP, HEIC and others.

Each is opened by the one decoder that its first bytes name, and by no other.
"""

from collections.abc import Callable
from io import BytesIO

import cv2
import numpy as np
import pillow_heif
from PIL import Image as Pillow
from PIL import JpegImagePlugin, MpoImagePlugin, PngImagePlugin, WebPImagePlugin

from app.retrieval.images import truncation
from app.retrieval.images.encoded import (
    DecodedFile,
    Size,
    check_pixels,
    scaled,
)
from app.retrieval.images.flattening import ArrayPixels
from app.retrieval.settings import ImageSettings

ORIENTATION = 0x0112
"""EXIF's tag."""
_NARROW = {"1": 1, "L": 1, "P": 1, "I;16": 2, "I;16B": 2, "I;16L": 2, "I;16N": 2}
"""Bytes of a pixel in Pillow's memory; four in all other modes, RGB included."""
HEIF_BYTES = 8
"""Of a pixel: planes and interleaved colours of libheif, and Pillow's copy (measured,
libheif 1.21: 7.4)."""
WEBP_BYTES = 8
"""Of a pixel: what is decoded, and a copy (measured, OpenCV 5.0: 6 without alpha)."""


class PillowPicture:
    """Picture file that one of Pillow's decoders opens; of several frames the first.

    Parameters
    ----------
    plugin : callable
        Of Pillow or of a kin of it: opens a file, without decoding.
    data : bytes
    pixel_bytes : int, optional
        What decoding takes of a pixel; by default what Pillow's mode does.
    """

    def __init__(
        self,
        plugin: Callable[[BytesIO], Pillow.Image],
        data: bytes,
        *,
        pixel_bytes: int | None = None,
    ) -> None:
        self._data = data
        self._plugin = plugin
        self._picture = plugin(BytesIO(data))
        self._pixel_bytes = pixel_bytes
        self._draft: Size | None = None

    def reduce_to(self, side_px: int | None, settings: ImageSettings) -> Size:
        """Let the decoder leave out what is not wanted, where it can."""
        full_size = self._picture.size
        check_pixels(full_size, settings)
        if side_px is not None:
            # A JPEG is then decoded at 1/2, 1/4 or 1/8, not below what is asked for.
            self._draft = scaled(full_size, side_px)
            self._picture.draft(None, self._draft)
        return full_size

    @property
    def is_reduced(self) -> bool:
        """False: of several pictures the largest is taken."""
        return False

    def decoded_bytes(self) -> int:
        """Return how much memory decoding takes."""
        width, height = self._picture.size
        mode = self._picture.mode
        return width * height * (self._pixel_bytes or _NARROW.get(mode, 4))

    def decode(self) -> DecodedFile:
        """Decode the pixels."""
        picture = self._picture
        profile = picture.info.get("icc_profile")
        picture.load()
        # Decoders that turn by themselves (HEIC) have set the tag to 1 by then, so
        # nothing is turned twice.
        return DecodedFile(picture, picture.getexif().get(ORIENTATION, 1), profile)

    def _decode_again(self, data: bytes) -> Pillow.Image:
        """Decode what was mended of the file instead of it."""
        self._picture = self._plugin(BytesIO(data))
        if self._draft is not None:
            self._picture.draft(None, self._draft)
        self._picture.load()
        return self._picture


class JpegPicture(PillowPicture):
    """JPEG; of several in one file (MPO) the largest, and of equal ones the first."""

    def __init__(self, data: bytes) -> None:
        super().__init__(_open_jpeg, data)
        self._full_size = self._picture.size

    def decoded_bytes(self) -> int:
        """Count the coefficients, too, all of which a progressive one keeps."""
        return super().decoded_bytes() + self._coefficient_bytes()

    def decode(self) -> DecodedFile:
        """Decode the pixels; of a file without its end, those that are there."""
        try:
            return super().decode()
        except OSError:
            profile = self._picture.info.get("icc_profile")
            picture = self._decode_again(self._data + truncation.END_OF_JPEG)
        truncation.check_rows(picture)
        orientation = picture.getexif().get(ORIENTATION, 1)
        return DecodedFile(picture, orientation, profile, is_truncated=True)

    def _coefficient_bytes(self) -> int:
        picture = self._picture
        if not isinstance(picture, JpegImagePlugin.JpegImageFile):
            raise TypeError(type(picture))
        if not picture.info.get("progressive"):
            return 0
        factors = [(across, down) for _, across, down, _ in picture.layer]
        most = max(a for a, _ in factors) * max(d for _, d in factors)
        share = sum(across * down for across, down in factors) / most
        # Of 16 bits each.
        return int(2 * self._full_size[0] * self._full_size[1] * share)


class PngPicture(PillowPicture):
    """PNG."""

    def __init__(self, data: bytes) -> None:
        super().__init__(PngImagePlugin.PngImageFile, data)
        # What is mended is held as a whole, twice.
        lacks_end = truncation.END_OF_PNG not in data[-32:]
        self._mending_bytes = 2 * truncation.png_bytes(data) if lacks_end else 0

    def decoded_bytes(self) -> int:
        """Count what mending takes, too, of a file that lacks its end."""
        return super().decoded_bytes() + self._mending_bytes

    def decode(self) -> DecodedFile:
        """Decode the pixels; of a file without its end, those that are there."""
        try:
            return super().decode()
        except (OSError, SyntaxError):
            if not self._mending_bytes:
                raise
            mended = truncation.mend_png(self._data)
        picture = self._decode_again(mended)
        orientation = picture.getexif().get(ORIENTATION, 1)
        profile = picture.info.get("icc_profile")
        return DecodedFile(picture, orientation, profile, is_truncated=True)


class HeifPicture(PillowPicture):
    """HEIC; of several pictures the one that the file calls its primary."""

    def __init__(self, data: bytes) -> None:
        super().__init__(pillow_heif.HeifImageFile, data, pixel_bytes=HEIF_BYTES)
        self._full_size = self._picture.size

    @property
    def is_reduced(self) -> bool:
        """Whether another picture than the primary one is larger."""
        own = self._full_size
        if self._draft is not None and max(self._draft) <= max(own):
            return False
        if getattr(self._picture, "n_frames", 1) == 1:
            return False
        others = pillow_heif.open_heif(BytesIO(self._data))
        return any(one.size[0] * one.size[1] > own[0] * own[1] for one in others)


class WebPPicture(PillowPicture):
    """WebP; of an animation the first frame."""

    def __init__(self, data: bytes) -> None:
        super().__init__(WebPImagePlugin.WebPImageFile, data, pixel_bytes=WEBP_BYTES)

    def decode(self) -> DecodedFile:
        """Decode by OpenCV: Pillow's decoder takes three times the memory."""
        decoded = cv2.imdecode(
            np.frombuffer(self._data, np.uint8), cv2.IMREAD_UNCHANGED
        )
        if decoded is None:
            raise ValueError("libwebp cannot decode it")
        picture = self._picture
        orientation = picture.getexif().get(ORIENTATION, 1)
        profile = picture.info.get("icc_profile")
        order = "BGRA" if decoded.shape[2] == 4 else "BGR"
        pixels = ArrayPixels(np.asarray(decoded, np.uint8), order=order)
        return DecodedFile(pixels, orientation, profile)


def _open_jpeg(file: BytesIO) -> Pillow.Image:
    """Open a JPEG, or the largest of several."""
    picture = JpegImagePlugin.JpegImageFile(file)
    if "mp" not in picture.info:
        return picture
    try:
        several = MpoImagePlugin.MpoImageFile(BytesIO(file.getbuffer()))
        sizes = []
        for number in range(several.n_frames):
            several.seek(number)
            sizes.append(several.size[0] * several.size[1])
        best = sizes.index(max(sizes))
        several.seek(best)
    except (OSError, SyntaxError, ValueError, LookupError):
        # What stands behind the first one is damaged, or no picture.
        return picture
    return several if best else picture
