"""Keras graph from photo to global descriptor, and its export to OpenVINO.

The formulas are those of :mod:`app.retrieval.descriptors.pooling`, which the tests
compare with. Training, precomputation and serving share this one graph and cannot drift
apart.
"""

import tempfile
from pathlib import Path
from typing import Any

from app.retrieval.descriptors.pooling import PLAIN_WEIGHT
from app.retrieval.descriptors.whitening import Whitening
from app.retrieval.runtime.keras import keras, layers, ops
from app.retrieval.runtime.openvino import Core, load_converter, save_model

TOP_CLASSES = 8
"""Classes whose maps weigh a descriptor (N_C). Jimenez et al. found 32 to 64 best on
1000 ImageNet classes; catalogues have fewer."""
OUTPUTS = (
    "descriptor",
    "class_indices",
    "class_probabilities",
    "class_activation_maps",
    "feature_maps",
)
"""Names of the graph's outputs, in order."""
GEM_LEAST = 1e-6
"""Activation that takes part in a generalised mean, as in
:func:`app.retrieval.descriptors.pooling.gem`."""
_TINY = 1e-12  # keeps a division by zero away; too small to change any result


@keras.saving.register_keras_serializable("morelli")
class ClassHead(layers.Layer):
    """Linear classifier on globally averaged maps, with class activation maps (CAM).

    Equation 1 of Jimenez et al. 2017: ``CAM_c = sum_k conv_k * w_(k,c)``, negative
    evidence set to 0, divided by the maximum.

    Parameters
    ----------
    class_count : int
    top_classes : int
        Maps are computed for this many of the most probable classes, N.
    """

    def __init__(self, class_count: int, top_classes: int, **kwargs: Any) -> None:
        # Small sums of small numbers: float32 whatever the policy of the backbone.
        super().__init__(dtype="float32", **kwargs)
        self.class_count = class_count
        self.top_classes = min(top_classes, class_count)

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Make the classifier."""
        self.kernel = self.add_weight(
            name="kernel", shape=(input_shape[-1], self.class_count)
        )
        self.bias = self.add_weight(
            name="bias", shape=(self.class_count,), initializer="zeros"
        )

    def call(self, maps: Any) -> tuple[Any, Any, Any, Any]:
        """Classify.

        Parameters
        ----------
        maps : (B, h, w, C)

        Returns
        -------
        logits : (B, K)
        indices, probabilities : (B, N)
            Of the likeliest classes, best first.
        cams : (B, N, h, w) in [0, 1]
        """
        logits = ops.mean(maps, axis=(1, 2)) @ self.kernel + self.bias
        probabilities, indices = ops.top_k(ops.softmax(logits), self.top_classes)
        kernels = ops.take(ops.transpose(self.kernel), indices, axis=0)
        _, height, width, channels = ops.shape(maps)
        flat = ops.reshape(maps, (-1, height * width, channels))
        raw = ops.relu(ops.matmul(kernels, ops.transpose(flat, (0, 2, 1))))
        cams = raw / ops.maximum(ops.max(raw, axis=2, keepdims=True), _TINY)
        cams = ops.reshape(cams, (-1, self.top_classes, height, width))
        return logits, indices, probabilities, cams

    def compute_output_shape(
        self, input_shape: tuple[int | None, ...]
    ) -> tuple[tuple[int | None, ...], ...]:
        """Shapes of `call`'s results: Keras' own inference warns of a single class."""
        batch, height, width, _ = input_shape
        top = (batch, self.top_classes)
        return (batch, self.class_count), top, top, (*top, height, width)


@keras.saving.register_keras_serializable("morelli")
class ClassWeightedPooling(layers.Layer):
    """Sum-pooling weighted by class activation maps and by the rarity of channels.

    Equations 2 to 4 of Jimenez et al. 2017; see
    :func:`app.retrieval.descriptors.pooling.cam_pool`.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(dtype="float32", **kwargs)

    def call(self, maps: Any, cams: Any) -> Any:
        """Pool (B, h, w, C) maps with (B, N, h, w) weights to (B, N, C) vectors."""
        _, height, width, channels = ops.shape(maps)
        flat = ops.reshape(maps, (-1, height * width, channels))
        weights = ops.reshape(cams, (-1, cams.shape[1], height * width))
        active = ops.sum(ops.cast(flat > 0, "float32"), axis=1, keepdims=True)
        total = ops.sum(active, axis=2, keepdims=True)
        rarity = ops.log(ops.maximum(total, 1) / ops.maximum(active, 1))
        return ops.matmul(weights, flat) * rarity


@keras.saving.register_keras_serializable("morelli")
class PlainPooling(layers.Layer):
    """Generalised mean and mean of each channel.

    See :func:`app.retrieval.descriptors.pooling.plain_pool`.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(dtype="float32", **kwargs)

    def call(self, maps: Any) -> Any:
        """Pool (B, h, w, C) maps to (B, 2, C) vectors."""
        cubes = ops.mean(ops.power(ops.maximum(maps, GEM_LEAST), 3), axis=(1, 2))
        generalised = ops.power(cubes, 1 / 3)
        return ops.stack([generalised, ops.mean(maps, axis=(1, 2))], axis=1)


@keras.saving.register_keras_serializable("morelli")
class Joining(layers.Layer):
    """Class vectors, summed up, and plain ones as one vector.

    See :func:`app.retrieval.descriptors.pooling.join`.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(dtype="float32", **kwargs)

    def call(self, class_vectors: Any, plain_vectors: Any) -> Any:
        """Join (B, N, C) and (B, M, C) vectors to (B, 1, (1 + M) * C) ones."""
        summed = ops.sum(_unit_length(class_vectors), axis=1, keepdims=True)
        parts = [_unit_length(summed), PLAIN_WEIGHT * _unit_length(plain_vectors)]
        joined = ops.concatenate(parts, axis=1)
        _, count, channels = joined.shape
        return ops.reshape(joined, (-1, 1, count * channels))


