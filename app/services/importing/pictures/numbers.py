"""Accession numbers in the names of picture files.

A file cannot be called ``IM/24``, and further views have a letter or number behind it:
``IM_24.jpg``, ``IM-24 (2).jpg``, ``im.24_b.tif``; or the number is that of the folder.
"""

import re
import unicodedata
from pathlib import PurePosixPath

from app.services.importing.pictures.names import stem_of

SEPARATORS = re.compile(r"[\s/\\._:;,+-]+")
WORDS = r"\d{1,3}|[a-z]|recto|verso|front|back|detail"
VIEW = re.compile(
    rf"^(?P<number>[^_]*\d[^_]*)(?:_(?:{WORDS})|\s+(?:{WORDS})|\s*\(\d+\))$"
)
"""Number with a further view behind it. In ``IM_24_2`` the last part may well be one of
the number's own, so it is never taken off."""


def plain_number(number: str) -> str:
    """Return an accession number in the spelling that numbers are compared in."""
    letters = unicodedata.normalize("NFKC", number).casefold()
    return SEPARATORS.sub("_", letters.strip()).strip("_")


def numbers_in(name: str) -> tuple[str, ...]:
    """Return which numbers a picture's name may stand for, the likeliest first.

    >>> numbers_in("scans/IM-24/IM-24_2.jpg")
    ('im_24_2', 'im_24')
    """
    path = PurePosixPath(name)
    stem = stem_of(path.name).casefold()
    folder = path.parent.name
    view = VIEW.match(stem)
    candidates = (stem, view["number"] if view else "", folder)
    plain = (plain_number(candidate) for candidate in candidates)
    return tuple(dict.fromkeys(number for number in plain if number))
