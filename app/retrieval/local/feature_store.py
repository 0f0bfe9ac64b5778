"""Store of the local features of a whole gallery, packed into four arrays.

One file per picture would mean 44,000 files; one array per picture 44,000 Python
objects at every start. Packed, a gallery opens in constant time and its pages are
shared by all processes that map the same files.
"""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from app.retrieval.files.arrays import map_array
from app.retrieval.files.row_file import RowFile, starts_of
from app.retrieval.types import FloatArray, LocalFeatures

Size: TypeAlias = tuple[int, int]

_XY = "local_xy.npy"
_DESCRIPTORS = "local_descriptors.npy"
_STARTS = "local_starts.npy"
_SIZES = "local_sizes.npy"


class FeatureStore:
    """Local features of N pictures, one per position from 0 to N - 1.

    Parameters
    ----------
    xy : (T, 2) float32
        Keypoints of all pictures, one picture after the other.
    descriptors : (T, 128) uint8
    starts : (N + 1,) int64
        Picture ``i`` owns the rows ``starts[i]`` to ``starts[i + 1]``.
    sizes : (N, 2) int32
        (height, width) of the resized pictures.
    """

    def __init__(
        self,
        xy: FloatArray,
        descriptors: NDArray[np.uint8],
        starts: NDArray[np.int64],
        sizes: NDArray[np.int32],
    ) -> None:
        total = int(starts[-1])
        if xy.shape != (total, 2) or descriptors.shape != (total, 128):
            raise ValueError(
                f"{total} features are announced, but xy is {xy.shape} and "
                f"descriptors {descriptors.shape}"
            )
        if sizes.shape != (len(starts) - 1, 2):
            raise ValueError(f"{len(starts) - 1} pictures, but sizes is {sizes.shape}")
        self._xy = xy
        self._descriptors = descriptors
        self._starts = starts
        self._sizes = sizes

    def __len__(self) -> int:
        return len(self._sizes)

    def __getitem__(self, position: int) -> LocalFeatures:
        start, stop = int(self._starts[position]), int(self._starts[position + 1])
        height, width = self._sizes[position]
        return LocalFeatures(
            self._xy[start:stop],
            self._descriptors[start:stop],
            (int(height), int(width)),
        )

    def __iter__(self) -> Iterator[LocalFeatures]:
        return map(self.__getitem__, range(len(self)))

    @classmethod
    def pack(cls, pictures: Iterable[LocalFeatures]) -> "FeatureStore":
        """Pack features in memory.

        Parameters
        ----------
        pictures : iterable of LocalFeatures
            May be empty.
        """
        pictures = list(pictures)
        none = LocalFeatures.empty()
        return cls(
            np.concatenate([none.xy, *(p.xy for p in pictures)]),
            np.concatenate([none.descriptors, *(p.descriptors for p in pictures)]),
            starts_of([len(p) for p in pictures]),
            _size_array([p.size for p in pictures]),
        )

    @classmethod
    def open(cls, folder: Path) -> "FeatureStore":
        """Map what :class:`FeatureStoreWriter` wrote; nothing is read yet.

        Raises
        ------
        OSError, ValueError
            If a file is missing or is not what its header says.
        """
        return cls(
            map_array(folder / _XY),
            map_array(folder / _DESCRIPTORS),
            np.load(folder / _STARTS),
            np.load(folder / _SIZES),
        )


class FeatureStoreWriter:
    """Writes a store to disk picture by picture, holding none in memory.

    Parameters
    ----------
    folder : Path
        Where the files go.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._xy = RowFile(folder / _XY, np.float32, (2,))
        self._descriptors = RowFile(folder / _DESCRIPTORS, np.uint8, (128,))
        self._counts: list[int] = []
        self._picture_sizes: list[Size] = []

    def append(self, features: LocalFeatures) -> None:
        """Add the next picture's features."""
        self._xy.append(features.xy)
        self._descriptors.append(features.descriptors)
        self._counts.append(len(features))
        self._picture_sizes.append(features.size)

    def finish(self) -> FeatureStore:
        """Complete the files and open them."""
        self._xy.finish()
        self._descriptors.finish()
        np.save(self._folder / _STARTS, starts_of(self._counts))
        np.save(self._folder / _SIZES, _size_array(self._picture_sizes))
        return FeatureStore.open(self._folder)


def _size_array(sizes: Sequence[Size]) -> NDArray[np.int32]:
    return np.asarray(sizes, np.int32).reshape(-1, 2)
