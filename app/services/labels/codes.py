"""QR codes and barcodes in a photo, and the accession numbers that they hold."""

from collections.abc import Iterable
from urllib.parse import unquote, urlsplit

import cv2
import numpy as np
import zxingcpp
from numpy.typing import NDArray

SIDE_PX = 640
"""Long side at which codes are looked for."""
OF_ANY_TURN = zxingcpp.BarcodeFormats((zxingcpp.BarcodeFormat.QRCode,))
"""Found whichever way they hang, in one look."""
TURNED = zxingcpp.BarcodeFormats(
    (
        zxingcpp.BarcodeFormat.DataMatrix,
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
"""The others that inventories and museum shops print, looked for along both sides. All
that there are would take half as long again."""
WORKS_PATH = "/works/"
"""What the address of a work's page has before its accession number."""


def read_codes(copy: NDArray[np.uint8]) -> list[str]:
    """Read what the codes in a photo hold.

    Parameters
    ----------
    copy : (h, w) uint8
        Of the photo; see `grey_copy`.

    Returns
    -------
    texts : list of str
        Each once; none where there is no code, or none that can be read.
    """
    scale = min(1.0, SIDE_PX / max(copy.shape))
    small = cv2.resize(copy, None, fx=scale, fy=scale, interpolation=cv2.INTER_LINEAR)
    found = zxingcpp.read_barcodes(
        small, formats=OF_ANY_TURN, try_rotate=False, try_invert=False
    ) + zxingcpp.read_barcodes(
        small, formats=TURNED, try_downscale=False, try_invert=False
    )
    return list(dict.fromkeys(code.text for code in found if code.text))


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
