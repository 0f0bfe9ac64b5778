"""Backbones: convolutional networks up to their last feature maps.

Every backbone takes a batch of RGB pictures with values 0–255 and brings its own
preprocessing, so nobody else needs to know what a network was trained on. The head
that pools the maps to a descriptor is in :mod:`app.retrieval.descriptors.network`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from app.retrieval.descriptors.weights import (
    Published,
    copy_weights,
    impatient_sockets,
    load_file,
    unavailable,
)
from app.retrieval.runtime.keras import keras, layers, ops

RANDOM, IMAGENET = "random", "imagenet"
MORELLI_STAGES = ((32, 32), (64, 64), (128, 128, 128), (256, 256, 256))
"""Channels of each convolution; every stage halves the picture's sides."""
VGG10_STAGES = (*MORELLI_STAGES[:3], (384, 384, 384))


@dataclass(frozen=True, slots=True)
class Backbone:
    """Recipe of a backbone: how it is built, preprocessed for and given weights.

    Attributes
    ----------
    layers : tuple of str
        Layers whose maps may describe a picture, the last and usual one first. That
        one the class head pools.
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
    stride: int
    dimension: int
    build: Callable[[Any, int], keras.Model]
    published: Published | None = None
    mode: str = ""

    @property
    def joined_dimension(self) -> int:
        """Usual length of a descriptor of joined poolings, which have more to say."""
        return 2 * self.dimension


class StandardisedConvolution(layers.Conv2D):
    """Weight-standardised convolution: kernels of mean 0 and fixed variance.

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
        them from its cache), or a path: ``.npz`` of our own or of a PyTorch network,
        ``.keras``, or a ``.h5`` that fits the network with or without its classifier.
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
        copy_weights(published_classifier(name), network, name, weights)
    elif weights != RANDOM:
        load_file(network, name, Path(weights), backbone.published)
    outputs = [network.get_layer(n).output for n in (layer, backbone.layers[0])]
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
        raise unavailable(name, IMAGENET, "nobody has published any")
    try:
        with impatient_sockets():
            return published(weights=IMAGENET, include_top=True)
    except Exception as error:  # Keras wraps failed downloads in bare Exceptions.
        reason = f"downloading them failed ({str(error).splitlines()[0]})"
        raise unavailable(name, IMAGENET, reason) from error


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


def _morelli(pictures: Any, seed: int) -> keras.Model:
    """Build our own small VGG, to be trained from random weights."""
    return _small_vgg(pictures, seed, MORELLI_STAGES, StandardisedConvolution)


def _vgg10(pictures: Any, seed: int) -> keras.Model:
    """Build a small VGG of plain convolutions, for weights that were made elsewhere.

    Whatever they were trained with, batch normalisation folds into plain convolutions.
    """
    return _small_vgg(pictures, seed, VGG10_STAGES, layers.Conv2D)


def _small_vgg(
    pictures: Any,
    seed: int,
    stages: Sequence[Sequence[int]],
    convolution: type[layers.Conv2D],
) -> keras.Model:
    """Build 3×3 convolutions, ever more of them, and max-pooling."""
    maps = layers.Rescaling(1 / 64, offset=-2.0, name="preprocessing")(pictures)
    seeds = np.random.default_rng(seed)
    for stage, widths in enumerate(stages, start=1):
        for number, width in enumerate(widths, start=1):
            # The first one has stride 2: at full resolution two thirds of the time
            # would go into edges that the next pooling throws away.
            first = stage == number == 1
            maps = convolution(
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
        if stage < len(stages):
            maps = layers.MaxPooling2D(2, name=f"stage{stage}_pool")(maps)
    return keras.Model(pictures, maps)


def _published(
    make: Published, layers: tuple[str, ...], stride: int, mode: str
) -> Backbone:
    """Wrap one of Keras' published networks, with its preprocessing in the graph."""

    def build(pictures: Any, seed: int) -> keras.Model:
        keras.utils.set_random_seed(seed)
        prepared = preprocess(pictures, mode)
        return make(weights=None, include_top=False, input_tensor=prepared)

    return Backbone(layers, stride, 512, build, make, mode)


BACKBONES: Mapping[str, Backbone] = MappingProxyType(
    {
        "morelli": Backbone(("stage4_conv3",), 16, 256, _morelli),
        "vgg10": Backbone(("stage4_conv3",), 16, 256, _vgg10),
        "vgg16": _published(
            keras.applications.VGG16, ("block5_conv3", "block5_conv1"), 16, "caffe"
        ),
        "resnet152": _published(
            keras.applications.ResNet152, ("conv5_block3_out",), 32, "caffe"
        ),
        "densenet121": _published(
            keras.applications.DenseNet121, ("relu",), 32, "torch"
        ),
    }
)
"""All backbones by name."""
