"""Sheets of LibreOffice's workbooks (ods), read as a stream.

A cell says what the sheet shows, which the file holds beside its value; only of numbers
and dates that are shown shortened the value is taken. Blank rows at the end, of which
sheets have a million, are no rows.
"""

import zipfile
from collections.abc import Iterator
from typing import Any, BinaryIO

from lxml import etree

from app.services.importing.tables.dialect import Record
from app.services.importing.tables.faults import TableError
from app.services.importing.tables.xlsx import number_text

BROKEN = (etree.XMLSyntaxError, KeyError, ValueError)
NAMESPACE = "urn:oasis:names:tc:opendocument:xmlns:"
TABLE, TEXT, OFFICE = (
    f"{{{NAMESPACE}{name}:1.0}}" for name in ("table", "text", "office")
)
STYLE = f"{{{NAMESPACE}style:1.0}}"
HIDDEN = f"{STYLE}table-properties[@{TABLE}display='false']"
CELLS = (f"{TABLE}table-cell", f"{TABLE}covered-table-cell")
MOST_REPEATED = 1_000
"""Times that a cell or row with something in it may be repeated."""
MOST_BLANK = 10_000
"""Blank cells or rows before one with something in it."""


def sheet_names(file: BinaryIO) -> list[str]:
    """Name the sheets that are not hidden; all, where all are."""
    hidden: set[str] = set()
    names: dict[str, str] = {}
    events = ("start", "end")
    with zipfile.ZipFile(file) as packed, packed.open("content.xml") as content:
        for event, element in _parse(content, events):
            if event == "start" and element.tag == f"{TABLE}table":
                name = element.get(f"{TABLE}name", "")
                names[name] = element.get(f"{TABLE}style-name", "")
            elif event == "end" and element.tag == f"{STYLE}style":
                if element.find(HIDDEN) is not None:
                    hidden.add(element.get(f"{STYLE}name", ""))
            elif event == "end" and element.tag == f"{TABLE}table-row":
                _forget(element)
    return [name for name in names if names[name] not in hidden] or list(names)


def rows(file: BinaryIO, sheet: str) -> Iterator[Record]:
    """Yield the rows of a sheet with their numbers, as texts."""
    number = 1
    inside = False
    with zipfile.ZipFile(file) as packed, packed.open("content.xml") as content:
        for event, element in _parse(content, ("start", "end")):
            if element.tag == f"{TABLE}table":
                if event == "end" and inside:
                    return
                inside = element.get(f"{TABLE}name") == sheet
            elif event == "end" and element.tag == f"{TABLE}table-row":
                times = int(element.get(f"{TABLE}number-rows-repeated", 1))
                if inside and (cells := _cells(element)):
                    for again in range(_bounded(times)):
                        yield number + again, cells
                number += times
                _forget(element)


def _parse(content: Any, events: tuple[str, ...]) -> Any:
    return etree.iterparse(
        content, events, resolve_entities=False, no_network=True, huge_tree=False
    )


def _forget(element: Any) -> None:
    """Let go of an element that was read, and of those before it."""
    element.clear()
    while element.getprevious() is not None:
        del element.getparent()[0]


def _cells(row: Any) -> list[str]:
    """Return the texts of a row, without blank ones at its end."""
    found: list[str] = []
    blank = 0
    for cell in row.iterchildren(*CELLS):
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


def _text(cell: Any) -> str:
    parts = cell.iterchildren(f"{TEXT}p")
    shown = "\n".join("".join(part.itertext()) for part in parts)
    kind = cell.get(f"{OFFICE}value-type", "")
    if kind == "date":
        value = cell.get(f"{OFFICE}date-value", "")
        is_year = len(shown) <= len("1890") and shown.isdigit()
        return shown if is_year else value.removesuffix("T00:00:00")
    if kind == "float":
        value = float(cell.get(f"{OFFICE}value", ""))
        has_zeros = shown.isdigit() and len(shown) > 1 and shown[0] == "0"
        return shown if has_zeros else number_text(value)
    return shown
