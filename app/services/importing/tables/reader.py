"""Reader of tables: rows below a header, of text or of a workbook's sheet.

The file is read as a stream: once to find out how it is written, once row by row, so
that its size does not matter. What a row means is no business of this module.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice

from app.services.importing.messages import Remark
from app.services.importing.tables import cells
from app.services.importing.tables.choice import TableChoice
from app.services.importing.tables.dialect import Record, filled

MOST_COLUMNS = 2_000
MOST_SHOWN = 40
"""Characters of a cell that are shown in a remark."""
LEAST_REPORT_COLUMNS = 3
"""Of a table whose rows with one cell may be a report's."""


@dataclass(frozen=True, slots=True)
class TableRow:
    """Row as it stands in the file.

    Attributes
    ----------
    line : int
        Where it starts; the first line is 1.
    values : dict of str to str
        By column; columns that the row is too short for are missing. Empty if there is
        a fault.
    fault : Remark or None
        Why it cannot be read.
    remarks : tuple of Remark
        What else is to be said of it.
    """

    line: int
    values: dict[str, str]
    fault: Remark | None = None
    remarks: tuple[Remark, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """Table of which it is known how it is written.

    Attributes
    ----------
    columns : tuple of str
        Every one with a name of its own.
    choice : TableChoice
        How it is read: nothing is left to be found out.
    records : callable
        Yields all records of the file anew.
    is_sure : bool
        Whether the encoding is known, and no guess.
    others : tuple of str
        Of a guess: the next likely encodings.
    sheets : tuple of str
        Of a workbook.
    first_line : int
        Of the first record that is not blank.
    """

    columns: tuple[str, ...]
    choice: TableChoice
    records: Callable[[], Iterable[Record]]
    is_sure: bool = True
    others: tuple[str, ...] = ()
    sheets: tuple[str, ...] = ()
    first_line: int = 1

    @property
    def is_report(self) -> bool:
        """Whether lines stand above the header, as reports have them."""
        return self.first_line < self.choice.header_line

    def rows(self) -> Iterator[TableRow]:
        """Yield the rows below the header; blank ones are left out."""
        header_line = self.choice.header_line
        for line, fields in self.records():
            if line <= header_line:
                continue
            if isinstance(fields, str):
                yield TableRow(line, {}, Remark("broken_row", {"reason": fields}))
            elif row := self._row(line, fields):
                yield row

    def sample(self, count: int) -> list[TableRow]:
        """Return the first rows that can be read."""
        return list(islice((row for row in self.rows() if not row.fault), count))

    def beginning(self, count: int) -> list[tuple[int, list[str]]]:
        """Return the first records that are not blank, also those above the header."""
        found = (
            (line, fields)
            for line, fields in self.records()
            if not isinstance(fields, str) and filled(fields)
        )
        return list(islice(found, count))

    def accented_words(self, rows: int) -> Iterator[str]:
        """Yield words that depend on the encoding, each once, from the first rows."""
        texts = chain(
            self.columns,
            (text for row in islice(self.rows(), rows) for text in row.values.values()),
        )
        accented = (text for text in texts if not text.isascii())
        words = (word for text in accented for word in text.split())
        seen: set[str] = set()
        for word in words:
            if not word.isascii() and word not in seen:
                seen.add(word)
                yield word

    def _row(self, line: int, fields: list[str]) -> TableRow | None:
        """Return what a record says; None if it is blank."""
        joined = cells.JOINT.join(fields)
        if not joined.strip():
            return None
        columns = self.columns
        remarks: tuple[Remark, ...] = ()
        if len(fields) != len(columns):
            counts = {"found": len(fields), "expected": len(columns)}
            if filled(fields[len(columns) :]):
                return TableRow(line, {}, Remark("extra_fields", counts))
            if len(fields) < len(columns) and not self.sheets:
                remarks = (Remark("short_row", counts),)
        if self.is_report and self._is_report_line(fields):
            return TableRow(line, {}, Remark("report_line", {"value": joined.strip()}))
        if cells.is_suspicious(joined):
            fault = self._fault(fields)
            if fault is not None:
                return TableRow(line, {}, fault)
            fields = [cells.unwrap(field) for field in fields]
            remarks += tuple(self._remarks(fields))
        values = dict(zip(columns, fields, strict=False))
        if self.sheets:  # blank cells at the end are not in the file
            values = dict.fromkeys(columns, "") | values
        if remarks:  # what has failed is not blank
            values = {
                name: value
                for name, value in values.items()
                if not cells.is_error(value)
            }
        return TableRow(line, values, remarks=remarks)

    def _remarks(self, fields: list[str]) -> Iterator[Remark]:
        """Yield what is to be said of cells that say something else than was meant."""
        for column, value in zip(self.columns, fields, strict=False):
            if cells.is_error(value):
                yield Remark("cell_error", {"column": column, "value": value.strip()})
            elif wanted := cells.meant(value):
                facts = {"value": value[:MOST_SHOWN], "meant": wanted[:MOST_SHOWN]}
                yield Remark("garbled", facts)
                return

    def _is_report_line(self, fields: list[str]) -> bool:
        is_wide = len(self.columns) >= LEAST_REPORT_COLUMNS
        return is_wide and filled(fields) == 1 and bool(fields[0].strip())

    def _fault(self, fields: list[str]) -> Remark | None:
        for column, value in zip(self.columns, fields, strict=False):
            if "\0" in value:
                return Remark("zero_byte", {"column": column})
            if not cells.is_text(value):
                facts = {"column": column, "encoding": self.choice.encoding}
                return Remark("not_text", facts)
        return None


def distinct(names: Iterable[str]) -> tuple[str, ...]:
    """Give every column a name of its own; blank ones at the end are none."""
    names = [cells.visible(cells.unwrap(name)) for name in names]
    while names and not names[-1]:
        names.pop()
    found: dict[str, None] = {}
    for number, name in enumerate(names, 1):
        wanted = name or f"Column {number}"
        while wanted in found:
            wanted = f"{wanted} (column {number})"
        found[wanted] = None
    return tuple(found)
