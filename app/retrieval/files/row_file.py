"""Streaming writer of one ``.npy`` array that grows row by row."""

from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.lib import format as npy
from numpy.typing import DTypeLike, NDArray


class RowFile:
    """``.npy`` file whose first axis grows in place, in memory of constant size.

    NumPy pads a header so that the first axis can grow to any length in place:
    the header for 0 rows is as long as the final one. Opening the file for each
    append costs 10 microseconds and leaves none open after an error.

    Parameters
    ----------
    path : Path
        Overwritten.
    dtype : data type of the values
    row_shape : tuple of int
        Shape of a row; empty for an array of one dimension.
    """

    def __init__(
        self, path: Path, dtype: DTypeLike, row_shape: tuple[int, ...] = ()
    ) -> None:
        self._path = path
        self._dtype = np.dtype(dtype)
        self._row_shape = row_shape
        self._rows = 0
        with path.open("wb") as file:
            self._write_header(file)

    def append(self, rows: NDArray[np.generic]) -> None:
        """Add rows (R, *row_shape) at the end."""
        with self._path.open("ab") as file:
            file.write(np.ascontiguousarray(rows, dtype=self._dtype).data)
        self._rows += len(rows)

    def finish(self) -> None:
        """Write the final number of rows into the header."""
        with self._path.open("r+b") as file:
            self._write_header(file)

    def _write_header(self, file: BinaryIO) -> None:
        header = {
            "descr": npy.dtype_to_descr(self._dtype),
            "fortran_order": False,
            "shape": (self._rows, *self._row_shape),
        }
        npy.write_array_header_1_0(file, header)


def starts_of(counts: Sequence[int]) -> NDArray[np.int64]:
    """Tell where each of several runs of rows starts, and where the last one ends.

    Parameters
    ----------
    counts : sequence of int, length N
        Rows of each.

    Returns
    -------
    starts : (N + 1,) int64
    """
    starts = np.zeros(len(counts) + 1, np.int64)
    np.cumsum(counts, out=starts[1:])
    return starts
