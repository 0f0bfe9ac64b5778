"""Packed byte strings: many of them in one mapped array, and where each starts.

One array for the same reasons as :mod:`app.retrieval.local.feature_store` has.
"""

from array import array
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.retrieval.files.arrays import map_array
from app.retrieval.files.row_file import RowFile, starts_of


class PackedBytes:
    """N byte strings, one per position from 0 to N - 1.

    Parameters
    ----------
    joined : (T,) uint8
        All strings, one after the other.
    starts : (N + 1,) int64
        String ``i`` is the bytes ``starts[i]`` to ``starts[i + 1]``.
    """

    def __init__(self, joined: NDArray[np.uint8], starts: NDArray[np.int64]) -> None:
        if joined.shape != (int(starts[-1]),):
            raise ValueError(
                f"{int(starts[-1])} bytes are announced, but there are {joined.shape}"
            )
        self._joined = joined
        self._starts = starts

    def __len__(self) -> int:
        return len(self._starts) - 1

    def __getitem__(self, position: int) -> bytes:
        start, stop = int(self._starts[position]), int(self._starts[position + 1])
        return self._joined[start:stop].tobytes()

    def __iter__(self) -> Iterator[bytes]:
        # Slices of the array itself would take three times as long.
        joined = self._joined.data
        for start, stop in pairwise(self._starts.tolist()):
            yield joined[start:stop].tobytes()

    @property
    def byte_count(self) -> int:
        """Length T of all strings."""
        return len(self._joined)

    @classmethod
    def pack(cls, strings: Iterable[bytes]) -> "PackedBytes":
        """Pack strings in memory; there may be none, and empty ones."""
        strings = list(strings)
        joined = np.frombuffer(b"".join(strings), np.uint8)
        return cls(joined, starts_of([len(string) for string in strings]))

    @classmethod
    def open(cls, joined: Path, starts: Path) -> "PackedBytes":
        """Map the files that :class:`PackedBytesWriter` wrote; nothing is read yet.

        Raises
        ------
        OSError, ValueError
            If a file is missing or is not what its header says.
        """
        return cls(map_array(joined), map_array(starts))


class PackedBytesWriter:
    """Writes strings to disk one by one, holding none in memory.

    Parameters
    ----------
    joined, starts : Path
        Of the files.
    """

    def __init__(self, joined: Path, starts: Path) -> None:
        self._joined = RowFile(joined, np.uint8)
        self._starts = starts
        self._sizes = array("q")

    def __len__(self) -> int:
        return len(self._sizes)

    def append(self, string: bytes) -> None:
        """Add the next position's string."""
        self._joined.append(np.frombuffer(string, np.uint8))
        self._sizes.append(len(string))

    def finish(self) -> None:
        """Complete the files."""
        self._joined.finish()
        np.save(self._starts, starts_of(self._sizes))
