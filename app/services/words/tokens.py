"""Typed words, and the words of the vocabulary that each may stand for."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Word
from app.models.keys import LONGEST_WORD, words_of
from app.services.words.vocabulary import Reading, Vocabulary, Words, readings

MOST_TOKENS = 10
"""Words of a search that are looked at."""
LONGEST_TEXT = 200
"""Characters of a search that are looked at."""
SURE = 0.75
"""Likeness from which on nothing else is tried."""
APART = 0.95
"""Likeness of words that were typed as one, or of one that was typed as two."""
LEAST_PIECE = 2
"""Letters of a word that was typed as one with its neighbour."""
TRIED_SPLITS = 3
"""Ways to divide a word of which only one part is known."""


@dataclass(frozen=True, slots=True)
class Token:
    """Typed word.

    Attributes
    ----------
    likeness : mapping of str to float
        Of the words that it may stand for.
    rows : mapping of str to int
        The rows of these words.
    """

    text: str
    likeness: Mapping[str, float]
    rows: Mapping[str, int]

    @property
    def best(self) -> float:
        """Likeness of the word that is most alike; 0 without any."""
        return max(self.likeness.values(), default=0)


def read_tokens(
    session: Session, vocabulary: Vocabulary, text: str
) -> list[list[Token]]:
    """Return the typed words with what they may stand for, in one or two ways.

    In the second one, words without a good reading are divided, as if the space between
    two had been left out. Which is meant is known by what is found.
    """
    typed = words_of(text[:LONGEST_TEXT])[:MOST_TOKENS]
    words = vocabulary.follow(session)
    if not typed or not len(words.numbers):
        return []
    open_end = not text[-1:].isspace()
    tokens = [
        _token(word, readings(word, words, unfinished=open_end and at == len(typed)))
        for at, word in enumerate(typed, 1)
    ]
    divided = [
        (one.best < SURE and _divided(session, words, one.text)) or [one]
        for one in tokens
    ]
    ways = [_joined(tokens, words)]
    if any(len(parts) > 1 for parts in divided):
        ways.append([part for parts in divided for part in parts])
    return ways


def _token(text: str, found: list[Reading], least: float = 1) -> Token:
    likeness = {one.text: least * one.likeness for one in found}
    return Token(text, likeness, {one.text: one.number for one in found})


def _joined(tokens: list[Token], words: Words) -> list[Token]:
    """Let neighbours stand for one word too, where a space is too much in it."""
    result = list(tokens)
    for place, (one, two) in enumerate(pairwise(tokens)):
        if min(one.best, two.best) >= SURE:
            continue
        whole = (one.text + two.text)[:LONGEST_WORD]
        found = [one for one in readings(whole, words) if one.likeness >= SURE]
        for at in (place, place + 1):
            both = _token(result[at].text, found, APART)
            result[at] = Token(
                both.text,
                {**result[at].likeness, **both.likeness},
                {**result[at].rows, **both.rows},
            )
    return result


def _divided(session: Session, words: Words, word: str) -> list[Token]:
    """Return the two words that a typed one may be, without the space; or none."""
    places = range(LEAST_PIECE, len(word) - LEAST_PIECE + 1)
    pieces = {part for at in places for part in (word[:at], word[at:])}
    known = dict(
        session.execute(select(Word.text, Word.id).where(Word.text.in_(pieces))).all()
    )
    # The longer the known part, the less likely it is by chance.
    ways = sorted(
        ((word[:at], word[at:]) for at in places),
        key=lambda way: -sum(len(part) for part in way if part in known),
    )
    best: list[Token] = []
    for way in ways[:TRIED_SPLITS]:
        if not known.keys() & set(way):
            break
        parts = [_token(part, readings(part, words), APART) for part in way]
        if min(part.best for part in parts) > min((p.best for p in best), default=0):
            best = parts
    return best
