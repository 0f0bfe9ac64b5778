"""Opening of tables: what a file is, and how it is written."""

import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import BinaryIO

from flask_babel import lazy_gettext as _

from app.services.importing.tables import dialect
from app.services.importing.tables.choice import FOUND_OUT, TableChoice
from app.services.importing.tables.dialect import Record, filled, find_header
from app.services.importing.tables.encodings import (
    Encoding,
    detect_file,
    is_encoding,
)
from app.services.importing.tables.faults import TableError
from app.services.importing.tables.kinds import START_BYTES, FileKind, kind_of, way_out
from app.services.importing.tables.reader import MOST_COLUMNS, Table, distinct
from app.services.importing.tables.workbook import (
    Workbook,
    choose_sheet,
    is_workbook,
)

START_CHARACTERS = 1 << 18
"""Of a text, by which its dialect is told."""
OpenFile = Callable[[], BinaryIO]
"""Opens a file anew, to be read as bytes."""


def open_table(open_file: OpenFile, choice: TableChoice = FOUND_OUT) -> Table:
    """Find out how a table is written, as far as the choice leaves that open.

    Raises
    ------
    TableError
        If it is empty or no table, its header cannot be read, or there is no such
        encoding or sheet.
    """
    with open_file() as file:
        start = file.read(START_BYTES)
        kind = kind_of(start)
        if kind is FileKind.PACKED:
            file.seek(0)
            if is_workbook(file):
                return _open_sheet(open_file, Workbook(file), choice)
            raise TableError(_("The file is a ZIP file, but its name does not say so."))
    if kind is not FileKind.TEXT:
        raise TableError(way_out(kind))
    return _open_text(open_file, choice)


def _open_text(open_file: OpenFile, choice: TableChoice) -> Table:
    encoding = _encoding(open_file, choice.encoding)
    with _text(open_file(), encoding.name) as text:
        start = text.read(START_CHARACTERS)
        if len(start) == START_CHARACTERS:
            start = start.rpartition("\n")[0] or start
    if not start.strip():
        raise TableError(_("The file is empty."))
    layout = dialect.find_layout(start, choice.separator, choice.header_line)
    if layout is None:
        raise TableError(_("The first line does not name the columns."))

    def records() -> Iterator[Record]:
        with _text(open_file(), encoding.name) as lines:
            yield from layout.dialect.records(lines)

    settled = replace(
        choice,
        encoding=encoding.name,
        separator=layout.dialect.separator,
        header_line=layout.header_line,
    )
    return Table(
        _named(layout.header),
        settled,
        records,
        encoding.is_sure,
        encoding.others,
        first_line=layout.first_line,
    )


def _open_sheet(open_file: OpenFile, book: Workbook, choice: TableChoice) -> Table:
    sheet = choose_sheet(book.sheets, choice.sheet)
    first = []
    for line, fields in book.records(sheet):
        if not isinstance(fields, str) and filled(fields):
            first.append((line, fields))
        if len(first) == dialect.JUDGED_ROWS:
            break
    if not first:
        raise TableError(_("The sheet %(name)s is empty.", name=sheet))
    wanted = (row for row in first if row[0] >= choice.header_line)
    line, header = (
        next(wanted, first[0]) if choice.header_line else first[find_header(first)]
    )

    def records() -> Iterator[Record]:
        with open_file() as file:
            yield from Workbook(file).records(sheet)

    return Table(
        _named(header),
        replace(choice, sheet=sheet, header_line=line),
        records,
        sheets=book.sheets,
        first_line=first[0][0],
    )


def _named(header: list[str] | tuple[str, ...]) -> tuple[str, ...]:
    columns = distinct(header)
    if not columns:
        raise TableError(_("The first line does not name the columns."))
    if len(columns) > MOST_COLUMNS:
        raise TableError(
            _(
                "The table has %(count)s columns, and at most %(most)s can be read.",
                count=len(columns),
                most=MOST_COLUMNS,
            )
        )
    return columns


def _encoding(open_file: OpenFile, wanted: str) -> Encoding:
    if not wanted:
        with open_file() as file:
            return detect_file(file)
    if not is_encoding(wanted):
        raise TableError(f"Python knows no encoding called {wanted}.")
    return Encoding(wanted)


def _text(file: BinaryIO, encoding: str) -> io.TextIOWrapper:
    """Return the text of a file, which is closed with it."""
    # UTF-16 and 32 have no notion of a byte that stands for itself.
    is_wide = encoding.startswith(("utf-16", "utf-32"))
    errors = "replace" if is_wide else "surrogateescape"
    return io.TextIOWrapper(file, encoding, errors, newline="")
