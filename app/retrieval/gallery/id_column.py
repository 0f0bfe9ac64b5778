"""Column of ids, packed and mapped like features, in which an id is found by its hash.

As Python objects, the ids of a million works would take 400 MB of every process and
seconds of every start.
"""

from array import array
from collections.abc import Iterator, Sequence
from hashlib import blake2b
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.retrieval.files.arrays import map_array
from app.retrieval.files.row_file import RowFile, starts_of

_ARRAYS = ("text", "starts", "hashes", "order")


class IdColumn:
    """N ids, one per position, found by their hashes; an id may occur several times.

    Parameters
    ----------
    text : (T,) uint8
        All ids in UTF-8, one after the other.
    starts : (N + 1,) int64
        Id ``i`` has the bytes ``starts[i]`` to ``starts[i + 1]``.
    hashes : (N,) uint64
        Of the ids, ascending.
    order : (N,) uint32
        The position of each hash; of equal ones ascending.
    """

    def __init__(
        self,
        text: NDArray[np.uint8],
        starts: NDArray[np.int64],
        hashes: NDArray[np.uint64],
        order: NDArray[np.uint32],
    ) -> None:
        count = len(starts) - 1
        if text.shape != (int(starts[-1]),) or {len(hashes), len(order)} != {count}:
            raise ValueError(
                f"{count} ids of {int(starts[-1])} bytes are announced, but there are "
                f"{len(text)} bytes, {len(hashes)} hashes, {len(order)} positions"
            )
        self._text = text
        self._starts = starts
        self._hashes = hashes
        self._order = order

    def __len__(self) -> int:
        return len(self._order)

    def __getitem__(self, position: int) -> str:
        start, stop = int(self._starts[position]), int(self._starts[position + 1])
        return self._text[start:stop].tobytes().decode()

    def __iter__(self) -> Iterator[str]:
        text, starts = self._text.tobytes(), self._starts.tolist()
        for start, stop in pairwise(starts):
            yield text[start:stop].decode()

    def positions_of(self, id_: str) -> NDArray[np.uint32]:
        """Return the positions of an id, ascending: (K,), K may be 0."""
        hashed = np.uint64(_hash(id_))
        first, last = (
            np.searchsorted(self._hashes, hashed, side=side)
            for side in ("left", "right")
        )
        same = self._order[first:last]
        # Two ids may have one hash: among a million once in thirty million galleries.
        return same[[self[int(position)] == id_ for position in same]]

    def count_different(self) -> int:
        """Count the different ids."""
        return int(np.count_nonzero(np.diff(self._hashes))) + (len(self) > 0)

    @classmethod
    def pack(cls, ids: Sequence[str]) -> "IdColumn":
        """Pack ids in memory; there may be none."""
        encoded = [id_.encode() for id_ in ids]
        return cls(
            np.frombuffer(b"".join(encoded), np.uint8),
            starts_of([len(one) for one in encoded]),
            *_sorted_hashes([_hash(id_) for id_ in ids]),
        )

    @classmethod
    def open(cls, folder: Path, name: str) -> "IdColumn":
        """Map what :class:`IdColumnWriter` wrote; nothing is read yet.

        Raises
        ------
        OSError, ValueError
            If a file is missing or is not what its header says.
        """
        return cls(*(map_array(_path(folder, name, part)) for part in _ARRAYS))


class IdColumnWriter:
    """Writes a column id by id, of which the hashes alone stay in memory.

    Parameters
    ----------
    folder : Path
        Where the files go.
    name : str
        That their names begin with.
    """

    def __init__(self, folder: Path, name: str) -> None:
        self._folder = folder
        self._name = name
        self._text = RowFile(_path(folder, name, "text"), np.uint8)
        self._sizes = array("q")
        self._hashes = array("Q")

    def append(self, id_: str) -> None:
        """Add the next position's id."""
        encoded = id_.encode()
        self._text.append(np.frombuffer(encoded, np.uint8))
        self._sizes.append(len(encoded))
        self._hashes.append(_hash(id_))

    def finish(self) -> None:
        """Complete the files."""
        self._text.finish()
        hashes, order = _sorted_hashes(self._hashes)
        np.save(_path(self._folder, self._name, "starts"), starts_of(self._sizes))
        np.save(_path(self._folder, self._name, "hashes"), hashes)
        np.save(_path(self._folder, self._name, "order"), order)


def _sorted_hashes(
    hashes: Sequence[int],
) -> tuple[NDArray[np.uint64], NDArray[np.uint32]]:
    """Sort hashes, and tell the position of each."""
    values = np.array(hashes, np.uint64)
    order = np.argsort(values, kind="stable")
    return values[order], order.astype(np.uint32)


def _hash(id_: str) -> int:
    return int.from_bytes(blake2b(id_.encode(), digest_size=8).digest(), "little")


def _path(folder: Path, name: str, part: str) -> Path:
    return folder / f"{name}_{part}.npy"
