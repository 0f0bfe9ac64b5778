"""Choice of pooling and whitening: trained projection, PCA, pairs, joined poolings.

Which is best depends on how long was trained and on what, so all are tried on works
that were not trained on, and the best one is kept.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.retrieval.descriptors.network import PlainPooling, join_poolings
from app.retrieval.descriptors.pooling import CAM, JOINED, join
from app.retrieval.descriptors.whitening import (
    Whitening,
    learn_paired_whitening,
    learn_whitening,
    unit_length,
)
from app.retrieval.runtime.keras import keras, ops
from app.retrieval.training.assessment import (
    STYLE_LABELS,
    precision_of_similar,
    recalls,
    rows_to_ask,
)
from app.retrieval.training.data.batches import run_network
from app.retrieval.types import FloatArray, Image

TRAINED, LEARNT, PAIRED, JOINED_PAIRED = "trained", "pca", "pairs", "joined, pairs"
MAX_SAMPLES = 2000
"""Pictures that whitening is learnt from; more do not change it."""
PHOTOS_PER_SAMPLE = 2
"""Simulated photos, which make pairs with their picture."""
REGULARISATION = 0.01
PLAIN = 2
"""Vectors of :class:`PlainPooling`."""


@dataclass(frozen=True, slots=True, eq=False)
class HeldOutWorks:
    """Works that were not trained on, to be found and to be compared.

    Attributes
    ----------
    queries, gallery : sequence of (N + 2, C) float32
        `pooled_vectors` of photos of them, and of all works.
    relevant : (Q,) int
        Row of the gallery that shows each query's work.
    labels : mapping of str to sequence of str
        Of the gallery's works, by a key of `STYLE_LABELS`; may be empty.
    """

    queries: Sequence[FloatArray]
    gallery: Sequence[FloatArray]
    relevant: Sequence[int] | NDArray[np.int64]
    labels: Mapping[str, Sequence[str]]

    def figures(self, pooling: str, whitening: Whitening) -> Mapping[str, float]:
        """Find the photos, and count how many similar works have the same label."""
        asked, held = (
            _described(_take(pooling, part), whitening)
            for part in (self.queries, self.gallery)
        )
        return {**recalls(asked, held, self.relevant), **self._likeness(held)}

    def _likeness(self, held: FloatArray) -> Mapping[str, float]:
        return {
            f"similar works of the same {name}": precision_of_similar(
                held, labels, self.relevant, least=STYLE_LABELS[name]
            )
            for name, labels in self.labels.items()
            if rows_to_ask(labels, self.relevant, least=STYLE_LABELS[name])
        }


@dataclass(frozen=True, slots=True, eq=False)
class Choice:
    """What was chosen.

    Attributes
    ----------
    network : keras.Model
        With the best descriptor.
    pooling : str
        As in a model's manifest.
    figures : mapping of mapping
        By what was tried, the kept one last.
    """

    network: keras.Model
    pooling: str
    figures: Mapping[str, Mapping[str, float]]


def pooled_vectors(
    network: keras.Model, pictures: Sequence[Image], sizes: Sequence[tuple[int, int]]
) -> list[FloatArray]:
    """Pool pictures up to what whitening gets; parameters as in `run_network`.

    Returns
    -------
    vectors : list of (N + 2, C) float32
        Per picture, those of its classes, then the plain ones.
    """
    plain = PlainPooling()(network.output["feature_maps"])
    vectors = network.get_layer("class_vectors").output
    pooling = keras.Model(network.input, ops.concatenate([vectors, plain], axis=1))
    return run_network(pooling, pictures, sizes)


def choose_whitening(
    network: keras.Model,
    samples: Sequence[FloatArray],
    photos: Sequence[FloatArray],
    works: HeldOutWorks,
    *,
    joined_dimension: int,
    is_trained: bool,
) -> Choice:
    """Put the best pooling and whitening into a network.

    The best has the greatest sum of figures. Where two have the same, the one of class
    vectors wins, whose descriptors are shorter.

    Parameters
    ----------
    network : keras.Model
        Its layer ``descriptor`` may be changed.
    samples : sequence of (N + 2, C) float32
        `pooled_vectors` of pictures to learn from.
    photos : sequence of (N + 2, C) float32
        `pooled_vectors` of photos of the same pictures: of all of them in their order,
        once or several times over.
    works : HeldOutWorks
        To choose on.
    joined_dimension : int
        Length of a descriptor of joined poolings.
    is_trained : bool
        Whether the network's own projection was trained, and takes part. Where there
        are no queries to compare with, PCA is kept.
    """
    layer = network.get_layer("descriptor")
    trained = Whitening(np.asarray(layer.mean), np.asarray(layer.projection))
    dimension = len(trained.projection)
    vectors = np.concatenate(_take(CAM, samples))
    pca = learn_whitening(vectors, dimension, regularisation=REGULARISATION)
    joined = _learn_from_pairs(JOINED, samples, photos, joined_dimension)
    paired = _learn_from_pairs(CAM, samples, photos, dimension)
    candidates = {
        JOINED_PAIRED: (JOINED, joined),
        LEARNT: (CAM, pca),
        PAIRED: (CAM, paired),
    }
    if is_trained:
        candidates[TRAINED] = (CAM, trained)
    if not works.queries:
        layer.set_whitening(pca)
        return Choice(network, CAM, {})
    figures = {name: works.figures(*own) for name, own in candidates.items()}
    names = sorted(figures, key=lambda name: sum(figures[name].values()))
    pooling, whitening = candidates[names[-1]]
    if pooling == JOINED:
        network = join_poolings(network, joined_dimension)
    network.get_layer("descriptor").set_whitening(whitening)
    return Choice(network, pooling, {name: figures[name] for name in names})


def _take(pooling: str, pictures: Sequence[FloatArray]) -> list[FloatArray]:
    """Take of `pooled_vectors` what a pooling makes descriptors of, of unit length."""
    if pooling == JOINED:
        parts = [join(own[:-PLAIN], own[-PLAIN:]) for own in pictures]
    else:
        parts = [own[:-PLAIN][np.any(own[:-PLAIN] > 0, axis=1)] for own in pictures]
    return [unit_length(vectors) for vectors in parts]


def _learn_from_pairs(
    pooling: str,
    samples: Sequence[FloatArray],
    photos: Sequence[FloatArray],
    dimension: int,
) -> Whitening:
    taught = _take(pooling, samples)
    mean = np.concatenate(taught).mean(axis=0)
    first = _summed(taught)
    times = len(photos) // len(samples)
    pairs = np.tile(first, (times, 1)), _summed(_take(pooling, photos))
    return learn_paired_whitening(pairs, mean, dimension)


def _described(pictures: Sequence[FloatArray], whitening: Whitening) -> FloatArray:
    """Aggregate vectors to (N, D) descriptors, as the network does."""
    sums = [unit_length(whitening.apply(vectors)).sum(axis=0) for vectors in pictures]
    return unit_length(np.stack(sums))


def _summed(pictures: Sequence[FloatArray]) -> FloatArray:
    """Sum up the vectors of each picture, whichever classes it has: (N, C)."""
    return unit_length(np.stack([vectors.sum(axis=0) for vectors in pictures]))
