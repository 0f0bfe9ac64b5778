"""Streaming reader of tables: encoding, separator, columns, rows.

The file is read as a stream, twice: once to find out how, once row by row, so that its
size does not matter. What a row means is no business of this module.
"""

import csv
import io
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from typing import BinaryIO

from flask_babel import lazy_gettext as _

from app.services.importing.messages import Remark
from app.services.importing.tables.encodings import (
    detect_encoding,
    is_encoding,
    is_undecoded,
)

SEPARATORS = (",", ";", "\t")
START_BYTES = 1 << 16
"""Of the beginning, which shows byte order marks, UTF-16 and the separator."""
SAMPLE_BYTES = 1 << 20
"""Of lines with accents, which show the encoding."""
MOST_COLUMNS = 500
JUDGED_ROWS = 20
"""Rows by which the separator is chosen."""


class TableError(Exception):
    """Fault of a file that is no table at all; the message says why."""


@dataclass(frozen=True, slots=True)
class TableRow:
    """Row as it stands in the file.

    Attributes
    ----------
    line : int
        Where it starts; the first line is 1.
    values : dict of str to str
        By column, as they are written; empty if there is a fault.
    fault : Remark or None
        Why it cannot be read.
    """

    line: int
    values: dict[str, str]
    fault: Remark | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """Table of which it is known how it is written.

    Attributes
    ----------
    columns : tuple of str
        Every one with a name of its own.
    encoding, separator : str
    open : callable
        Opens the file anew, to be read as bytes.
    """

    columns: tuple[str, ...]
    encoding: str
    separator: str
    open: Callable[[], BinaryIO]

    def rows(self) -> Iterator[TableRow]:
        """Yield the rows below the header; blank ones are left out.

        Parsing is strict: a lenient parser silently swallows the rest of the file when
        a quotation mark is never closed. After an error it goes on with the next line.
        """
        with _text(self.open(), self.encoding) as text:
            records = _records(text, self.separator)
            next(records, None)
            for line, fields in records:
                yield self._row(line, fields)

    def sample(self, count: int) -> list[TableRow]:
        """Return the first rows that can be read."""
        return list(islice((row for row in self.rows() if not row.fault), count))

    def _row(self, line: int, fields: list[str] | str) -> TableRow:
        if isinstance(fields, str):
            return TableRow(line, {}, Remark("broken_row", {"reason": fields}))
        columns = self.columns
        if any(field.strip() for field in fields[len(columns) :]):
            counts = {"found": len(fields), "expected": len(columns)}
            return TableRow(line, {}, Remark("extra_fields", counts))
        values = dict(zip(columns, fields, strict=False))
        for column, value in values.items():
            if "\0" in value:
                return TableRow(line, {}, Remark("zero_byte", {"column": column}))
            if any(map(is_undecoded, value)):
                facts = {"column": column, "encoding": self.encoding}
                return TableRow(line, {}, Remark("not_text", facts))
        return TableRow(line, values)


def open_table(open_file: Callable[[], BinaryIO], encoding: str = "") -> Table:
    """Find out how a table is written.

    Parameters
    ----------
    open_file : callable
        Opens it anew, to be read as bytes.
    encoding : str
        Python's name of the encoding, where it must not be found out.

    Raises
    ------
    TableError
        If it is empty, its first line cannot be read, or the encoding is unknown.
    """
    if not encoding:
        with open_file() as file:
            encoding = detect_encoding(_sample(file))
    elif not is_encoding(encoding):
        raise TableError(f"Python knows no encoding called {encoding}.")
    with _text(open_file(), encoding) as text:
        header = text.read(START_BYTES)
    if not header.strip():
        raise TableError(_("The file is empty."))
    separator = max(SEPARATORS, key=lambda sign: _fitness(header, sign))
    names = next(iter(_first_rows(header, separator)), [])
    if not names or len(names) > MOST_COLUMNS:
        raise TableError(_("The first line does not name the columns."))
    return Table(_distinct(names), encoding, separator, open_file)


def _sample(file: BinaryIO) -> bytes:
    """Return the beginning, and of the rest some lines that are not plain ASCII."""
    start = file.read(START_BYTES)
    sample = [start]
    left = SAMPLE_BYTES
    for line in iter(lambda: file.readline(START_BYTES), b""):
        if left > 0 and not line.isascii():
            sample.append(line)
            left -= len(line)
    return b"".join(sample)


def _text(file: BinaryIO, encoding: str) -> io.TextIOWrapper:
    """Return the text of a file, which is closed with it."""
    # UTF-16 has no notion of a byte that stands for itself.
    errors = "replace" if encoding.startswith("utf-16") else "surrogateescape"
    return io.TextIOWrapper(file, encoding, errors, newline="")


def _first_rows(text: str, separator: str) -> list[list[str]]:
    """Return the first rows that are not blank, up to one that is broken."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    found: list[list[str]] = []
    with suppress(csv.Error):  # cut off, or broken: what came before tells enough
        for row in reader:
            if any(map(str.strip, row)):
                found.append(row)
            if len(found) == JUDGED_ROWS:
                break
    return found


def _fitness(text: str, separator: str) -> tuple[bool, float, int]:
    """Tell how well a separator parts rows into as many fields as the header has."""
    header, *rows = _first_rows(text, separator) or [[]]
    fitting = sum(len(row) == len(header) for row in rows) / max(1, len(rows))
    return len(header) > 1, fitting, len(header)


def _distinct(names: list[str]) -> tuple[str, ...]:
    """Give every column a name of its own."""
    found: list[str] = []
    for number, name in enumerate(names, 1):
        wanted = name.strip() or f"Column {number}"
        while wanted in found:
            wanted = f"{wanted} (column {number})"
        found.append(wanted)
    return tuple(found)


def _records(
    text: io.TextIOWrapper, separator: str
) -> Iterator[tuple[int, list[str] | str]]:
    """Yield the line each record starts on, and its fields or what is wrong."""
    reader = csv.reader(text, delimiter=separator, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            fields = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            last = reader.line_num
            upto = f", up to line {last}" if last > line else ""
            yield line, f"{error}{upto}"
        else:
            if any(field.strip() for field in fields):
                yield line, fields
