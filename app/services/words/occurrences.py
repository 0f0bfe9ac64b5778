"""Works and artists in whose labels typed words occur.

Words of withdrawn works are not written down, so nothing asks whether works are. What
is read is bounded: of a word that thousands of labels have, the shortest titles only,
and none at all where rarer words tell enough.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from math import log10

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import Artwork, ArtworkWord
from app.models.keys import sort_key
from app.models.words import Part
from app.services.words.tokens import Token

MOST_ROWS = 1_500
"""Of one word, and of all words together that are rarer."""
UNKNOWN = 1_000
"""Labels that a word without any is taken to be in: it must not outweigh the others."""
TELLING = 0.6
"""Likeness from which on a rare word tells enough."""
MOST_CANDIDATES = 200
"""Works whose labels are read."""


@dataclass(frozen=True, slots=True)
class Found:
    """Work or artist in whose label typed words occur.

    Attributes
    ----------
    row : int
        Of the work; of one of the artist's.
    title, artist : str
        As they are sorted: their letters and digits, ``LAST_KEY`` for none.
    name : str
        The artist as the museum writes it.
    accession : str
    works : int
        By the artist, that have the word.
    """

    row: int
    title: str
    artist: str
    name: str
    accession: str
    works: int = 1


class Occurrences:
    """Occurrences of some tokens in the labels of works on show."""

    def __init__(self, session: Session, tokens: Sequence[Token]) -> None:
        self._ask = session.connection().execute
        rows = {row for token in tokens for row in token.rows.values()}
        counted = (
            select(ArtworkWord.word_id, func.count())
            .where(ArtworkWord.word_id.in_(rows))
            .group_by(ArtworkWord.word_id)
        )
        self._frequency = {row.word_id: int(row[1]) for row in self._ask(counted).all()}
        self.weights = [self._weight(token) for token in tokens]
        """How much each token tells: the rarer, the more; 0 to 1."""
        self._standing_for = defaultdict[int, list[tuple[int, float]]](list)
        for place, token in enumerate(tokens):
            for word in self._affordable(token):
                pair = place, token.likeness[word]
                self._standing_for[token.rows[word]].append(pair)
        self._rare = [row for row in self._standing_for if not self._is_frequent(row)]
        rarest = min(map(self._meant, tokens), default=0)
        self._frequent = (
            [row for row in self._standing_for if self._is_frequent(row)]
            if rarest > MOST_ROWS
            else []
        )

    def _is_frequent(self, row: int) -> bool:
        return self._frequency.get(row, 0) > MOST_ROWS

    def _meant(self, token: Token) -> int:
        """Return how many labels have the words that are most alike."""
        frequencies = (
            self._frequency.get(token.rows[word], 0)
            for word, likeness in token.likeness.items()
            if likeness == token.best >= TELLING
        )
        return sum(frequencies) or UNKNOWN

    def _weight(self, token: Token) -> float:
        return 1 / (1 + log10(1 + self._meant(token)))

    def _affordable(self, token: Token) -> Iterator[str]:
        """Yield the words that a token may stand for until they are in too many."""
        left = MOST_ROWS
        for word in sorted(token.likeness, key=lambda one: -token.likeness[one]):
            yield word
            left -= self._frequency.get(token.rows[word], 0)
            if left < 0:
                return

    def works(self, room: str = "") -> list[Found]:
        """Return the works whose labels have most of the tokens."""
        names = (ArtworkWord.word_id, ArtworkWord.artwork_id, ArtworkWord.length)
        found = select(*names, ArtworkWord.part)
        if room:
            found = found.join(Artwork, Artwork.id == ArtworkWord.artwork_id)
            found = found.where(Artwork.location == room)
        rows = list(self._ask(found.where(ArtworkWord.word_id.in_(self._rare))).all())
        for word in self._frequent:
            titles = found.where(
                ArtworkWord.word_id == word, ArtworkWord.part == Part.TITLE
            )
            shortest = titles.order_by(ArtworkWord.length).limit(MOST_ROWS)
            rows += self._ask(shortest).all()
        read = _array(rows, 4)
        in_title = read[read[:, 3] == Part.TITLE]
        chosen = {*self._best_of(read), *self._best_of(in_title)}
        labels = select(
            Artwork.id,
            Artwork.title_key,
            Artwork.artist_key,
            Artwork.artist,
            Artwork.accession,
        ).where(Artwork.id.in_(chosen))
        return [Found(*row) for row in self._ask(labels).all()]

    def artists(self) -> list[Found]:
        """Return the artists whose names have most of the tokens."""
        works = func.count(Artwork.id)
        names = (ArtworkWord.word_id, Artwork.artist, func.min(Artwork.id), works)
        named = (
            select(*names)
            .join(Artwork, Artwork.id == ArtworkWord.artwork_id)
            .where(
                ArtworkWord.word_id.in_(self._rare or self._frequent),
                ArtworkWord.part == Part.ARTIST,
            )
            .group_by(ArtworkWord.word_id, Artwork.artist)
        )
        found: dict[int, Found] = {}
        rows = []
        for word, artist, row, count in self._ask(named).all():
            found.setdefault(row, Found(row, "", sort_key(artist), artist, "", count))
            rows.append((word, row, len(artist)))
        return [found[row] for row in self._best_of(_array(rows, 3))]

    def _best_of(self, rows: NDArray[np.int64]) -> list[int]:
        return _best(rows, self._standing_for, self.weights)


def _best(
    rows: NDArray[np.int64],
    standing_for: Mapping[int, Sequence[tuple[int, float]]],
    weights: Sequence[float],
) -> list[int]:
    """Return the works or artists with most of the tokens, the shortest first.

    Parameters
    ----------
    rows : ndarray of shape (R, 3), int64
        Word, work or artist, and length of its title or name.
    standing_for : mapping of int to sequence of (int, float)
        The places of tokens that a word may stand for, and how much alike it is.
    weights : sequence of float
        Of the tokens.
    """
    ids, places = np.unique(rows[:, 1], return_inverse=True)
    lengths = np.full(len(ids), np.iinfo(np.int64).max)
    np.minimum.at(lengths, places, rows[:, 2])
    likeness = np.zeros((len(weights), len(ids)), np.float32)
    words, kinds = np.unique(rows[:, 0], return_inverse=True)
    each = np.zeros((len(weights), len(words)), np.float32)
    for at, word in enumerate(words.tolist()):
        for token, alike in standing_for[word]:
            each[token, at] = alike
    for token, of_words in enumerate(each):
        np.maximum.at(likeness[token], places, of_words[kinds])
    told = np.asarray(weights, np.float32) @ likeness
    order = np.lexsort((ids, lengths, -told))
    return [int(row) for row in ids[order[:MOST_CANDIDATES]]]


def _array(rows: Sequence[Sequence[int]], width: int) -> NDArray[np.int64]:
    return np.fromiter(chain.from_iterable(rows), np.int64).reshape(-1, width)