@keras.saving.register_keras_serializable("morelli")
class Aggregation(layers.Layer):
    """L2 → whitening → L2 → sum over classes → L2.

    Parameters
    ----------
    dimension : int
        Length of the descriptor.
    """

    def __init__(self, dimension: int, **kwargs: Any) -> None:
        super().__init__(dtype="float32", **kwargs)
        self.dimension = dimension

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Make the whitening: a random rotation until it is learnt."""
        self.mean = self.add_weight(
            name="mean", shape=(input_shape[-1],), initializer="zeros"
        )
        self.projection = self.add_weight(
            name="projection",
            shape=(self.dimension, input_shape[-1]),
            initializer=keras.initializers.Orthogonal(seed=0),
        )

    def call(self, vectors: Any) -> Any:
        """Make (B, D) unit vectors of (B, N, C) vectors."""
        # A class seen nowhere has no direction and must add nothing.
        is_seen = ops.cast(ops.any(vectors > 0, axis=2, keepdims=True), "float32")
        centred = _unit_length(vectors) - self.mean
        whitened = _unit_length(ops.matmul(centred, ops.transpose(self.projection)))
        return _unit_length(ops.sum(whitened * is_seen, axis=1))

    def set_whitening(self, whitening: Whitening) -> None:
        """Take a learnt whitening."""
        self.mean.assign(whitening.mean)
        self.projection.assign(whitening.projection)


def build_network(
    backbone: keras.Model,
    *,
    class_count: int,
    dimension: int,
    top_classes: int = TOP_CLASSES,
    extra_convolution: int = 0,
) -> keras.Model:
    """Put the CAM head and the pooling on a backbone.

    Parameters
    ----------
    backbone : keras.Model
        From :func:`app.retrieval.descriptors.backbone.build_backbone`.
    class_count : int
    dimension : int
        Length D of the descriptor, at most the channels C of the maps.
    top_classes : int, 1 to 64
        N_C of the paper; fewer where there are fewer classes.
    extra_convolution : int
        Channels of one more 3×3 convolution before the class head (Zhou et al.
        2016 use 1024 on VGG16); 0 for none.

    Returns
    -------
    network : keras.Model
        From (B, H, W, 3) RGB pictures, 0–255, any H and W, to a dict of
        ``descriptor`` (B, D), ``class_indices`` and ``class_probabilities``
        (B, N), ``class_activation_maps`` (B, N, h, w), ``feature_maps``
        (B, h, w, C). ``network.get_layer("classes")`` also gives all logits.

    References
    ----------
    .. [1] Jimenez, Alvarez and Giró-i-Nieto, "Class-weighted convolutional features
       for visual instance search", BMVC 2017.
    .. [2] Zhou et al., "Learning deep features for discriminative localization",
       CVPR 2016.
    """
    if not 1 <= top_classes <= 64:
        raise ValueError(f"top_classes must be 1 to 64, got {top_classes}")
    maps, last_maps = backbone.outputs
    if extra_convolution:
        last_maps = layers.Conv2D(
            extra_convolution,
            3,
            padding="same",
            activation="relu",
            name="extra_convolution",
        )(last_maps)
    head = ClassHead(class_count, top_classes, name="classes")
    _, indices, probabilities, cams = head(last_maps)
    vectors = ClassWeightedPooling(name="class_vectors")(maps, cams)
    descriptor = Aggregation(dimension, name="descriptor")(vectors)
    outputs = (descriptor, indices, probabilities, cams, maps)
    return keras.Model(
        backbone.input, dict(zip(OUTPUTS, outputs, strict=True)), name="network"
    )


def join_poolings(network: keras.Model, dimension: int) -> keras.Model:
    """Describe by joined poolings what a network describes by class vectors.

    Parameters
    ----------
    network : keras.Model
        Of `build_network`; its layers are shared.
    dimension : int
        Length D of the descriptor, at most three times the channels C.

    Returns
    -------
    network : keras.Model
        The same but for the descriptor, whose whitening is to be learnt.

    References
    ----------
    .. [1] Jun et al., "Combination of multiple global descriptors for image retrieval",
       2019.
    """
    plain = PlainPooling(name="plain_vectors")(network.output["feature_maps"])
    vectors = network.get_layer("class_vectors").output
    joined = Joining(name="joined_vectors")(vectors, plain)
    descriptor = Aggregation(dimension, name="descriptor")(joined)
    outputs = {**network.output, "descriptor": descriptor}
    return keras.Model(network.input, outputs, name="network")


def export(network: keras.Model, path: Path) -> None:
    """Write the graph for OpenVINO, weights as float16.

    Parameters
    ----------
    network : keras.Model
        Of `build_network`, or any other one with a dict of outputs; in float32.
    path : Path
        ``….xml``; the weights go beside it as ``.bin``.
    """
    load_converter()
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder) / "network.xml"
        network.export(str(whole), format="openvino", verbose=False)
        graph = Core().read_model(whole)
        # The converter keeps the order of a dict's keys, but not their names.
        for output, name in zip(graph.outputs, sorted(network.output), strict=True):
            output.tensor.set_names({name})
        save_model(graph, path, compress_to_fp16=True)


def _unit_length(vectors: Any) -> Any:
    squares = ops.sum(ops.square(vectors), axis=-1, keepdims=True)
    return vectors * ops.rsqrt(ops.maximum(squares, _TINY))
