"""Export of published networks and variants as model folders, for comparison.

Published topologies with weights from a file, and the bundled network with other
settings. Nothing is fetched and nothing is trained.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from app.retrieval.descriptors.backbone import (
    BACKBONES,
    RANDOM,
    build_backbone,
    preprocess,
)
from app.retrieval.descriptors.global_descriptor import GRAPH_FILE
from app.retrieval.descriptors.manifest import ModelManifest
from app.retrieval.descriptors.network import build_network, export, join_poolings
from app.retrieval.descriptors.pooling import JOINED
from app.retrieval.descriptors.weights import load_classifier, load_weights, unavailable
from app.retrieval.images.letterbox import frame_sizes
from app.retrieval.runtime.keras import keras
from app.retrieval.training.model_folder import WEIGHTS_FILE, write_network
from app.retrieval.types import FloatArray

FULLY_CONNECTED = {"vgg16": ("fc1", 4096, 224)}
"""The layer called fc6 in the literature: its name in Keras, its length, and the side
in pixels of the only pictures that it takes."""
_CLASSIFIER = "predictions"
_MEANINGLESS_CLASSES = 2
"""Of a network without classes: the graph must have some."""


@dataclass(frozen=True, slots=True)
class Written:
    """What could be made of the given weights."""

    has_classes: bool
    """Whether the class activation maps are those of real classes."""
    fc6: Path | None
    """Model folder whose descriptor is the fully connected layer, inside the other."""


def write_published(
    backbone: str,
    weights: str,
    folder: Path,
    *,
    side_px: int,
    dimension: int,
    seed: int = 0,
) -> Written:
    """Write a topology up to its last feature maps, with weights from a file or random.

    Parameters
    ----------
    backbone : str
        A key of ``BACKBONES``.
    weights : str
        A path, or ``"random"``.
    folder : Path
        To make.
    side_px : int
        Of the square frame.
    dimension : int
        That descriptors are going to be whitened to.
    seed : int

    Raises
    ------
    WeightsUnavailableError
        If the file does not exist or does not fit.
    ValueError
        If there is no such backbone.
    """
    keras.utils.set_random_seed(seed)
    built = build_backbone(backbone, weights=weights, seed=seed)
    facts = BACKBONES[backbone]
    classifier = None if weights == RANDOM else _classifier(backbone, Path(weights))
    classes = [] if classifier is None else _linear_classes(classifier)
    class_count = len(classes[1]) if classes else _MEANINGLESS_CLASSES
    network = build_network(built, class_count=class_count, dimension=dimension)
    if classes:
        network.get_layer("classes").set_weights(classes)
    manifest = ModelManifest(
        name=backbone,
        backbone=backbone,
        layer=facts.layers[0],
        stride=facts.stride,
        frames=frame_sizes(side_px, facts.stride),
        dimension=dimension,
        classes=tuple(f"class {number}" for number in range(class_count)),
    )
    folder.mkdir()
    write_network(network, manifest, folder)
    fc6 = None
    if classifier is not None and backbone in FULLY_CONNECTED:
        fc6 = folder / "fc6"
        _write_fc6(backbone, classifier, fc6)
    return Written(bool(classes), fc6)


def write_variant(
    model_dir: Path,
    folder: Path,
    *,
    top_classes: int | None = None,
    side_px: int | None = None,
) -> None:
    """Write a trained model's network with other settings and the same weights.

    Parameters
    ----------
    model_dir : Path
        With ``weights.npz``, as ``train.py`` wrote it.
    folder : Path
        To make.
    top_classes : int, optional
        Classes that weigh a picture, N_C.
    side_px : int, optional
        Of the square frame.
    """
    manifest = ModelManifest.read(model_dir)
    recipe: Mapping[str, Any] = manifest.training["recipe"]
    network = build_network(
        build_backbone(manifest.backbone, layer=manifest.layer),
        class_count=len(manifest.classes),
        dimension=manifest.dimension,
        top_classes=top_classes or recipe["top classes"],
        extra_convolution=recipe["extra convolution"],
    )
    if manifest.pooling == JOINED:
        network = join_poolings(network, manifest.dimension)
    load_weights(network, model_dir / WEIGHTS_FILE, manifest.backbone)
    if side_px is not None:
        manifest = replace(manifest, frames=frame_sizes(side_px, manifest.stride))
    folder.mkdir()
    write_network(network, manifest, folder)


def _classifier(backbone: str, path: Path) -> keras.Model | None:
    try:
        return load_classifier(path, BACKBONES[backbone].published)
    except (ValueError, OSError, KeyError) as error:
        reason = str(error).splitlines()[0]
        raise unavailable(backbone, str(path), reason) from error


def _linear_classes(classifier: keras.Model) -> list[FloatArray]:
    """Return kernel and bias of classes if they are linear in averaged maps."""
    layer = classifier.get_layer(_CLASSIFIER)
    is_linear = any(
        isinstance(other, keras.layers.GlobalAveragePooling2D)
        and layer.input is other.output
        for other in classifier.layers
    )
    return layer.get_weights() if is_linear else []


def _write_fc6(backbone: str, classifier: keras.Model, folder: Path) -> None:
    layer, length, side_px = FULLY_CONNECTED[backbone]
    facts = BACKBONES[backbone]
    pictures = keras.Input((side_px, side_px, 3), name="pictures")
    connected = keras.Model(classifier.input, classifier.get_layer(layer).output)
    outputs = {"descriptor": connected(preprocess(pictures, facts.mode))}
    folder.mkdir()
    export(keras.Model(pictures, outputs), folder / GRAPH_FILE)
    ModelManifest(
        name=f"{backbone} fc6",
        backbone=backbone,
        layer=layer,
        stride=side_px,
        frames=((side_px, side_px),),
        dimension=length,
        classes=(),
    ).write(folder)
