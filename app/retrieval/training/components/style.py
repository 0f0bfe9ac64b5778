"""Learning of the style projection: Fisher's discriminants of artists and schools."""

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from app.retrieval.descriptors.style import COLOUR_LENGTH, TEXTURE_LENGTH, Style
from app.retrieval.types import FloatArray

DIMENSION = 64
SHRINKAGE = 0.3
"""How far the scatter within classes is drawn towards that of a ball. Most artists have
a handful of works, far fewer than there are directions."""
MIN_WORKS = 2
"""Of a class that the scatter within classes can be seen in."""

_Floats = NDArray[np.float64]


def learn_style(
    appearances: FloatArray, labellings: Sequence[Sequence[str]]
) -> tuple[Style, bool]:
    """Learn the map from appearances to styles.

    Each block, colours, brushwork and feature maps, is turned to its principal
    components and given the same weight. Where labels tell at least two classes apart,
    Fisher's linear discriminants follow, with a shrunk scatter within classes:
    distances count where works of one hand are alike. Otherwise the principal
    components are all there is.

    Parameters
    ----------
    appearances : (N, A) float32
        N >= 2.
    labellings : sequence of sequences of str
        Such as artists and schools, N of each; "" means unknown.

    Returns
    -------
    style : Style
    is_labelled : bool
        Whether the labels were of use.

    References
    ----------
    .. [1] Fisher, "The use of multiple measurements in taxonomic problems", Annals of
       Eugenics 1936; Friedman, "Regularized discriminant analysis", JASA 1989.
    """
    mean = appearances.mean(axis=0, dtype=np.float64)
    centred = appearances.astype(np.float64) - mean
    components = _block_components(centred)
    reduced = centred @ components.T
    classes = [group for labels in labellings for group in _groups(labels)]
    if len(classes) > 1:
        directions = _discriminants(reduced, classes)
    else:
        directions = np.linalg.svd(reduced, full_matrices=False)[2]
    projection = directions[:DIMENSION] @ components
    # Lengths do not matter, but half precision must not run out of range.
    projection /= np.abs(projection).max()
    style = Style(mean.astype(np.float32), projection.astype(np.float32))
    return style, len(classes) > 1


def _block_components(centred: _Floats) -> _Floats:
    """Return (K, A) directions: principal ones of each block, evenly weighed."""
    length = centred.shape[1]
    edges = (0, COLOUR_LENGTH, COLOUR_LENGTH + TEXTURE_LENGTH, length)
    rows = []
    for start, stop in pairwise(edges):
        block = centred[:, start:stop]
        spread = np.sqrt((block**2).sum(axis=1).mean())
        if spread == 0:
            continue
        directions = np.linalg.svd(block, full_matrices=False)[2]
        placed = np.zeros((len(directions), length))
        placed[:, start:stop] = directions / spread
        rows.append(placed)
    if not rows:
        raise ValueError("all pictures look the same")
    return np.concatenate(rows)


def _groups(labels: Sequence[str]) -> list[NDArray[np.intp]]:
    """Return the rows of each class that has enough works."""
    names = np.array(labels)
    return [
        np.flatnonzero(names == name)
        for name, count in sorted(Counter(labels).items())
        if name and MIN_WORKS <= count < len(labels)
    ]


def _discriminants(vectors: _Floats, classes: Sequence[NDArray[np.intp]]) -> _Floats:
    """Return (K, K) directions, the one that tells the classes apart best first."""
    size = vectors.shape[1]
    within, between = np.zeros((size, size)), np.zeros((size, size))
    for rows in classes:
        members = vectors[rows]
        middle = members.mean(axis=0)
        within += (members - middle).T @ (members - middle)
        between += len(rows) * np.outer(middle, middle)
    count = sum(map(len, classes))
    within, between = within / count, between / count
    ball = np.eye(size) * np.trace(within) / size
    within = (1 - SHRINKAGE) * within + SHRINKAGE * ball
    # The generalised problem becomes a symmetric one in the whitened space.
    whitening = np.linalg.inv(np.linalg.cholesky(within))
    directions = np.linalg.eigh(whitening @ between @ whitening.T)[1][:, ::-1]
    return np.asarray(directions.T @ whitening)
