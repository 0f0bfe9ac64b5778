"""Column of ids, packed and mapped like features, in which an id is found by its hash.

As Python objects, the ids of a million works would take 400 MB of every process and
seconds of every start.
"""

from array import array
from collections.abc import Iterator, Sequence
from hashlib import blake2b
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.retrieval.files.arrays import map_array
from app.retrieval.files.packed_bytes import PackedBytes, PackedBytesWriter


class IdColumn:
    """N ids, one per position, found by their hashes; an id may occur several times.

    Parameters
    ----------
    ids : PackedBytes
        In UTF-8.
    hashes : (N,) uint64
        Of the ids, ascending.
    order : (N,) uint32
        The position of each hash; of equal ones ascending.
    """

    def __init__(
        self,
        ids: PackedBytes,
        hashes: NDArray[np.uint64],
        order: NDArray[np.uint32],
    ) -> None:
        if {len(hashes), len(order)} != {len(ids)}:
            raise ValueError(
                f"{len(ids)} ids of {ids.byte_count} bytes are announced, but there "
                f"are {len(hashes)} hashes, {len(order)} positions"
            )
        self._ids = ids
        self._hashes = hashes
        self._order = order

    def __len__(self) -> int:
        return len(self._order)

    def __getitem__(self, position: int) -> str:
        return self._ids[position].decode()

    def __iter__(self) -> Iterator[str]:
        return map(bytes.decode, self._ids)

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
        packed = PackedBytes.pack(id_.encode() for id_ in ids)
        return cls(packed, *_sorted_hashes([_hash(id_) for id_ in ids]))

    @classmethod
    def open(cls, folder: Path, name: str) -> "IdColumn":
        """Map what :class:`IdColumnWriter` wrote; nothing is read yet.

        Raises
        ------
        OSError, ValueError
            If a file is missing or is not what its header says.
        """
        ids, starts, hashes, order = _paths(folder, name)
        return cls(PackedBytes.open(ids, starts), map_array(hashes), map_array(order))


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
        ids, starts, *self._sorted = _paths(folder, name)
        self._ids = PackedBytesWriter(ids, starts)
        self._hashes = array("Q")

    def __len__(self) -> int:
        return len(self._ids)

    def append(self, id_: str) -> None:
        """Add the next position's id."""
        self._ids.append(id_.encode())
        self._hashes.append(_hash(id_))

    def finish(self) -> None:
        """Complete the files."""
        self._ids.finish()
        hashes, order = _sorted_hashes(self._hashes)
        np.save(self._sorted[0], hashes)
        np.save(self._sorted[1], order)


def _sorted_hashes(
    hashes: Sequence[int],
) -> tuple[NDArray[np.uint64], NDArray[np.uint32]]:
    """Sort hashes, and tell the position of each."""
    values = np.array(hashes, np.uint64)
    order = np.argsort(values, kind="stable")
    return values[order], order.astype(np.uint32)


def _hash(id_: str) -> int:
    return int.from_bytes(blake2b(id_.encode(), digest_size=8).digest(), "little")


def _paths(folder: Path, name: str) -> list[Path]:
    parts = ("text", "starts", "hashes", "order")
    return [folder / f"{name}_{part}.npy" for part in parts]
