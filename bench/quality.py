"""Compare what a picture can be described by, on works that training has not seen.

    python -m bench.quality --catalogue works.csv --images pictures/
        [--weights vgg16=FILE --weights resnet152=FILE …] [--variants]

Instances: simulated photos are asked for their work among all. Likeness: works are
asked for others by the same artist and of the same school. Published networks are run
with weights from a file; nothing is fetched.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from app.cli import DONE, FAILED, run_explained, say
from app.retrieval.comparison import embed
from app.retrieval.descriptor import Descriptor
from app.retrieval.framing import frame_sizes
from app.retrieval.model import STYLE_FILE
from app.retrieval.model_manifest import FULL_PRECISION, ModelManifest
from app.retrieval.perturbations import PROFILES
from app.retrieval.report import set_columns
from app.retrieval.style import COLOUR_LENGTH, Style, appearance
from app.retrieval.training.assessment import RANKS, precision_of_similar, recalls
from app.retrieval.training.knowledge import STYLE_LABELS
from app.retrieval.training.works import Work, is_held_out
from app.retrieval.types import FloatArray, Image, no_numbers
from bench.poolings import choose_works, photographs, pictures, pooled

PHOTOS = ("mild", "hard")
TOP_CLASSES = (1, 4, 16, 57)
SIDES_PX = (160, 320)


class Collection:
    """The works, and who of them is asked for.

    Parameters
    ----------
    works : sequence of Work
    held_out : sequence of int
        Positions of works that training has not seen.
    seed : int
        Of the photos.
    """

    def __init__(
        self, works: Sequence[Work], held_out: Sequence[int], seed: int
    ) -> None:
        self.works = works
        self.held_out = held_out
        self._seed = seed

    def references(self) -> Iterator[Image]:
        """Read the pictures of all works."""
        return pictures(self.works)

    def photos(self, profile: str) -> Iterator[Image]:
        """Photograph the held-out works."""
        asked = [self.works[position] for position in self.held_out]
        return photographs(asked, PROFILES[profile], self._seed)

    def score(
        self, references: FloatArray, photos: Mapping[str, FloatArray]
    ) -> list[float]:
        """Return the figures of one row of the table; NaN where nothing was asked."""
        figures = []
        for profile in PHOTOS:
            if profile in photos:
                found = recalls(photos[profile], references, self.held_out)
                figures += [found[f"recall@{rank}"] for rank in RANKS]
            else:
                figures += [np.nan] * len(RANKS)
        for name, least in STYLE_LABELS.items():
            labels = [work.label.get(name, "") for work in self.works]
            figures.append(
                precision_of_similar(references, labels, self.held_out, least=least)
            )
        return figures


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the comparison and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--catalogue", type=Path, required=True, metavar="CSV")
    parser.add_argument("--images", type=Path, required=True, metavar="DIR")
    parser.add_argument("--model", type=Path, default=Path("models/default"))
    parser.add_argument(
        "--weights",
        action="append",
        default=[],
        metavar="BACKBONE=FILE",
        help="a published network to compare with, such as vgg16=vgg16_notop.h5",
    )
    parser.add_argument(
        "--variants", action="store_true", help="the model's other settings as well"
    )
    parser.add_argument("--works", type=int, metavar="N", help="use N works only")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(arguments)
    return run_explained(lambda: run(options))


def run(options: argparse.Namespace) -> int:
    """Describe, ask and print."""
    manifest = ModelManifest.read(options.model)
    if "seed" not in manifest.training:
        say(f"{options.model} does not say which works its training has seen.")
        return FAILED
    works = choose_works(options.catalogue, options.images, options.works, options.seed)
    seed = int(manifest.training["seed"])
    held_out = [i for i, work in enumerate(works) if is_held_out(work, seed)]
    collection = Collection(works, held_out, options.seed)
    print(f"{len(works):,} works, {len(held_out):,} of them held out and asked for.")
    heads = [f"{profile} @{rank}" for profile in PHOTOS for rank in RANKS]
    heads += [f"{name} p@10" for name in STYLE_LABELS]
    lines = [["description", *heads]]
    with tempfile.TemporaryDirectory() as folder:
        for name, figures in rows(options, manifest, collection, Path(folder)):
            shown = ["–" if np.isnan(f) else f"{f:.3f}" for f in figures]
            lines.append([name, *shown])
    print(set_columns(lines))
    return DONE


def rows(
    options: argparse.Namespace,
    manifest: ModelManifest,
    collection: Collection,
    folder: Path,
) -> Iterator[tuple[str, list[float]]]:
    """Yield the rows of the table, each as soon as it is measured."""
    yield from network_rows("bundled", options.model, collection, ("CAM", "sum"))
    yield from plain_rows(options.model, collection)
    random = folder / "random"
    write_published("vgg16", "random", manifest, random, seed=options.seed)
    yield from network_rows("random VGG16", random, collection, ("sum",))
    for given in options.weights:
        backbone, _, weights = given.partition("=")
        target = folder / backbone
        write_published(backbone, weights, manifest, target, seed=options.seed)
        yield from network_rows(backbone, target, collection, ("sum", "R-MAC"))
    if options.variants:
        for name, changes in variants(manifest):
            target = folder / "variant"
            write_variant(options.model, manifest, target, **changes)
            yield from network_rows(name, target, collection, ("CAM",))


def network_rows(
    name: str, model_dir: Path, collection: Collection, poolings: Sequence[str]
) -> Iterator[tuple[str, list[float]]]:
    """Score the maps of one network by some poolings, whitened on the seen works."""
    network = Descriptor.open(model_dir, threads=2)
    count, asked = len(collection.works), len(collection.held_out)
    references = pooled(network, collection.references(), count, name)
    photos = {
        profile: pooled(
            network, collection.photos(profile), asked, f"{name}, {profile}"
        )
        for profile in PHOTOS
    }
    unseen = set(collection.held_out)
    lessons = [i for i in range(count) if i not in unseen]
    dimension = network.dimension
    for pooling in poolings:
        vectors = [picture[pooling] for picture in references]
        asked_vectors = {
            profile: [picture[pooling] for picture in taken]
            for profile, taken in photos.items()
        }
        embedded, whitening = embed(vectors, [vectors[i] for i in lessons], dimension)
        described = {
            profile: embed(taken, whitening=whitening)[0]
            for profile, taken in asked_vectors.items()
        }
        yield f"{name}, {pooling}", collection.score(embedded, described)


def plain_rows(
    model_dir: Path, collection: Collection
) -> Iterator[tuple[str, list[float]]]:
    """Score what needs no network, and the style."""

    def colours(images: Iterator[Image]) -> FloatArray:
        return np.stack([appearance(i, no_numbers())[:COLOUR_LENGTH] for i in images])

    yield (
        "colour histogram",
        collection.score(
            colours(collection.references()),
            {profile: colours(collection.photos(profile)) for profile in PHOTOS},
        ),
    )
    network = Descriptor.open(model_dir, threads=2)
    style = Style.load(model_dir / STYLE_FILE)
    styles = np.stack(
        [style.describe(i, network.describe(i)) for i in collection.references()]
    )
    yield "style", collection.score(styles, {})


def variants(manifest: ModelManifest) -> Iterator[tuple[str, dict[str, int]]]:
    """Yield other settings of the model's network, which need no other training."""
    for top_classes in TOP_CLASSES:
        if top_classes <= len(manifest.classes):
            yield f"N_C = {top_classes}", {"top_classes": top_classes}
    for side_px in SIDES_PX:
        yield f"{side_px} px", {"side_px": side_px}


