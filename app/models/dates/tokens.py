"""Tokens of dates in words: numbers, eras, words, and what they mean."""

import re
from collections.abc import Iterator

from app.models.dates.words import (
    CENTURY_LETTERS,
    ERAS,
    PHRASES,
    WORDS,
    Era,
    Sense,
    roman,
)

_NAMED = (*ERAS.items(), *PHRASES.items())
_TOKEN = re.compile(
    "|".join(
        (
            # Tried where a word begins, and nowhere else: that is what takes the time.
            r"(?<![a-z])(?=[abcdehnopuvy])(?:"
            + "|".join(f"(?P<{one.name}>{pattern})" for one, pattern in _NAMED)
            + ")",
            r"(?P<word>twenty-first|dix-(?:sept|huit|neuv)ieme|[a-z]+)",
            r"(?P<dmy>(?<!\d)\d{1,2}(?P<s>[./-]) ?\d{1,2}(?P=s) ?(?P<y1>\d{4})(?!\d))",
            r"(?P<ymd>(?<!\d)(?P<y2>\d{4})(?P<t>[./-])\d{1,2}(?P=t)\d{1,2}(?!\d))",
            r"(?P<ten>(?<!\d)(?P<y3>\d{2,4}0)(?:'?s|-?er|'er|-e|-tall?(?:et)?)(?![a-z]))",
            # C19, C19th and 19thC, as British museums write it.
            r"(?P<cent>(?<=\bc)(?:1\d|2[01]|[1-9])(?:st|nd|rd|th)?(?!\d|-\d|[a-z])"
            r"|(?<!\d)\d{1,2}(?:st|nd|rd|th)c(?![a-z]))",
            r"(?P<thousands>(?<!\d)\d{1,3}[,']\d{3}(?![\d]))",
            # A point after a short number is an ordinal's in German.
            r"(?P<number>\d+)(?:(?:st|nd|rd|th|nde|eme|ere|ers?|re|de|ste|ten|tes|te"
            r"|e|o|a|-(?:ya|y|oy|go))(?![a-z0-9])|\.(?! ?\d))?",
            r"(?P<open>(?<=\d) ?-(?= *(?:$|[,;()\[\]])))",
            r"(?P<join>[-/]+)",
            r"(?P<stop>[,;()\[\]])",
        )
    )
)
_NEXT_ROMAN = re.compile(r"[. ]*([ivx]+)(?![a-z])")


def tokens_of(text: str) -> Iterator[tuple[Sense, object]]:
    """Yield the tokens of a text in plain letters, each with its sense and its value.

    Numbers and years are pairs of their value and how many digits they have.
    """
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
    if groups["cent"]:
        return Sense.CENTURY_NAME, int(re.sub(r"\D", "", groups["cent"]))
    if groups["open"]:
        return Sense.OR_LATER, None
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
