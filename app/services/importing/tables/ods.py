"""Sheets of LibreOffice's workbooks (ods), read as a stream.

No document type is in such a file, which is seen to before (``workbook``), so there
are no entities to be expanded. A cell says what the sheet shows, which the file holds
beside its value; only of numbers and dates that are shown shortened the value is taken.
Blank rows at the end, of which sheets have a million, are no rows.
"""

import zipfile
from collections.abc import Iterator
from typing import BinaryIO
from xml.etree.ElementTree import Element, ParseError, iterparse

from app.services.importing.tables.dialect import Record
from app.services.importing.tables.faults import TableError
from app.services.importing.tables.xlsx import number_text

BROKEN = (ParseError, KeyError, ValueError)
NAMESPACE = "urn:oasis:names:tc:opendocument:xmlns:"
TABLE, TEXT, OFFICE = (
    f"{{{NAMESPACE}{name}:1.0}}" for name in ("table", "text", "office")
)
STYLE = f"{{{NAMESPACE}style:1.0}}"
DISPLAY = f"{TABLE}display"
ROW = f"{TABLE}table-row"
CELLS = (f"{TABLE}table-cell", f"{TABLE}covered-table-cell")
MOST_REPEATED = 1_000
"""Times that a cell or row with something in it may be repeated."""
MOST_BLANK = 10_000
"""Blank cells or rows before one with something in it."""


def sheet_names(file: BinaryIO) -> list[str]:
    """Name the sheets that are not hidden; all, where all are."""
    hidden: set[str] = set()
    names: dict[str, str] = {}
    for is_end, element in _elements(file):
        if not is_end and element.tag == f"{TABLE}table":
            style = element.get(f"{TABLE}style-name", "")
            names[element.get(f"{TABLE}name", "")] = style
        elif is_end and element.tag == f"{STYLE}style":
            properties = element.find(f"{STYLE}table-properties")
            if properties is not None and properties.get(DISPLAY) == "false":
                hidden.add(element.get(f"{STYLE}name", ""))
    return [name for name in names if names[name] not in hidden] or list(names)


def rows(file: BinaryIO, sheet: str) -> Iterator[Record]:
    """Yield the rows of a sheet with their numbers, as texts."""
    number = 1
    inside = False
    for is_end, element in _elements(file):
        if element.tag == f"{TABLE}table":
            if is_end and inside:
                return
            inside = not is_end and element.get(f"{TABLE}name") == sheet
        elif is_end and element.tag == ROW:
            times = int(element.get(f"{TABLE}number-rows-repeated", 1))
            if inside and (cells := _cells(element)):
                for again in range(_bounded(times)):
                    yield number + again, cells
            number += times


def _elements(file: BinaryIO) -> Iterator[tuple[bool, Element]]:
    """Yield elements where they begin and end; rows are let go of after that."""
    open_elements: list[Element] = []
    with zipfile.ZipFile(file) as packed, packed.open("content.xml") as content:
        for event, element in iterparse(content, ("start", "end")):  # noqa: S314
            if event == "start":
                open_elements.append(element)
                yield False, element
                continue
            open_elements.pop()
            yield True, element
            if element.tag == ROW and open_elements:
                open_elements[-1].remove(element)


def _cells(row: Element) -> list[str]:
    """Return the texts of a row, without blank ones at its end."""
    found: list[str] = []
    blank = 0
    for cell in row:
        if cell.tag not in CELLS:
            continue
        times = int(cell.get(f"{TABLE}number-columns-repeated", 1))
        text = _text(cell)
        if not text:
            blank += times
            continue
        if blank > MOST_BLANK:
            raise TableError("A row of the workbook is too wide.")
        found += [""] * blank + [text] * _bounded(times)
        blank = 0
    return found


def _bounded(times: int) -> int:
    if times > MOST_REPEATED:
        raise TableError("A row of the workbook is too wide.")
    return times


def _text(cell: Element) -> str:
    parts = cell.findall(f"{TEXT}p")
    shown = "\n".join("".join(part.itertext()) for part in parts)
    kind = cell.get(f"{OFFICE}value-type", "")
    if kind == "date":
        value = cell.get(f"{OFFICE}date-value", "")
        is_year = len(shown) <= len("1890") and shown.isdigit()
        return shown if is_year else value.removesuffix("T00:00:00")
    if kind == "float":
        number = float(cell.get(f"{OFFICE}value", ""))
        has_zeros = shown.isdigit() and len(shown) > 1 and shown[0] == "0"
        if has_zeros or _has_decimals(shown, number):
            return shown.replace(",", ".")
        return number_text(number)
    return shown


def _has_decimals(shown: str, number: float) -> bool:
    """Tell whether a number is shown as it is, with zeros at its end: 1900.10."""
    whole, point, decimals = shown.replace(",", ".").partition(".")
    if not (point and whole.isdecimal() and decimals.isdecimal()):
        return False
    return float(f"{whole}.{decimals}") == number
