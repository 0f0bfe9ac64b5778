"""Store of the local features of a whole gallery, packed into four arrays.

Of the descriptors it holds codes, 16 bytes instead of 128 for each.

One file per picture would mean 44,000 files; one array per picture 44,000 Python
objects at every start. Packed, a gallery opens in constant time and its pages are
shared by all processes that map the same files.
"""

from array import array
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from app.retrieval.files.arrays import map_array
from app.retrieval.files.row_file import RowFile, starts_of
from app.retrieval.local.product_quantiser import CODE_BYTES, ProductQuantiser
from app.retrieval.types import CodedFeatures, LocalFeatures

Size: TypeAlias = tuple[int, int]

_XY = "local_xy.npy"
_CODES = "local_codes.npy"
_STARTS = "local_starts.npy"
_SIZES = "local_sizes.npy"


class FeatureStore:
    """Local features of N pictures, one per position from 0 to N - 1.

    Parameters
    ----------
    xy : (T, 2) uint16
        Of `CodedFeatures`, one picture after the other.
    codes : (T, 16) uint8
    starts : (N + 1,) int64
        Picture ``i`` owns the rows ``starts[i]`` to ``starts[i + 1]``.
    sizes : (N, 2) int32
        (height, width) of the resized pictures.
    quantiser : ProductQuantiser
        That the codes are of.
    """

    def __init__(
        self,
        xy: NDArray[np.uint16],
        codes: NDArray[np.uint8],
        starts: NDArray[np.int64],
        sizes: NDArray[np.int32],
        quantiser: ProductQuantiser,
    ) -> None:
        total = int(starts[-1])
        if xy.shape != (total, 2) or codes.shape != (total, CODE_BYTES):
            raise ValueError(
                f"{total} features are announced, but xy is {xy.shape} and "
                f"codes {codes.shape}"
            )
        if sizes.shape != (len(starts) - 1, 2):
            raise ValueError(f"{len(starts) - 1} pictures, but sizes is {sizes.shape}")
        self._xy = xy
        self._codes = codes
        self._starts = starts
        self._sizes = sizes
        self._quantiser = quantiser

    def __len__(self) -> int:
        return len(self._sizes)

    def __getitem__(self, position: int) -> LocalFeatures:
        return decode_features(*self.stored(position), self._quantiser)

    def stored(
        self, position: int
    ) -> tuple[NDArray[np.uint16], NDArray[np.uint8], Size]:
        """Return places, codes and size of a picture as they are kept."""
        start, stop = int(self._starts[position]), int(self._starts[position + 1])
        height, width = self._sizes[position]
        size = int(height), int(width)
        return self._xy[start:stop], self._codes[start:stop], size

    def __iter__(self) -> Iterator[LocalFeatures]:
        return map(self.__getitem__, range(len(self)))

    @classmethod
    def pack(
        cls, pictures: Iterable[CodedFeatures], quantiser: ProductQuantiser
    ) -> "FeatureStore":
        """Pack features in memory.

        Parameters
        ----------
        pictures : iterable of CodedFeatures
            May be empty.
        quantiser : ProductQuantiser
            That they are coded by.
        """
        pictures = list(pictures)
        none = CodedFeatures.empty()
        return cls(
            np.concatenate([none.xy, *(p.xy for p in pictures)]),
            np.concatenate([none.codes, *(p.codes for p in pictures)]),
            starts_of([len(p) for p in pictures]),
            _size_array([p.size for p in pictures]),
            quantiser,
        )

    @classmethod
    def open(cls, folder: Path, quantiser: ProductQuantiser) -> "FeatureStore":
        """Map what :class:`FeatureStoreWriter` wrote; nothing is read yet.

        Raises
        ------
        OSError, ValueError
            If a file is missing or is not what its header says.
        """
        return cls(
            map_array(folder / _XY),
            map_array(folder / _CODES),
            np.load(folder / _STARTS),
            np.load(folder / _SIZES),
            quantiser,
        )


def decode_features(
    xy: NDArray[np.uint16],
    codes: NDArray[np.uint8],
    size: Size,
    quantiser: ProductQuantiser,
) -> LocalFeatures:
    """Make features of what a store keeps of them: (M, 2), (M, 16), and their size."""
    return LocalFeatures(
        np.divide(xy, CodedFeatures.STEPS_PER_PX, dtype=np.float32),
        quantiser.decode(codes),
        size,
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
        self._xy = RowFile(folder / _XY, np.uint16, (2,))
        self._codes = RowFile(folder / _CODES, np.uint8, (CODE_BYTES,))
        self._counts = array("q")
        self._sizes = array("i")

    def append(self, features: CodedFeatures) -> None:
        """Add the next picture's features."""
        self._xy.append(features.xy)
        self._codes.append(features.codes)
        self._counts.append(len(features))
        self._sizes.extend(features.size)

    def finish(self) -> None:
        """Complete the files."""
        self._xy.finish()
        self._codes.finish()
        np.save(self._folder / _STARTS, starts_of(self._counts))
        np.save(self._folder / _SIZES, _size_array(self._sizes))


def _size_array(sizes: Sequence[Size] | Sequence[int]) -> NDArray[np.int32]:
    return np.asarray(sizes, np.int32).reshape(-1, 2)
