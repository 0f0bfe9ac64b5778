"""Suggestions for words with slips: artists and works that may be meant."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from enum import StrEnum
from operator import itemgetter

from sqlalchemy.orm import Session

from app.models import Artwork
from app.models.keys import LONGEST_WORD, parts_of
from app.services.collection.works import present_works
from app.services.words.numbers import works_by_number
from app.services.words.occurrences import Found, Occurrences
from app.services.words.tokens import Token, read_tokens
from app.services.words.vocabulary import LabelVocabulary

SUGGESTIONS = 8
"""As many as a phone shows above its keyboard."""
MOST_ARTISTS = 3
MOST_NUMBERS = 4
WHOLLY_SAID = 0.15
"""Share of a score for how much of the title or name was typed."""
ARTIST_FIRST = 0.04
"""By which an artist is put before works that fit as well."""
AS_A_WHOLE = 0.2
"""Of a score beyond 1, for how much alike the whole texts are."""
COMPARED = 20
"""Titles, and names, of which the whole text is compared."""
SAME_TITLE = 0.03
"""By which each further work of the same title comes after the one before."""
LEAST = 0.4
"""Score below which nothing is suggested."""


class SuggestionKind(StrEnum):
    """Kind of a suggestion."""

    WORK = "work"
    ARTIST = "artist"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Work or artist that may be meant.

    Attributes
    ----------
    artist : str
        Of the work, or all that is suggested.
    works : int
        By the artist; 1 for a work.
    work : Artwork, optional
    in_room : bool
        Whether it is in the room that was asked for.
    """

    kind: SuggestionKind
    artist: str
    works: int
    work: Artwork | None = None
    in_room: bool = False


@dataclass(frozen=True, slots=True)
class _Candidate:
    """Work, or artist, with how well it fits; higher is better."""

    score: float
    kind: SuggestionKind
    found: Found
    text: str
    """What fits: the title, the title with the artist's name, or the name alone."""

    def is_not_of(self, rows: Collection[int]) -> bool:
        """Tell whether it is an artist, or another work than those."""
        return self.kind is SuggestionKind.ARTIST or self.found.row not in rows


def suggest(
    session: Session,
    vocabulary: LabelVocabulary,
    text: str,
    *,
    room: str = "",
    count: int = SUGGESTIONS,
) -> list[Suggestion]:
    """Return what somebody may mean who types a title, an artist, or a number.

    Parameters
    ----------
    text : str
        Its last word may be unfinished, each word of three letters and more may have a
        slip, of five and more two.
    room : str
        Whose works come first; "" for none.
    """
    suggestions = [
        Suggestion(
            SuggestionKind.WORK,
            work.artist,
            1,
            work,
            bool(room) and work.location == room,
        )
        for work in _numbered(session, text, room)
    ]
    given = {one.work.id for one in suggestions if one.work}
    ways = read_tokens(session, vocabulary, text)
    fit = [_fitting(session, text, tokens, room) for tokens in ways]
    # The first one, where both are as good.
    here, anywhere = max(fit, key=_best, default=([], []))
    near = {one.found.row for one in here}
    others = [one for one in anywhere if one.is_not_of(near)]
    chosen = [one for one in (*here, *others) if one.is_not_of(given)]
    suggestions += _loaded(session, chosen[:count], near)
    return suggestions[:count]


def _numbered(session: Session, text: str, room: str) -> list[Artwork]:
    if not any(letter.isdigit() for letter in text):
        return []
    here = works_by_number(session, text, MOST_NUMBERS, room=room) if room else []
    anywhere = works_by_number(session, text, MOST_NUMBERS)
    return list(dict.fromkeys([*here, *anywhere]))[:MOST_NUMBERS]


def _fitting(
    session: Session, text: str, tokens: Sequence[Token], room: str
) -> tuple[list[_Candidate], list[_Candidate]]:
    """Return the works of a room, and the works and artists anywhere, best first."""
    occurrences = Occurrences(session, tokens)
    score = _Score(text, tokens, occurrences.weights)
    here = score.ranked(occurrences.works(room), ()) if room else []
    return here, score.ranked(occurrences.works(), occurrences.artists())


def _best(fit: tuple[list[_Candidate], list[_Candidate]]) -> float:
    return max((one.score for some in fit for one in some[:1]), default=0)


