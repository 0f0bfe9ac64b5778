"""Judgement of which work a label names, and whether it does so for sure.

A label names a work if it has its accession number together with its title or artist,
or its title and its artist where no other work has both. Anything less may be the work:
a visitor is shown it, and nothing is claimed.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from app.models.keys import compact, sort_key
from app.services.labels.dictionary import Candidate, CatalogueEntry, LabelDictionary
from app.services.labels.letters import folded_number, without_date
from app.services.labels.reading import NamedWork, Sign
from app.services.labels.recognition import Line

SURE_TITLE, LIKELY_TITLE = 0.88, 0.8
"""Likeness of a title and what is on the label."""
SURE_ARTIST = 0.6
"""Share of the artist's words."""
ONLY_TITLE, ONLY_TITLE_LETTERS = 0.94, 12
"""Of a title that must do without an artist, because the catalogue knows none."""
RIVAL = 0.08
"""By how much a rival's title may fit less well and still be one."""
CLEAR = 0.93
"""Score of a line with a number, below which a digit may be wrong."""
FAMILY_LETTERS = 4
"""Of the part of a name that must be whole where others are initials."""
NUMBER_LENGTH = 4
"""Letters and digits of a number that is looked for among other words."""
ALONE_LENGTH, ALONE_LINES = 6, 2
"""Of a number that stands for a work by itself, and lines of its label at most."""
SPAN = 3
"""Lines that a title may be broken into."""
NUMBER_WORDS = 4
"""Words that an accession number may be read as."""
PARTLY, PARTLY_LETTERS = 0.92, 10
"""What a title is worth that shares its line with others, and its letters at least."""
MOST_SHOWN = 4


@dataclass(frozen=True, slots=True)
class _Fit:
    """How well a work fits a label."""

    entry: CatalogueEntry
    has_number: bool
    title: float
    artist: float
    has_date: bool

    @property
    def signs(self) -> tuple[Sign, ...]:
        held = (
            (Sign.NUMBER, self.has_number),
            (Sign.TITLE, self.title >= LIKELY_TITLE),
            (Sign.ARTIST, self.artist >= SURE_ARTIST),
            (Sign.DATE, self.has_date),
        )
        return tuple(sign for sign, holds in held if holds)

    @property
    def agrees(self) -> bool:
        """Whether title or artist bears out a number."""
        return self.title >= LIKELY_TITLE or self.artist >= SURE_ARTIST

    @property
    def is_year(self) -> bool:
        """Whether all that speaks for the work is a number that may be a year."""
        is_short = len(compact(self.entry.accession)) <= NUMBER_LENGTH
        return self.has_number and is_short and not self.agrees

    @property
    def names(self) -> bool:
        """Whether title and artist, as far as they are known, are on the label."""
        if self.entry.artist:
            return self.title >= SURE_TITLE and self.artist >= SURE_ARTIST
        is_long = len(compact(self.entry.title)) >= ONLY_TITLE_LETTERS
        return is_long and self.title >= ONLY_TITLE

    @property
    def rank(self) -> tuple[bool, float]:
        return self.has_number, self.title + 0.5 * self.artist


def works_named(label: Sequence[Line], dictionary: LabelDictionary) -> list[NamedWork]:
    """Find the work that a label names.

    Parameters
    ----------
    label : sequence of Line
        In the order of reading.
    dictionary : LabelDictionary

    Returns
    -------
    works : list of NamedWork
        One that is sure; or those that it may be, the most likely first; or none.
    """
    texts = [line.text for line in label]
    numbered = _numbered(label, dictionary)
    words = [word for text in texts for word in sort_key(text).split()]
    candidates = {c.entry.accession: c for c in dictionary.candidates(words)}
    for accession, (entry, _) in numbered.items():
        candidates.setdefault(accession, Candidate(entry, 0.0))
    spans, known = _spans(texts), set(words)
    whole = compact(" ".join(texts))
    fits = [
        _Fit(
            entry=one.entry,
            has_number=one.entry.accession in numbered,
            title=_title_likeness(one.entry.title, spans, whole),
            artist=_artist_likeness(one, known),
            has_date=one.entry.year is not None and str(one.entry.year) in known,
        )
        for one in candidates.values()
    ]
    fits = [fit for fit in fits if not fit.is_year]
    fits.sort(key=lambda fit: fit.rank, reverse=True)
    sure = _sure(fits, numbered, len(label))
    if sure is not None:
        return [NamedWork(sure.entry.accession, True, sure.signs)]
    perhaps = [
        fit
        for fit in fits
        if fit.has_number
        or (
            fit.title >= SURE_TITLE
            and (
                fit.artist >= SURE_ARTIST
                or len(compact(fit.entry.title)) >= PARTLY_LETTERS
            )
        )
    ]
    return [
        NamedWork(fit.entry.accession, False, fit.signs) for fit in perhaps[:MOST_SHOWN]
    ]


