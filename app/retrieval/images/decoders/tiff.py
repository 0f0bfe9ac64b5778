"""TIFF: pages, levels and sub-directories, of every depth, order and compression.

tifffile knows the habits of scanners, slide archives and microscopes, and gives values;
what these mean as colours is read here from the page's tags. A page is decoded strip by
strip, or tile by tile, so that a file that lacks its end shows what it has. The library
is loaded by the first TIFF, 2 MB for the few who send one.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from app.retrieval.errors import FormatSwitchedOffError, UnreadableImageError
from app.retrieval.images.decoders import segments
from app.retrieval.images.decoders.tiff_directories import (
    MOST_DIRECTORIES,
    check_directories,
)
from app.retrieval.images.encoded import (
    MOST_MISSING,
    DecodedFile,
    Size,
    check_pixels,
)
from app.retrieval.images.flattening import ArrayPixels
from app.retrieval.images.scale import Scale
from app.retrieval.settings import ImageSettings

if TYPE_CHECKING:
    from tifffile import TiffPage
    from tifffile.tifffile import TiffPages

# It warns of every oddity of a file; hostile ones would fill the log.
logging.getLogger("tifffile").setLevel(logging.CRITICAL)

MAGICS = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
"""Of TIFF and BigTIFF, in both orders of bytes."""
REDUCED_COPY, MASK = 1, 4
"""Bits of the tag NewSubfileType (TIFF 6.0, page 36)."""
ORIENTATION = 274
PREMULTIPLIED, ALPHA = 1, 2
"""Values of the tag ExtraSamples."""
WHITE_IS_ZERO, GREY, RGB, PALETTE, INKS, YCBCR, CIE_LAB, ICC_LAB = (
    0,
    1,
    2,
    3,
    5,
    6,
    8,
    9,
)
SAMPLES = {RGB: 3, INKS: 4, YCBCR: 3, CIE_LAB: 3, ICC_LAB: 3}
"""Of what is more than grey, by the tag PhotometricInterpretation."""
COMPRESSED_YCBCR = (6, 7, 33007, 34892)
"""Compressions whose decoder, libjpeg, gives RGB."""


@dataclass(frozen=True, slots=True)
class _Level:
    """Directory that can be shown."""

    page: "TiffPage"
    size: Size
    is_copy: bool

    @property
    def area(self) -> int:
        return self.size[0] * self.size[1]

    def is_copy_of(self, other: "_Level") -> bool:
        # Rounded sides differ by up to a pixel of the copy.
        scale = max(self.size) / max(other.size)
        return self.is_copy and abs(min(self.size) - min(other.size) * scale) <= 1


class TiffPicture:
    """TIFF file, of which the largest picture counts.

    Parameters
    ----------
    data : bytes

    Raises
    ------
    UnreadableImageError
        If none of its pages can be shown.
    FormatSwitchedOffError
        If what decodes the largest one is not installed.
    """

    def __init__(self, data: bytes) -> None:
        from tifffile import TiffFile

        self._data = data
        check_directories(data)
        file = TiffFile(BytesIO(data))
        pages = [
            page for page in _pages(file.pages, MOST_DIRECTORIES) if _is_picture(page)
        ]
        largest = max(pages, key=_pixels, default=None)
        if largest is not None and segments.lacks_decoder(largest):
            raise FormatSwitchedOffError
        self._levels = [
            _Level(
                page, (page.imagewidth, page.imagelength), bool(page.subfiletype & 1)
            )
            for page in pages
            if segments.can_decode(page) and _has_colours(page)
        ]
        if not self._levels:
            raise UnreadableImageError(
                "The TIFF holds no picture of a kind that can be shown. Please save it "
                "as an RGB TIFF or a JPEG."
            )
        self._most = max(map(_pixels, pages))
        self._largest = max(self._levels, key=lambda level: level.area)
        self._chosen = self._largest
        self._side_px: int | None = None

    def reduce_to(self, side_px: int | None, settings: ImageSettings) -> Size:
        """Choose the smallest copy of the largest picture that is large enough.

        Scanners and slide archives keep such pyramids; decoding all of it would take
        hundreds of times the memory.
        """
        largest, self._side_px = self._largest, side_px
        self._chosen = largest
        if side_px is not None:
            copies = [one for one in self._levels if one.is_copy_of(largest)]
            enough = [one for one in copies if max(one.size) >= side_px]
            fitting = [one for one in copies if one.area <= settings.max_pixels]
            self._chosen = min(enough, key=lambda one: one.area, default=largest)
            if self._chosen.area > settings.max_pixels and fitting:
                self._chosen = max(fitting, key=lambda one: one.area)
        check_pixels(self._chosen.size, settings)
        return self._chosen.size

    def decoded_bytes(self) -> int:
        """Return what the samples take, and one strip or tile beside them."""
        page = self._chosen.page
        depth = page.dtype.itemsize if page.dtype is not None else 1
        return (prod(page.shaped) + 2 * segments.samples_of_one(page)) * depth

    def decode(self) -> DecodedFile:
        """Decode the page that was chosen.

        Raises
        ------
        UnreadableImageError
            If half of it or more is missing.
        """
        page = self._chosen.page
        samples, missing = segments.assemble(self._data, page)
        if missing > MOST_MISSING:
            raise UnreadableImageError(
                "Most of the TIFF is missing or damaged. Please send a whole one."
            )
        orientation = int(_first(page, ORIENTATION, 1))
        # Also of the first page, when a copy of it has none of its own.
        profile = page.iccprofile or self._largest.page.iccprofile
        pixels = _coloured(page, samples)
        return DecodedFile(pixels, orientation, profile, is_truncated=missing > 0)

    @property
    def is_reduced(self) -> bool:
        """Whether a larger page cannot be shown, and this one is too small."""
        is_enough = (
            self._side_px is not None and max(self._chosen.size) >= self._side_px
        )
        return self._chosen.area < self._most and not is_enough


def _pages(pages: "TiffPages", most: int) -> Iterator["TiffPage"]:
    """Yield directories, each before its own sub-directories."""
    for number in range(most):
        try:
            page = pages[number]
        except IndexError:
            return
        page = page.aspage()
        yield page
        if page.pages is not None:
            yield from _pages(page.pages, most // 10)


def _is_picture(page: "TiffPage") -> bool:
    is_mask = bool(page.subfiletype & MASK) or page.photometric == MASK
    is_whole = page.imagewidth > 0 and page.imagelength > 0 and page.imagedepth == 1
    return is_whole and not is_mask


def _pixels(page: "TiffPage") -> int:
    return int(page.imagewidth * page.imagelength)


def _has_colours(page: "TiffPage") -> bool:
    """Tell whether it is known what a page's samples mean."""
    kinds = (WHITE_IS_ZERO, GREY, *SAMPLES)
    if page.photometric == PALETTE:
        return page.colormap is not None and page.samplesperpixel >= 1
    is_known = page.photometric in kinds
    return is_known and page.samplesperpixel >= SAMPLES.get(page.photometric, 1)


