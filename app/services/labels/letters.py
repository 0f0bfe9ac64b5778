"""Letters of labels and catalogues, brought to one form to be compared."""

import re

from app.models.keys import compact

_ALIKE = str.maketrans({"o": "0", "i": "1", "l": "1"})
"""Letters that look like digits, and that readers take for them."""
_YEAR = re.compile(r"(?<!\d)\d{3,4}(?!\d)")
_DATES = re.compile(r"[(\[]?\b(?:c\.? ?|um |vers |hacia )?\d{3,4}\b.*$")


def folded_number(number: str) -> str:
    """Return an accession number as it is looked up.

    Without what separates its parts, and with letters that look like digits as these.
    """
    return compact(number).translate(_ALIKE)


def without_date(text: str) -> str:
    """Return a line without the date that follows what it names, and all after it."""
    return _DATES.sub("", text).strip(" ,;:-–(")


def named_year(date: str) -> int | None:
    """Return the first year that a date in words names: 1503 of "c. 1503–1506".

    As it stands on a label, and not the years that it may mean.
    """
    found = _YEAR.search(date)
    return int(found[0]) if found else None
