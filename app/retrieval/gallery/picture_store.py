"""Store of the grey copies of a whole gallery, packed into two arrays.

One array of bytes for the same reasons as
:mod:`app.retrieval.local.feature_store` has.
"""

from array import array
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.retrieval.files.arrays import map_array
from app.retrieval.files.row_file import RowFile, starts_of

_BYTES = "pictures.npy"
_STARTS = "picture_starts.npy"


class PictureStore:
    """Grey copies of N reference images, one per position from 0 to N - 1.

    Parameters
    ----------
    encoded : (T,) uint8
        All copies as they were encoded, one after the other.
    starts : (N + 1,) int64
        Copy ``i`` has the bytes ``starts[i]`` to ``starts[i + 1]``.
    """

    def __init__(self, encoded: NDArray[np.uint8], starts: NDArray[np.int64]) -> None:
        if encoded.shape != (int(starts[-1]),):
            raise ValueError(
                f"{int(starts[-1])} bytes are announced, but there are {encoded.shape}"
            )
        self._encoded = encoded
        self._starts = starts

    def __len__(self) -> int:
        return len(self._starts) - 1

    def __getitem__(self, position: int) -> bytes:
        start, stop = int(self._starts[position]), int(self._starts[position + 1])
        return self._encoded[start:stop].tobytes()

    @classmethod
    def pack(cls, pictures: Iterable[bytes]) -> "PictureStore":
        """Pack copies in memory; there may be none, and empty ones."""
        pictures = list(pictures)
        encoded = np.frombuffer(b"".join(pictures), np.uint8)
        return cls(encoded, starts_of([len(picture) for picture in pictures]))

    @classmethod
    def open(cls, folder: Path) -> "PictureStore":
        """Map what :class:`PictureStoreWriter` wrote; nothing is read yet.

        Raises
        ------
        OSError, ValueError
            If a file is missing or is not what its header says.
        """
        return cls(map_array(folder / _BYTES), np.load(folder / _STARTS))


class PictureStoreWriter:
    """Writes a store to disk copy by copy, holding none in memory.

    Parameters
    ----------
    folder : Path
        Where the files go.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._bytes = RowFile(folder / _BYTES, np.uint8)
        self._counts = array("q")

    def append(self, picture: bytes) -> None:
        """Add the next reference image's copy."""
        self._bytes.append(np.frombuffer(picture, np.uint8))
        self._counts.append(len(picture))

    def finish(self) -> None:
        """Complete the files."""
        self._bytes.finish()
        np.save(self._folder / _STARTS, starts_of(self._counts))
