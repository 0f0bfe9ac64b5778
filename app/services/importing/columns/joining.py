"""Joining of a table of pictures to one of works, by a key that both have.

Of several tables in a ZIP file, one may tell what works are, and another which pictures
they have, as the National Gallery of Art's do. The pictures then stand in a column of
their own beside those of the works.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from app.services.importing.columns.words import WORDS, plain
from app.services.importing.tables.reader import Table, TableRow

PREFIX = "Pictures in "
"""Of the name of the column that is joined, before that of its file."""
IDENTIFIERS = ("id", "number", "no", "nr", "num", "nummer", "numero", "accessionnum")
"""How names of keys end, beside those of accession numbers."""
IIIF_BASES = frozenset({"iiifurl", "iiif url", "iiif", "iiif base", "iiif base url"})
"""Columns with the address of an image service, which is not that of a picture."""
IIIF_PICTURE = "/full/max/0/default.jpg"
JUDGED_ROWS = 200
"""Works by which a key is chosen."""


@dataclass(frozen=True, slots=True)
class JoinKey:
    """Columns by which two tables belong together, and where the pictures are."""

    work: str
    picture_work: str
    picture: str


@dataclass(frozen=True)
class JoinedTable(Table):
    """Table of works with one more column: their pictures, from another table.

    Attributes
    ----------
    works : Table
        Without that column.
    pictures : Table
    key : JoinKey
    """

    works: Table = field(kw_only=True)
    pictures: Table = field(kw_only=True)
    key: JoinKey = field(kw_only=True)

    def rows(self) -> Iterator[TableRow]:
        """Yield the rows of the works; several pictures stand in lines of their own."""
        name = self.columns[-1]
        index = _index(self.pictures, self.key)
        try:
            for row in self.works.rows():
                if not row.fault:
                    key = _normal(row.values.get(self.key.work, ""))
                    found = index.execute(FIND, (key,))
                    row.values[name] = "\n".join(address for (address,) in found)
                yield row
        finally:
            index.close()


FIND = "SELECT picture FROM picture WHERE work = ? ORDER BY place, rowid"


def is_joined(column: str) -> bool:
    """Tell whether a column was joined from a table of pictures."""
    return column.startswith(PREFIX)


def join(works: Table, pictures: Table, file: str, key: JoinKey) -> JoinedTable:
    """Return a table of works with the pictures of another table."""
    return JoinedTable(
        (*works.columns, f"{PREFIX}{file}"),
        works.choice,
        works.records,
        works.is_sure,
        works.others,
        works.sheets,
        works.first_line,
        works=works,
        pictures=pictures,
        key=key,
    )


def find_key(works: Table, pictures: Table) -> JoinKey | None:
    """Find the columns by which pictures belong to works; None if there are none."""
    picture = _picture_column(pictures.columns)
    if not picture:
        return None
    sample = list(islice((row for row in works.rows() if not row.fault), JUDGED_ROWS))
    best, most = None, 0
    for work, other in _pairs(works.columns, pictures.columns):
        key = JoinKey(work, other, picture)
        index = _index(pictures, key)
        keys = {_normal(row.values.get(work, "")) for row in sample} - {""}
        found = sum(index.execute(FIND, (one,)).fetchone() is not None for one in keys)
        index.close()
        if found > most:
            best, most = key, found
    return best


def _index(pictures: Table, key: JoinKey) -> sqlite3.Connection:
    """Return the pictures by their works, on the disk: there may be a million."""
    index = sqlite3.connect("")
    index.execute("CREATE TABLE picture (work TEXT, place INTEGER, picture TEXT)")
    order = next((name for name in pictures.columns if plain(name) == "sequence"), "")
    is_service = plain(key.picture) in IIIF_BASES
    index.executemany(
        "INSERT INTO picture VALUES (?, ?, ?)",
        (
            (
                _normal(row.values.get(key.picture_work, "")),
                int(place) if (place := row.values.get(order, "")).isdecimal() else 0,
                picture.rstrip("/") + IIIF_PICTURE if is_service else picture,
            )
            for row in pictures.rows()
            if (picture := row.values.get(key.picture, "").strip())
        ),
    )
    index.execute("CREATE INDEX work ON picture (work)")
    return index


def _pairs(works: Sequence[str], pictures: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield columns that may be the same key, by their names."""
    for work in works:
        name = plain(work)
        if name not in WORDS["accession"] and not name.endswith(IDENTIFIERS):
            continue
        for picture in pictures:
            other = plain(picture)
            is_number = name in WORDS["accession"] and other in WORDS["accession"]
            if is_number or other.replace(" ", "").endswith(name.replace(" ", "")):
                yield work, picture


def _picture_column(columns: Sequence[str]) -> str:
    named = {plain(name): name for name in reversed(columns)}
    words = (*IIIF_BASES, *WORDS["image"])
    return next((named[word] for word in words if word in named), "")


def _normal(key: str) -> str:
    """Return a key without what spreadsheets add to a number."""
    return key.strip().casefold().removesuffix(".0")