class _Score:
    """Score of labels by typed words."""

    def __init__(
        self, text: str, tokens: Sequence[Token], weights: Sequence[float]
    ) -> None:
        self._typed = " ".join(parts_of(text))
        self._weights = weights
        self._total = sum(weights)
        self._meant: dict[str, list[tuple[int, float]]] = defaultdict(list)
        """Places of the tokens that stand for a word, and how much alike they are."""
        for place, token in enumerate(tokens):
            for word, likeness in token.likeness.items():
                self._meant[word].append((place, likeness))

    def of(self, key: str) -> float:
        """Return how much of the typed words a text has, and how little else.

        Parameters
        ----------
        key : str
            The text as ``sort_key`` writes it.
        """
        words = {word[:LONGEST_WORD] for word in key.split()}
        best = [0.0] * len(self._weights)
        typed = 0.0
        for word in self._meant.keys() & words:
            meant = self._meant[word]
            for place, likeness in meant:
                if likeness > best[place]:
                    best[place] = likeness
            typed += len(word) * max(meant, key=itemgetter(1))[1]
        if not typed:
            return 0
        pairs = zip(self._weights, best, strict=True)
        said = sum(weight * likeness for weight, likeness in pairs) / self._total
        share = typed / sum(map(len, words))
        return said * (1 - WHOLLY_SAID + WHOLLY_SAID * share)

    def ranked(
        self, works: Iterable[Found], artists: Iterable[Found]
    ) -> list[_Candidate]:
        """Return what fits well enough, the best first."""
        by_title: dict[str, list[_Candidate]] = defaultdict(list)
        for one in works:
            fit = self._work(one)
            by_title[fit.text].append(fit)
        named = [
            _Candidate(self.of(one.artist), SuggestionKind.ARTIST, one, one.artist)
            for one in artists
        ]
        names = sorted((one for one in named if one.score >= LEAST), key=_order)
        titles = sorted(
            (some[0] for some in by_title.values() if some[0].score >= LEAST),
            key=_order,
        )
        ranked = [self._compared(one, ARTIST_FIRST) for one in names[:COMPARED]]
        ranked = sorted(ranked, key=_order)[:MOST_ARTISTS]
        for title in titles[:COMPARED]:
            score = self._compared(title, 0).score
            # Of one title, works of several artists; but not of that title alone.
            ranked += [
                replace(one, score=score - place * SAME_TITLE)
                for place, one in enumerate(sorted(by_title[title.text], key=_order))
            ]
        return sorted(ranked, key=_order)

    def _work(self, found: Found) -> _Candidate:
        score, text = self.of(found.title), found.title
        # Otherwise the name would be nothing but more that was not typed.
        if not self._meant.keys().isdisjoint(found.artist.split()):
            whole = f"{found.title} {found.artist}"
            score, text = max((score, text), (self.of(whole), whole), key=itemgetter(0))
        return _Candidate(score, SuggestionKind.WORK, found, text)

    def _compared(self, one: _Candidate, first: float) -> _Candidate:
        """Add how much alike the texts are as a whole: their order, and short words."""
        matcher = SequenceMatcher(None, self._typed, one.text, autojunk=False)
        return replace(one, score=one.score + AS_A_WHOLE * matcher.ratio() + first)


def _order(one: _Candidate) -> tuple[float, SuggestionKind, int, str]:
    found = one.found
    fewest = -found.works if one.kind is SuggestionKind.ARTIST else len(found.title)
    return -one.score, one.kind, fewest, found.accession


def _loaded(
    session: Session, chosen: Sequence[_Candidate], near: Collection[int]
) -> list[Suggestion]:
    rows = [one.found.row for one in chosen if one.kind is SuggestionKind.WORK]
    found = session.scalars(present_works().where(Artwork.id.in_(rows)))
    works = {work.id: work for work in found}
    suggestions = []
    for one in chosen:
        artist, row = one.found.name, one.found.row
        if one.kind is SuggestionKind.ARTIST:
            suggestions.append(
                Suggestion(SuggestionKind.ARTIST, artist, one.found.works)
            )
        elif row in works:
            suggestions.append(
                Suggestion(SuggestionKind.WORK, artist, 1, works[row], row in near)
            )
    return suggestions
