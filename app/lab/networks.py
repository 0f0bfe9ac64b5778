"""Factory of retrieval methods: of a model folder, and of networks with weights."""

import argparse
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path

from app.commands.shared import say
from app.lab.errors import LabError
from app.lab.methods import (
    EngineMethod,
    HashMethod,
    Method,
    WordMethod,
    described,
)
from app.lab.picture_cache import PictureCache
from app.lab.report import ReportFolder
from app.lab.result_cache import ResultCache
from app.lab.vector_method import VectorMethod
from app.retrieval.descriptors.global_descriptor import Descriptor
from app.retrieval.descriptors.manifest import ModelManifest
from app.retrieval.descriptors.pooling import CAM, JOINED, POOLINGS
from app.retrieval.descriptors.style import colour_histogram
from app.retrieval.errors import WeightsUnavailableError
from app.retrieval.images.letterbox import choose_frame, crop_map, frame
from app.retrieval.measures.distances import GRID, aligned_activations
from app.retrieval.measures.learnt import LearntSimilarity
from app.retrieval.model import Model
from app.retrieval.runtime.place import MODEL
from app.retrieval.settings import RetrievalSettings
from app.retrieval.types import FloatArray

BUNDLED = "bundled"
RANDOM = "random"
POOLING_NAMES = {"sum": "sum (SPoC)"}
ABOUT_POOLING = {
    "sum": "Channels added up over the picture.",
    "MAC": "The greatest activation of each channel.",
    "GeM": "The generalised mean of each channel, power 3.",
    "CroW": "Channels added up with weights of places and of rare channels.",
    "R-MAC": "Greatest activations in regions of three sizes, whitened and added up.",
    CAM: "Channels added up where the likeliest classes are seen, class by class.",
    JOINED: "The last one's sum, the generalised mean and the mean side by side.",
}
BUNDLED_CAM, SUM = f"{BUNDLED}, {CAM}", f"{BUNDLED}, {POOLING_NAMES['sum']}"
DEEP_RANKING = f"{BUNDLED}, deep ranking"
ACTIVATIONS = f"{BUNDLED}, activations {GRID} × {GRID}"
STYLE = "style"
SEMANTIC = "semantic"
PUBLISHED = {
    "vgg16": "VGG16",
    "resnet152": "ResNet152",
    "densenet121": "DenseNet121",
}
NETWORKS = (*PUBLISHED, "morelli", "vgg10")
VARIANT_CLASSES = (1, 4, 16, 64)
VARIANT_SIDES_PX = (160, 320)


def add_model(parser: argparse.ArgumentParser) -> None:
    """Let a command's user choose a model."""
    parser.add_argument(
        "--model",
        type=Path,
        default=MODEL,
        metavar="DIR",
        help="model folder",
    )


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Let a command's user choose a model, and networks to compare with it."""
    add_model(parser)
    parser.add_argument(
        "--weights",
        action="append",
        default=[],
        metavar="NETWORK=FILE",
        help="a network to compare with and its weights, such as vgg16=FILE.h5; "
        f"{', '.join(NETWORKS)}; =random for untrained ones",
    )


def open_cache(
    options: argparse.Namespace, report: ReportFolder, pictures: Iterable[Path]
) -> ResultCache:
    """Open the result cache of a command that reads these pictures and its networks."""
    weights = vars(options).get("weights", ())  # few commands have that option
    given = [Path(choice.partition("=")[2]) for choice in weights]
    networks = filter(Path.is_file, [*sorted(options.model.iterdir()), *given])
    return ResultCache(report, [*networks, *pictures])


def bundled_methods(
    model_dir: Path, similarity: Path | None = None
) -> Iterator[Method]:
    """Make the methods that need nothing but a model folder.

    The similarity, if any, compares what the model was trained to make.
    """
    model, settings = Model.open(model_dir), RetrievalSettings()
    network = Descriptor.open(model_dir)
    yield from pooling_methods(BUNDLED, network, POOLINGS)
    yield VectorMethod(
        ACTIVATIONS,
        "Feature maps averaged in the cells of a grid: what is where counts.",
        lambda cache: bundled_activations(cache, network)[None],
    )
    served = VectorMethod(
        DEEP_RANKING,
        "The descriptor that the model was trained to make: two photos of a work near, "
        "all other works far, in one softmax over the batch and a memory of all works. "
        "Wang et al. 2014 train with triplets, and look at several scales.",
        lambda cache: described(cache, model).descriptor[None],
        learns=True,
    )
    if similarity is not None:
        served.compare_by(LearntSimilarity.load(similarity, model_id=model.model_id))
    yield served
    semantic = model.semantic
    if semantic is not None:
        yield VectorMethod(
            SEMANTIC,
            "What a network that was taught on ImageNet sees, whitened by half.",
            lambda cache: semantic.describe(cache.image).descriptor[None],
        )
    if model.style is not None:
        yield VectorMethod(
            STYLE,
            "Colours, brushwork and mean maps, as artists and schools differ in them.",
            lambda cache: model.style_of(cache.image, described(cache, model))[None],
        )
    yield VectorMethod(
        "colour histogram",
        "Shares of 192 colours; square roots.",
        lambda cache: colour_histogram(cache.image)[None],
    )
    yield HashMethod()
    yield WordMethod(model.vocabulary, settings)
    yield EngineMethod(model, settings)


