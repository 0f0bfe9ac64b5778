"""Train a model on a catalogue and its pictures, and write its folder under models/.

    python train.py --catalogue works.csv --images pictures/ --out models/mine
    python train.py … --weights random --minutes 70 --out models/default
    python train.py … --teacher efficientnet-lite2 --pictures photos/ --minutes 70
    python train.py … --out models/default --only semantic style

Can be stopped and started: fine-tuning goes on from its last checkpoint in build/.
Exit status: 0 all is well, 2 nothing was written, 130 stopped by Ctrl-C.
"""

import argparse
import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from app.commands.shared import DONE, run_explained, say
from app.retrieval.descriptors.backbone import BACKBONES, IMAGENET, RANDOM
from app.retrieval.errors import TrainingError, WeightsUnavailableError
from app.retrieval.runtime.place import MODEL, build_folder
from app.retrieval.training.data.works import TrainingWork
from app.retrieval.training.learning import PARTS
from app.retrieval.training.model_folder import CARD_FILE, WEIGHTS_FILE
from app.retrieval.training.network.teacher import TEACHERS
from app.retrieval.training.pipeline import train
from app.retrieval.training.plan import (
    CATALOGUE,
    CLUSTERS,
    FURTHER,
    IMAGENET_CLASSES,
    FineTuning,
    RoundPhotos,
    TrainingPlan,
)
from app.retrieval.training.renewal import renew
from app.retrieval.training.terminal import TerminalReporter
from app.services.evaluation.labelled_photos import read_labels
from app.services.evaluation.listing import list_views
from app.services.importing.pictures.names import PICTURE_ENDINGS

