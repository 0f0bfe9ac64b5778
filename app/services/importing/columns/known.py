"""Record of the columns of a known table."""

from typing import NamedTuple


class Known(NamedTuple):
    """Columns of a known table, in small letters.

    Attributes
    ----------
    fields : str
        Lines of ``field: column, column``. Of two columns for one field, the one that
        is named first counts.
    telling : tuple of str
        Columns that together give it away, in one of several ways.
    accession_from : str
        Column that a number is made from, where none holds one.
    """

    fields: str
    telling: tuple[str, ...]
    accession_from: str = ""
