"""Hilbert curve: an order of grid cells that keeps neighbours together."""

import numpy as np
from numpy.typing import NDArray


def hilbert(cells: NDArray[np.int32]) -> NDArray[np.int64]:
    """Return how far along Hilbert's curve each cell of a grid is.

    Parameters
    ----------
    cells : (N, 2) int32, >= 0
        Column and row.

    Returns
    -------
    distances : (N,) int64
        Different for different cells.

    References
    ----------
    .. [1] Hilbert, "Ueber die stetige Abbildung einer Linie auf ein Flächenstück",
       Mathematische Annalen 1891.
    """
    x, y = cells.astype(np.int64).T
    distances = np.zeros(len(cells), np.int64)
    largest = int(cells.max(initial=1))
    side = 1 << (largest.bit_length() - 1)
    while side:
        right, below = (x & side) > 0, (y & side) > 0
        quarter = 3 * right.astype(np.int64) ^ below
        distances += side * side * quarter
        # Each quarter holds the same curve, the first and the last one mirrored.
        flipped = right & ~below
        x, y = (
            np.where(flipped, side - 1 - (x & (side - 1)), x),
            np.where(flipped, side - 1 - (y & (side - 1)), y),
        )
        x, y = np.where(below, x, y), np.where(below, y, x)
        side >>= 1
    return distances
