"""Tally of a photo's votes in all shards, each counted where its postings are."""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from app.retrieval.gallery.shards.questions import LocalQuestion, ShardQuestion
from app.retrieval.settings import ShortlistSettings
from app.retrieval.types import BoolArray, Hit


class AsksForHits(Protocol):
    """Make a question to each shard of its excluded rows, and merge the hits."""

    def __call__(
        self,
        question: "MakesQuestion",
        count: int,
        excluded: BoolArray | None,
    ) -> tuple[Hit, ...]:
        """See :meth:`ShardedGallery.search_all`."""
        ...


class MakesQuestion(Protocol):
    """Make the question to a shard of the rows (K,) int64 that are excluded there."""

    def __call__(self, rows: NDArray[np.int64]) -> ShardQuestion[tuple[Hit, ...]]:
        """Return it."""
        ...


class ShardedTally:
    """Votes of a photo's features in all shards; see `Tally`.

    Nothing is asked before a shortlist is.

    Parameters
    ----------
    ask : AsksForHits
    words : (M, n) int32
    signatures : (M, n) uint64
        Of the photo's features, from `look_up`.
    rule : ShortlistSettings
        By which features vote.
    """

    def __init__(
        self,
        ask: AsksForHits,
        words: NDArray[np.int32],
        signatures: NDArray[np.uint64],
        rule: ShortlistSettings,
    ) -> None:
        self._ask = ask
        self._words = words
        self._signatures = signatures
        self._rule = rule

    def shortlist(
        self,
        count: int,
        *,
        counted: BoolArray | None = None,
        excluded: BoolArray | None = None,
    ) -> tuple[Hit, ...]:
        """See `Votes.shortlist`."""
        return self._ask(
            lambda rows: LocalQuestion(
                self._words, self._signatures, self._rule, count, counted, rows
            ),
            count,
            excluded,
        )
