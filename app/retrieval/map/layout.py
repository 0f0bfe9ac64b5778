"""Layout of a map: vectors placed in a plane by t-SNE, and settled on a grid.

First t-SNE, from a library, arranges points; then every point gets a cell of a grid of
its own, the nearest that is free. So no picture covers another one, and what lies
under a finger is one work.
"""

import math
from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from app.retrieval.types import FloatArray

Cells: TypeAlias = NDArray[np.int32]
"""Cells of a grid: (N, 2), column and row, from 0; no two are the same."""
Told: TypeAlias = Callable[[int, int], None]
"""Is told how many steps are done, and of how many; may raise to stop."""

LAYOUT = 1
"""Raised whenever the same vectors get other places: then maps are out of date."""
PERPLEXITY = 30
"""Neighbours that a work is kept close to, roughly; the library's own value."""
EARLY_STEPS, LATE_STEPS = 250, 500
"""Of the optimisation: with exaggeration, and without; the library's own values."""
EARLY_EXAGGERATION = 12
TOLD_EVERY = 10
"""Steps of the optimisation."""
BLOCK_ROWS = 256
"""Vectors that are compared with all others at once: 45 MB at 44,000."""
FEWEST = 5
"""With fewer there are no neighbours to keep: then the principal components do."""
FILLED = 0.5
"""Share of the grid's cells that is used. Fuller, and works of a dense region move away
from each other by many cells; emptier, and pictures are smaller than need be."""
LONGEST = 4
"""Cells along a grid's longer side, times the root of the number of works."""
SEED = 0


