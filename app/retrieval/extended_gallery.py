"""A gallery as it is now: the one on disk, less what is gone, plus what is new.

Building a gallery takes minutes, a curator's change must be found at once. So the few
images that changed since it was built live beside it in memory, searched exactly, and
those that no longer count are hidden.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import overload

import numpy as np

from app.retrieval.gallery import Gallery
from app.retrieval.settings import ShortlistSettings
from app.retrieval.types import (
    BoolArray,
    FloatArray,
    GalleryFeatures,
    GalleryItem,
    Hit,
    LocalFeatures,
)


class ExtendedGallery:
    """A gallery with additions at the positions behind its own.

    Parameters
    ----------
    base : Gallery
    hidden : collection of str
        Ids of images of ``base`` that are never found; unknown ones are ignored.
    additions : iterable of (GalleryItem, GalleryFeatures)
        May replace hidden images under the same ids, and may be empty.
    """

    def __init__(
        self,
        base: Gallery,
        hidden: Collection[str],
        additions: Iterable[tuple[GalleryItem, GalleryFeatures]],
    ) -> None:
        pairs = list(additions)
        self._base = base
        self._additions = base.beside(pairs) if pairs else None
        self._hidden = np.zeros(len(base), np.bool_)
        for image_id in hidden:
            position = base.position_of(image_id)
            if position is not None:
                self._hidden[position] = True
        added = self._additions
        self.items: tuple[GalleryItem, ...] = base.items + (
            added.items if added else ()
        )
        self.local_features: Sequence[LocalFeatures] = (
            _Joined(base.local_features, added.local_features)
            if added
            else base.local_features
        )

    def __len__(self) -> int:
        return len(self.items)

    @property
    def work_ids(self) -> frozenset[str]:
        """All works that can be found."""
        shown = np.flatnonzero(~self._hidden)
        added = self._additions.items if self._additions else ()
        return frozenset(item.work_id for item in added) | {
            self._base.items[position].work_id for position in shown
        }

    def position_of(self, image_id: str) -> int | None:
        """Look up where an image is; None if it cannot be found."""
        if self._additions:
            added = self._additions.position_of(image_id)
            if added is not None:
                return len(self._base) + added
        position = self._base.position_of(image_id)
        return None if position is None or self._hidden[position] else position

    def mask_of(self, works: Collection[str]) -> BoolArray | None:
        """Mark the positions of some works and all hidden ones: (N,); None if none."""
        marked = self._base.mask_of(works)
        mask = self._hidden if marked is None else self._hidden | marked
        if self._additions:
            marked = self._additions.mask_of(works)
            if marked is None:
                marked = np.zeros(len(self._additions), np.bool_)
            mask = np.concatenate([mask, marked])
        return mask if mask.any() else None

    def search_global(
        self, descriptor: FloatArray, k: int, *, excluded: BoolArray | None = None
    ) -> tuple[Hit, ...]:
        """See :meth:`Gallery.search_global`; give it what :meth:`mask_of` returned."""
        split = self._split(excluded)
        hits = self._base.search_global(descriptor, k, excluded=split[0])
        if not self._additions:
            return hits
        added = self._additions.search_global(descriptor, k, excluded=split[1])
        return self._merged(hits, added, k)

    def search_local(
        self,
        features: LocalFeatures,
        settings: ShortlistSettings,
        *,
        excluded: BoolArray | None = None,
    ) -> tuple[Hit, ...]:
        """See :meth:`Gallery.search_local`; give it what :meth:`mask_of` returned."""
        split = self._split(excluded)
        hits = self._base.search_local(features, settings, excluded=split[0])
        if not self._additions:
            return hits
        added = self._additions.search_local(features, settings, excluded=split[1])
        return self._merged(hits, added, settings.local_count)

    def descriptor_of(self, position: int) -> FloatArray:
        """Return the descriptor (D,) at a position."""
        if self._additions and position >= len(self._base):
            return self._additions.descriptor_of(position - len(self._base))
        return self._base.descriptor_of(position)

    def similarities(
        self, descriptor: FloatArray, positions: Sequence[int]
    ) -> FloatArray:
        """Compare a descriptor (D,) with those at K positions: (K,) cosines."""
        rows = [self.descriptor_of(position) for position in positions]
        if not rows:
            return np.zeros(0, np.float32)
        return np.asarray(np.stack(rows) @ descriptor, dtype=np.float32)

    def _split(
        self, excluded: BoolArray | None
    ) -> tuple[BoolArray | None, BoolArray | None]:
        if excluded is None:
            return None, None
        return excluded[: len(self._base)], excluded[len(self._base) :]

    def _merged(
        self, hits: Sequence[Hit], added: Sequence[Hit], k: int
    ) -> tuple[Hit, ...]:
        moved = [Hit(len(self._base) + hit.position, hit.similarity) for hit in added]
        # Stable: of equals, those of the base come first.
        ranked = sorted([*hits, *moved], key=lambda hit: -hit.similarity)
        return tuple(ranked[:k])


class _Joined(Sequence[LocalFeatures]):
    """Two sequences one behind the other, without copying either."""

    def __init__(
        self, first: Sequence[LocalFeatures], second: Sequence[LocalFeatures]
    ) -> None:
        self._first, self._second = first, second

    def __len__(self) -> int:
        return len(self._first) + len(self._second)

    @overload
    def __getitem__(self, position: int) -> LocalFeatures: ...
    @overload
    def __getitem__(self, position: slice) -> Sequence[LocalFeatures]: ...
    def __getitem__(
        self, position: int | slice
    ) -> LocalFeatures | Sequence[LocalFeatures]:
        if isinstance(position, slice):
            return [self[i] for i in range(*position.indices(len(self)))]
        if not -len(self) <= position < len(self):
            raise IndexError(f"position {position} of {len(self)}")
        position %= len(self)
        if position < len(self._first):
            return self._first[position]
        return self._second[position - len(self._first)]
