"""Earliest and latest year of a date in a museum's words.

Every year, decade and century that a date names is found, and the span from the first
to the last of them is its years: "negative 1911, print 1940" is 1911 to 1940. *Circa*
widens nothing, since nobody could say by how much. Early, middle and late are thirds.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from math import ceil

from app.models.dates.edtf import edtf_years
from app.models.dates.words import (
    CENTURY_LETTERS,
    ERAS,
    PHRASES,
    WORDS,
    Era,
    Sense,
    roman,
)
from app.models.dates.years import (
    FIRST_YEAR,
    LAST_YEAR,
    UNDATED,
    Years,
    years_of_century,
)
from app.models.keys import plain_text

LONGEST = 1000
"""Characters that are read: what is longer is no date."""
_NAMED = (*ERAS.items(), *PHRASES.items())
_TOKEN = re.compile(
    "|".join(
        (
            # Tried where a word begins, and nowhere else: that is what takes the time.
            r"(?<![a-z])(?=[abcdehnpv])(?:"
            + "|".join(f"(?P<{one.name}>{pattern})" for one, pattern in _NAMED)
            + ")",
            r"(?P<word>twenty-first|dix-(?:sept|huit|neuv)ieme|[a-z]+)",
            r"(?P<dmy>(?<!\d)\d{1,2}(?P<s>[./-]) ?\d{1,2}(?P=s) ?(?P<y1>\d{4})(?!\d))",
            r"(?P<ymd>(?<!\d)(?P<y2>\d{4})(?P<t>[./-])\d{1,2}(?P=t)\d{1,2}(?!\d))",
            r"(?P<ten>(?<!\d)(?P<y3>\d{2,4}0)(?:'?s|-?er|'er)(?![a-z]))",
            r"(?P<thousands>(?<!\d)\d{1,3}[,']\d{3}(?![\d]))",
            # A point after a short number is an ordinal's in German.
            r"(?P<number>\d+)(?:(?:st|nd|rd|th|nde|eme|ere|ers?|re|de|ste|ten|tes|te"
            r"|e|o|a)(?![a-z0-9])|\.(?! ?\d))?",
            r"(?P<join>[-/]+)",
            r"(?P<stop>[,;()\[\]])",
        )
    )
)


@dataclass(slots=True)
class _Term:
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

    terms: list[_Term] = field(default_factory=list)
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
        if sense is Sense.CENTURY:
            self._make_centuries()
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
        term = _Term(number, digits, kind, part, said.era, said.bound, said.is_joined)
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

    def _make_centuries(self) -> None:
        """Take the numbers before this word for centuries, or those that follow it."""
        made = False
        for term in reversed(self.terms):
            if not term.is_small:
                break
            term.kind, made = Sense.CENTURY, True
            if not term.is_joined:
                break
        self.said.is_century = not made
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
            _complete(term, before)
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


def _complete(term: _Term, before: _Term) -> None:
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


@lru_cache(maxsize=10_000)  # a catalogue says the same again and again
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
    for sense, value in _tokens(plain_text(text)):
        reader.take(sense, value)
    return reader.years()


def _tokens(text: str) -> Iterator[tuple[Sense, object]]:
    follows_number = False
    for found in _TOKEN.finditer(text):
        kind = found.lastgroup
        token = _token(found, follows_number)
        follows_number = token[0] is Sense.NUMBER or (
            kind == "word" and roman(found[0]) > 0 and token[0] is not Sense.CENTURY
        )
        yield token


def _token(found: re.Match[str], follows_number: bool) -> tuple[Sense, object]:
    groups = found.groupdict()
    if (word := groups["word"]) is not None:
        return _word(word, follows_number, found.string[found.end() :])
    if (number := groups["number"]) is not None:
        # No longer number is a year, and int() would take its time.
        return Sense.NUMBER, (int(number[:7]), min(len(number), 7))
    if groups["join"]:
        return Sense.JOIN, None
    if groups["stop"]:
        return Sense.BREAK, None
    for sense, name in ((Sense.DATE, "y1"), (Sense.DATE, "y2")):
        if groups[name]:
            return sense, (int(groups[name]), 4)
    if groups["y3"]:
        return Sense.DECADE_YEAR, (int(groups["y3"]), len(groups["y3"]))
    if groups["thousands"]:
        number = re.sub(r"\D", "", groups["thousands"])
        return Sense.NUMBER, (int(number), len(number))
    for era in Era:
        if groups[era.name]:
            return Sense.ERA, era
    return next((sense, None) for sense in PHRASES if groups[sense.name])


_NEXT_ROMAN = re.compile(r"[. ]*([ivx]+)(?![a-z])")


def _word(word: str, follows_number: bool, rest: str) -> tuple[Sense, object]:
    if word in CENTURY_LETTERS:
        ahead = _NEXT_ROMAN.match(rest)
        if follows_number or (word != "c" and ahead and roman(ahead[1])):
            return Sense.CENTURY, None
    known = WORDS.get(word)
    if known is not None:
        sense, value = known
        return (sense, (value, 1)) if sense is Sense.NUMBER else known
    number = roman(word)
    return (Sense.NUMBER, (number, 2)) if number else (Sense.OTHER, None)
