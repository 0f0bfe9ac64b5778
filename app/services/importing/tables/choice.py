"""Choices of how a table is read: found out, or said by who knows better."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

NO_FILE = "-"
"""Instead of a second table's name: none is joined."""


@dataclass(frozen=True, slots=True)
class TableChoice:
    """Choice of how a table is read; what is blank or 0 is found out.

    Attributes
    ----------
    encoding, separator : str
        Of a table as text.
    header_line : int
        Line or row of the header; 1 is the first.
    sheet : str
        Of a workbook.
    file : str
        Of several tables in a ZIP file, the one of the works.
    pictures : str
        And the one of the pictures that is joined to it, or ``NO_FILE``.
    """

    encoding: str = ""
    separator: str = ""
    header_line: int = 0
    sheet: str = ""
    file: str = ""
    pictures: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return what ``ImportRun.mapping`` keeps."""
        return {name: value for name, value in asdict(self).items() if value}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        """Return what :meth:`to_json` was made from."""
        return cls(**kept)


FOUND_OUT = TableChoice()
