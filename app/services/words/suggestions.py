"""Suggestions for words with slips: artists and works that may be meant."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy.orm import Session

from app.models import Artwork
from app.models.keys import words_of
from app.services.collection.works import present_works
from app.services.words.numbers import works_by_number
from app.services.words.occurrences import Found, Occurrences
from app.services.words.rooms import natural_key
from app.services.words.tokens import Token, read_tokens
from app.services.words.vocabulary import Vocabulary

SUGGESTIONS = 8
"""As many as a phone shows above its keyboard."""
MOST_ARTISTS = 3
MOST_NUMBERS = 4
WHOLLY_SAID = 0.15
"""Share of a score for how much of the title or name was typed."""
ARTIST_FIRST = 0.04
"""By which an artist is put before works that fit as well."""
LEAST = 0.5
"""Score below which nothing is suggested."""


class Kind(StrEnum):
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

    kind: Kind
    artist: str
    works: int
    work: Artwork | None = None
    in_room: bool = False


@dataclass(frozen=True, slots=True)
class _Candidate:
    """Work, or artist, with how well it fits; higher is better."""

    score: float
    kind: Kind
    found: Found

    def is_not_of(self, rows: Collection[int]) -> bool:
        """Tell whether it is an artist, or another work than those."""
        return self.kind is Kind.ARTIST or self.found.row not in rows


def suggest(
    session: Session,
    vocabulary: Vocabulary,
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
            Kind.WORK, work.artist, 1, work, bool(room) and work.location == room
        )
        for work in _numbered(session, text, room)
    ]
    given = {one.work.id for one in suggestions if one.work}
    ways = read_tokens(session, vocabulary, text)
    fit = [_fitting(session, tokens, room) for tokens in ways]
    # The first one, where both are as good.
    here, anywhere = max(fit, key=_best, default=([], []))
    near = {one.found.row for one in here}
    others = [one for one in anywhere if one.is_not_of(near)]
    chosen = [one for one in (*here, *others) if one.is_not_of(given)]
    suggestions += _loaded(session, chosen[:count], near)
    return suggestions[:count]


def _numbered(session: Session, text: str, room: str) -> Sequence[Artwork]:
    if not any(letter.isdigit() for letter in text):
        return []
    return works_by_number(session, text, MOST_NUMBERS, room=room)


def _fitting(
    session: Session, tokens: Sequence[Token], room: str
) -> tuple[list[_Candidate], list[_Candidate]]:
    """Return the works of a room, and the works and artists anywhere, best first."""
    occurrences = Occurrences(session, tokens)
    score = _Score(tokens, occurrences.weights)
    here = score.ranked(occurrences.works(room), ()) if room else []
    return here, score.ranked(occurrences.works(), occurrences.artists())


def _best(fit: tuple[list[_Candidate], list[_Candidate]]) -> float:
    return max((one.score for some in fit for one in some[:1]), default=0)


class _Score:
    """Score of labels by typed words."""

    def __init__(self, tokens: Sequence[Token], weights: Sequence[float]) -> None:
        self._tokens = [
            (weight, token.likeness)
            for weight, token in zip(weights, tokens, strict=True)
        ]
        self._total = sum(weights)

    def of(self, text: str) -> float:
        """Return how much of the typed words a text has, and how little else."""
        words = words_of(text)
        if not words:
            return 0
        likeness = [
            [token.get(word, 0.0) for word in words] for _, token in self._tokens
        ]
        said = sum(
            weight * max(row)
            for (weight, _), row in zip(self._tokens, likeness, strict=True)
        )
        letters = sum(map(len, words))
        typed = sum(
            len(word) * max(column)
            for word, column in zip(words, zip(*likeness, strict=True), strict=True)
        )
        share = typed / letters
        return float(said / self._total * (1 - WHOLLY_SAID + WHOLLY_SAID * share))

    def ranked(
        self, works: Iterable[Found], artists: Iterable[Found]
    ) -> list[_Candidate]:
        """Return what fits well enough, the best first."""
        found = [
            _Candidate(
                max(self.of(one.title), self.of(f"{one.title} {one.artist}")),
                Kind.WORK,
                one,
            )
            for one in works
        ]
        named = [
            _Candidate(self.of(one.artist) + ARTIST_FIRST, Kind.ARTIST, one)
            for one in artists
        ]
        named.sort(key=lambda one: (-one.score, -one.found.works, one.found.artist))
        fit = [one for one in (*named[:MOST_ARTISTS], *found) if one.score >= LEAST]
        return sorted(
            fit,
            key=lambda one: (-one.score, one.kind, natural_key(one.found.accession)),
        )


def _loaded(
    session: Session, chosen: Sequence[_Candidate], near: Collection[int]
) -> list[Suggestion]:
    rows = [one.found.row for one in chosen if one.kind is Kind.WORK]
    found = session.scalars(present_works().where(Artwork.id.in_(rows)))
    works = {work.id: work for work in found}
    suggestions = []
    for one in chosen:
        artist, row = one.found.artist, one.found.row
        if one.kind is Kind.ARTIST:
            suggestions.append(Suggestion(Kind.ARTIST, artist, one.found.works))
        elif row in works:
            suggestions.append(
                Suggestion(Kind.WORK, artist, 1, works[row], row in near)
            )
    return suggestions