def arrange(vectors: FloatArray, told: Told = lambda _done, _total: None) -> FloatArray:
    """Place vectors in a plane by t-SNE; the same ones always the same way.

    Started from the principal components, with exaggeration 12 at first and a learning
    rate of N / exaggeration, as the authors of the library advise: then large distances
    in the map mean something too, not only small ones. Late exaggeration, which they
    advise from some 100,000 points, museums do not need. One thread, so that sums are
    always added in the same order, and other cores are left for visitors.

    Parameters
    ----------
    vectors : (N, D) float32, unit length, N > 0
    told : callable, optional

    Returns
    -------
    places : (N, 2) float32
        Of any scale.

    References
    ----------
    .. [1] van der Maaten and Hinton, "Visualizing data using t-SNE", JMLR 2008.
    .. [2] Poličar, Stražar and Zupan, "openTSNE: a modular Python library for t-SNE
       dimensionality reduction and embedding", Journal of Statistical Software 2024.
    .. [3] Kobak and Berens, "The art of using t-SNE for single-cell transcriptomics",
       Nature Communications 2019.
    .. [4] Belkina et al., "Automated optimized parameters for t-distributed stochastic
       neighbor embedding improve visualization and analysis of large datasets", Nature
       Communications 2019.
    """
    count = len(vectors)
    steps = EARLY_STEPS + LATE_STEPS
    blocks = -(-count // BLOCK_ROWS)
    if count < FEWEST or not np.ptp(vectors, axis=0).any():
        told(steps + blocks, steps + blocks)
        return _principal(vectors)
    # Here, for it takes scikit-learn along, which no web process should have to carry.
    from openTSNE import TSNE, affinity, initialization, nearest_neighbors

    perplexity = min(PERPLEXITY, (count - 1) / 3)
    neighbours, distances = nearest(
        vectors,
        min(count - 1, int(3 * perplexity)),
        lambda done: told(done, blocks + steps),
    )
    done = blocks

    def step(_iteration: int, _divergence: float, _places: object) -> bool:
        nonlocal done
        done += TOLD_EVERY
        told(done, blocks + steps)
        return False

    index = nearest_neighbors.PrecomputedNeighbors(neighbours, distances)
    optimised = TSNE(
        early_exaggeration=EARLY_EXAGGERATION,
        early_exaggeration_iter=EARLY_STEPS,
        n_iter=LATE_STEPS,
        n_jobs=1,
        callbacks=[step],
        callbacks_every_iters=TOLD_EVERY,
        random_state=SEED,
    ).fit(
        affinities=affinity.PerplexityBasedNN(perplexity=perplexity, knn_index=index),
        initialization=initialization.pca(
            vectors, svd_solver="covariance_eigh", random_state=SEED
        ),
    )
    return np.asarray(optimised, np.float32)


def nearest(
    vectors: FloatArray, count: int, told: Callable[[int], None]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Find the nearest of all vectors for each of them, exactly.

    44,000 of 512 numbers take half a minute: not worth an approximate index.

    Parameters
    ----------
    vectors : (N, D) float32, unit length
    count : int, 0 < count < N
    told : callable
        Is told how many blocks of ``BLOCK_ROWS`` are done.

    Returns
    -------
    neighbours : (N, count) int64
        Nearest first; not the vector itself.
    distances : (N, count) float64
        Euclidean.
    """
    rows, distances = [], []
    for number, start in enumerate(range(0, len(vectors), BLOCK_ROWS), 1):
        cosines = vectors[start : start + BLOCK_ROWS] @ vectors.T
        own = np.arange(len(cosines))
        cosines[own, start + own] = -np.inf
        taken = np.argpartition(-cosines, count - 1, axis=1)[:, :count]
        kept = np.take_along_axis(cosines, taken, axis=1)
        order = np.argsort(-kept, axis=1, kind="stable")
        rows.append(np.take_along_axis(taken, order, axis=1))
        kept = np.take_along_axis(kept, order, axis=1).astype(np.float64)
        distances.append(np.sqrt(np.maximum(2 - 2 * kept, 0)))
        told(number)
    return np.concatenate(rows), np.concatenate(distances)


def settle(places: FloatArray) -> Cells:
    """Give every place a cell of a grid, the nearest that is still free.

    Parameters
    ----------
    places : (N, 2) float32, N > 0

    Returns
    -------
    cells : (N, 2) int32
        No two are the same; the least column and row are 0.
    """
    count = len(places)
    # Without the outermost: one work far away must not squeeze all others together.
    low, high = np.percentile(places, (1, 99), axis=0)
    sides = np.maximum(high - low, 1e-9)
    side = math.sqrt(float(sides[0] * sides[1]) * FILLED / count)
    # All in a line or nearly in a point: no grid is longer than this.
    extent = float(np.ptp(places, axis=0).max())
    side = max(side, extent / (LONGEST * math.sqrt(count)), 1e-6)
    wanted = np.rint((places - places.min(axis=0)) / side).astype(np.int64)
    reach = math.ceil(math.sqrt(count)) + 1
    wanted += reach
    taken = np.zeros(wanted.max(axis=0) + reach + 1, np.bool_)
    steps = _by_distance(reach)
    cells = np.empty((count, 2), np.int32)
    for number, cell in enumerate(wanted):
        cells[number] = free = cell + _first_free(taken, cell, steps)
        taken[free[0], free[1]] = True
    return np.asarray(cells - cells.min(axis=0), np.int32)


def _first_free(
    taken: NDArray[np.bool_], cell: NDArray[np.int64], steps: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return the shortest step from a cell to a free one."""
    start, size = 0, 8
    while True:
        near = steps[start : start + size]
        columns, rows = (cell + near).T
        free = np.flatnonzero(~taken[columns, rows])
        if len(free):
            found: NDArray[np.int64] = near[free[0]]
            return found
        start, size = start + size, 4 * size


def _by_distance(reach: int) -> NDArray[np.int64]:
    """List the steps to all cells of a square around one, the shortest first."""
    line = np.arange(-reach, reach + 1)
    steps = np.stack(np.meshgrid(line, line, indexing="ij"), axis=-1).reshape(-1, 2)
    order = np.argsort((steps**2).sum(axis=1), kind="stable")
    ordered: NDArray[np.int64] = steps[order]
    return ordered


def _principal(vectors: FloatArray) -> FloatArray:
    """Place a handful of vectors by their two principal components."""
    centred = vectors - vectors.mean(axis=0)
    left, lengths, _ = np.linalg.svd(centred, full_matrices=False)
    places = np.zeros((len(vectors), 2), np.float32)
    used = min(2, len(lengths))
    places[:, :used] = left[:, :used] * lengths[:used]
    return places