def write_variant(
    model_dir: Path,
    manifest: ModelManifest,
    folder: Path,
    *,
    top_classes: int | None = None,
    side_px: int | None = None,
) -> None:
    """Write the model's network with other settings and the same weights."""
    from app.retrieval.backbone import build_backbone
    from app.retrieval.network import build_network
    from app.retrieval.training.folder import WEIGHTS_FILE, write_network
    from app.retrieval.weights import load_weights

    recipe = manifest.training["recipe"]
    network = build_network(
        build_backbone(manifest.backbone, layer=manifest.layer),
        class_count=len(manifest.classes),
        dimension=manifest.dimension,
        top_classes=top_classes or recipe["top classes"],
        extra_convolution=recipe["extra convolution"],
    )
    load_weights(network, model_dir / WEIGHTS_FILE, manifest.backbone)
    if side_px is not None:
        manifest = replace(manifest, frames=frame_sizes(side_px, manifest.stride))
    folder.mkdir(exist_ok=True)
    write_network(network, manifest, folder)


def write_published(
    backbone: str, weights: str, manifest: ModelManifest, folder: Path, *, seed: int
) -> None:
    """Write a published topology with given weights; its class head is random.

    Raises
    ------
    WeightsUnavailableError
        If the file does not exist or does not fit.
    ValueError
        If there is no such backbone.
    """
    # Here, because TensorFlow takes seconds to import.
    import keras

    from app.retrieval.backbone import BACKBONES, build_backbone
    from app.retrieval.network import build_network
    from app.retrieval.training.folder import write_network

    keras.utils.set_random_seed(seed)
    built = build_backbone(backbone, weights=weights, seed=seed)
    facts = BACKBONES[backbone]
    described = replace(
        manifest,
        name=backbone,
        backbone=backbone,
        layer=facts.layers[0],
        stride=facts.stride,
        frames=frame_sizes(manifest.frames[0][0], facts.stride),
        precision=FULL_PRECISION,
    )
    network = build_network(
        built, class_count=len(manifest.classes), dimension=manifest.dimension
    )
    folder.mkdir()
    write_network(network, described, folder)


if __name__ == "__main__":
    sys.exit(main())
