"""Convolutional networks up to their last feature maps, and where their weights are.

Every backbone takes a batch of RGB pictures with values 0–255 and brings its own
preprocessing, so nobody else needs to know what a network was trained on. The head
that pools the maps to a descriptor is in :mod:`app.retrieval.network`.
"""

import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import keras
import numpy as np
from keras import layers, ops

from app.retrieval.errors import WeightsUnavailableError

RANDOM, IMAGENET = "random", "imagenet"
DOWNLOAD_TIMEOUT_SECONDS = 20.0
MORELLI_STAGES = ((32, 32), (64, 64), (128, 128, 128), (256, 256, 256))
"""Channels of each convolution; every stage halves the picture's sides."""


@dataclass(frozen=True, slots=True)
class Backbone:
    """A network that can be had by name.

    Attributes
    ----------
    layers : tuple of str
        Layers whose maps may describe a picture, the usual one first.
    last_layer : str
        The layer that the class head pools.
    stride : int
        Pixels of the picture per position of a feature map.
    dimension : int
        Usual length of a descriptor.
    build : callable
        Makes the randomly initialised network from a (None, None, 3) input tensor
        with values 0–255. The argument after it is the seed.
    published : callable or None
        Makes the network with its ImageNet classifier and published weights.
    mode : str
        How Keras names the preprocessing of the published network.
    """

    layers: tuple[str, ...]
    last_layer: str
    stride: int
    dimension: int
    build: Callable[[Any, int], keras.Model]
    published: Callable[..., keras.Model] | None = None
    mode: str = ""


