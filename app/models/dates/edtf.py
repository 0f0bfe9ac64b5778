"""Extended Date/Time Format, levels 0 and 1 (ISO 8601-2:2019): years of an expression.

The packages that read it take 25 to 60 milliseconds for one, a thousand times as long
as a collection of a million works can wait, so only its years are read, here.
"""

import re

from app.models.dates.years import FIRST_YEAR, LAST_YEAR, Years

_DATE = re.compile(
    r"(?:(?P<long>Y-?\d{5,9})|(?P<year>-?\d{4}|-?\d{3}X|-?\d{2}XX)"
    r"(?:-(?:\d\d|XX)(?:-(?:\d\d|XX)(?:T[\d:.Z+-]+)?)?)?)[?~%]?"
)
_BLANKS = re.compile(r"\[?(\d{3}-|\d\d--)\??\]?")
"""As librarians leave digits blank: 186-, 18--, [18--?]."""
_OPEN = ("", "..")
_TELLING = re.compile(r"[X~?%]|^-|^Y|/\.\.|\.\./|^/|/$|\d{4}.*/-?\d{4}")
"""What museums' own words do not have. ``1905-06`` is left to them: it is two years."""


def edtf_years(text: str) -> Years | None:
    """Read an expression of EDTF; None for what may be a museum's own words."""
    blank = _BLANKS.fullmatch(text)
    if blank is not None:
        return _span(blank[1].replace("-", "X"))
    if _TELLING.search(text) is None:
        return None
    first, slash, last = text.partition("/")
    if not slash:
        return _span(text)
    if first in _OPEN and last in _OPEN:
        return None
    begin = Years(None, None) if first in _OPEN else _span(first)
    end = Years(None, None) if last in _OPEN else _span(last)
    if begin is None or end is None:
        return None
    return Years(begin.earliest, end.latest)


def _span(text: str) -> Years | None:
    found = _DATE.fullmatch(text)
    if found is None:
        return None
    if found["long"]:
        year = _counted(int(found["long"][1:]))
        return Years(year, year) if FIRST_YEAR <= year <= LAST_YEAR else None
    lowest, highest = (int(found["year"].replace("X", digit)) for digit in "09")
    ends = sorted((_counted(lowest), _counted(highest)))
    return Years(ends[0], ends[1])


def _counted(year: int) -> int:
    """Return a year as people count it: the year 0 of ISO 8601 is 1 B.C., here −1."""
    return year if year > 0 else year - 1
