"""Typed words, and the words of the vocabulary that each may stand for."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Word
from app.models.keys import LONGEST_WORD, parts_of, words_of
from app.services.words.vocabulary import LabelVocabulary, LikeWord, Words, readings

MOST_TOKENS = 16
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
    session: Session, vocabulary: LabelVocabulary, text: str
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
    ways = [_joined(tokens, words)]
    divided = _all_divided(session, words, text[:LONGEST_TEXT], tokens)
    if divided:
        ways.append(divided)
    return ways


def _all_divided(
    session: Session, words: Words, text: str, tokens: list[Token]
) -> list[Token]:
    """Return the tokens, those without a good reading divided; none if none can be.

    A space may be missing, or a letter may be on its wrong side: "s tpeter".
    """
    result: list[Token] = []
    is_divided = False
    parts = parts_of(text)
    for token in tokens:
        if token.best >= SURE:
            result.append(token)
            continue
        at = parts.index(token.text) if token.text in parts else 0
        alone = parts[at - 1] if at and len(parts[at - 1]) == 1 else ""
        divided = _divided(session, words, (alone + token.text)[:LONGEST_WORD])
        is_divided = is_divided or bool(divided)
        result += divided or [token]
    return result if is_divided else []


def _token(text: str, found: list[LikeWord], least: float = 1) -> Token:
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
