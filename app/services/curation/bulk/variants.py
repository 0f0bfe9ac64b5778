"""Variants: values of a field that seem to be spellings of the same.

Values belong together that differ by case, spaces, signs, accents or the order of their
words, and those in which one long word has a slip. What has other numbers, and words of
few letters, is told apart: "Room 1" is not "Room 2".
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import Artwork
from app.models.keys import LONGEST_WORD, compact, parts_of
from app.services.words.distances import edit_distances, spell

FIELDS = ("artist", "technique", "type", "school", "location", "rights", "source")
"""Of the label, whose values many works have in common."""
SHORTEST_WORD = 6
"""Letters from which on a word may have a slip."""
MOST_LETTERS = 200
"""Of a value; what is longer is a text, and nobody's spelling of another."""


@dataclass(frozen=True, slots=True)
class Value:
    """Value of a field, and how many works have it."""

    text: str
    works: int


@dataclass(frozen=True, slots=True)
class VariantGroup:
    """Values that seem to be spellings of the same, the most frequent one first."""

    values: tuple[Value, ...]

    @property
    def works(self) -> int:
        """Return how many works have one of them."""
        return sum(value.works for value in self.values)


def variants_of(session: Session, name: str) -> list[VariantGroup]:
    """Return the groups of spellings in a field, those of most works first.

    Parameters
    ----------
    name : str
        One of ``FIELDS``.
    """
    column = getattr(Artwork, name)
    rows = session.execute(
        select(column, func.count())
        .where(column != "", func.length(column) <= MOST_LETTERS)
        .group_by(column)
    )
    return grouped({row[0]: row[1] for row in rows})


def grouped(counts: Mapping[str, int]) -> list[VariantGroup]:
    """Group values, each with the number of its works."""
    groups = _Groups()
    by_words: dict[tuple[str, ...], str] = {}
    by_letters: dict[str, str] = {}
    for text in sorted(counts):
        words = tuple(sorted(parts_of(text)))
        if not words:
            continue
        groups.join(by_words.setdefault(words, text), text)
        groups.join(by_letters.setdefault(compact(text), text), text)
    slips = _slips({word for words in by_words for word in words})
    for words, text in by_words.items():
        for place, word in enumerate(words):
            for other in slips.get(word, ()):
                changed = tuple(sorted((*words[:place], other, *words[place + 1 :])))
                if changed in by_words:
                    groups.join(by_words[changed], text)
    found = []
    for texts in groups.several():
        values = [Value(text, counts[text]) for text in texts]
        values.sort(key=lambda one: (-one.works, one.text))
        found.append(VariantGroup(tuple(values)))
    return sorted(found, key=lambda one: (-one.works, one.values[0].text))


class _Groups:
    """Values that belong together, directly or by way of others."""

    def __init__(self) -> None:
        self._parents: dict[str, str] = {}

    def join(self, one: str, other: str) -> None:
        """Let two values belong together."""
        self._parents[self._root(other)] = self._root(one)

    def several(self) -> Iterator[list[str]]:
        """Yield the groups of more than one value."""
        members = defaultdict(list)
        for text in list(self._parents):
            members[self._root(text)].append(text)
        yield from (texts for texts in members.values() if len(texts) > 1)

    def _root(self, text: str) -> str:
        parent = self._parents.setdefault(text, text)
        while parent != self._parents[parent]:
            self._parents[text] = self._parents[parent]
            text, parent = parent, self._parents[parent]
        return parent


def _slips(words: set[str]) -> dict[str, list[str]]:
    """Map long words to those that are one slip away, in both directions."""
    long_words = [
        word
        for word in words
        if SHORTEST_WORD <= len(word) <= LONGEST_WORD and word.isalpha()
    ]
    # Two words with one slip between them are alike once each lost a letter at most.
    alike: dict[str, list[str]] = defaultdict(list)
    for word in long_words:
        for form in _shortened(word):
            alike[form].append(word)
    found = {}
    for word in long_words:
        others = {other for form in _shortened(word) for other in alike[form]} - {word}
        if others:
            ordered = sorted(others)
            whole, _begun = edit_distances(word, *spell(ordered))
            found[word] = [ordered[at] for at in np.flatnonzero(whole == 1)]
    return found


def _shortened(word: str) -> set[str]:
    return {word, *(word[:at] + word[at + 1 :] for at in range(len(word)))}
