"""Matching of keypoints: pairs that look alike, before any geometry."""

import numpy as np
from numpy.typing import NDArray

from app.retrieval.types import FloatArray, LocalFeatures

_PLACE_PX = 1.0
"""Keypoints nearer than about this are one place (SIFT repeats a keypoint for each
of its orientations)."""


def match(
    query: LocalFeatures, candidate: LocalFeatures, *, ratio: float
) -> NDArray[np.int32]:
    """Pair keypoints that are each other's nearest, and clearly so.

    Parameters
    ----------
    query, candidate : LocalFeatures
        Either may be empty.
    ratio : float in (0, 1]
        Largest distance to the nearest descriptor of the candidate relative to
        that to the second nearest.

    Returns
    -------
    matches : (Q, 2) int32
        Rows of the query (column 0) and of the candidate (column 1), the least
        ambiguous first; no row occurs twice in a column.

    Raises
    ------
    ValueError
        If ``ratio`` is outside (0, 1].

    References
    ----------
    .. [1] Lowe, "Distinctive image features from scale-invariant keypoints",
       IJCV 2004.
    """
    if not 0 < ratio <= 1:
        raise ValueError(f"ratio must be in (0, 1], got {ratio}")
    if not len(query) or not len(candidate):
        return np.zeros((0, 2), np.int32)
    # Twice a sum of 128 products of bytes stays below 2 ** 24, so float32 holds all
    # of it exactly and the result does not depend on the order in which BLAS adds. One
    # product gives |b|^2 - 2 ab: the lengths ride along as one more dimension. The
    # query's own length is the same for all its distances, so only those that are
    # compared with a ratio get it.
    ours, our_lengths = _with_room(query.descriptors)
    theirs, their_lengths = _with_room(candidate.descriptors)
    ours[:, :-1] *= -2
    ours[:, -1] = 1
    theirs[:, -1] = their_lengths
    distances = ours @ theirs.T
    rows = np.arange(len(query))
    nearest = distances.argmin(axis=1)
    first = distances[rows, nearest] + our_lengths
    distances[rows, nearest] = np.inf
    second = distances.min(axis=1) + our_lengths
    clear = np.flatnonzero(first <= ratio**2 * second)
    # Back from the candidate, for the few that are left.
    ours[:, -1] = our_lengths
    theirs[:, -1] = 1
    back = theirs[nearest[clear]] @ ours.T
    clear = clear[back.argmin(axis=1) == clear]
    # Two keypoints with equal descriptors would both point at one candidate row.
    order = np.argsort(first[clear] / np.maximum(second[clear], 1), kind="stable")
    return np.stack([clear, nearest[clear]], axis=1).astype(np.int32)[order]


def match_places(
    query: LocalFeatures, candidate: LocalFeatures, *, ratio: float
) -> NDArray[np.int32]:
    """Pair keypoints as `match` does, but each place of either picture once.

    Parameters
    ----------
    query, candidate, ratio
        As of `match`.

    Returns
    -------
    matches : (Q, 2) int32
        As of `match`; of several matches at one place the least ambiguous. Those of a
        smaller ratio are the first rows of those of a larger one.
    """
    return _one_per_place(match(query, candidate, ratio=ratio), query, candidate)


def locate(
    matches: NDArray[np.int32], query: LocalFeatures, candidate: LocalFeatures
) -> FloatArray:
    """Locate matches in both pictures.

    Parameters
    ----------
    matches : (P, 2) int32
    query, candidate : LocalFeatures
        That they refer to.

    Returns
    -------
    points : (P, 4) float32
        x and y as shares of the query's width and height, then the same of the
        candidate's.
    """
    sides = [
        features.xy[matches[:, column]] / features.size[::-1]
        for column, features in enumerate((query, candidate))
    ]
    return np.concatenate(sides, axis=1).astype(np.float32)


def _with_room(
    descriptors: NDArray[np.uint8],
) -> tuple[FloatArray, FloatArray]:
    """Return descriptors (M, 128) with an unset column after them, and |d|^2 (M,)."""
    count, length = descriptors.shape
    wider = np.empty((count, length + 1), np.float32)
    values = wider[:, :length]
    values[:] = descriptors
    return wider, np.einsum("md,md->m", values, values)


def _one_per_place(
    matches: NDArray[np.int32], query: LocalFeatures, candidate: LocalFeatures
) -> NDArray[np.int32]:
    """Keep the clearest match at each place of either picture, in order."""
    for column, features in enumerate((query, candidate)):
        places = np.floor(features.xy[matches[:, column]] / _PLACE_PX)
        _, firsts = np.unique(places, axis=0, return_index=True)
        matches = matches[np.sort(firsts)]
    return matches
