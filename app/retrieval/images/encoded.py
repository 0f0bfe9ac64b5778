"""Encoded pictures: what every decoder tells of a file before a pixel is decoded.

How large it is, and what decoding would take, is known first; then it is decoded once.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from app.retrieval.errors import ImageTooLargeError
from app.retrieval.images.flattening import Pixels
from app.retrieval.settings import ImageSettings

Size = tuple[int, int]
"""Width and height in pixels."""
MOST_MISSING = 0.5
"""Share of a picture that may be missing at its end; one that lacks more is damaged."""


class FileFault(StrEnum):
    """Fault of a picture file that is used all the same, and that is to be said."""

    TRUNCATED = "truncated"
    """Its end is missing; what is there is shown."""
    REDUCED = "reduced"
    """Another page or level of the file is larger, and cannot be used."""


@dataclass(frozen=True, slots=True)
class DecodedFile:
    """Pixels of a file as they are decoded, not yet upright.

    Attributes
    ----------
    pixels : Pixels
    orientation : int
        By EXIF, 1 to 8; others mean 1.
    profile : bytes or None
        The ICC profile that the colours are of.
    is_truncated : bool
        Whether the file lacks its end.
    """

    pixels: Pixels
    orientation: int = 1
    profile: bytes | None = None
    is_truncated: bool = False


class EncodedPicture(Protocol):
    """Picture file, opened by the decoder of its format; its header has been read."""

    def reduce_to(self, side_px: int | None, settings: ImageSettings) -> Size:
        """Let it be decoded as small as it can be for a long side.

        Parameters
        ----------
        side_px : int or None
            None: as large as it is.
        settings : ImageSettings
            Its ceiling on pixels chooses among several pictures of a file.

        Returns
        -------
        size : Size
            Of the picture before its decoder leaves anything out.
        """
        ...

    def decoded_bytes(self) -> int:
        """Return how much memory decoding takes, less a few megabytes."""
        ...

    @property
    def is_reduced(self) -> bool:
        """Whether another picture of the file is larger and would have been wanted.

        Known once :meth:`reduce_to` was asked.
        """
        ...

    def decode(self) -> DecodedFile:
        """Decode the pixels; raises what the decoder does."""
        ...


def check_pixels(size: Size, settings: ImageSettings) -> None:
    """Raise ``ImageTooLargeError`` if a picture is over the ceiling on pixels."""
    width, height = size
    if width * height > settings.max_pixels:
        raise ImageTooLargeError(width * height, settings.max_pixels, "pixels")


def scaled(size: Size, long_side: int) -> Size:
    """Scale (width, height) to a long side, no side under one pixel."""
    scale = long_side / max(size)
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))
