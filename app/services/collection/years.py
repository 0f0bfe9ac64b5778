"""Years of works: queries by years and centuries.

A work whose date leaves an end open ("after 1650") counts for the year that is known:
it would else be found in every century that came after.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, case, func, select

from app.extensions import db
from app.models import Artwork
from app.models.dates.years import years_of_century

CENTURY = "century"
"""Name of the facet."""

first_year: ColumnElement[Any] = func.coalesce(
    Artwork.earliest_year, Artwork.latest_year
)
last_year: ColumnElement[Any] = func.coalesce(
    Artwork.latest_year, Artwork.earliest_year
)
BY_DATE = (first_year.is_(None), first_year, last_year)
"""Order: the earliest first, works without a year last."""


@dataclass(frozen=True, slots=True)
class YearSpan:
    """Years that works are asked for, both included; None: no limit on that side."""

    first: int | None = None
    last: int | None = None

    def __bool__(self) -> bool:
        return self.first is not None or self.last is not None

    def conditions(self) -> list[ColumnElement[bool]]:
        """Select the works whose years and these have one in common."""
        chosen = []
        if self.first is not None:
            chosen.append(last_year >= self.first)
        if self.last is not None:
            chosen.append(first_year <= self.last)
        return chosen


def in_century(value: str) -> ColumnElement[bool]:
    """Select the works of a century, named by its number; of none such there are none.

    Works whose years reach over several centuries are of each.
    """
    century = read_century(value)
    if century is None:
        return first_year.is_(None) & first_year.is_not(None)
    first, last = years_of_century(century)
    return (first_year <= last) & (last_year >= first)


def read_century(value: str) -> int | None:
    """Read the number of a century as addresses hold it; None for anything else."""
    digits = value.removeprefix("-")
    is_number = digits.isascii() and digits.isdigit() and len(digits) <= 5
    return int(value) if is_number and int(digits) else None


def century_columns() -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    """Return the columns that works are counted by: first and last century."""
    return _century(first_year).label("first"), _century(last_year).label("last")


def count_centuries(rows: Iterable[Any]) -> Counter[int]:
    """Count the works of each century from rows of first and last one, and works."""
    counts = Counter[int]()
    for first, last, works in rows:
        if first is not None:
            reached = filter(None, range(first, last + 1))  # there is no century 0
            counts.update(dict.fromkeys(reached, works))
    return counts


def outermost_years() -> tuple[int, int] | None:
    """Return the first and last year of all works; None where none has any.

    Of withdrawn ones, too: so each is one look into an index, of a million works.
    """
    ends = [
        db.session.scalar(select(end))
        for end in (
            func.min(Artwork.earliest_year),
            func.min(Artwork.latest_year),
            func.max(Artwork.earliest_year),
            func.max(Artwork.latest_year),
        )
    ]
    known = [year for year in ends if year is not None]
    return (min(known), max(known)) if known else None


def _century(year: ColumnElement[Any]) -> ColumnElement[Any]:
    """Do as ``century_of`` does, in the database."""
    # Both divide what is positive, which every database rounds down.
    return case(
        (year > 0, year // 100 + 1),
        else_=-((-year - 1) // 100 + 1),
    )
