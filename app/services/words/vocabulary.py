"""Vocabulary of the collection's labels, held in memory by every server process.

Only the words are: which works have them is asked of the database, which is the truth.
Words are never removed, so those that are new are fetched before each search.
"""

from collections.abc import Sequence
from threading import Lock
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import Word
from app.services.words.distances import MOST_EDITS, ByteArray, edit_distances, spell

MOST_READINGS = 40
"""Words that one typed word may stand for; those beyond are the least alike."""
MOST_BEHIND = 0.3
"""How much less alike than the most alike one such a word may be."""
UNFINISHED = 0.97
"""How much alike a word is that has been typed in part."""
UNFINISHED_WITH_SLIPS = 0.1
"""How much less, if there is a slip in that part."""
OTHER_BEGINNING = 0.03
"""How much less alike a word is with another first letter: few slips are there."""
SHORT = 4
"""Letters: in a shorter word, a slip counts as in one of so many."""
LONG_ENOUGH = ((2, 1), (5, 2), (10, MOST_EDITS))
"""Letters from which on a word may have so many slips."""


class LikeWord(NamedTuple):
    """Word of the vocabulary that a typed one may stand for.

    Attributes
    ----------
    text : str
    number : int
        Its row.
    likeness : float
        1 for the same word, less for every slip.
    """

    text: str
    number: int
    likeness: float


class Words(NamedTuple):
    """Words in the order of their rows.

    Attributes
    ----------
    numbers : ndarray of shape (N,), int64
        Their rows.
    letters, lengths : ndarray of shape (LONGEST_WORD, N) and (N,), uint8
        As ``distances.spell`` returns them.
    """

    numbers: NDArray[np.int64]
    letters: ByteArray
    lengths: ByteArray

    def text(self, at: int) -> str:
        """Return a word as text."""
        return self.letters[: self.lengths[at], at].tobytes().decode()


class LabelVocabulary:
    """Words of all labels, followed by this process; for all its threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._words = _put([])

    def follow(self, session: Session) -> Words:
        """Return the words, having fetched those that are new."""
        with self._lock:
            known = self._words
            highest = int(known.numbers.max(initial=0))
            asked = select(func.count(Word.id), func.max(Word.id))
            count, newest = session.execute(asked).one()
            if (len(known.numbers), highest) != (count, newest or 0):
                self._words = _brought_up(session, known, highest, count)
            return self._words


def _brought_up(session: Session, known: Words, highest: int, count: int) -> Words:
    rows = select(Word.id, Word.text).order_by(Word.id)
    fresh = session.execute(rows.where(Word.id > highest)).all()
    if len(known.numbers) + len(fresh) != count:
        # A transaction that had begun before another ended after it, or another
        # database was put in this one's place.
        known, fresh = _put([]), session.execute(rows).all()
    added = _put([(number, text) for number, text in fresh])
    return Words(
        np.concatenate([known.numbers, added.numbers]),
        np.ascontiguousarray(np.hstack([known.letters, added.letters])),
        np.concatenate([known.lengths, added.lengths]),
    )


def _put(rows: Sequence[tuple[int, str]]) -> Words:
    letters, lengths = spell([text for _, text in rows])
    return Words(np.array([number for number, _ in rows], np.int64), letters, lengths)


def most_slips(word: str) -> int:
    """Return how many slips a word may have; none where it has digits."""
    if any(letter.isdigit() for letter in word):
        return 0
    return max((slips for least, slips in LONG_ENOUGH if len(word) >= least), default=0)


def readings(word: str, words: Words, *, unfinished: bool = False) -> list[LikeWord]:
    """Return what a typed word may stand for, the most alike first.

    Parameters
    ----------
    word : str
        As ``words_of`` returns it.
    unfinished : bool
        Whether it may be the beginning of a word.
    """
    slips = most_slips(word)
    whole, begun = edit_distances(word, words.letters, words.lengths)
    length = max(len(word), SHORT)
    likeness = np.where(whole <= slips, 1 - whole / length, 0)
    if unfinished:
        part = UNFINISHED - begun / length - UNFINISHED_WITH_SLIPS * (begun > 0)
        likeness = np.maximum(likeness, np.where(begun <= slips, part, 0))
    elsewhere = words.letters[0] != ord(word[0])
    likeness -= OTHER_BEGINNING * (elsewhere & (likeness > 0))
    # Where a word is there as it was typed, one far from it is hardly meant.
    least = max(likeness.max(initial=0) - MOST_BEHIND, 0)
    alike = np.flatnonzero(likeness > least)
    # Of words that are as alike, those as long are taken for meant.
    excess = np.abs(words.lengths[alike].astype(np.int64) - len(word))
    order = np.lexsort((excess, -likeness[alike]))[:MOST_READINGS]
    return [
        LikeWord(words.text(at), int(words.numbers[at]), float(likeness[at]))
        for at in alike[order]
    ]
