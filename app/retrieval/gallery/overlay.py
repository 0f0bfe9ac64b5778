"""Overlay of a gallery on disk: hidden images, and new ones in memory.

Building a gallery takes minutes, a curator's change must be found at once. So the few
images that changed since it was built live behind it in small galleries in memory,
searched exactly, and images that no longer count are hidden.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from functools import cached_property
from itertools import chain, compress
from typing import TypeAlias

import numpy as np

from app.retrieval.gallery.gallery import Gallery
from app.retrieval.gallery.item_store import ItemChain
from app.retrieval.gallery.shards.sharded import ShardedGallery
from app.retrieval.local.voting import JoinedTally, Tally, look_up, merge_hits
from app.retrieval.settings import ShortlistSettings
from app.retrieval.types import (
    BoolArray,
    FloatArray,
    GalleryFeatures,
    GalleryItem,
    Hit,
    LocalFeatures,
)

Part: TypeAlias = Gallery | ShardedGallery
"""Of an overlay: what it lies over, on disk or in shards, or one in memory."""


class GalleryOverlay:
    """A gallery on disk, or in shards, and those made since, searched as one.

    Immutable: :meth:`extended` gives the next one and shares all parts with it.

    Parameters
    ----------
    parts : sequence of Gallery or ShardedGallery
        At least one. The first is the one that was built, the others were made by its
        :meth:`~app.retrieval.gallery.gallery.Gallery.beside`.
    hidden : (N,) bool
        Positions that are never found.
    """

    def __init__(self, parts: Sequence[Part], hidden: BoolArray) -> None:
        self._parts = tuple(parts)
        self._hidden = hidden
        self.items = ItemChain([part.items for part in parts])
        self._starts = self.items.starts

    @classmethod
    def over(cls, base: Part) -> "GalleryOverlay":
        """Start with a gallery as it was built."""
        return cls([base], np.zeros(len(base), np.bool_))

    def extended(
        self,
        hidden: Collection[str],
        additions: Iterable[tuple[GalleryItem, GalleryFeatures]],
    ) -> "GalleryOverlay":
        """Return this gallery after a change.

        Parameters
        ----------
        hidden : collection of str
            Ids of images that are not found any more; unknown ones are ignored.
        additions : iterable of (GalleryItem, GalleryFeatures)
            May be empty, and may bring back ids that are hidden by now.
        """
        mask = self._hidden.copy()
        for image_id in hidden:
            position = self.position_of(image_id)
            if position is not None:
                mask[position] = True
        pairs = list(additions)
        if not pairs:
            return GalleryOverlay(self._parts, mask)
        part = self._parts[0].beside(pairs)
        shown = np.zeros(len(part), np.bool_)
        return GalleryOverlay([*self._parts, part], np.concatenate([mask, shown]))

    def __len__(self) -> int:
        return self._starts[-1]

    @property
    def added_count(self) -> int:
        """Number of images that are in memory only, hidden ones included."""
        return len(self) - len(self._parts[0])

    @cached_property
    def work_ids(self) -> frozenset[str]:
        """All works that can be found."""
        all_works = chain.from_iterable(part.items.work_ids for part in self._parts)
        return frozenset(compress(all_works, (~self._hidden).tolist()))

    @property
    def work_count(self) -> int:
        """Number of works that can be found."""
        return len(self.work_ids)

    def images_of(self, work_id: str) -> frozenset[str]:
        """Return the ids of the images that can be found of a work."""
        shown = np.flatnonzero(self._positions_of([work_id]) & ~self._hidden)
        return frozenset(self.items[position].image_id for position in shown)

    @property
    def missing(self) -> tuple[str, ...]:
        """Names of the shards that were not searched."""
        return self._parts[0].missing

    def for_one_photo(self) -> "GalleryOverlay":
        """Return what one photo is searched in, by one thread."""
        base = self._parts[0]
        own = base.for_one_photo()
        if own is base:
            return self
        other = GalleryOverlay.__new__(GalleryOverlay)
        other.__dict__.update(self.__dict__)
        other._parts = (own, *self._parts[1:])
        return other

    def fetch(self, positions: Iterable[int]) -> list[int]:
        """Get ready what is held of some images; return those that could be had."""
        wanted = list(positions)
        built = len(self._parts[0])
        there = set(self._parts[0].fetch(one for one in wanted if one < built))
        return [one for one in wanted if one >= built or one in there]

    def position_of(self, image_id: str) -> int | None:
        """Look up where an image is; None if it cannot be found."""
        for start, part in zip(self._starts, self._parts, strict=False):
            position = part.position_of(image_id)
            if position is not None and not self._hidden[start + position]:
                return start + position
        return None

    def mask_of(self, works: Collection[str]) -> BoolArray | None:
        """Mark the positions of some works and all hidden ones: (N,); None if none."""
        mask = self._hidden | self._positions_of(works)
        return mask if mask.any() else None

    def search_global(
        self, descriptor: FloatArray, k: int, *, excluded: BoolArray | None = None
    ) -> tuple[Hit, ...]:
        """See :meth:`Gallery.search_global`; give it what :meth:`mask_of` returned."""
        return self._search(
            k,
            excluded,
            lambda part, mask: part.search_global(descriptor, k, excluded=mask),
        )

    def vote(self, features: LocalFeatures, settings: ShortlistSettings) -> Tally:
        """See :meth:`Gallery.vote`."""
        # All parts have one vocabulary, and looking words up is the slow half.
        rule = settings.among(len(self))
        looked_up = look_up(self._parts[0].vocabulary, features, rule)
        return JoinedTally(
            [part.vote_by(*looked_up, rule) for part in self._parts],
            list(map(len, self._parts)),
        )

    def search_local(
        self,
        features: LocalFeatures,
        settings: ShortlistSettings,
        *,
        excluded: BoolArray | None = None,
    ) -> tuple[Hit, ...]:
        """See :meth:`Gallery.search_local`; give it what :meth:`mask_of` returned."""
        return self.vote(features, settings).shortlist(
            settings.local_count, excluded=excluded
        )

    def search_style(
        self, style: FloatArray, k: int, *, excluded: BoolArray | None = None
    ) -> tuple[Hit, ...]:
        """See :meth:`Gallery.search_style`; give it what :meth:`mask_of` returned."""
        return self._search(
            k, excluded, lambda part, mask: part.search_style(style, k, excluded=mask)
        )

    def search_semantic(
        self, semantic: FloatArray, k: int, *, excluded: BoolArray | None = None
    ) -> tuple[Hit, ...]:
        """See :meth:`Gallery.search_semantic`; give it what `mask_of` returned."""
        return self._search(
            k,
            excluded,
            lambda part, mask: part.search_semantic(semantic, k, excluded=mask),
        )

    def local_features_of(self, position: int) -> LocalFeatures:
        """Return the local features at a position."""
        part, row = self._locate(position)
        return part.local_features_of(row)

    def style_of(self, position: int) -> FloatArray:
        """Return the style (S,) float32 at a position; S may be 0."""
        part, row = self._locate(position)
        return part.style_of(row)

    def semantic_of(self, position: int) -> FloatArray:
        """Return the semantic descriptor (E,) float32 at a position; E may be 0."""
        part, row = self._locate(position)
        return part.semantic_of(row)

    def picture_of(self, position: int) -> bytes:
        """Return the grey copy at a position, encoded."""
        part, row = self._locate(position)
        return part.picture_of(row)

    def descriptor_of(self, position: int) -> FloatArray:
        """Return the descriptor (D,) float32 at a position."""
        part, row = self._locate(position)
        return part.descriptor_of(row)

    def similarities(
        self, descriptor: FloatArray, positions: Sequence[int]
    ) -> FloatArray:
        """Compare a descriptor (D,) with those at K positions: (K,) cosines."""
        self.fetch(positions)
        rows = [self.descriptor_of(position) for position in positions]
        if not rows:
            return np.zeros(0, np.float32)
        return np.asarray(np.stack(rows) @ descriptor, dtype=np.float32)

    def _positions_of(self, works: Collection[str]) -> BoolArray:
        """Mark the positions of some works, (N,), whether or not they are hidden."""
        mask = np.zeros(len(self), np.bool_)
        for start, part in zip(self._starts, self._parts, strict=False):
            marked = part.mask_of(works)
            if marked is not None:
                mask[start : start + len(part)] = marked
        return mask

    def _locate(self, position: int) -> tuple[Part, int]:
        """Find the part that holds a position, and the row in it."""
        part, row = self.items.locate(position)
        return self._parts[part], row

    def _search(
        self,
        k: int,
        excluded: BoolArray | None,
        search: Callable[[Part, BoolArray | None], Sequence[Hit]],
    ) -> tuple[Hit, ...]:
        hits = []
        for start, part in zip(self._starts, self._parts, strict=False):
            mask = None if excluded is None else excluded[start : start + len(part)]
            hits.append((start, search(part, mask)))
        return merge_hits(hits, k)


Searchable: TypeAlias = Gallery | ShardedGallery | GalleryOverlay
"""What an engine searches: N reference images, each at a position from 0 to N - 1."""
