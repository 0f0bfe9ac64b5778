"""Choice of the whitening: the trained projection, PCA, or one learnt from pairs.

Which is best depends on how long was trained and on what, so all are tried on works
that were not trained on, and the best one is kept.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from app.retrieval.descriptors.whitening import (
    Whitening,
    learn_paired_whitening,
    learn_whitening,
    unit_length,
)
from app.retrieval.runtime.keras import keras
from app.retrieval.training.assessment import recalls
from app.retrieval.training.data.batches import run_network
from app.retrieval.types import FloatArray, Image

TRAINED, LEARNT, PAIRED = "trained", "pca", "pairs"
MAX_SAMPLES = 2000
"""Pictures that whitening is learnt from; more do not change it."""
PHOTOS_PER_SAMPLE = 2
"""Simulated photos, which make pairs with their picture."""
REGULARISATION = 0.01


def class_vectors(
    network: keras.Model, pictures: Sequence[Image], sizes: Sequence[tuple[int, int]]
) -> list[FloatArray]:
    """Pool pictures up to what whitening gets; parameters as in `run_network`.

    Returns
    -------
    vectors : list of (M, C) float32
        Per picture, one unit vector per class that is seen somewhere.
    """
    pooling = keras.Model(network.input, network.get_layer("class_vectors").output)
    return [
        unit_length(vectors[np.any(vectors > 0, axis=1)])
        for vectors in run_network(pooling, pictures, sizes)
    ]


def choose_whitening(
    network: keras.Model,
    samples: Sequence[FloatArray],
    photos: Sequence[FloatArray],
    queries: Sequence[FloatArray],
    gallery: Sequence[FloatArray],
    relevant: Sequence[int] | NDArray[np.int64],
    *,
    is_trained: bool,
) -> Mapping[str, Mapping[str, float]]:
    """Put the better whitening into a network.

    Parameters
    ----------
    network : keras.Model
        Its layer ``descriptor`` may be changed.
    samples : sequence of (M, C) float32
        `class_vectors` of pictures to learn from.
    photos : sequence of (M, C) float32
        `class_vectors` of photos of the same pictures: of all of them in their order,
        once or several times over.
    queries, gallery : sequence of (M, C) float32
        `class_vectors` of photos of works that were not trained on, and of all works.
    relevant : (Q,) int
        Row of the gallery that shows each query's work.
    is_trained : bool
        Whether the network's own projection was trained, and takes part. Where there
        are no queries to compare with, PCA is kept.

    Returns
    -------
    figures : mapping of mapping
        Recalls by name of the whitening, the kept one last.
    """
    layer = network.get_layer("descriptor")
    trained = Whitening(np.asarray(layer.mean), np.asarray(layer.projection))
    dimension = len(trained.projection)
    vectors = np.concatenate(samples)
    pca = learn_whitening(vectors, dimension, regularisation=REGULARISATION)
    repeated = [*samples] * (len(photos) // len(samples))
    paired = learn_paired_whitening(
        (_summed(repeated), _summed(photos)), vectors.mean(axis=0), dimension
    )
    candidates = {LEARNT: pca, PAIRED: paired}
    if is_trained:
        candidates[TRAINED] = trained
    figures = {}
    for name, whitening in candidates.items() if queries else ():
        asked, held = (_described(part, whitening) for part in (queries, gallery))
        figures[name] = recalls(asked, held, relevant)
    names = sorted(figures, key=lambda name: sum(figures[name].values()))
    layer.set_whitening(candidates[names[-1]] if names else pca)
    return {name: figures[name] for name in names}


def _described(pictures: Sequence[FloatArray], whitening: Whitening) -> FloatArray:
    """Aggregate class vectors to (N, D) descriptors, as the network does."""
    sums = [unit_length(whitening.apply(vectors)).sum(axis=0) for vectors in pictures]
    return unit_length(np.stack(sums))


def _summed(pictures: Sequence[FloatArray]) -> FloatArray:
    """Sum up the class vectors of each picture, whichever classes it has: (N, C)."""
    return unit_length(np.stack([vectors.sum(axis=0) for vectors in pictures]))
