"""Sheets of Excel's workbooks (xlsx), read by openpyxl as a stream.

Cells say what the sheet shows, as far as that tells works apart: a number that is shown
with leading zeros has them, and 12.0 is 12.
"""

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any, BinaryIO

from app.services.importing.tables.dialect import Record

BROKEN = (
    SyntaxError,  # as which all parsers of XML complain
    *(KeyError, ValueError, TypeError, AttributeError, IndexError),
)
"""What openpyxl raises where a part is missing, or is not what it should be."""
ZEROS = re.compile(r'"?([^0#"?;@\[\]]*)"?(0{2,})')
"""Format of a number that is shown with leading zeros, perhaps after some letters."""
DECIMALS = re.compile(r"0\.(0{1,9})")
"""Format of a number that is shown with so many decimals: 1900.10 is not 1900.1. More
than these a number does not have, which is kept in binary."""
YEAR = re.compile(r"y+", re.IGNORECASE)
ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
"""Sign that XML does not hold as it is, most often the end of a line from Windows."""
MIDNIGHT = dt.time()


def sheet_names(file: BinaryIO) -> list[str]:
    """Name the sheets that are not hidden; all, where all are."""
    book = _opened(file)
    sheets = [one for one in book.worksheets if one.sheet_state == "visible"]
    return [str(sheet.title) for sheet in sheets or book.worksheets]


def rows(file: BinaryIO, sheet: str) -> Iterator[Record]:
    """Yield the rows of a sheet with their numbers, as texts."""
    book = _opened(file)
    found = book[sheet]
    found.reset_dimensions()  # what is declared of a sheet's size may be wrong
    for number, cells in enumerate(found.iter_rows(), 1):
        yield number, [_text(cell) for cell in cells]


def _opened(file: BinaryIO) -> Any:
    # Only here: every server process would keep 12 MB of it, and start later.
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        return openpyxl.load_workbook(file, read_only=True, data_only=True)
    except InvalidFileException as error:
        raise ValueError(str(error)) from error


def _text(cell: Any) -> str:
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, str):
        if "_x" in value:
            value = ESCAPED.sub(lambda found: chr(int(found[1], 16)), value)
            # Signs may be in two halves; half of one is in no text.
            halves = value.encode("utf-16", "surrogatepass")
            value = halves.decode("utf-16", "replace")
        return value.replace("\r\n", "\n").replace("\r", "\n")
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int | float):
        return number_text(value, str(cell.number_format or ""))
    if isinstance(value, dt.datetime):
        if YEAR.fullmatch(str(cell.number_format or "")):
            return str(value.year)
        if value.time() == MIDNIGHT:
            return value.date().isoformat()
        return value.isoformat(" ", "minutes")
    return str(value)


def number_text(value: float, shown: str = "") -> str:
    """Write a number without a point that says nothing, with the zeros that are shown.

    >>> number_text(12.0), number_text(123, "000000"), number_text(0.1 + 0.2)
    ('12', '000123', '0.3')
    >>> number_text(1900.1, "0.00")
    '1900.10'
    """
    if decimals := DECIMALS.fullmatch(shown):
        return f"{value:.{len(decimals[1])}f}"
    if float(value).is_integer() and abs(value) < 1e15:
        found = ZEROS.fullmatch(shown)
        return f"{found[1]}{int(value):0{len(found[2])}}" if found else str(int(value))
    return f"{value:.15g}"