class StandardisedConvolution(layers.Conv2D):
    """A convolution whose kernels are shifted and scaled to mean 0 and fixed variance.

    Does for a small network what batch normalisation does, without depending on the
    batch: a photo's descriptor cannot hang on its neighbours, and on CPUs, where
    normalising activations costs several times the convolution itself, a training
    step takes a quarter of the time (0.6 against 2.4 s for 128 pictures of 160 px).
    At export the kernels are constants, so nothing of it remains.

    References
    ----------
    .. [1] Brock, De and Smith, "Characterizing signal propagation to close the
       performance gap in unnormalized ResNets", ICLR 2021 (scaled weight
       standardisation; the constant keeps the variance of ReLU activations).
    """

    RELU_GAIN = float(np.sqrt(2 / (1 - 1 / np.pi)))

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Make the kernel, the bias and one gain per output channel."""
        super().build(input_shape)
        self.gain = self.add_weight(
            name="gain", shape=(self.filters,), initializer="ones"
        )

    def convolution_op(self, inputs: Any, kernel: Any) -> Any:
        """Convolve with the standardised kernel."""
        kernel = ops.cast(kernel, "float32")
        fan_in = int(np.prod(self.kernel.shape[:3]))
        mean = ops.mean(kernel, axis=(0, 1, 2), keepdims=True)
        variance = ops.var(kernel, axis=(0, 1, 2), keepdims=True)
        scale = ops.rsqrt(ops.maximum(variance * fan_in, 1e-4))
        scale = scale * ops.cast(self.gain, "float32") * self.RELU_GAIN
        kernel = ops.cast((kernel - mean) * scale, self.compute_dtype)
        return super().convolution_op(inputs, kernel)


def build_backbone(
    name: str, *, weights: str = RANDOM, layer: str | None = None, seed: int = 0
) -> keras.Model:
    """Build a backbone and give it its weights.

    Parameters
    ----------
    name : str
        A key of ``BACKBONES``.
    weights : str
        ``"random"``, ``"imagenet"`` (Keras fetches its published weights, or takes
        them from its cache), or a path: ``.npz`` of our own, ``.keras``, or a
        ``.h5`` that fits the network with or without its classifier.
    layer : str, optional
        The layer whose maps describe a picture.
    seed : int
        Of the random initialisation.

    Returns
    -------
    backbone : keras.Model
        From (B, H, W, 3) RGB, 0–255, to two (B, h, w, C) feature maps after a ReLU:
        those that describe the picture and those that the class head pools. They
        are the same unless ``layer`` is an earlier one.

    Raises
    ------
    WeightsUnavailableError
        If there is no such file, no network, or the weights do not fit.
    ValueError
        If there is no such backbone or layer.
    """
    if name not in BACKBONES:
        raise ValueError(f"no backbone {name!r}; there are {', '.join(BACKBONES)}")
    backbone = BACKBONES[name]
    layer = layer or backbone.layers[0]
    if layer not in backbone.layers:
        raise ValueError(
            f"{name} has no layer {layer!r}; there are {', '.join(backbone.layers)}"
        )
    pictures = keras.Input((None, None, 3), name="pictures")
    network = backbone.build(pictures, seed)
    if weights == IMAGENET:
        _copy(published_classifier(name), network, name, weights)
    elif weights != RANDOM:
        _load(network, name, Path(weights))
    outputs = [network.get_layer(n).output for n in (layer, backbone.last_layer)]
    return keras.Model(pictures, outputs, name=name)


def published_classifier(name: str) -> keras.Model:
    """Fetch the whole published ImageNet network, classifier included.

    Raises
    ------
    WeightsUnavailableError
        If the weights cannot be reached, or nobody published any.
    """
    published = BACKBONES[name].published
    if published is None:
        raise _unavailable(name, IMAGENET, "nobody has published any")
    try:
        with _impatient_sockets():
            return published(weights=IMAGENET, include_top=True)
    except Exception as error:  # Keras wraps failed downloads in bare Exceptions.
        reason = f"downloading them failed ({str(error).splitlines()[0]})"
        raise _unavailable(name, IMAGENET, reason) from error


def preprocess(pictures: Any, mode: str) -> Any:
    """Do to RGB pictures, 0–255, what a published network was trained with.

    Parameters
    ----------
    pictures : (B, H, W, 3) tensor or float32 array
    mode : str
        Of `Backbone`.
    """
    return keras.applications.imagenet_utils.preprocess_input(
        pictures, data_format="channels_last", mode=mode
    )


def save_weights(network: keras.Model, path: Path) -> None:
    """Write all weights of a network as float16, by the name of their layer.

    Parameters
    ----------
    network : keras.Model
    path : Path
        ``.npz``; read again by `load_weights` and `build_backbone`.
    """
    arrays: dict[str, Any] = {
        f"{layer.name}/{weight.name}": np.asarray(weight, np.float16)
        for layer in network.layers
        for weight in layer.weights
    }
    with path.open("wb") as file:
        np.savez(file, **arrays)


def load_weights(network: keras.Model, path: Path, name: str) -> None:
    """Give a network the weights that `save_weights` wrote.

    Weights of layers that this network lacks are passed over: a backbone reads its
    part of a whole network's file.

    Raises
    ------
    WeightsUnavailableError
        If a layer's weights are missing or have another shape.
    """
    with np.load(path, allow_pickle=False) as arrays:
        for layer in network.layers:
            for weight in layer.weights:
                key = f"{layer.name}/{weight.name}"
                if key not in arrays:
                    raise _unavailable(name, str(path), f"{key} is missing")
                if arrays[key].shape != tuple(weight.shape):
                    reason = f"{key} is {arrays[key].shape}, not {tuple(weight.shape)}"
                    raise _unavailable(name, str(path), reason)
                weight.assign(arrays[key].astype(np.float32))


def _morelli(pictures: Any, seed: int) -> keras.Model:
    """Build our own small VGG: 3×3 convolutions, ever more of them, and max-pooling."""
    maps = layers.Rescaling(1 / 64, offset=-2.0, name="preprocessing")(pictures)
    seeds = np.random.default_rng(seed)
    for stage, widths in enumerate(MORELLI_STAGES, start=1):
        for number, width in enumerate(widths, start=1):
            # The first one has stride 2: at full resolution two thirds of the time
            # would go into edges that the next pooling throws away.
            first = stage == number == 1
            maps = StandardisedConvolution(
                width,
                4 if first else 3,
                strides=2 if first else 1,
                padding="same",
                activation="relu",
                kernel_initializer=keras.initializers.HeNormal(
                    seed=int(seeds.integers(2**31))
                ),
                name=f"stage{stage}_conv{number}",
            )(maps)
        if stage < len(MORELLI_STAGES):
            maps = layers.MaxPooling2D(2, name=f"stage{stage}_pool")(maps)
    return keras.Model(pictures, maps)


def _application(
    make: Callable[..., keras.Model], mode: str
) -> Callable[[Any, int], keras.Model]:
    """Wrap one of Keras' published topologies, with its preprocessing in the graph."""

    def build(pictures: Any, seed: int) -> keras.Model:
        keras.utils.set_random_seed(seed)
        prepared = preprocess(pictures, mode)
        return make(weights=None, include_top=False, input_tensor=prepared)

    return build


