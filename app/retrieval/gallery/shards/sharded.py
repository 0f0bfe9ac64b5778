"""Sharded gallery: shards that others hold, searched as the one gallery they make up.

Shards follow one another: the positions of a shard are those from its start to the
next one's. All have the same word weights, so that their scores compare, and what is
merged is what one gallery of everything would have found.
"""

import threading
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import accumulate
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from app.retrieval.errors import ShardAwayError
from app.retrieval.gallery.gallery import Gallery
from app.retrieval.gallery.item_store import ItemStore
from app.retrieval.gallery.shards.asking import Shards
from app.retrieval.gallery.shards.questions import (
    NearestQuestion,
    PresenceQuestion,
    RecordsQuestion,
    ShardQuestion,
    ShardRecord,
    VectorKind,
)
from app.retrieval.gallery.shards.tally import MakesQuestion, ShardedTally
from app.retrieval.local.feature_store import decode_features
from app.retrieval.local.vocabulary import Vocabulary
from app.retrieval.local.voting import look_up, merge_hits
from app.retrieval.settings import ShortlistSettings
from app.retrieval.types import (
    BoolArray,
    FloatArray,
    GalleryFeatures,
    GalleryItem,
    Hit,
    LocalFeatures,
)

KEPT_RECORDS = 1000
"""Of images that were asked for last: about 15 MB."""

Reply = TypeVar("Reply")