def pooling_methods(
    label: str, network: Descriptor, poolings: Iterable[str]
) -> Iterator[VectorMethod]:
    """Make a method of each pooling of one network, whose maps they share."""
    for pooling in poolings:
        yield VectorMethod(
            f"{label}, {POOLING_NAMES.get(pooling, pooling)}",
            ABOUT_POOLING[pooling],
            partial(_pooled, pooling, label, network),
            dimension=network.manifest.dimension,
        )


def given_methods(options: argparse.Namespace, folder: Path) -> Iterator[Method]:
    """Make the methods of networks whose weights are given, written into a folder.

    Frames and length of descriptors are those of the model.
    """
    manifest = ModelManifest.read(options.model)
    for number, choice in enumerate(options.weights):
        name, _, weights = choice.partition("=")
        if name not in NETWORKS or not weights:
            raise LabError(
                f"--weights {choice} names no network and file. Say NETWORK=FILE with "
                f"one of {', '.join(NETWORKS)}."
            )
        # Here, because TensorFlow takes seconds to import.
        from app.retrieval.training.network.published import write_published

        say(f"Writing {name} …")
        target = folder / f"{number}-{name}"
        try:
            written = write_published(
                name,
                weights,
                target,
                side_px=manifest.frames[0][0],
                dimension=manifest.dimension,
                seed=options.seed,
            )
        except WeightsUnavailableError as error:
            fault = str(error).removesuffix(error.remedy).strip()
            raise LabError(f"{fault} {how_to_get(name)}".strip()) from error
        label = f"{RANDOM} {name}" if weights == RANDOM else name
        poolings = [
            p for p in POOLINGS if written.has_classes or p not in (CAM, JOINED)
        ]
        yield from pooling_methods(label, Descriptor.open(target), poolings)
        if written.fc6 is not None:
            yield VectorMethod(
                f"{label}, fc6",
                "The first fully connected layer, of the picture in a square.",
                partial(_connected, Descriptor.open(written.fc6)),
                dimension=manifest.dimension,
            )


def variant_methods(model_dir: Path, folder: Path) -> Iterator[VectorMethod]:
    """Make the CAM method of the model's network with other settings."""
    from app.retrieval.training.network.published import write_variant

    classes = len(ModelManifest.read(model_dir).classes)
    variants: dict[str, dict[str, int]] = {
        f"N_C = {number}": {"top_classes": number}
        for number in VARIANT_CLASSES
        if number <= classes
    }
    variants |= {f"{side} px": {"side_px": side} for side in VARIANT_SIDES_PX}
    for name, change in variants.items():
        write_variant(model_dir, folder / name, **change)
        label = f"{BUNDLED}, {name}"
        yield from pooling_methods(label, Descriptor.open(folder / name), (CAM,))


def how_to_get(name: str) -> str:
    """Say how to come by the published weights of a network; "" if there are none."""
    if name not in PUBLISHED:
        return ""
    command = f"import keras; keras.applications.{PUBLISHED[name]}()"
    return (
        f"The published weights of {name} are fetched, on a machine that has a "
        f'network, by: python -c "{command}" '
        f"– they then are in ~/.keras/models/{name}_weights_tf_dim_ordering_tf_kernels"
        f".h5; copy that file here and say --weights {name}=FILE."
    )


def not_given(given: Sequence[str]) -> list[str]:
    """Say of every published network that is not compared how it could be."""
    names = {choice.partition("=")[0] for choice in given}
    return [
        f"{name} is left out: no weights are given. {how_to_get(name)}"
        for name in PUBLISHED
        if name not in names
    ]


def bundled_activations(cache: PictureCache, network: Descriptor) -> FloatArray:
    """Average a model's feature maps in the cells of a grid: (A,) float32.

    Without what lies on the filling of the frame.
    """
    image, manifest = cache.image, network.manifest
    size = choose_frame((image.shape[0], image.shape[1]), manifest.frames)
    feature_maps, _ = _maps(cache, BUNDLED, network)
    covering = crop_map(feature_maps, frame(image, size).box, manifest.stride)
    return aligned_activations(covering)


def _pooled(
    pooling: str, label: str, network: Descriptor, cache: PictureCache
) -> FloatArray:
    return POOLINGS[pooling](*_maps(cache, label, network))


def _connected(network: Descriptor, cache: PictureCache) -> FloatArray:
    return network.describe_many([cache.image])


def _maps(
    cache: PictureCache, label: str, network: Descriptor
) -> tuple[FloatArray, FloatArray]:
    return cache.part(("maps", label), lambda: network.maps(cache.image))