def _sure(
    fits: Sequence[_Fit],
    numbered: dict[str, tuple[CatalogueEntry, float]],
    line_count: int,
) -> _Fit | None:
    """Return the work that the label names without doubt; None if there is none."""
    with_number = [fit for fit in fits if fit.has_number]
    agreeing = [fit for fit in with_number if fit.agrees]
    named = [fit for fit in fits if fit.names]
    if len(agreeing) == 1:
        # A wrong digit makes it another work's number, by the same artist perhaps.
        better = [fit for fit in named if fit.title > agreeing[0].title + RIVAL]
        return None if better and agreeing[0].title < LIKELY_TITLE else agreeing[0]
    if len(with_number) == 1 and line_count <= ALONE_LINES and not named:
        entry, score = numbered[with_number[0].entry.accession]
        is_long = len(compact(entry.accession)) >= ALONE_LENGTH
        return with_number[0] if is_long and score >= CLEAR else None
    if with_number or not named:
        return None
    best = max(fit.title for fit in named)
    rivals = [fit for fit in named if fit.title >= best - RIVAL]
    if len(rivals) > 1:
        exact = [fit for fit in rivals if fit.title == best]
        dated = [fit for fit in exact if fit.has_date]
        rivals = exact if len(exact) == 1 and best == 1 else dated
    return rivals[0] if len(rivals) == 1 else None


def _numbered(
    label: Sequence[Line], dictionary: LabelDictionary
) -> dict[str, tuple[CatalogueEntry, float]]:
    """Find works whose accession number is on the label, with their line's score."""
    found: dict[str, tuple[CatalogueEntry, float]] = {}
    for line in label:
        words = sort_key(line.text).split()
        for start in range(len(words)):
            for end in range(start + 1, min(len(words), start + NUMBER_WORDS) + 1):
                number = folded_number("".join(words[start:end]))
                if not _is_number(number, line.text):
                    continue
                for entry in dictionary.works_numbered(number):
                    # Four digits are a year, too, where nothing parts them.
                    if (
                        not number.isdigit()
                        or len(number) > NUMBER_LENGTH
                        or (entry.accession.casefold() in line.text.casefold())
                    ):
                        found[entry.accession] = entry, line.score
    return found


def _is_number(number: str, text: str) -> bool:
    """Tell whether something may be a number, and is not a year or a word."""
    has_digit = any(letter.isdigit() for letter in text)
    is_year = number.isdigit() and len(number) <= NUMBER_LENGTH
    is_whole = folded_number(text) == number
    return has_digit and (is_whole or (len(number) >= NUMBER_LENGTH and not is_year))


def _spans(texts: Sequence[str]) -> list[str]:
    """Return what a title may be on a label: each few lines, with and without dates."""
    spans: dict[str, None] = {}
    for start in range(len(texts)):
        for end in range(start + 1, min(len(texts), start + SPAN) + 1):
            text = " ".join(texts[start:end])
            for form in (text, without_date(text)):
                spans[compact(form)] = None
    return [span for span in spans if span]


def _artist_likeness(candidate: Candidate, words: set[str]) -> float:
    """Return how much of an artist's name is on a label, in [0, 1].

    "J.-A. Ingres" has all of "Ingres, Jean-Auguste": whole words and initials.
    """
    names = sort_key(candidate.entry.artist).split()
    whole = [name for name in names if name in words]
    has_family = any(len(name) >= FAMILY_LETTERS for name in whole)
    if has_family and all(name in words or name[0] in words for name in names):
        return 1.0
    return candidate.artist_share


def _title_likeness(title: str, spans: Sequence[str], whole: str) -> float:
    """Return how like a title and the most like part of a label are, in [0, 1]."""
    plain = compact(title)
    if not plain:
        return 0.0
    forms = [form for form in (plain, compact(without_date(title))) if form]
    best = max(
        (fuzz.ratio(form, span) for form in forms for span in spans), default=0.0
    )
    if len(plain) >= PARTLY_LETTERS and len(plain) <= len(whole):
        best = max(best, PARTLY * fuzz.partial_ratio(plain, whole))
    return float(best) / 100
