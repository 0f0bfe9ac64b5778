"""Dialects of tables as text: separator, quotes, and where the table begins.

A dialect is judged by the rows it makes of the beginning of a file: the best one parts
them into as many fields as the header has, and finds nothing wrong with their quotes.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from typing import Literal

SEPARATORS = (",", ";", "\t", "|", "~", "^", "\x1f")
JUDGED_ROWS = 200
"""Rows at the beginning by which a dialect is chosen."""
MOST_REPORT_ROWS = 30
"""Rows above a header: title, date, who printed it."""
HEADER_SHARE = 0.6
"""Of the cells that most rows have filled, those that a header has at least."""
MOST_CELL = 10_000_000
"""Characters of one cell."""
MOST_LINES = 1_000
"""Of one record; beyond, a quotation mark was never closed."""
ONE_BROKEN = 2.5
"""What marks count less without quotes: one wrong row does not make all of them so."""
SEPARATOR_LINE = re.compile(r'\ufeff?"?sep=([^\w"\\\r\n]|\t)"?\s*', re.IGNORECASE)
"""First line by which Excel tells the separator, and which is no row."""
NO_SEPARATOR = frozenset('"\\\r\n')
WHOLE_LINE = re.compile(r'\A"(.*)"(?=[\r\n]*\Z)', re.DOTALL)
ESCAPED = re.compile(r'\\(["\\])')

csv.field_size_limit(MOST_CELL)

Record = tuple[int, list[str] | str]
"""Line that a record starts on, and its fields or what is wrong with it."""


class Quoting(StrEnum):
    """Way in which a cell says that a separator in it is none."""

    DOUBLED = "doubled"
    """``"…"``, with ``""`` for a mark inside."""
    ESCAPED = "escaped"
    """Also ``\\"`` for a mark inside, as databases write it."""
    SPACED = "spaced"
    """As doubled, with a blank between a separator and the mark."""
    SINGLE = "single"
    """``'…'``, with ``''`` for a mark inside."""
    WHOLE = "whole"
    """A whole line is in marks, as if it were one cell, and read without them."""
    NONE = "none"
    """A quotation mark is a sign like any other."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """Dialect of a table as text."""

    separator: str
    quoting: Quoting = Quoting.DOUBLED

    def records(self, lines: Iterable[str]) -> Iterator[Record]:
        """Yield the records, also blank ones.

        Parsing is strict: a lenient parser silently swallows the rest of the file when
        a quotation mark is never closed. Of a record that is wrong, only the first line
        is given up, and the next ones are read anew.
        """
        again = _Again(lines, self.quoting)
        quoting: Literal[0, 3] = (
            csv.QUOTE_NONE if self.quoting is Quoting.NONE else csv.QUOTE_MINIMAL
        )
        reader = csv.reader(
            again,
            delimiter=self.separator,
            strict=True,
            quoting=quoting,
            quotechar="'" if self.quoting is Quoting.SINGLE else '"',
            skipinitialspace=self.quoting is Quoting.SPACED,
        )
        while True:
            again.taken.clear()
            line = again.line + 1
            try:
                yield line, next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                yield line, str(error)
                again.put_back()


@dataclass(frozen=True, slots=True)
class Layout:
    """Dialect of a table, and the line its header is on.

    Attributes
    ----------
    header : tuple of str
        The header's cells.
    header_line : int
        1 is the first of the file.
    first_line : int
        Of what is not blank.
    """

    dialect: Dialect
    header: tuple[str, ...]
    header_line: int
    first_line: int


class _Again:
    """Iterator of lines that can be read again from the second of a record on."""

    def __init__(self, lines: Iterable[str], quoting: Quoting) -> None:
        self._lines = iter(lines)
        self._quoting = quoting
        self._again: list[str] = []
        self.taken: list[str] = []
        self.line = 0

    def __iter__(self) -> "_Again":
        return self

    def __next__(self) -> str:
        if len(self.taken) >= MOST_LINES:
            raise StopIteration
        line = self._again.pop() if self._again else next(self._lines)
        self.taken.append(line)
        self.line += 1
        if self._quoting is Quoting.WHOLE:
            return WHOLE_LINE.sub(lambda found: found[1].replace('""', '"'), line)
        if self._quoting is Quoting.ESCAPED and "\\" in line:
            return ESCAPED.sub(lambda found: '""' if found[1] == '"' else "\\", line)
        return line

    def put_back(self) -> None:
        """Let all lines of a record but the first be read again."""
        self._again.extend(reversed(self.taken[1:]))
        self.line -= len(self.taken) - 1


def find_layout(text: str, separator: str = "", header_line: int = 0) -> Layout | None:
    """Find the dialect of a table and its header; None if there is none.

    Parameters
    ----------
    text : str
        The beginning of the file.
    separator : str
        "" if it is to be found out.
    header_line : int
        0 if it is to be found out.
    """
    if len(separator) > 1 or separator in NO_SEPARATOR:
        return None
    lines = list(io.StringIO(text, newline=""))
    told = SEPARATOR_LINE.fullmatch(lines[0]) if lines else None
    skipped = 0
    if told is not None:
        separator, skipped = separator or told[1], 1
    candidates = [
        Dialect(sign, quoting)
        for sign in ([separator] if separator else SEPARATORS)
        for quoting in _quotings(lines[skipped:], sign)
    ]
    judged = [
        (_fitness(dialect, records, header), dialect, header, records[0][0])
        for dialect in candidates
        if (records := _first_records(dialect, lines, skipped))
        and (header := _header_of(records, header_line))
        and (dialect.quoting is not Quoting.NONE or len(header[1]) > 1)
    ]
    if not judged:
        return None
    # The first of the best: quotes are quotes wherever that is as good.
    _, dialect, (line, fields), first = max(judged, key=lambda one: one[0])
    return Layout(dialect, tuple(fields), line, first)


def filled(fields: Sequence[str]) -> int:
    """Count the cells that are not blank."""
    return sum(1 for field in fields if field and not field.isspace())


def find_header(rows: Sequence[tuple[int, Sequence[str]]]) -> int:
    """Return the position of the header among the first rows that are not blank.

    It is the first row, unless that has much fewer cells than most: reports have a
    title and a date above their table.
    """
    counts = [filled(fields) for _, fields in rows]
    times = Counter(counts)
    usual = max(times, key=lambda count: (times[count] * min(count, 3), count))
    enough = max(2, HEADER_SHARE * usual)
    found = (
        number
        for number, count in enumerate(counts[:MOST_REPORT_ROWS])
        if count >= enough
    )
    return next(found, 0)


def _quotings(lines: Sequence[str], separator: str) -> Iterator[Quoting]:
    """Yield the ways of quoting of which there are traces."""
    yield Quoting.DOUBLED
    text = "".join(lines)
    if '"' in text:
        if '\\"' in text:
            yield Quoting.ESCAPED
        if f'{separator} "' in text:
            yield Quoting.SPACED
        if all(map(WHOLE_LINE.match, filter(str.strip, lines[:JUDGED_ROWS]))):
            yield Quoting.WHOLE
        yield Quoting.NONE
    if text.lstrip().startswith("'") and f"'{separator}'" in text:
        yield Quoting.SINGLE


def _first_records(dialect: Dialect, lines: list[str], skipped: int) -> list[Record]:
    """Return the first records that are not blank, without one that is cut off."""
    found = (
        (line + skipped, fields)
        for line, fields in dialect.records(lines[skipped:])
        if isinstance(fields, str) or filled(fields)
    )
    return list(islice(found, JUDGED_ROWS))


def _header_of(
    records: Sequence[Record], header_line: int
) -> tuple[int, list[str]] | None:
    rows = [(line, fields) for line, fields in records if not isinstance(fields, str)]
    if header_line:
        return next((row for row in rows if row[0] >= header_line), None)
    return rows[find_header(rows)] if rows else None


def _fitness(
    dialect: Dialect, records: Sequence[Record], header: tuple[int, list[str]]
) -> tuple[bool, float, int]:
    """Tell how well a dialect parts rows into as many fields as the header has."""
    line, names = header
    body = [fields for number, fields in records if number > line]
    rows = [fields for fields in body if not isinstance(fields, str)]
    broken = len(body) - len(rows)
    # Marks at both ends of a cell are no part of it.
    bare = sum(
        len(cell) > 1 and cell[0] == cell[-1] == '"'
        for fields in (names, *rows)
        for cell in fields
    )
    fitting: float = sum(len(fields) == len(names) for fields in rows)
    # Some programs leave blank cells at the end of a row out.
    fitting += sum(1 < len(fields) < len(names) for fields in rows) / 2
    if dialect.quoting is Quoting.NONE:
        fitting -= ONE_BROKEN
    return (
        len(names) > 1,
        (fitting - broken - bare) / max(1, len(body)),
        len(names),
    )