class ShardedGallery:
    """N reference images in shards, each at a position from 0 to N - 1.

    Whoever asks it gets all that there is, or a `ShardAwayError`. A photo of a visitor
    is searched in what `for_one_photo` returns, which goes without the shards that do
    not answer and remembers their names.

    Parameters
    ----------
    items : ItemStore
        Of all images, shard after shard.
    names : sequence of str
        Of the shards, as messages and pages call them.
    lengths : sequence of int
        Images of each.
    shards : Shards
    vocabulary : Vocabulary
    word_weights : (V,) float32
        That all shards have.

    Raises
    ------
    ValueError
        If lengths differ.
    """

    def __init__(
        self,
        items: ItemStore,
        names: Sequence[str],
        lengths: Sequence[int],
        shards: Shards,
        vocabulary: Vocabulary,
        word_weights: FloatArray,
    ) -> None:
        if sum(lengths) != len(items) or not len(names) == len(lengths) == len(shards):
            raise ValueError(
                f"{len(items)} images and {len(shards)} shards are announced, but "
                f"shards {names} have {lengths}"
            )
        self.items = items
        self.names = tuple(names)
        self.vocabulary = vocabulary
        self._starts = (0, *accumulate(lengths))
        self._shards = shards
        self._word_weights = word_weights
        self._records: OrderedDict[int, ShardRecord] = OrderedDict()
        self._forgetting = threading.Lock()
        self._missing: set[int] | None = None

    def __len__(self) -> int:
        return len(self.items)

    @property
    def work_count(self) -> int:
        """Number of different works."""
        return self.items.work_count

    @property
    def missing(self) -> tuple[str, ...]:
        """Names of the shards that were not searched."""
        return tuple(self.names[shard] for shard in sorted(self._missing or ()))

    def for_one_photo(self) -> "ShardedGallery":
        """Return what one photo is searched in, by one thread; of that, itself."""
        if self._missing is not None:
            return self
        other = ShardedGallery.__new__(ShardedGallery)
        other.__dict__.update(self.__dict__)
        other._records, other._missing = OrderedDict(), set()
        return other

    def away(self) -> tuple[str, ...]:
        """Ask all shards whether they are there; return the names of those that not."""
        shards = range(len(self._shards))
        replies = self._shards.ask(dict.fromkeys(shards, PresenceQuestion()))
        return tuple(name for i, name in enumerate(self.names) if i not in replies)

    def beside(self, items: Iterable[tuple[GalleryItem, GalleryFeatures]]) -> Gallery:
        """See :meth:`Gallery.beside`."""
        return Gallery.build(items, self.vocabulary, word_weights=self._word_weights)

    def position_of(self, image_id: str) -> int | None:
        """Look up where a reference image is; None if it is not in the gallery."""
        return self.items.position_of(image_id)

    def mask_of(self, works: Collection[str]) -> BoolArray | None:
        """See :meth:`ItemStore.mask_of`."""
        return self.items.mask_of(works)

    def fetch(self, positions: Iterable[int]) -> list[int]:
        """Get ready what is held of some images, in one question to each shard.

        Returns
        -------
        there : list of int
            Those that could be had, in their order.
        """
        wanted = list(positions)
        records = self._fetched(wanted)
        return [position for position in wanted if position in records]

    def vote(
        self, features: LocalFeatures, settings: ShortlistSettings
    ) -> "ShardedTally":
        """See :meth:`Gallery.vote`."""
        rule = settings.among(len(self))
        return self.vote_by(*look_up(self.vocabulary, features, rule), rule)

    def vote_by(
        self,
        words: NDArray[np.int32],
        signatures: NDArray[np.uint64],
        rule: ShortlistSettings,
    ) -> "ShardedTally":
        """See :meth:`Gallery.vote_by`; nothing is asked before a shortlist is."""
        return ShardedTally(self.search_all, words, signatures, rule)

    def search_local(
        self,
        features: LocalFeatures,
        settings: ShortlistSettings,
        *,
        excluded: BoolArray | None = None,
    ) -> tuple[Hit, ...]:
        """See :meth:`Gallery.search_local`."""
        return self.vote(features, settings).shortlist(
            settings.local_count, excluded=excluded
        )

    def search_global(
        self, descriptor: FloatArray, k: int, *, excluded: BoolArray | None = None
    ) -> tuple[Hit, ...]:
        """See :meth:`Gallery.search_global`."""
        return self._nearest(VectorKind.GLOBAL, descriptor, k, excluded)

    def search_style(
        self, style: FloatArray, k: int, *, excluded: BoolArray | None = None
    ) -> tuple[Hit, ...]:
        """See :meth:`Gallery.search_style`."""
        return self._nearest(VectorKind.STYLE, style, k, excluded)

    def search_semantic(
        self, semantic: FloatArray, k: int, *, excluded: BoolArray | None = None
    ) -> tuple[Hit, ...]:
        """See :meth:`Gallery.search_semantic`."""
        return self._nearest(VectorKind.SEMANTIC, semantic, k, excluded)

    def local_features_of(self, position: int) -> LocalFeatures:
        """Return the local features at a position."""
        record = self._record(position)
        return decode_features(
            record.xy, record.codes, record.size, self.vocabulary.quantiser
        )

    def style_of(self, position: int) -> FloatArray:
        """Return the style (S,) float32 at a position; S may be 0."""
        return self._record(position).style

    def semantic_of(self, position: int) -> FloatArray:
        """Return the semantic descriptor (E,) float32 at a position; E may be 0."""
        return self._record(position).semantic

    def picture_of(self, position: int) -> bytes:
        """Return the grey copy at a position, encoded."""
        return self._record(position).picture

    def descriptor_of(self, position: int) -> FloatArray:
        """Return the descriptor (D,) float32 at a position."""
        return self._record(position).descriptor

    def similarities(
        self, descriptor: FloatArray, positions: Sequence[int]
    ) -> FloatArray:
        """Compare a descriptor (D,) with those at K positions: (K,) cosines."""
        self.fetch(positions)
        rows = [self.descriptor_of(position) for position in positions]
        if not rows:
            return np.zeros(0, np.float32)
        return np.asarray(np.stack(rows) @ descriptor, dtype=np.float32)

    def search_all(
        self,
        question: MakesQuestion,
        count: int,
        excluded: BoolArray | None,
    ) -> tuple[Hit, ...]:
        """Ask all shards for their ``count`` best images, and merge what they find."""
        questions = {}
        for shard in range(len(self._shards)):
            own = slice(self._starts[shard], self._starts[shard + 1])
            # Few are excluded: their rows are less to send than a mask.
            rows = np.flatnonzero(() if excluded is None else excluded[own])
            questions[shard] = question(rows.astype(np.int64))
        replies = self._ask(questions)
        found = [(self._starts[shard], hits) for shard, hits in replies.items()]
        return merge_hits(found, count)

    def _nearest(
        self, kind: VectorKind, vector: FloatArray, k: int, excluded: BoolArray | None
    ) -> tuple[Hit, ...]:
        return self.search_all(
            lambda rows: NearestQuestion(kind, vector, k, rows), k, excluded
        )

    def _ask(self, questions: Mapping[int, ShardQuestion[Reply]]) -> dict[int, Reply]:
        """Ask shards; those that do not answer are missing, or an error."""
        missing = self._missing
        # One that was missing once is not asked again for the same photo.
        asked = {i: one for i, one in questions.items() if i not in (missing or ())}
        replies = self._shards.ask(asked)
        silent = asked.keys() - replies.keys()
        if missing is not None:
            missing |= silent
        elif silent:
            raise ShardAwayError([self.names[shard] for shard in sorted(silent)])
        return replies

    def _fetched(self, positions: Iterable[int]) -> dict[int, ShardRecord]:
        """Return what is held of some images, as far as it can be had."""
        held: dict[int, ShardRecord] = {}
        rows: dict[int, list[int]] = {}
        for position in dict.fromkeys(positions):
            record = self._records.get(position)
            if record is not None:
                held[position] = record
                continue
            shard = self._shard_of(position)
            rows.setdefault(shard, []).append(position - self._starts[shard])
        replies = self._ask(
            {shard: RecordsQuestion(tuple(own)) for shard, own in rows.items()}
        )
        for shard, records in replies.items():
            for row, record in zip(rows[shard], records, strict=True):
                held[self._starts[shard] + row] = record
        self._records.update(held)
        if self._missing is None:
            with self._forgetting:
                while len(self._records) > KEPT_RECORDS:
                    self._records.popitem(last=False)
        return held

    def _record(self, position: int) -> ShardRecord:
        held = self._fetched([position])
        if not held:
            raise ShardAwayError([self.names[self._shard_of(position)]])
        return held[position]

    def _shard_of(self, position: int) -> int:
        return bisect_right(self._starts, position) - 1
