"""Cells as spreadsheets spoil and protect them, and how they were meant."""

import re

from app.services.importing.tables.encodings import is_undecoded

JOINT = "\x1f"
"""Between cells that are looked at together."""
FORMULA = re.compile(r'\'?="((?:[^"]|"")*)"')
"""``="000123"``, by which a number keeps its zeros in a spreadsheet."""
AS_TEXT = re.compile(r"''?(\d[\w./-]*)")
"""``'000125``, which is how the same is typed in. ``'90s`` is a decade."""
DECADE = re.compile(r"'\d0s")
EXPONENT = re.compile(r"\d(?:[.,]\d+)?E\+\d+", re.IGNORECASE)
"""``1.98E+11``, to which spreadsheets shorten long numbers."""
ERROR = re.compile(
    r"#(?:N/A|NV|N/D|REF!|BEZUG!|VALUE!|WERT!|VALEUR!|NAME\?|NOM\?|DIV/0!|NUM!|ZAHL!"
    r"|NOMBRE!|NULL!|#{2,})"
)
"""Instead of a value: what a formula says that fails, or a column that is too narrow,
in the languages of spreadsheets."""
GARBLED = re.compile("[ÂÃÄÅÎÏÐÑ×ØÙ][\u0080-\u00bf\u0152-\u2122]")
"""Letters as they look that were UTF-8 and read as Windows' encoding of the West."""
INVISIBLE = re.compile(
    "[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]"
)
"""Zero width, direction marks, byte order marks, soft hyphens: nobody sees them, and
no address with them is ever typed."""


def is_suspicious(joined: str) -> bool:
    """Tell whether cells, put together, may hold something to be put right.

    Most rows hold nothing, and are not looked at more closely.
    """
    if "\0" in joined or '="' in joined or f"{JOINT}'" in joined or joined[0] == "'":
        return True
    if "\x0b" in joined or "\x1d" in joined:
        return True
    if "#" in joined and ERROR.search(joined):
        return True
    if not joined.isascii() and GARBLED.search(joined):
        return True
    try:
        joined.encode()
    except UnicodeEncodeError:  # what stands for a byte that is no text
        return True
    return False


def unwrap(cell: str) -> str:
    r"""Return what a cell says without what protects it from a spreadsheet.

    FileMaker parts lines and repeated values by signs of its own.

    >>> unwrap('="000123"'), unwrap("'000125"), unwrap("'t Hooft")
    ('000123', '000125', "'t Hooft")
    >>> unwrap("two\x0blines"), unwrap("Lind\x1dBerg")
    ('two\nlines', 'Lind; Berg')
    """
    cell = cell.replace("\x0b", "\n").replace("\x1d", "; ")
    if found := FORMULA.fullmatch(cell):
        return found[1].replace('""', '"')
    if (found := AS_TEXT.fullmatch(cell)) and not DECADE.fullmatch(cell):
        return found[1]
    return cell


def visible(text: str) -> str:
    """Return a text without what nobody sees, and without blanks around it."""
    return INVISIBLE.sub("", text).strip()


def is_exponent(text: str) -> bool:
    """Tell whether a number was shortened by a spreadsheet, and its digits lost."""
    return EXPONENT.fullmatch(text) is not None


def is_error(cell: str) -> bool:
    """Tell whether a cell holds the error of a spreadsheet instead of a value."""
    return ERROR.fullmatch(cell.strip()) is not None


def meant(cell: str) -> str:
    """Return what garbled letters were, before a table was saved wrongly; or "".

    >>> meant("KÃ¼nstler"), meant("Künstler")
    ('Künstler', '')
    """
    if not GARBLED.search(cell):
        return ""
    try:
        return cell.encode("cp1252").decode()
    except UnicodeError:
        return ""


def is_text(cell: str) -> bool:
    """Tell whether all bytes of a cell could be decoded."""
    return cell.isascii() or not any(map(is_undecoded, cell))