def _coloured(page: "TiffPage", samples: NDArray[Any]) -> ArrayPixels:
    """Say of samples (H, W, C) what colours they are."""
    kind, bits = page.photometric, page.bitspersample
    if kind == PALETTE:
        return ArrayPixels(_looked_up(page, samples[..., 0]))
    count = SAMPLES.get(kind, 1)
    extra = next(iter(page.extrasamples), 0) if samples.shape[2] > count else 0
    mode = {
        INKS: "CMYK",
        CIE_LAB: "LAB",
        ICC_LAB: "LAB",
        YCBCR: "RGB" if page.compression in COMPRESSED_YCBCR else "YCbCr",
    }.get(kind, "")
    if extra in (PREMULTIPLIED, ALPHA) and kind in (WHITE_IS_ZERO, GREY, RGB):
        count += 1
        if extra == PREMULTIPLIED:
            mode = "La" if count == 2 else "RGBa"
    # A view: further samples, of infrared or of a mask, are no colours.
    samples = samples[..., :count]
    if kind in (CIE_LAB, ICC_LAB):
        return ArrayPixels(_lab(samples, is_signed=kind == CIE_LAB), mode)
    scale = Scale.of(samples, bits, is_inverse=kind == WHITE_IS_ZERO)
    return ArrayPixels(samples, mode, scale)


def _looked_up(page: "TiffPage", places: NDArray[Any]) -> NDArray[np.uint8]:
    """Return the colours (H, W, 3) of a palette's places."""
    table = np.asarray(page.colormap, np.uint16).T
    # 16 bits by the standard, though some programs write 8.
    eight = (table >> 8 if table.max() > 255 else table).astype(np.uint8)
    return np.asarray(eight[np.minimum(places, len(eight) - 1)])


def _lab(samples: NDArray[Any], *, is_signed: bool) -> NDArray[np.uint8]:
    """Return L*a*b* in 8 bits, a* and b* signed, as Pillow reads them."""
    depth = samples.dtype.itemsize
    eight = (samples.view(f"u{depth}") >> 8 * (depth - 1)).astype(np.uint8)
    if not is_signed:
        eight[..., 1:] ^= 128
    return eight


def _first(page: "TiffPage", tag: int, default: int) -> Any:
    found = page.tags.get(tag)
    return default if found is None else found.value
