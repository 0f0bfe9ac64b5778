"""Finding of the tables in a ZIP file: which tells of works, and which of pictures."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import PurePosixPath
from typing import BinaryIO

from flask_babel import lazy_gettext as _

from app.services.importing.columns.formats import ACCESSION
from app.services.importing.columns.joining import find_key, join
from app.services.importing.columns.reading import propose
from app.services.importing.tables.choice import NO_FILE, TableChoice
from app.services.importing.tables.faults import TableError
from app.services.importing.tables.opening import OpenFile, open_table
from app.services.importing.tables.reader import Table
from app.services.importing.tables.workbook import Workbook, is_workbook

MOST_TABLES = 20
"""Of a ZIP file that are looked at."""

MOST_SHEETS = 12
"""Of a workbook that are looked at."""

OpenEntry = Callable[[str], BinaryIO]
"""Opens an entry of a ZIP file by its name."""


def open_tables(
    names: Sequence[str], open_entry: OpenEntry, choice: TableChoice
) -> Table:
    """Open the table of works among several, with its pictures from another.

    Parameters
    ----------
    names : sequence of str
        Of the tables, at least one; the likeliest first.
    open_entry : callable
    choice : TableChoice
        Which of them is meant, as far as that is said.

    Raises
    ------
    TableError
        If none can be read, or there is none of the name that is wanted.
    """
    for wanted in (choice.file, choice.pictures):
        if wanted not in ("", NO_FILE, *names):
            raise TableError(_("The ZIP file holds no table %(name)s.", name=wanted))
    if len(names) == 1:
        return _open(names[0], open_entry, replace(choice, file="", pictures=""))
    tables: dict[str, Table] = {}
    if choice.file:
        works = choice.file
        tables[works] = _open(works, open_entry, choice)
    else:
        for name in names[:MOST_TABLES]:
            with suppress(TableError):
                tables[name] = _open(name, open_entry, replace(choice, file=name))
        if not tables:
            return _open(names[0], open_entry, choice)  # says what is wrong
        works = max(tables, key=lambda name: _tells_works(tables[name]))
    others = [name for name in names[:MOST_TABLES] if name != works]
    if choice.pictures:
        others = [choice.pictures] if choice.pictures != NO_FILE else []
    return _with_pictures(works, tables, others, open_entry)


def open_likeliest(open_file: OpenFile, choice: TableChoice) -> Table:
    """Open a table; of a workbook the sheet that tells of works, if none is chosen.

    Raises
    ------
    TableError
        As ``open_table``.
    """
    sheets = () if choice.sheet else _sheets(open_file)
    tables: list[Table] = []
    for name in sheets[:MOST_SHEETS] if len(sheets) > 1 else ():
        with suppress(TableError):
            tables.append(open_table(open_file, replace(choice, sheet=name)))
            if all(_tells_works(tables[-1])):
                break
    return max(tables, key=_tells_works) if tables else open_table(open_file, choice)


def _sheets(open_file: OpenFile) -> tuple[str, ...]:
    with open_file() as file:
        return Workbook(file).sheets if is_workbook(file) else ()


def _with_pictures(
    works: str,
    tables: Mapping[str, Table],
    others: Sequence[str],
    open_entry: OpenEntry,
) -> Table:
    table = tables[works]
    for name in others:
        with suppress(TableError):
            pictures = tables.get(name) or _open(name, open_entry, TableChoice())
            if key := find_key(table, pictures):
                chosen = replace(table.choice, pictures=name)
                file = PurePosixPath(name).name
                return join(replace(table, choice=chosen), pictures, file, key)
    return replace(table, choice=replace(table.choice, pictures=NO_FILE))


def _open(name: str, open_entry: OpenEntry, choice: TableChoice) -> Table:
    return open_likeliest(lambda: open_entry(name), choice)


def _tells_works(table: Table) -> tuple[bool, int]:
    """Tell how well a table tells of works: by its number, and what else is known."""
    reading = propose(table.columns)
    return ACCESSION in reading.columns.values(), len(reading.labels)
