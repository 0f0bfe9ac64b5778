"""Formats of tables that are known by their columns: museums' and systems' exports."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.services.collection.exporting import EXPORTED
from app.services.collection.labels import LABEL_COLUMNS
from app.services.importing.columns.known import Known
from app.services.importing.columns.museums import MUSEUMS
from app.services.importing.columns.systems import SYSTEMS

ACCESSION, IMAGE, ABOUT_PICTURE, DETAILS = (
    *("accession", "image", "about_picture"),
    "details",
)
FIELDS = (ACCESSION, IMAGE, ABOUT_PICTURE, *LABEL_COLUMNS)
"""What a column may be mapped to; all others are ``DETAILS``."""
OURS, WGA, NGA = "ours", "wga", "nga"


@dataclass(frozen=True, slots=True)
class Format:
    """Format of table that we know.

    Attributes
    ----------
    fields : mapping of str to str
        Column, in small letters, to field. Of two columns for one field, the one that
        is named first counts.
    telling : tuple of tuple of str
        Columns that together give it away, in one of several ways.
    accession_from : str
        Column that a number is made from, where none holds one.
    """

    fields: Mapping[str, str]
    telling: tuple[tuple[str, ...], ...]
    accession_from: str = ""

    def is_told_by(self, names: Mapping[str, str]) -> bool:
        """Tell whether a table with columns of these names is of this format."""
        return any(all(name in names for name in way) for way in self.telling)


def known_format(names: Mapping[str, str]) -> str:
    """Return the format of a table by its columns' names in small letters, or ""."""
    return next((key for key, one in FORMATS.items() if one.is_told_by(names)), "")


def is_ours(columns: Sequence[str]) -> bool:
    """Tell whether a table is our own export, whatever a spreadsheet left of it.

    Nobody else calls the number ``accession``, and all else in small letters, too.
    """
    return ACCESSION in columns and len(set(columns).intersection(EXPORTED)) > 1


def _read(known: Known) -> Format:
    fields = {}
    for line in known.fields.strip().splitlines():
        meant, _, columns = line.strip().partition(": ")
        fields.update(dict.fromkeys(columns.split(", "), meant))
    ways = tuple(tuple(way.split(", ")) for way in known.telling)
    return Format(fields, ways, known.accession_from)


FORMATS = {key: _read(known) for key, known in {**MUSEUMS, **SYSTEMS}.items()}
