"""Keras graph of the semantic descriptor: a published network, pooled and whitened.

One graph from pixels to descriptor, as for the global descriptor: what is learnt on a
collection, the whitening, is inside it.
"""

from typing import Any

from app.retrieval.descriptors.network import TOP_CLASSES, Aggregation, ClassHead
from app.retrieval.runtime.keras import keras, layers, ops
from app.retrieval.training.network.efficientnet_lite import (
    CLASS_COUNT,
    build_efficientnet,
    load_published,
)

GEM_POWER = 3.0
TEXTURE_STAGE, SHAPE_STAGE = 4, 5
"""Stages, counted from 0. The earlier one says how a thing looks where the last maps
say what it is: with it a turned statue is found among its likes, and a painter among
painters. The later one only adds to the style."""
HEAD, AGGREGATION = "classes", "descriptor"
"""Names of layers."""


def build_semantic_network(dimension: int) -> keras.Model:
    """Build the network with its published weights; the whitening is to be learnt.

    Parameters
    ----------
    dimension : int
        Length E of a descriptor.

    Returns
    -------
    network : keras.Model
        From (B, H, W, 3) RGB pictures, 0–255, to a dict of ``descriptor`` (B, E),
        ``class_indices`` and ``class_probabilities`` (B, N), most probable first,
        ``class_activation_maps`` (B, N, h, w) in [0, 1], ``pooled`` (B, 1400), which
        the descriptor is whitened from: the last maps (GeM) and those of an earlier
        stage (averaged), and ``feature_means`` (B, 1608), averages of three layers; the
        parts of both are of unit length each.

    Raises
    ------
    WeightsUnavailableError
        If the package with the weights is not there or does not fit.
    """
    published = build_efficientnet()
    load_published(published)
    maps, stages = published.output["maps"], published.output["stages"]
    head = ClassHead(CLASS_COUNT, TOP_CLASSES, name=HEAD)
    _, indices, probabilities, cams = head(maps)
    head.set_weights(published.get_layer("fc").get_weights())
    texture = _average(stages[TEXTURE_STAGE])
    powers = ops.maximum(maps, 1e-6) ** GEM_POWER
    gem = ops.mean(powers, axis=(1, 2)) ** (1 / GEM_POWER)
    pooled = ops.concatenate([ops.normalize(gem), texture], axis=1)
    means = [_average(maps), texture, _average(stages[SHAPE_STAGE])]
    vectors = layers.Reshape((1, pooled.shape[-1]), name="vectors")(pooled)
    outputs = {
        "descriptor": Aggregation(dimension, name=AGGREGATION)(vectors),
        "class_indices": indices,
        "class_probabilities": probabilities,
        "class_activation_maps": cams,
        "pooled": pooled,
        "feature_means": ops.concatenate(means, axis=1),
    }
    return keras.Model(published.input, outputs, name="semantic")


def _average(maps: Any) -> Any:
    """Average (B, h, w, C) maps to (B, C) vectors of unit length."""
    return ops.normalize(ops.mean(maps, axis=(1, 2)))