def _load(network: keras.Model, name: str, path: Path) -> None:
    if not path.is_file():
        raise _unavailable(name, str(path), "there is no such file")
    try:
        if path.suffix == ".npz":
            load_weights(network, path, name)
        elif path.suffix == ".keras":
            whole = keras.models.load_model(path, compile=False)
            _copy(whole, network, name, str(path))
        else:
            _load_h5(network, name, path)
    except (ValueError, OSError, KeyError) as error:
        reason = str(error).splitlines()[0]
        raise _unavailable(name, str(path), reason) from error


def _load_h5(network: keras.Model, name: str, path: Path) -> None:
    """Read a ``.h5``, which is by order and therefore needs the exact topology."""
    published = BACKBONES[name].published
    if published is None or "notop" in path.name:
        network.load_weights(path)
        return
    whole = published(weights=None, include_top=True)
    whole.load_weights(path)
    _copy(whole, network, name, str(path))


def _copy(source: keras.Model, target: keras.Model, name: str, weights: str) -> None:
    """Copy the weights of all layers of ``target`` from those of the same name."""
    have = {layer.name: layer for layer in source.layers}
    for layer in target.layers:
        if not layer.weights:
            continue
        if layer.name not in have:
            raise _unavailable(name, weights, f"layer {layer.name} is missing")
        arrays = have[layer.name].get_weights()
        shapes = [a.shape for a in arrays]
        if shapes != [tuple(w.shape) for w in layer.weights]:
            raise _unavailable(name, weights, f"layer {layer.name} has {shapes}")
        layer.set_weights(arrays)


def _unavailable(name: str, weights: str, reason: str) -> WeightsUnavailableError:
    return WeightsUnavailableError(
        name, weights, reason, "The bundled model needs none: --weights bundled."
    )


@contextmanager
def _impatient_sockets() -> Iterator[None]:
    """Give up on a silent network: Keras' downloads would wait for ever."""
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(DOWNLOAD_TIMEOUT_SECONDS)
    try:
        yield
    finally:
        socket.setdefaulttimeout(before)


_VGG16 = keras.applications.VGG16
_RESNET152 = keras.applications.ResNet152
_DENSENET121 = keras.applications.DenseNet121

BACKBONES: Mapping[str, Backbone] = MappingProxyType(
    {
        "morelli": Backbone(("stage4_conv3",), "stage4_conv3", 16, 256, _morelli),
        "vgg16": Backbone(
            ("block5_conv3", "block5_conv1"),
            "block5_conv3",
            16,
            512,
            _application(_VGG16, "caffe"),
            _VGG16,
            "caffe",
        ),
        "resnet152": Backbone(
            ("conv5_block3_out",),
            "conv5_block3_out",
            32,
            512,
            _application(_RESNET152, "caffe"),
            _RESNET152,
            "caffe",
        ),
        "densenet121": Backbone(
            ("relu",),
            "relu",
            32,
            512,
            _application(_DENSENET121, "torch"),
            _DENSENET121,
            "torch",
        ),
    }
)
"""All backbones by name."""
