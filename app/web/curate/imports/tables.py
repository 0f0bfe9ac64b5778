"""How an import's table is read: what was found out, and the form to change it."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from flask import request
from flask_babel import lazy_gettext as _

from app.services.importing.tables.choice import NO_FILE, TableChoice
from app.services.importing.tables.encodings import CHOICES, read_as
from app.services.importing.tables.reader import Table

BEGINNING_ROWS = 8
"""Of a table that are shown, with those above its header."""
SHOWN_CELLS, SHOWN_CHARACTERS = 8, 60
SEARCHED_ROWS = 20_000
"""In which words with accents are looked for."""
ACCENTED_WORDS = 6
LARGEST_LINE = 100_000
SEPARATOR_NAMES = {
    ",": _("comma"),
    ";": _("semicolon"),
    "\t": _("tab"),
    "|": _("upright stroke"),
}


@dataclass(frozen=True, slots=True)
class TableView:
    """View of a table: how it is read, and what it looks like then.

    Attributes
    ----------
    table : Table
    files : sequence of str
        Names of the tables in a ZIP file.
    beginning : list of (int, list of str)
        The first rows, with their lines.
    words : str
        Some with letters that depend on the encoding.
    others : list of (str, str)
        Other encodings that are likely, and the same words in these.
    """

    table: Table
    files: Sequence[str]
    beginning: list[tuple[int, list[str]]]
    words: str
    others: list[tuple[str, str]]

    @property
    def encodings(self) -> list[str]:
        """Encodings to choose from, the present one among them."""
        return sorted({self.table.choice.encoding, *self.table.others, *CHOICES})


def view_of(table: Table, files: Sequence[str] = ()) -> TableView:
    """Return what is shown of a table."""
    beginning = [
        (line, [_cut(cell) for cell in fields[:SHOWN_CELLS]])
        for line, fields in table.beginning(BEGINNING_ROWS)
    ]
    words = " · ".join(islice(table.accented_words(SEARCHED_ROWS), ACCENTED_WORDS))
    encoding = table.choice.encoding
    others = [(one, read_as(words, encoding, one)) for one in table.others]
    return TableView(table, files, beginning, words, others)


def asked_choice(before: TableChoice) -> TableChoice:
    """Return how the form wants a table to be read.

    What depends on the sheet or the file is found out anew where that is another one.
    """
    form = request.form
    file = form.get("file", before.file)
    sheet = form.get("sheet", before.sheet)
    pictures = form.get("pictures", before.pictures)
    if file != before.file:
        return TableChoice(file=file, pictures="" if pictures == file else pictures)
    if sheet != before.sheet:
        return TableChoice(sheet=sheet, file=file, pictures=pictures)
    line = form.get("header_line", 0, type=int)
    return TableChoice(
        encoding=form.get("encoding", before.encoding),
        separator=form.get("separator", before.separator)[:1],
        header_line=line if 0 < line <= LARGEST_LINE else 0,
        sheet=sheet,
        file=file,
        pictures=pictures if pictures != file else NO_FILE,
    )


def _cut(cell: str) -> str:
    return cell if len(cell) <= SHOWN_CHARACTERS else f"{cell[:SHOWN_CHARACTERS]}…"