BUNDLED, BUNDLED_BACKBONE = "bundled", "vgg10"
OWN_BACKBONE = "morelli"
"""Normalised, so that it learns from other weights than a trained network's."""
BUNDLED_PLAN = {
    "backbone": BUNDLED_BACKBONE,
    "layer": None,
    "weights": BUNDLED,
    "classes": CATALOGUE,
}
"""Options that lead to the bundled model where other weights cannot be had."""
UNLIMITED_STEPS = 1_000_000


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the script; return its exit status."""
    options = parse(arguments)
    return run_explained(lambda: run(options))


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description="Train a model on a catalogue and its pictures.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    add = parser.add_argument
    add("--catalogue", type=Path, required=True, metavar="CSV", help="table of works")
    add("--images", type=Path, required=True, metavar="DIR", help="their pictures")
    add("--out", type=Path, required=True, metavar="DIR", help="model folder to write")
    add(
        "--backbone",
        choices=sorted(BACKBONES),
        help=f"network (default: {BUNDLED_BACKBONE} from bundled weights, otherwise "
        f"{OWN_BACKBONE})",
    )
    add("--layer", help="whose maps describe a picture (default: the usual one)")
    add(
        "--weights",
        default=BUNDLED,
        help=f"{BUNDLED}, {IMAGENET} (fetched by Keras), {RANDOM}, or a file to start "
        "from",
    )
    add(
        "--classes",
        choices=[CATALOGUE, CLUSTERS, IMAGENET_CLASSES],
        default=CATALOGUE,
        help="what the class activation maps are of",
    )
    add(
        "--teacher",
        choices=sorted(TEACHERS),
        help="published network whose classes and features are taught while "
        "fine-tuning; its classes replace --classes",
    )
    add("--top-classes", type=int, default=8, help="classes that weigh a descriptor")
    add("--extra-convolution", type=int, default=0, help="channels before the classes")
    add(
        "--dimension",
        type=int,
        help="length of a descriptor (default: the usual one of its pooling)",
    )
    add("--side", type=int, default=256, metavar="PX", help="of a picture, if square")
    add("--steps", type=int, default=0, help="of fine-tuning at most")
    add("--minutes", type=float, default=0, help="of fine-tuning at most")
    add("--pairs", type=pairs, default=64, help="works in a step of fine-tuning")
    add(
        "--learning-rate",
        type=rate,
        metavar="RATE",
        help="the greatest while fine-tuning (default: less for trained weights)",
    )
    add(
        "--pictures",
        type=Path,
        nargs="+",
        default=[],
        metavar="DIR",
        help="folders of pictures without labels to learn from too",
    )
    add(
        "--keep",
        type=share,
        default=0.0,
        metavar="SHARE",
        help="of the weights that fine-tuning starts from, in those it ends with",
    )
    add("--generated", type=int, default=0, help="generated pictures to learn from too")
    add(
        "--only",
        choices=list(PARTS),
        nargs="+",
        default=[],
        help="parts to learn again in the model folder, of which all else is kept",
    )
    add(
        "--round",
        type=Path,
        nargs=2,
        metavar=("CSV", "PHOTOS"),
        help="works in the round to learn the decision from too: a table of their "
        "pictures, and a list of real photos as evaluate.py reads it",
    )
    add("--vocabulary", type=Path, metavar="NPZ", help="visual words to take over")
    add("--seed", type=int, default=0, help="of everything that chance decides")
    add("--build", type=Path, default=build_folder(), help="folder for checkpoints")
    return parser.parse_args(arguments)


def share(text: str) -> float:
    """Read a share from 0 to 1."""
    if not 0 <= (value := float(text)) <= 1:
        raise argparse.ArgumentTypeError(f"{text} is not between 0 and 1")
    return value


def rate(text: str) -> float:
    """Read a learning rate."""
    if not 0 < (value := float(text)) < math.inf:
        raise argparse.ArgumentTypeError(f"{text} is not above 0")
    return value


def pairs(text: str) -> int:
    """Read how many works a step has: with fewer than two there is nothing to tell."""
    if (value := int(text)) < 2:
        raise argparse.ArgumentTypeError(f"{text} is fewer than 2")
    return value


def run(options: argparse.Namespace) -> int:
    """Train as the options say."""
    listing = list_views(options.catalogue, options.images)
    for fault in listing.faults:
        say(fault)
    works = [
        TrainingWork(view.accession, view.path, view.label) for view in listing.views
    ]
    reporter = TerminalReporter()
    if options.only:
        renew(
            options.out,
            options.only,
            works,
            options.build,
            reporter,
            round_photos=round_photos_of(options),
        )
        print(f"Renewed {', '.join(options.only)} of {options.out}; see {CARD_FILE}.")
        return DONE
    try:
        manifest = train(plan_of(options), works, options.out, options.build, reporter)
    except WeightsUnavailableError as error:
        if IMAGENET not in (options.weights, options.classes):
            raise
        say(f"{error} Going on with the bundled model.")
        vars(options).update(BUNDLED_PLAN)
        manifest = train(plan_of(options), works, options.out, options.build, reporter)
    print(
        f"Wrote {options.out}: {len(manifest.classes)} classes, descriptors of "
        f"{manifest.dimension} numbers; see {CARD_FILE} there."
    )
    return DONE


def plan_of(options: argparse.Namespace) -> TrainingPlan:
    """Turn the command line into a plan."""
    weights, backbone = options.weights, options.backbone or OWN_BACKBONE
    if weights == BUNDLED:
        weights = str(MODEL / WEIGHTS_FILE)
        backbone = options.backbone or BUNDLED_BACKBONE
    return TrainingPlan(
        name=options.out.name,
        backbone=backbone,
        layer=options.layer or BACKBONES[backbone].layers[0],
        weights=weights,
        classes=options.classes,
        teacher=options.teacher,
        pictures=tuple(pictures_in(options.pictures)),
        dimension=options.dimension or BACKBONES[backbone].dimension,
        joined_dimension=options.dimension or BACKBONES[backbone].joined_dimension,
        side_px=options.side,
        top_classes=options.top_classes,
        extra_convolution=options.extra_convolution,
        generated=options.generated,
        fine_tuning=fine_tuning_of(options),
        kept_share=options.keep,
        vocabulary_path=options.vocabulary,
        round_photos=round_photos_of(options),
        seed=options.seed,
    )


def pictures_in(folders: Sequence[Path]) -> Sequence[Path]:
    """List the pictures in folders and in the folders inside them, by name.

    Raises
    ------
    TrainingError
        If a folder has none.
    """
    pictures: list[Path] = []
    for folder in folders:
        found = [
            path
            for path in sorted(folder.rglob("*"))
            if path.name.lower().endswith(PICTURE_ENDINGS) and path.is_file()
        ]
        if not found:
            raise TrainingError(f"There are no pictures in {folder}.")
        pictures += found
    return pictures


def round_photos_of(options: argparse.Namespace) -> RoundPhotos | None:
    """Read the works in the round and the photos of them; say what cannot be used."""
    if options.round is None:
        return None
    catalogue, photos = options.round
    listing = list_views(catalogue, catalogue.parent)
    labels, faults = read_labels(photos, {view.accession for view in listing.views})
    for fault in (*listing.faults, *faults):
        say(fault)
    return RoundPhotos(
        tuple((view.accession, view.path) for view in listing.views),
        tuple((label.photo, label.works) for label in labels),
    )


def fine_tuning_of(options: argparse.Namespace) -> FineTuning:
    """Limit fine-tuning by steps, by minutes, or by what comes first."""
    recipe = FineTuning(steps=0) if options.weights == RANDOM else FURTHER
    if not options.steps and not options.minutes:
        return recipe
    return replace(
        recipe,
        steps=options.steps or UNLIMITED_STEPS,
        minutes=options.minutes or math.inf,
        pair_count=options.pairs,
        learning_rate=options.learning_rate or recipe.learning_rate,
    )
