"""Compare poolings of a network's feature maps, with and without its training.

    python -m bench.poolings --catalogue works.csv --images pictures/ --perturb mild

Asks simulated photos of the works that the model was not trained on for their
reference among all works. Every pooling is whitened by what it learns on the others.
"""

import argparse
import os
import sys
import tempfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
from tqdm import tqdm

from app.cli import DONE, FAILED, run_explained, say
from app.retrieval.comparison import Pooled, Score, compare, pool_all
from app.retrieval.descriptor import GRAPH_FILE, Descriptor
from app.retrieval.images import read
from app.retrieval.model_manifest import ModelManifest
from app.retrieval.perturbations import PROFILES, Profile, perturb
from app.retrieval.report import set_columns
from app.retrieval.training.works import Work, is_held_out
from app.retrieval.types import Image
from app.services.catalogue import read_catalogue

PICTURE_SIDE_PX = 640
"""References are read at this size; no network here looks at more."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the comparison and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--catalogue", type=Path, required=True, metavar="CSV")
    parser.add_argument("--images", type=Path, required=True, metavar="DIR")
    parser.add_argument("--model", type=Path, default=Path("models/default"))
    parser.add_argument("--perturb", choices=PROFILES, default="mild")
    parser.add_argument("--works", type=int, metavar="N", help="use N works only")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(arguments)
    return run_explained(lambda: run(options))


def run(options: argparse.Namespace) -> int:
    """Pool, compare and print."""
    manifest = ModelManifest.read(options.model)
    if "seed" not in manifest.training:
        say(f"{options.model} does not say which works its training has seen.")
        return FAILED
    works = choose_works(options.catalogue, options.images, options.works, options.seed)
    asked = [
        number
        for number, work in enumerate(works)
        if is_held_out(work, int(manifest.training["seed"]))
    ]
    print(
        f"{len(works):,} works, photos ({options.perturb}) of {len(asked):,} held out."
    )
    profile = PROFILES[options.perturb]
    lines = [["network", "pooling", "mAP", "recall@1", "recall@10", "recall@100"]]
    with tempfile.TemporaryDirectory() as folder:
        untrained = Path(folder)
        make_untrained(manifest, untrained, options.seed)
        for name, model_dir in (("trained", options.model), ("untrained", untrained)):
            network = Descriptor.open(model_dir, threads=os.cpu_count() or 1)
            references = pooled(network, pictures(works), len(works), name)
            photos = pooled(
                network,
                photographs([works[i] for i in asked], profile, options.seed),
                len(asked),
                f"{name}, photos",
            )
            scores = compare(
                references,
                dict(zip(asked, photos, strict=True)),
                dimension=manifest.dimension,
            )
            lines += [row(name, score) for score in scores]
    print(set_columns(lines))
    return DONE


def choose_works(
    catalogue: Path, images: Path, count: int | None, seed: int
) -> list[Work]:
    """Take the works of a catalogue whose picture is there, or some of them."""
    works = [
        Work(entry.accession, images / entry.image, entry.label)
        for entry in read_catalogue(catalogue).rows
        if (images / entry.image).exists()
    ]
    chosen = np.random.default_rng(seed).permutation(len(works))[:count]
    return [works[number] for number in sorted(chosen.tolist())]


def make_untrained(manifest: ModelManifest, folder: Path, seed: int) -> None:
    """Write a model folder with the same network, its weights drawn at random."""
    # Here, because TensorFlow takes seconds to import.
    import keras

    from app.retrieval.backbone import build_backbone
    from app.retrieval.network import build_network, export

    keras.utils.set_random_seed(seed)
    backbone = build_backbone(manifest.backbone, layer=manifest.layer, seed=seed)
    network = build_network(
        backbone, class_count=len(manifest.classes), dimension=manifest.dimension
    )
    export(network, folder / GRAPH_FILE)
    manifest.write(folder)


def pictures(works: Iterable[Work]) -> Iterator[Image]:
    """Read the works' pictures one by one."""
    for work in works:
        yield read(work.image_path, max_side_px=PICTURE_SIDE_PX)


def photographs(works: Sequence[Work], profile: Profile, seed: int) -> Iterator[Image]:
    """Photograph works, each the same way for the same seed."""
    for work, image in zip(works, pictures(works), strict=True):
        rng = np.random.default_rng([seed, zlib.crc32(work.accession.encode())])
        yield perturb(image, profile, rng).image


def pooled(
    network: Descriptor, images: Iterable[Image], count: int, what: str
) -> list[Pooled]:
    """Run the network once per picture and pool its maps by every method."""
    return [
        pool_all(*network.maps(image))
        for image in tqdm(images, what, count, unit=" pictures")
    ]


def row(network: str, score: Score) -> list[str]:
    """Set a score as a line of the table."""
    figures = (
        score.mean_average_precision,
        score.recall_at_1,
        score.recall_at_10,
        score.recall_at_100,
    )
    return [network, score.pooling, *(f"{figure:.3f}" for figure in figures)]


if __name__ == "__main__":
    sys.exit(main())
