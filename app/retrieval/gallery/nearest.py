"""Nearest-neighbour indexes of unit vectors: exact, and approximate by Annoy.

Facts about Annoy that shape this module: ids are dense integers; the default
``search_k`` can lose most neighbours, so it is measured against exact search; it trusts
its file and would crash the process over a damaged one, so the file is checked before
Annoy sees it.
"""

import json
import zlib
from pathlib import Path
from typing import Protocol

import annoy
import numpy as np
from numpy.typing import NDArray

from app.retrieval.errors import (
    DamagedArtefactError,
    IncompatibleArtefactError,
    MissingArtefactError,
    reading,
)
from app.retrieval.runtime.place import INDEX_COMMAND
from app.retrieval.types import BoolArray, FloatArray, Hit, VectorArray

CHUNK = 512
"""Rows that are compared at a time: half a megabyte of them stays in a core's cache."""
FOREST_NUMBERS = 160
"""First numbers of a descriptor that a forest grows on. Annoy keeps them as float32 in
its file, beside the rows that the gallery has anyway. Whitening puts the directions
first in which works differ most, so among the rows nearest by these are the nearest."""
COMPARED_PER_ASKED, INSPECTED_PER_COMPARED = 4, 128
"""Rows that a forest proposes to be compared: at least so many for each that is asked
for, and one for so many nodes that are inspected."""
MOST_COMPARED = 10_000
"""For more, as where many works are excluded, no forest is asked: they would be copied
out of the file, 2 kB each, and to compare all rows, some at a time, is faster."""
_SIGN_AND_NUMBER = np.int32(0x8FFFE000 - (1 << 32))
"""Bits of a number of half precision in the place of a single one's."""


class Index(Protocol):
    """Index of N unit vectors, each at a position from 0 to N - 1."""

    @property
    def dimension(self) -> int:
        """Length D of a descriptor."""
        ...

    def __len__(self) -> int: ...

    def nearest(
        self, descriptor: FloatArray, k: int, *, excluded: BoolArray | None = None
    ) -> tuple[Hit, ...]:
        """Find the k most similar rows; see `ExactIndex.nearest`."""
        ...


class ExactIndex:
    """Exact index: compares with every row.

    The oracle for tests, and the fastest up to `GallerySettings.forest_from` rows.

    Parameters
    ----------
    descriptors : (N, D) float16 or float32
        Unit length; may be memory-mapped.
    """

    def __init__(self, descriptors: VectorArray) -> None:
        if descriptors.ndim != 2:
            raise ValueError(f"descriptors must be (N, D), got {descriptors.shape}")
        self._descriptors = descriptors

    @property
    def dimension(self) -> int:
        """Length D of a descriptor."""
        return int(self._descriptors.shape[1])

    def __len__(self) -> int:
        return len(self._descriptors)

    def nearest(
        self, descriptor: FloatArray, k: int, *, excluded: BoolArray | None = None
    ) -> tuple[Hit, ...]:
        """Find the k most similar rows; of equal ones the first comes first.

        Parameters
        ----------
        descriptor : (D,) float32, unit length
        k : int, >= 0
        excluded : (N,) bool, optional
            Rows that must not be returned.

        Returns
        -------
        hits : tuple of Hit
            Most similar first; min(k, rows not excluded) of them.
        """
        check_query(self, descriptor, excluded)
        rough = np.empty(len(self), np.float32)
        # Some at a time: of half precision they are made single to be multiplied.
        for start in range(0, len(self), CHUNK):
            rows = self._descriptors[start : start + CHUNK]
            rough[start : start + CHUNK] = _compared(rows, descriptor)
        positions = (
            np.arange(len(self)) if excluded is None else np.flatnonzero(~excluded)
        )
        near = positions
        if 0 < k < len(positions):
            # BLAS sums the last rows in another order than the others, so equal rows
            # differ by a rounding, and rows of half precision are not quite of unit
            # length: twice that much below the k-th may be in its place.
            values = rough[positions]
            slack = 2 * self.dimension * np.finfo(np.float32).eps
            slack += 2 * float(np.finfo(self._descriptors.dtype).eps)
            cut = np.partition(values, -k)[-k] - slack
            near = positions[values >= cut]
        return self.rank(descriptor, near)[:k]

    def rank(
        self, descriptor: FloatArray, positions: NDArray[np.intp]
    ) -> tuple[Hit, ...]:
        """Compare with some rows only: all of them, most similar first.

        Parameters
        ----------
        descriptor : (D,) float32, unit length
        positions : (K,) intp
            Ascending, that of equal rows the first comes first.
        """
        # einsum sums every row in the same order.
        rows = self._descriptors[positions].astype(np.float32, copy=False)
        similarities = np.einsum("nd,d->n", rows, descriptor)
        lengths = np.sqrt(np.einsum("nd,nd->n", rows, rows))
        similarities /= np.where(lengths > 0, lengths, 1)
        order = np.argsort(-similarities, kind="stable")
        return tuple(
            Hit(int(positions[one]), float(similarities[one])) for one in order
        )


