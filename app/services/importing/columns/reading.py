"""Readings: mappings of a table's columns to fields of a work.

Columns that are no field of ours become further details under their own names, so
nothing is lost.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Self

from app.services.collection.exporting import EXPORTED, PICTURE_PREFIX
from app.services.collection.labels import DETAIL, LABEL_COLUMNS
from app.services.collection.spreadsheets import original
from app.services.importing.columns.content import content_of, meant_by
from app.services.importing.columns.formats import (
    ABOUT_PICTURE,
    ACCESSION,
    DETAILS,
    FORMATS,
    IMAGE,
    OURS,
    WGA,
    is_ours,
    known_format,
)
from app.services.importing.columns.joining import is_joined
from app.services.importing.columns.words import (
    SQUEEZED,
    is_about_picture,
    squeezed,
)

RESERVED = frozenset(EXPORTED)
"""Names of columns in our own export, which no detail may have."""


@dataclass(frozen=True, slots=True)
class Reading:
    """Mapping of a table's columns, and how else the table is read.

    Attributes
    ----------
    columns : mapping of str to str
        Every column to a field, to ``DETAILS``, or to a detail that is named otherwise
        than it, with ``DETAIL`` before its name.
    format : str
        One of ``FORMATS``, ``OURS``, or "" if it is none we know.
    accession_from : str
        Column that the accession number is made from; "" if one holds it.
    fetches : bool
        Whether pictures are fetched by their addresses.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    format: str = ""
    accession_from: str = ""
    fetches: bool = True

    @property
    def details(self) -> dict[str, str]:
        """Columns that become details, and their names there."""
        own = {
            column: detail_name(column)
            for column, meant in self.columns.items()
            if meant == DETAILS
            or (meant == IMAGE and self.format != OURS and not is_joined(column))
        }
        return own | self.content

    @property
    def content(self) -> dict[str, str]:
        """Columns of which it was said what they tell visitors: names of details."""
        return {
            column: meant.removeprefix(DETAIL)
            for column, meant in self.columns.items()
            if meant.startswith(DETAIL)
        }

    @property
    def left(self) -> frozenset[str]:
        """Details that columns were before they became others: their own names."""
        own = {detail_name(column) for column in self.content}
        return frozenset(own.difference(self.details.values()))

    @property
    def about_pictures(self) -> dict[str, str]:
        """Columns that describe the picture of their row, and their names there."""
        return {
            column: column.removeprefix(PICTURE_PREFIX)
            for column, meant in self.columns.items()
            if meant == ABOUT_PICTURE
        }

    @property
    def labels(self) -> frozenset[str]:
        """Fields of the label that the table has."""
        return frozenset(self.columns.values()) & frozenset(LABEL_COLUMNS)

    @property
    def has_number(self) -> bool:
        """Whether the table says which accession numbers works have."""
        return ACCESSION in self.columns.values() or bool(self.accession_from)

    @property
    def has_pictures(self) -> bool:
        """Whether the table says where pictures are."""
        return self.format == WGA or IMAGE in self.columns.values()

    def to_json(self) -> dict[str, Any]:
        """Return what ``ImportRun.mapping`` keeps."""
        return asdict(self)

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        """Return what :meth:`to_json` was made from; what else is kept is ignored."""
        names = ("columns", "format", "accession_from", "fetches")
        return cls(**{name: kept[name] for name in names if name in kept})


def detail_name(name: str) -> str:
    """Return the name of a detail that is called so: never that of our own columns."""
    return f"{name} (imported)" if name.casefold() in RESERVED else name


def propose(columns: Sequence[str]) -> Reading:
    """Map the columns of a table as its header suggests.

    Where no column is surely the accession number, none is proposed: numbers that are
    made from names of pictures would be taken for the museum's.
    """
    if is_ours(columns):
        others = {
            name: ABOUT_PICTURE if name.startswith(PICTURE_PREFIX) else DETAILS
            for name in columns
        }
        fields = {name: name for name in columns if name in EXPORTED}
        return Reading({**others, **fields}, OURS)
    names = {original(name).strip().casefold(): name for name in columns}
    if key := known_format(names):
        return _by_format(key, names, columns)
    return Reading(_told(_described(_by_words(columns))))


def columns_hash(columns: Sequence[str]) -> str:
    """Return what a mapping is remembered by."""
    return hashlib.sha256("\n".join(columns).encode()).hexdigest()


def _by_format(key: str, names: Mapping[str, str], columns: Sequence[str]) -> Reading:
    known = FORMATS[key]
    chosen = dict.fromkeys(columns, DETAILS)
    taken: set[str] = set()
    # Of two columns for one field, as MoMA has for pictures, the first counts.
    for name, meant in known.fields.items():
        if name in names and meant not in taken:
            chosen[names[name]] = meant
            taken.add(meant)
    if (joined := next(filter(is_joined, columns), None)) and IMAGE not in taken:
        chosen[joined] = IMAGE
    told = _told(_described(chosen))
    return Reading(told, key, names.get(known.accession_from, ""))


def _by_words(columns: Sequence[str]) -> dict[str, str]:
    names: dict[str, str] = {}
    for column in columns:
        names.setdefault(squeezed(column), column)
    chosen: dict[str, str] = {}
    if joined := next(filter(is_joined, columns), None):
        chosen[joined] = IMAGE
    for meant, words in SQUEEZED.items():
        if meant in chosen.values():
            continue
        known = (names[word] for word in words if word in names)
        found = next((name for name in known if name not in chosen), None)
        if found is not None:
            chosen[found] = meant
    return {name: chosen.get(name, DETAILS) for name in columns}


def _described(meant: Mapping[str, str]) -> dict[str, str]:
    """Tell details of pictures from those of works, where the table names pictures."""
    if IMAGE not in meant.values():
        return dict(meant)
    return {
        name: ABOUT_PICTURE if one == DETAILS and is_about_picture(name) else one
        for name, one in meant.items()
    }


def _told(meant: Mapping[str, str]) -> dict[str, str]:
    """Tell what visitors are told, and in which language, from other details."""
    content = {name: content_of(name) for name, one in meant.items() if one == DETAILS}
    return {
        name: meant_by(content[name]) if content.get(name) else one
        for name, one in meant.items()
    }
