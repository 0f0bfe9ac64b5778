"""Earliest and latest year of a work's date."""

from typing import NamedTuple

FIRST_YEAR, LAST_YEAR = -999_999, 2999
"""Years that are believed; what lies outside is no date of a work."""


class Years(NamedTuple):
    """Earliest and latest year; None where a date leaves that end open.

    Years B.C. are negative and counted as people do: −550 is 550 B.C., and none is 0.
    """

    earliest: int | None
    latest: int | None


UNDATED = Years(None, None)


def century_of(year: int) -> int:
    """Return the century of a year, negative B.C.: 17 of 1600 to 1699, −6 of −550."""
    return year // 100 + 1 if year > 0 else -((-year - 1) // 100 + 1)


def years_of_century(century: int) -> tuple[int, int]:
    """Return the first and last year of a century: 1600 and 1699 of the 17th.

    So museums count, and EDTF (``16XX``); the first century has no year 0.
    """
    if century > 0:
        return max(1, (century - 1) * 100), century * 100 - 1
    return century * 100, (century + 1) * 100 - 1
