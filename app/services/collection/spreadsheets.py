"""Cells of tables that spreadsheets read: kept as they are, and calculated by none.

A spreadsheet takes what looks like a number or a date for one, and writes another text
back: 000123 becomes 123, 1900.10 becomes 1900.1, 1-2 a day in February.
"""

import re

from app.models.dates.words import WORDS, Sense
from app.models.keys import plain_text

ACTIVE = ("=", "+", "-", "@", "\t", "\r")
"""What a cell begins with that a spreadsheet would calculate."""
INERT = "'"
"""Put before such a cell, spreadsheets take it as text (OWASP, CSV injection)."""
BYTE_ORDER_MARK = "\ufeff"
"""Without it Excel takes a table for the country's old encoding."""
_LONGEST = 40
"""Characters of what looks like a number or a date."""
_KEPT_NUMBER = re.compile("0|[1-9][0-9]{0,10}")
"""What comes back as it was; longer ones come as 1.98E+11."""
_NUMBER_OR_DATE = re.compile(
    r"[\s\d.,'’:/%€$£¥()+-]*\d[\s\d.,'’:/%€$£¥()+-]*(?:e[+-]?\d+\s*|[ap]\.?m\.?\s*)?",
    re.IGNORECASE,
)
_TRUTHS = frozenset(("true", "false", "wahr", "falsch", "vrai", "faux"))
_LETTERS = re.compile(r"[a-z]+")


def inert(value: str) -> str:
    """Make a cell that no spreadsheet calculates; :func:`original` takes it back."""
    return INERT + value if value.startswith((*ACTIVE, INERT)) else value


def preserved(value: str) -> str:
    """Make a cell that no spreadsheet changes; :func:`original` takes it back."""
    return INERT + value if is_changed(value) else value


def original(cell: str) -> str:
    """Return what :func:`inert` or :func:`preserved` was given."""
    return cell.removeprefix(INERT)


def is_changed(value: str) -> bool:
    """Tell whether a spreadsheet would calculate a cell, or write another text back.

    In whichever language it is set to: where a point is no sign of decimals, it is one
    of dates.
    """
    if value.startswith((*ACTIVE, INERT)):
        return True
    if len(value) > _LONGEST or _KEPT_NUMBER.fullmatch(value):
        return False
    if _NUMBER_OR_DATE.fullmatch(value):
        return True
    plain = plain_text(value)
    if plain in _TRUTHS:
        return True
    has_digit = any(sign.isdigit() for sign in plain)
    words = _LETTERS.findall(plain) if has_digit else []
    return bool(words) and all(
        WORDS.get(word, (Sense.OTHER,))[0] is Sense.MONTH for word in words
    )
