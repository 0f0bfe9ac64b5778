"""Store of the ids of a whole gallery: of its images, and of the works they show."""

from abc import abstractmethod
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import accumulate, chain
from pathlib import Path
from typing import SupportsIndex, overload

import numpy as np

from app.retrieval.gallery.id_column import IdColumn, IdColumnWriter
from app.retrieval.types import BoolArray, GalleryItem

_IMAGES, _WORKS = "image", "work"


class Items(Sequence[GalleryItem]):
    """Sequence of items that are made when they are asked for."""

    @abstractmethod
    def at(self, position: int) -> GalleryItem:
        """Return the item at a position from 0 to N - 1."""

    @overload
    def __getitem__(self, position: SupportsIndex) -> GalleryItem: ...

    @overload
    def __getitem__(self, position: slice) -> tuple[GalleryItem, ...]: ...

    def __getitem__(
        self, position: SupportsIndex | slice
    ) -> GalleryItem | tuple[GalleryItem, ...]:
        rows = range(len(self))
        if isinstance(position, slice):
            return tuple(map(self.at, rows[position]))
        return self.at(rows[position])


class ItemStore(Items):
    """Items of a gallery, one per position from 0 to N - 1.

    Parameters
    ----------
    image_ids : IdColumn
        All different.
    work_ids : IdColumn
        As long.

    Raises
    ------
    ValueError
        If an image occurs twice.
    """

    def __init__(self, image_ids: IdColumn, work_ids: IdColumn) -> None:
        if len(image_ids) != len(work_ids):
            raise ValueError(f"{len(image_ids)} images, but {len(work_ids)} works")
        if image_ids.count_different() < len(image_ids):
            raise ValueError("an image occurs twice in the gallery")
        self._image_ids = image_ids
        self._work_ids = work_ids

    def __len__(self) -> int:
        return len(self._image_ids)

    def at(self, position: int) -> GalleryItem:
        """Return the ids of the image at a position from 0 to N - 1, and its work."""
        return GalleryItem(self._image_ids[position], self._work_ids[position])

    def __iter__(self) -> Iterator[GalleryItem]:
        return map(GalleryItem, self._image_ids, self._work_ids)

    @property
    def work_count(self) -> int:
        """Number of different works."""
        return self._work_ids.count_different()

    @property
    def image_ids(self) -> IdColumn:
        """The image of each position."""
        return self._image_ids

    @property
    def work_ids(self) -> IdColumn:
        """The work of each position."""
        return self._work_ids

    def position_of(self, image_id: str) -> int | None:
        """Look up where a reference image is; None if it is not in the gallery."""
        found = self._image_ids.positions_of(image_id)
        return int(found[0]) if len(found) else None

    def mask_of(self, works: Collection[str]) -> BoolArray | None:
        """Mark the positions of some works, for leaving them out of a search.

        Parameters
        ----------
        works : collection of str
            Work ids; unknown ones are ignored.

        Returns
        -------
        mask : (N,) bool or None
            None when no position is marked.
        """
        found = [self._work_ids.positions_of(work) for work in works]
        rows = np.concatenate([np.zeros(0, np.uint32), *found])
        if not len(rows):
            return None
        mask = np.zeros(len(self), np.bool_)
        mask[rows] = True
        return mask

    @classmethod
    def pack(cls, items: Iterable[GalleryItem]) -> "ItemStore":
        """Pack items in memory; there may be none."""
        items = list(items)
        return cls(
            IdColumn.pack([item.image_id for item in items]),
            IdColumn.pack([item.work_id for item in items]),
        )

    @classmethod
    def open(cls, folder: Path) -> "ItemStore":
        """Map what :class:`ItemStoreWriter` wrote; nothing is read yet.

        Raises
        ------
        OSError, ValueError
            If a file is missing or is not what its header says.
        """
        return cls(IdColumn.open(folder, _IMAGES), IdColumn.open(folder, _WORKS))


class ItemChain(Items):
    """Items of several galleries, one after the other."""

    def __init__(self, parts: Sequence[Sequence[GalleryItem]]) -> None:
        self._parts = parts
        self.starts = (0, *accumulate(map(len, parts)))
        """Where each gallery starts, and where the last one ends."""

    def __len__(self) -> int:
        return self.starts[-1]

    def locate(self, position: int) -> tuple[int, int]:
        """Return which gallery holds a position from 0 to N - 1, and the row there."""
        part = bisect_right(self.starts, position) - 1
        return part, position - self.starts[part]

    def at(self, position: int) -> GalleryItem:
        """Return the item at a position from 0 to N - 1."""
        part, row = self.locate(position)
        return self._parts[part][row]

    def __iter__(self) -> Iterator[GalleryItem]:
        return chain.from_iterable(self._parts)


class ItemStoreWriter:
    """Writes a store to disk item by item.

    Parameters
    ----------
    folder : Path
        Where the files go.
    """

    def __init__(self, folder: Path) -> None:
        self._image_ids = IdColumnWriter(folder, _IMAGES)
        self._work_ids = IdColumnWriter(folder, _WORKS)

    def __len__(self) -> int:
        return len(self._image_ids)

    def append(self, item: GalleryItem) -> None:
        """Add the next reference image's ids."""
        self._image_ids.append(item.image_id)
        self._work_ids.append(item.work_id)

    def finish(self) -> None:
        """Complete the files."""
        self._image_ids.finish()
        self._work_ids.finish()
