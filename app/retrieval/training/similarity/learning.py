"""Learning of a similarity from easy and hard pairs of pictures.

After an idea of an earlier system: a network that is given two feature vectors learns
to predict what structural similarity over Euclidean distance says of the pictures, and
whether they are of one class.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.retrieval.errors import TrainingError
from app.retrieval.measures.learnt import LearntSimilarity
from app.retrieval.measures.structural import StructuralInput
from app.retrieval.runtime.keras import keras, layers, ops
from app.retrieval.training.similarity.pairs import (
    PairKind,
    Pairs,
    choose_pairs,
    targets_of,
)
from app.retrieval.types import FloatArray

BATCH = 256
STEPS, FEWEST_EPOCHS = 1500, 10
"""As many batches as this, and as many rounds through the pairs, whichever is more."""
HIDDEN = 32
LEARNING_RATE = 1e-3
"""The greatest: it falls to 0 along a cosine."""
WEIGHT_DECAY = 1e-4
NOISE = 1.0
"""Added to vectors while learning, in standard deviations of their numbers. A few
hundred pictures are few: without it, what is learnt holds for them alone."""
DRAWN = {
    PairKind.VIEW: 1.0,
    PairKind.FAR_MATE: 0.65,
    PairKind.MATE: 0.65,
    PairKind.NEAR_STRANGER: 0.2,
    PairKind.STRANGER: 0.7,
}
"""Share of the pairs of each kind that an epoch goes through. More of the nearest
strangers, and the network learns these pictures instead of what sets classes apart."""
FEWEST_CLASSES = 2


@dataclass(frozen=True, slots=True, eq=False)
class Examples:
    """Pictures to learn from."""

    seen: StructuralInput
    """Their small grey pictures, and their descriptors (N, D)."""
    views: FloatArray
    """(N, D) descriptors of a simulated photo of each."""
    labels: Sequence[str]
    """Classes; "" means unknown."""


def learn_similarity(
    examples: Examples,
    *,
    model_id: str,
    seed: int,
    workers: int = 1,
    progress: Callable[[int, int, str], None] = lambda _done, _total, _what: None,
) -> LearntSimilarity:
    """Learn a similarity; the same examples and seed give the same.

    It begins as the identity: vectors are compared as they are, and how much each
    number of them counts is drawn at random.

    Parameters
    ----------
    examples : Examples
        N >= 4, of at least two classes.
    model_id : str
        Of the model that described the pictures.
    seed : int
    workers : int
        Threads that compare pictures.
    progress : callable
        Is told how much of a step is done, of how much, and the step's name.

    Raises
    ------
    TrainingError
        If there are too few classes, no class has two pictures, or the descriptors are
        all the same.
    """
    rng = np.random.default_rng([seed, 7])
    descriptors = examples.seen.features
    pairs = choose_pairs(descriptors, examples.labels, rng)
    _check(pairs, examples)
    targets = targets_of(
        pairs,
        examples.seen,
        workers=workers,
        progress=lambda done, total: progress(done, total, "Comparing pictures"),
    )
    mean, scale = descriptors.mean(axis=0), float(descriptors.std())
    rows = (np.concatenate([descriptors, examples.views]) - mean) / scale
    partners = np.where(pairs.are([PairKind.VIEW]), len(descriptors), 0) + pairs.second
    steps = math.ceil(len(_draw(pairs, rng)) / BATCH)
    epochs = max(FEWEST_EPOCHS, math.ceil(STEPS / steps))
    network = _Network(descriptors.shape[1], seed, steps * epochs)
    for epoch in range(1, epochs + 1):
        drawn = _draw(pairs, rng)
        network.learn(rows[pairs.first[drawn]], rows[partners[drawn]], targets[drawn])
        progress(epoch, epochs, "Learning the similarity")
    return network.export(model_id, mean, scale)


class _Network:
    """The network of `LearntSimilarity`, in Keras."""

    def __init__(self, dimension: int, seed: int, steps: int) -> None:
        keras.utils.set_random_seed(seed)
        self._projection = layers.Dense(dimension, kernel_initializer="identity")
        self._hidden = layers.Dense(
            HIDDEN,
            activation="relu",
            kernel_initializer=keras.initializers.HeNormal(seed=seed),
        )
        self._output = layers.Dense(
            1, kernel_initializer=keras.initializers.GlorotUniform(seed=seed)
        )
        vectors = [keras.Input((dimension,)) for _ in range(2)]
        one, other = (
            self._projection(layers.GaussianNoise(NOISE, seed=2 * seed + side)(vector))
            for side, vector in enumerate(vectors)
        )
        relations = ops.concatenate([ops.abs(one - other), one * other], axis=1)
        self._model = keras.Model(vectors, self._output(self._hidden(relations)))
        rate = keras.optimizers.schedules.CosineDecay(LEARNING_RATE, steps)
        self._model.compile(
            keras.optimizers.AdamW(rate, weight_decay=WEIGHT_DECAY),
            keras.losses.BinaryCrossentropy(from_logits=True),
        )

    def learn(self, one: FloatArray, other: FloatArray, targets: FloatArray) -> None:
        """Go through pairs once, in their order.

        Parameters
        ----------
        one, other : (P, D) float32
        targets : (P,) float32
        """
        for start in range(0, len(one), BATCH):
            part = slice(start, start + BATCH)
            self._model.train_on_batch([one[part], other[part]], targets[part, None])

    def export(self, model_id: str, mean: FloatArray, scale: float) -> LearntSimilarity:
        """Take the weights out, with the scaling of vectors in the projection."""
        kernel, bias = (_array(weight) for weight in self._projection.get_weights())
        projection = kernel.T / np.float32(scale)
        hidden_kernel, hidden_bias = map(_array, self._hidden.get_weights())
        output_kernel, output_bias = map(_array, self._output.get_weights())
        return LearntSimilarity(
            model_id,
            np.ascontiguousarray(projection),
            _array(bias - projection @ mean),
            hidden_kernel,
            hidden_bias,
            output_kernel[:, 0],
            _array(output_bias[0]),
        )


def _check(pairs: Pairs, examples: Examples) -> None:
    count = len({label for label in examples.labels if label})
    if count < FEWEST_CLASSES:
        raise TrainingError(
            f"A similarity is learnt from at least {FEWEST_CLASSES} classes of "
            f"pictures, and there are {count}. Choose a label that more works have."
        )
    if not pairs.are([PairKind.FAR_MATE]).any():
        raise TrainingError(
            "No two pictures to learn from are of one class. Use more pictures, or a "
            "label that more works share."
        )
    if not examples.seen.features.std():
        raise TrainingError("All pictures to learn from have the same descriptor.")


def _draw(pairs: Pairs, rng: np.random.Generator) -> NDArray[np.int64]:
    """Choose the pairs of an epoch, in an order at random."""
    chosen = []
    for kind, share in DRAWN.items():
        rows = rng.permutation(np.flatnonzero(pairs.are([kind])))
        chosen.append(rows[: math.ceil(share * len(rows))])
    return rng.permutation(np.concatenate(chosen))


def _array(values: Any) -> FloatArray:
    return np.asarray(values, np.float32)
