"""The catalogue as a dictionary: which works the words of a label may belong to.

Words of a label are looked up among the words of titles and artists, allowing for
letters that were read wrong. Works are ranked by the words that they share with the
label, the rare ones counting most; how well a work fits is judged in `matching`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein
from rapidfuzz.process import cdist

from app.models.keys import sort_key
from app.services.labels.letters import folded_number

CANDIDATES = 40
"""Works that are looked at closely."""
SHORT, MEDIUM = 4, 8
"""Letters from which on a word may have one wrong letter, and two."""
LEAST_SHARE = 0.25
"""Of the best candidate's weight, from which on another is looked at."""


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """What a catalogue says of a work, as far as a label repeats it.

    Attributes
    ----------
    accession, title, artist : str
    year : int or None
        First one that the date names.
    """

    accession: str
    title: str
    artist: str
    year: int | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """Work that shares words with a label.

    Attributes
    ----------
    entry : CatalogueEntry
    artist_share : float in [0, 1]
        Weight of the artist's words that the label has, over that of all.
    """

    entry: CatalogueEntry
    artist_share: float


@dataclass(slots=True)
class _Postings:
    """Which works have which word in one of their fields, as it is gathered."""

    words: list[int] = field(default_factory=list)
    works: list[int] = field(default_factory=list)


class LabelDictionary:
    """Index of the words and numbers of a catalogue.

    It takes some 25 MB for 44,000 works.

    Parameters
    ----------
    entries : iterable of CatalogueEntry
    """

    def __init__(self, entries: Iterable[CatalogueEntry]) -> None:
        self.entries = list(entries)
        self._numbers: dict[str, list[int]] = {}
        self._ids: dict[str, int] = {}
        titles, artists = _Postings(), _Postings()
        for work, entry in enumerate(self.entries):
            number = folded_number(entry.accession)
            self._numbers.setdefault(number, []).append(work)
            for postings, text in ((titles, entry.title), (artists, entry.artist)):
                for word in set(sort_key(text).split()) if text else ():
                    postings.words.append(self._ids.setdefault(word, len(self._ids)))
                    postings.works.append(work)
        self._titles = _Field(titles, len(self._ids), len(self.entries))
        self._artists = _Field(artists, len(self._ids), len(self.entries))
        self._weights = self._rarity()
        self._artist_weight = self._artists.total(self._weights)
        self._by_length = self._words_by_length()

    def works_numbered(self, number: str) -> list[CatalogueEntry]:
        """Return the works of an accession number that is folded already."""
        return [self.entries[work] for work in self._numbers.get(number, ())]

    def works_exactly(self, accession: str) -> list[CatalogueEntry]:
        """Return the works whose accession number is this, letter by letter."""
        numbered = self.works_numbered(folded_number(accession))
        return [entry for entry in numbered if entry.accession == accession]

    def candidates(self, words: Sequence[str]) -> list[Candidate]:
        """Return the works that share most with a label, the best first.

        Parameters
        ----------
        words : sequence of str
            Of a label, as `sort_key` writes them.
        """
        if not self.entries:
            return []
        found = self._look_up(set(words))
        titles = self._titles.share(found, self._weights)
        artists = self._artists.share(found, self._weights)
        weight = titles + artists
        count = min(CANDIDATES, len(weight))
        best = np.argpartition(-weight, count - 1)[:count]
        best = best[np.argsort(-weight[best], kind="stable")]
        least = LEAST_SHARE * float(weight[best[0]])
        return [
            Candidate(
                self.entries[work],
                float(artists[work] / self._artist_weight[work])
                if self._artist_weight[work]
                else 0.0,
            )
            for work in best.tolist()
            if weight[work] > 0 and weight[work] >= least
        ]

    def _rarity(self) -> NDArray[np.float32]:
        """Return the weight of each word: high for one that few works have."""
        counts = self._titles.counts + self._artists.counts
        if not len(counts):
            return np.zeros(0, np.float32)
        return np.asarray(1 + np.log(max(1, len(self.entries)) / counts), np.float32)

    def _words_by_length(self) -> dict[int, tuple[list[str], list[int]]]:
        lengths: dict[int, tuple[list[str], list[int]]] = {}
        for word, number in self._ids.items():
            words, numbers = lengths.setdefault(len(word), ([], []))
            words.append(word)
            numbers.append(number)
        return lengths

    def _look_up(self, words: set[str]) -> dict[int, float]:
        """Return the known words that a label's may be, each with its likeness."""
        found = {self._ids[word]: 1.0 for word in words if word in self._ids}
        unknown: dict[int, list[str]] = {}
        for word in sorted(words):
            # What has digits is a number or a year, of which no digit may differ.
            if word not in self._ids and len(word) >= SHORT and word.isalpha():
                unknown.setdefault(len(word), []).append(word)
        for length, asked in unknown.items():
            most = 1 if length < MEDIUM else 2
            for other in range(length - most, length + most + 1):
                known, numbers = self._by_length.get(other, ([], []))
                if not known:
                    continue
                distances = cdist(
                    asked,
                    known,
                    scorer=Levenshtein.distance,
                    score_cutoff=most,
                    dtype=np.uint8,
                )
                for row, column in np.argwhere(distances <= most).tolist():
                    likeness = 1 - float(distances[row, column]) / max(length, other)
                    number = numbers[column]
                    found[number] = max(found.get(number, 0.0), likeness)
        return found


class _Field:
    """Postings of one field of all works, by word."""

    def __init__(self, postings: _Postings, word_count: int, work_count: int) -> None:
        words = np.array(postings.words, np.int64)
        works = np.array(postings.works, np.int32)
        order = np.argsort(words, kind="stable")
        self.counts = np.bincount(words, minlength=word_count).astype(np.int64)
        self._starts = np.concatenate([[0], np.cumsum(self.counts)])
        self._works = works[order]
        self._work_count = work_count

    def share(
        self, found: dict[int, float], weights: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        """Add up, for every work, the weights of the words that were found."""
        total = np.zeros(self._work_count, np.float32)
        for word, likeness in found.items():
            works = self._works[self._starts[word] : self._starts[word + 1]]
            total[works] += likeness * weights[word]
        return total

    def total(self, weights: NDArray[np.float32]) -> NDArray[np.float32]:
        """Add up the weights of all words of every work."""
        total = np.zeros(self._work_count, np.float32)
        np.add.at(total, self._works, np.repeat(weights, self.counts))
        return total
