"""Command ``folder DIR``: pictures in class folders, found by every measure.

One half of each class is learnt from. The other half is asked: each picture for all
others of that half, none of which anything was learnt from. With ``--ground-truth``
the folder is Oxford's or Paris', and its queries are asked instead.
"""

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path

from app.commands.shared import DONE, INCOMPLETE, say
from app.lab import networks
from app.lab.class_search import (
    FIGURES,
    MOST_WHOLE,
    Orders,
    judge,
    orders_of,
    precision_curve,
)
from app.lab.errors import LabError
from app.lab.labelled import (
    FEWEST,
    LabelledPicture,
    PictureFeatures,
    halves,
    look,
    open_extractor,
    read_tree,
    small_classes,
)
from app.lab.plots import panel_plot
from app.lab.report import Cell, ReportFolder, print_table
from app.lab.revisited import ask_revisited
from app.lab.sheets import FOUND, queries_to_show, sheet
from app.lab.train_similarity import learn
from app.retrieval.measures.distances import Cosine, Euclidean
from app.retrieval.measures.learnt import LearntSimilarity
from app.retrieval.measures.structural import Ssim, SsimOverEuclidean

ALL = "all classes"
ABOUT = {
    Euclidean.name: "distance of activations, averaged in the cells of a grid",
    Cosine.name: "of descriptors; Euclid of them ranks the same",
    Ssim.name: "structural similarity of small grey pictures",
    SsimOverEuclidean.name: "structural similarity over the distance of activations",
    LearntSimilarity.name: "a network that compares descriptors, taught by one half",
}

EXPLAINED = (
    "Precision@k: the share of the same class among the first k. Recall@k: the share "
    "of the others of the class that is among them; where a class has more than k "
    "others it cannot be 1. F1@k: the harmonic mean of the two. mAP: the mean area "
    "under the curves of precision over recall."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the experiment can be told."""
    parser.add_argument(
        "tree", type=Path, metavar="DIR", help="folder of class folders with pictures"
    )
    parser.add_argument(
        "--ground-truth",
        type=Path,
        metavar="PKL",
        help="gnd_roxford5k.pkl or gnd_rparis6k.pkl, if DIR holds those pictures",
    )
    networks.add_model(parser)
    parser.add_argument(
        "--seed", type=int, default=0, help="of the halves and of what is learnt"
    )


def run(options: argparse.Namespace) -> int:
    """Learn, ask, print the tables and write the report."""
    if options.ground_truth:
        return ask_revisited(options)
    report = ReportFolder(
        options.out,
        "Pictures of the same class",
        {
            "tree": options.tree.name,
            "model": options.model.name,
            "seed": options.seed,
            "compared by structure": f"all of at most {MOST_WHOLE:,}, else a shortlist",
        },
    )
    pictures = read_tree(options.tree)
    taught, asked, small = split(pictures, options.seed)
    extractor = open_extractor(options.model)
    files = [picture.path for picture in pictures]
    with networks.open_cache(options, report, files) as result_cache:
        lessons, unread = look(
            taught, extractor, "Looking at one half", result_cache, options.seed
        )
        looks, unread_too = look(asked, extractor, "Looking at the other", result_cache)
        learnt = learn(*lessons.examples, extractor.model_id, options.seed)
        orders = orders_of(looks, looks, learnt)
        summary = (
            f"{len(looks):,} pictures of {len(set(looks.labels)):,} classes are asked "
            f"for the others of their class; {len(lessons):,} others were learnt from."
        )
        print(summary)
        report.paragraph(summary)
        fill(report, looks, orders)
        print(f"Report: {report.write()}")
    return INCOMPLETE if unread or unread_too or small else DONE


def split(
    pictures: Sequence[LabelledPicture], seed: int
) -> tuple[list[LabelledPicture], list[LabelledPicture], list[str]]:
    """Part the pictures in two halves; name and skip classes that are too small."""
    small = small_classes(pictures)
    for label in small:
        say(f"The class {label} is left out: it has fewer than {FEWEST} pictures.")
    kept = [picture for picture in pictures if picture.label not in small]
    if len({picture.label for picture in kept}) < 2:
        raise LabError(
            f"At least two classes of at least {FEWEST} pictures are needed. Put more "
            "pictures into the class folders."
        )
    return (*halves(kept, seed), small)


def fill(
    report: ReportFolder, looks: PictureFeatures, orders: Mapping[str, Orders]
) -> None:
    """Print the figures, and put them and the sheets into the report."""
    judged = {name: dict(judge(order, looks.labels)) for name, order in orders.items()}
    rows: list[list[Cell]] = [
        [name, *(figures[""][figure] for figure in FIGURES)]
        for name, figures in judged.items()
    ]
    table(report, "Overall", ["measure", *FIGURES], rows)
    for name in orders:
        report.paragraph(f"{name}: {ABOUT[name]}.")
    report.paragraph(EXPLAINED)
    curves = {
        name: precision_curve(order, looks.labels) for name, order in orders.items()
    }
    report.plot(
        "Precision by rank",
        panel_plot(
            {"": curves}, x_label="first k found", y_label="precision", y_range=(0, 1)
        ),
        "The share of the same class among the first k.",
        "Lines that fall with the rank: "
        + ", ".join(
            f"{name} from {points[0][1]:.2f} to {points[-1][1]:.2f}"
            for name, points in curves.items()
        ),
    )
    for name, figures in judged.items():
        rows = [
            [label or ALL, *(own[figure] for figure in FIGURES)]
            for label, own in figures.items()
        ]
        table(report, f"By {name}", ["class", *FIGURES], rows)
    shown = queries_to_show(looks.labels)
    for name, order in orders.items():
        report.heading(f"Found by {name}")
        report.pictures(
            f"One picture of each class, and the first {FOUND} found. ✓ with an "
            "unbroken border: the same class. ✗ with a broken one: another.",
            sheet(order, looks.pictures, shown),
        )


def table(
    report: ReportFolder,
    name: str,
    header: Sequence[str],
    rows: Sequence[Sequence[Cell]],
) -> None:
    """Print a table and put it into the report."""
    print(f"\n{name}")
    print_table(header, rows)
    report.table(name, header, rows)
