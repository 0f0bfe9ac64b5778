"""QR codes and barcodes in a photo, and the accession numbers that they hold."""

from collections.abc import Iterable
from urllib.parse import unquote, urlsplit

import cv2
import numpy as np
import zxingcpp
from numpy.typing import NDArray

from app.services.labels.copies import small_copy

QR = zxingcpp.BarcodeFormats((zxingcpp.BarcodeFormat.QRCode,))
"""Found whichever way they hang, in one look."""
DATA_MATRIX = zxingcpp.BarcodeFormats((zxingcpp.BarcodeFormat.DataMatrix,))
DATA_MATRIX_SIDE_PX = 560
"""Long side at which they are looked for, four times as long as QR codes: none fewer
are read than at `copies.SIDE_PX`, in two thirds of the time."""
BARCODES = zxingcpp.BarcodeFormats(
    (
        zxingcpp.BarcodeFormat.Code128,
        zxingcpp.BarcodeFormat.Code39,
        zxingcpp.BarcodeFormat.Code93,
        zxingcpp.BarcodeFormat.Codabar,
        zxingcpp.BarcodeFormat.ITF,
        zxingcpp.BarcodeFormat.EAN13,
        zxingcpp.BarcodeFormat.EAN8,
        zxingcpp.BarcodeFormat.UPCA,
        zxingcpp.BarcodeFormat.UPCE,
    )
)
"""Those that inventories and museum shops print."""
BARCODE_ROW_PX = 6
"""Of a photo's rows and columns, one in so many is looked at, in full: bars are long
and narrow."""
WORKS_PATH = "/works/"
"""What the address of a work's page has before its accession number."""


def read_codes(grey: NDArray[np.uint8], copy: NDArray[np.uint8]) -> list[str]:
    """Read what the codes in a photo hold.

    Parameters
    ----------
    grey : (H, W) uint8
        Of the photo; see `grey_copy`.
    copy : (h, w) uint8
        Of the same; see `small_copy`.

    Returns
    -------
    texts : list of str
        Each once; none where there is no code, or none that can be read.
    """
    small = small_copy(copy, DATA_MATRIX_SIDE_PX)
    found = [
        *_read(copy, QR, try_rotate=False),
        *_read(small, DATA_MATRIX, try_rotate=True),
        *_read(grey[::BARCODE_ROW_PX], BARCODES, try_rotate=False),
        *_read(grey[:, ::BARCODE_ROW_PX].T, BARCODES, try_rotate=False),
    ]
    return list(dict.fromkeys(text for text in found if text))


def _read(
    image: cv2.typing.MatLike, formats: zxingcpp.BarcodeFormats, *, try_rotate: bool
) -> list[str]:
    found = zxingcpp.read_barcodes(
        np.ascontiguousarray(image),
        formats=formats,
        try_rotate=try_rotate,
        try_downscale=False,
        try_invert=False,
    )
    return [code.text for code in found]


def numbers_of(codes: Iterable[str], site: str) -> list[str]:
    """Return what may be an accession number in the texts of codes.

    Parameters
    ----------
    codes : iterable of str
    site : str
        The site's own address; "" where it is not known: then no address counts.
    """
    numbers = []
    for text in codes:
        if site and text.startswith(site + WORKS_PATH):
            path = urlsplit(text).path
            numbers.append(unquote(path[path.index(WORKS_PATH) + len(WORKS_PATH) :]))
        elif "://" not in text:
            numbers.append(text.strip())
    return numbers
