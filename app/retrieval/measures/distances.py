"""Cosine and Euclidean measures on feature vectors, and aligned activation vectors."""

import numpy as np

from app.retrieval.descriptors.whitening import unit_length
from app.retrieval.types import FloatArray

GRID = 7
"""Cells along each side of `aligned_activations`."""
_BLOCK_VALUES = 1 << 22
"""Numbers that differences are held of at a time: 16 MB."""


class Cosine:
    """Cosine similarity of two vectors, from -1 to 1.

    A vector of zeros has no direction: its cosine with anything is 0. Among vectors of
    unit length it ranks as `Euclidean` does. 44,000 of 256 numbers take some 10 ms.
    """

    name = "cosine"

    def score(self, query: FloatArray, candidates: FloatArray) -> FloatArray:
        """Compare a vector (D,) with N vectors (N, D)."""
        check_vectors(query, candidates)
        return np.asarray(unit_length(candidates) @ unit_length(query), np.float32)


class Euclidean:
    """Euclidean distance of two vectors, negative, so that 0 is the best score.

    Differences are taken before they are squared. The usual shortcut by a product of
    matrices is faster and, for vectors that are nearly the same, wrong by more than
    they differ. 44,000 of 256 numbers take some 20 ms.
    """

    name = "Euclid"

    def score(self, query: FloatArray, candidates: FloatArray) -> FloatArray:
        """Compare a vector (D,) with N vectors (N, D)."""
        check_vectors(query, candidates)
        rows = max(1, _BLOCK_VALUES // max(1, query.size))
        scores = np.empty(len(candidates), np.float32)
        for start in range(0, len(candidates), rows):
            part = slice(start, start + rows)
            scores[part] = -np.linalg.norm(candidates[part] - query, axis=1)
        return scores


def aligned_activations(feature_maps: FloatArray, *, grid: int = GRID) -> FloatArray:
    """Flatten feature maps so that pictures of any shape can be compared cell by cell.

    Each map is averaged over the cells of a grid that is stretched over the picture.
    Positions on the border of two cells count for both, by their shares.

    Parameters
    ----------
    feature_maps : (h, w, C) float32
        Covering the picture.
    grid : int, > 0

    Returns
    -------
    activations : (grid * grid * C,) float32
    """
    if feature_maps.ndim != 3 or 0 in feature_maps.shape:
        raise ValueError(f"feature_maps must be (h, w, C), got {feature_maps.shape}")
    height, width, _ = feature_maps.shape
    rows, columns = _shares(height, grid), _shares(width, grid)
    cells = np.einsum("ih,hwc,jw->ijc", rows, feature_maps, columns, optimize=True)
    return np.asarray(cells.ravel(), np.float32)


def check_vectors(query: FloatArray, candidates: FloatArray) -> None:
    """Refuse a query and candidates that are not (D,) and (N, D).

    Raises
    ------
    ValueError
    """
    if query.ndim != 1 or candidates.ndim != 2 or candidates.shape[1] != len(query):
        raise ValueError(
            "query must be (D,) and candidates (N, D), got "
            f"{query.shape} and {candidates.shape}"
        )


def _shares(length: int, grid: int) -> FloatArray:
    """Return (grid, length): how much of each cell each position fills, sum 1."""
    edges = np.arange(grid + 1) * length / grid
    positions = np.arange(length)
    last = np.minimum(edges[1:, None], positions + 1)
    first = np.maximum(edges[:-1, None], positions)
    return np.asarray(np.maximum(last - first, 0) * grid / length, np.float32)
