"""QR codes and barcodes in a photo, and the accession numbers that they hold."""

from collections.abc import Iterable
from urllib.parse import unquote, urlsplit

import zxingcpp

from app.retrieval.images.prepared import PreparedPhoto

SIDE_PX = 640
"""Long side at which codes are looked for."""
WORKS_PATH = "/works/"
"""What the address of a work's page has before its accession number."""


def read_codes(photo: PreparedPhoto) -> list[str]:
    """Read what the codes in a photo hold.

    Returns
    -------
    texts : list of str
        Each once; none where there is no code, or none that can be read.
    """
    found = zxingcpp.read_barcodes(photo.grey(SIDE_PX), try_invert=False)
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
