"""Terms of dates: years, decades and centuries, and the years that each spans."""

from dataclasses import dataclass
from math import ceil

from app.models.dates.words import Era, Sense
from app.models.dates.years import FIRST_YEAR, LAST_YEAR, years_of_century


@dataclass(slots=True)
class DateTerm:
    """Year, decade or century that a date names."""

    number: int
    digits: int
    kind: Sense = Sense.NUMBER
    part: tuple[float, float] | None = None
    era: Era | None = None
    bound: Sense | None = None
    is_joined: bool = False
    """To the one before, as by a dash."""
    is_day: bool = False
    is_era_first: bool = False
    """Whether its era was said before it: A.D. 79."""

    @property
    def is_small(self) -> bool:
        """Whether it is no year as it stands: a century's number, a day, an end."""
        return self.kind is Sense.NUMBER and self.digits < 3

    def span(self) -> tuple[int, int] | None:
        """Return its first and last year; None if it says nothing."""
        if self.era is Era.HIJRI or self.number == 0:
            return None
        sign = -1 if self.era is Era.BC else 1
        if self.kind is Sense.CENTURY:
            first, last = years_of_century(sign * self.number)
        elif self.kind is Sense.MILLENNIUM:
            first = years_of_century(sign * (10 * self.number - 9 * (sign > 0)))[0]
            last = years_of_century(sign * (10 * self.number - 9 * (sign < 0)))[1]
        elif self.kind is Sense.DECADE:
            # Museums write 1600s for the century.
            width = 9 if self.number % 100 else 99
            first, last = self.number, self.number + width
            if sign < 0:
                first, last = -last, -first
        elif self.is_small and self.era is None:
            return None
        else:
            first = last = sign * self.number
        if self.part is not None:
            begin = first - 1 if first == 1 else first
            width = last - begin + 1
            low, high = self.part
            first, last = (
                max(first, begin + ceil(width * low)),
                begin + ceil(width * high) - 1,
            )
        return (first, last) if first >= FIRST_YEAR and last <= LAST_YEAR else None


def complete(term: DateTerm, before: DateTerm) -> None:
    """Write out the end of a range that leaves off what it shares: 1650–55."""
    if not (term.is_joined and term.is_small) or term.is_day:
        return
    if before.kind is not Sense.NUMBER or term.era is Era.BC:
        return
    if before.era is Era.BC and not before.is_era_first:
        term.era = Era.AD  # 27 B.C.–14
        return
    if before.digits < 3 or before.era is Era.BC:
        term.era = term.era or before.era
        return
    power = 10**term.digits
    whole = before.number - before.number % power + term.number
    if whole > before.number:
        term.number, term.digits = whole, before.digits
        term.era = term.era or before.era
