"""Earliest and latest year of a date in a museum's words.

Every year, decade and century that a date names is found, and the span from the first
to the last of them is its years: "negative 1911, print 1940" is 1911 to 1940. *Circa*
widens nothing, since nobody could say by how much. Early, middle and late are thirds.
"""

from dataclasses import dataclass, field
from functools import lru_cache

from app.models.dates.edtf import edtf_years
from app.models.dates.terms import DateTerm, complete
from app.models.dates.tokens import tokens_of
from app.models.dates.words import Era, Sense
from app.models.dates.years import UNDATED, Years
from app.models.keys import plain_text

LONGEST = 1000
"""Characters that are read: what is longer is no date."""


@dataclass(slots=True)
class _Said:
    """What was said so far, for the term that comes next."""

    part: tuple[float, float] | None = None
    bound: Sense | None = None
    era: Era | None = None
    is_joined: bool = False
    is_century: bool = False
    is_decade: bool = False
    is_last: bool = False
    is_not: bool = False


@dataclass(slots=True)
class _Reader:
    """Terms of one date, read from the left to the right."""

    terms: list[DateTerm] = field(default_factory=list)
    said: _Said = field(default_factory=_Said)
    is_near: bool = False
    """Whether nothing stands between the last term and what comes now."""

    def take(self, sense: Sense, value: object) -> None:
        """Take the next token."""
        match sense, value:
            case Sense.NUMBER | Sense.DATE | Sense.DECADE_YEAR, (int(n), int(digits)):
                self._add(sense, n, digits)
            case Sense.CENTURY_NAME, int(number):
                self._add(Sense.CENTURY, number, 2)
            case Sense.NUMBER_OR_FRACTION, int(number):
                if self._counts():
                    self._divide(number)
                else:
                    self._add(Sense.NUMBER, number, 1)
            case Sense.FRACTION, int(number):
                self._divide(number)
            case Sense.PART, (int(low), int(high)):
                self._part(low / 3, high / 3)
            case Sense.ERA, Era() as era:
                self._count(era)
            case _:
                self._take_word(sense)

    def _take_word(self, sense: Sense) -> None:
        said = self.said
        if sense in (Sense.CENTURY, Sense.MILLENNIUM):
            self._make_centuries(sense)
        elif sense in (Sense.OR_LATER, Sense.OR_EARLIER):
            if self.terms and (self.is_near or said.is_joined):
                is_later = sense is Sense.OR_LATER
                self.terms[-1].bound = Sense.AFTER if is_later else Sense.BEFORE
        elif sense is Sense.DECADE:
            said.is_decade = True
        elif sense is Sense.LAST:
            said.is_last = True
        elif sense in (Sense.JOIN, Sense.UNTIL):
            if self.is_near:
                said.is_joined, self.is_near = True, False
            elif sense is Sense.UNTIL:
                said.bound = Sense.BEFORE
        elif sense in (Sense.AFTER, Sense.BEFORE):
            turned = Sense.BEFORE if sense is Sense.AFTER else Sense.AFTER
            said.bound = turned if said.is_not else sense
            self.is_near = False
        elif sense is Sense.NOT:
            said.is_not = True
        elif sense is Sense.MONTH:
            if self.terms and self.terms[-1].is_small:
                self.terms[-1].is_day = True
        elif sense is Sense.BREAK:
            self.is_near = said.is_joined = said.is_century = False
        elif sense is Sense.OTHER:
            self._end_phrase()

    def _end_phrase(self) -> None:
        """Let what was said and not used count for the last century, or for nothing."""
        last = self.terms[-1] if self.terms else None
        if last and last.part is None and last.kind is not Sense.NUMBER:
            last.part = self.said.part
        self.said = _Said()
        self.is_near = False

    def _add(self, sense: Sense, number: int, digits: int) -> None:
        said = self.said
        kind = Sense.NUMBER if sense is Sense.DATE else sense
        if sense is Sense.DECADE_YEAR:
            kind = Sense.DECADE
        elif said.is_century and digits < 3:
            kind = Sense.CENTURY
        elif said.is_decade and digits > 2 and number % 10 == 0:
            kind = Sense.DECADE
        part = None
        if kind is not Sense.NUMBER or digits < 3:
            part, said.part = said.part, None
        term = DateTerm(
            number, digits, kind, part, said.era, said.bound, said.is_joined
        )
        term.is_era_first = said.era is not None
        self.terms.append(term)
        said.bound = said.era = None
        said.is_joined = said.is_last = said.is_not = False
        self.is_near = True

    def _counts(self) -> bool:
        """Tell whether a number of a fraction was just said: *second*, *last*."""
        return self.said.is_last or bool(
            self.is_near and self.terms and self.terms[-1].is_small
        )

    def _divide(self, parts: int) -> None:
        said = self.said
        if said.is_last:
            said.is_last = False
            self._part(1 - 1 / parts, 1)
        elif self._counts():
            counted = self.terms.pop()
            said.bound = counted.bound
            said.is_joined, said.era = counted.is_joined, counted.era
            if 1 <= counted.number <= parts:
                self._part((counted.number - 1) / parts, counted.number / parts)
            self.is_near = False
        elif parts == 2:  # "mitad del siglo XVII"
            self._part(1 / 3, 2 / 3)

    def _part(self, low: float, high: float) -> None:
        earlier = self.said.part
        if earlier is not None:
            low, high = min(low, earlier[0]), max(high, earlier[1])
        self.said.part = low, high

    def _make_centuries(self, kind: Sense) -> None:
        """Take the numbers before this word for centuries, or those that follow it."""
        made = False
        for term in reversed(self.terms):
            if not term.is_small:
                break
            term.kind, made = kind, True
            if not term.is_joined:
                break
        self.said.is_century = not made and kind is Sense.CENTURY
        if made:
            self.is_near, self.said.is_joined = True, False

    def _count(self, era: Era) -> None:
        """Give an era to the terms before it, or to the next one."""
        if not self.is_near or self.terms[-1].era is not None:
            self.said.era = era
            return
        for term in reversed(self.terms):
            if term.era is not None:
                break
            term.era = era
            if not term.is_joined:
                break

    def years(self) -> Years:
        """Return the years of all terms together."""
        self._end_phrase()
        for before, term in zip(self.terms, self.terms[1:], strict=False):
            complete(term, before)
        spans = [(span, term.bound) for term in self.terms if (span := term.span())]
        firsts = [span[0] for span, bound in spans if bound is not Sense.BEFORE]
        lasts = [span[1] for span, bound in spans if bound is not Sense.AFTER]
        earliest, latest = min(firsts, default=None), max(lasts, default=None)
        opened = [span[0] for span, bound in spans if bound is Sense.AFTER]
        closed = [span[1] for span, bound in spans if bound is Sense.BEFORE]
        if latest is not None and opened and max(opened) > latest:
            latest = None
        if earliest is not None and closed and min(closed) < earliest:
            earliest = None
        return Years(earliest, latest)


@lru_cache(maxsize=10_000)  # a catalogue says the same again and again
@lru_cache(maxsize=1024)
def years_of(date: str) -> Years:
    """Return the earliest and the latest year that a date in words names.

    ``UNDATED`` where it names none. EDTF of level 1 is read, too.
    """
    text = date.strip()
    if not text or len(text) > LONGEST:
        return UNDATED
    found = edtf_years(text)
    if found is not None:
        return found
    reader = _Reader()
    for sense, value in tokens_of(plain_text(text)):
        reader.take(sense, value)
    return reader.years()