class AnnoyIndex:
    """Approximate index: Annoy's forest, in a file that processes share by mapping it.

    The forest knows the first `FOREST_NUMBERS` of each row; what it proposes is
    compared by all of them. Made by `build` and `open`.

    Attributes
    ----------
    search_k : int
        Nodes inspected for the first 100 neighbours; see `choose_search_k`. A
        larger k inspects proportionally more.
    """

    def __init__(
        self, forest: annoy.AnnoyIndex, rows: ExactIndex, search_k: int
    ) -> None:
        self._forest = forest
        self._rows = rows
        self.search_k = search_k

    @classmethod
    def build(
        cls, descriptors: VectorArray, path: Path, *, n_trees: int, seed: int
    ) -> "AnnoyIndex":
        """Grow a forest and write it, with a note of its size and checksum beside it.

        It grows in memory, 0.9 kB per row: were it grown in its file, which Annoy could
        do, a full disk would end the process instead of raising an error.

        Parameters
        ----------
        descriptors : (N, D) float16 or float32
            Unit length; may be memory-mapped.
        path : Path
            Of the file to write; the note has ``.json`` appended to the name.
        n_trees : int, > 0
            More trees find more and take more space.
        seed : int
            The same descriptors and seed give the same file, byte for byte.

        Returns
        -------
        index : AnnoyIndex
            The written file, opened, with a ``search_k`` that inspects everything.
        """
        if descriptors.ndim != 2 or not len(descriptors):
            raise ValueError(f"descriptors must be (N, D), got {descriptors.shape}")
        count, dimension = descriptors.shape
        forest = annoy.AnnoyIndex(min(dimension, FOREST_NUMBERS), "angular")
        forest.set_seed(seed)
        for position, descriptor in enumerate(descriptors):
            forest.add_item(position, descriptor[:FOREST_NUMBERS])
        # One thread: with more, the order of the trees is a matter of chance.
        forest.build(n_trees, n_jobs=1)
        forest.save(str(path))
        forest.unload()
        note = {"dimension": dimension, "count": count, **_fingerprint(path)}
        _note_path(path).write_text(json.dumps(note), encoding="utf-8")
        return cls.open(path, descriptors, count * n_trees)

    @classmethod
    def open(cls, path: Path, descriptors: VectorArray, search_k: int) -> "AnnoyIndex":
        """Map a written forest into memory, after checking that it is whole.

        Parameters
        ----------
        path : Path
        descriptors : (N, D) float16 or float32
            Those that it was grown on; may be memory-mapped.
        search_k : int

        Raises
        ------
        MissingArtefactError
            If the file or its note does not exist.
        IncompatibleArtefactError
            If it was grown on descriptors of another length.
        DamagedArtefactError
            If it is not what was written (cut short, changed, not an index).
        """
        if not path.exists():
            raise MissingArtefactError(path, INDEX_COMMAND)
        note_path = _note_path(path)
        with reading(note_path, INDEX_COMMAND):
            note = json.loads(note_path.read_text(encoding="utf-8"))
            found, count = int(note.pop("dimension")), int(note.pop("count"))
        dimension = descriptors.shape[1]
        if found != dimension:
            raise IncompatibleArtefactError(
                path,
                f"descriptors of length {dimension}",
                f"length {found}",
                INDEX_COMMAND,
            )
        if _fingerprint(path) != note:
            raise DamagedArtefactError(path, "size or checksum differs", INDEX_COMMAND)
        forest = annoy.AnnoyIndex(min(dimension, FOREST_NUMBERS), "angular")
        try:
            forest.load(str(path))
        except OSError as error:
            raise DamagedArtefactError(path, str(error), INDEX_COMMAND) from error
        if not forest.get_n_items() == count == len(descriptors):
            raise DamagedArtefactError(
                path, f"it does not hold {len(descriptors)} rows", INDEX_COMMAND
            )
        return cls(forest, ExactIndex(descriptors), search_k)

    @property
    def dimension(self) -> int:
        """Length D of a descriptor."""
        return self._rows.dimension

    @property
    def full_effort(self) -> int:
        """A ``search_k`` that inspects every row, and so finds the truth."""
        return len(self) * self._forest.get_n_trees()

    def __len__(self) -> int:
        return self._forest.get_n_items()

    def nearest(
        self, descriptor: FloatArray, k: int, *, excluded: BoolArray | None = None
    ) -> tuple[Hit, ...]:
        """See `ExactIndex.nearest`; some of the true neighbours may be missing."""
        check_query(self, descriptor, excluded)
        barred = 0 if excluded is None else int(np.count_nonzero(excluded))
        asked = min(k + barred, len(self))
        wanted = min(k, len(self) - barred)
        effort = max(self.search_k, self.search_k * asked // 100)
        while (count := self._count(asked, effort)) <= MOST_COMPARED:
            near = self._propose(descriptor, count, effort)
            if excluded is not None:
                near = near[~excluded[near]]
            if len(near) >= wanted or effort >= self.full_effort:
                return self._rows.rank(descriptor, near)[:k]
            effort = min(2 * effort, self.full_effort)
        return self._rows.nearest(descriptor, k, excluded=excluded)

    def _count(self, asked: int, effort: int) -> int:
        """Say how many rows a forest is to propose."""
        if effort >= self.full_effort:
            return len(self)
        count = max(COMPARED_PER_ASKED * asked, effort // INSPECTED_PER_COMPARED)
        return min(count, len(self))

    def _propose(
        self, descriptor: FloatArray, count: int, effort: int
    ) -> NDArray[np.intp]:
        """Ask the forest for rows that may be among the nearest, in their order."""
        near = self._forest.get_nns_by_vector(
            descriptor[:FOREST_NUMBERS], count, search_k=effort
        )
        return np.sort(np.asarray(near, np.intp))


def _compared(rows: VectorArray, descriptor: FloatArray) -> FloatArray:
    """Multiply finite rows (K, D) by a descriptor (D,): (K,) float32.

    NumPy makes numbers of half precision single one by one, which takes 17 times as
    long as to multiply them. Their bits in the place of a single one's are the same
    number over 2 ** 112, which is exact.
    """
    if rows.dtype != np.float16:
        return np.asarray(rows @ descriptor, np.float32)
    bits = rows.view(np.int16).astype(np.int32)
    bits <<= 13
    bits &= _SIGN_AND_NUMBER
    scaled = descriptor * np.float32(2.0**112)
    return np.asarray(bits.view(np.float32) @ scaled, np.float32)


def _note_path(path: Path) -> Path:
    return path.with_name(path.name + ".json")


def _fingerprint(path: Path) -> dict[str, int]:
    """Size and checksum; 100 MB take about 0.1 s and are then in the page cache."""
    checksum = 0
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            checksum = zlib.crc32(block, checksum)
        return {"size_bytes": file.tell(), "crc32": checksum}


def check_query(
    index: Index, descriptor: FloatArray, excluded: BoolArray | None
) -> None:
    """Refuse arrays of another shape than an index needs, by a ValueError."""
    if descriptor.shape != (index.dimension,):
        raise ValueError(
            f"descriptor must be ({index.dimension},), got {descriptor.shape}"
        )
    if excluded is not None and excluded.shape != (len(index),):
        raise ValueError(f"excluded must be ({len(index)},), got {excluded.shape}")
