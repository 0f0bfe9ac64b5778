"""Command ``train-similarity``: learn a similarity from labelled pictures.

From a tree of class folders, or from a catalogue by one of its labels. One half of
each class is learnt from; on pairs of the other half the report says by how much the
learnt similarity beats the plain distance of the same descriptors.
"""

import argparse
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from app.commands.shared import DONE, INCOMPLETE
from app.lab import collection, networks
from app.lab.errors import LabError
from app.lab.labelled import (
    LabelledPicture,
    PictureFeatures,
    halves,
    look,
    open_extractor,
    read_tree,
)
from app.lab.progress import StepBars
from app.lab.report import Cell, ReportFolder, print_table
from app.retrieval.measures.distances import Euclidean
from app.retrieval.measures.learnt import LearntSimilarity
from app.retrieval.measures.structural import StructuralInput
from app.retrieval.runtime.parallel import worker_count
from app.retrieval.training.data.works import CLASS_FIELDS
from app.retrieval.types import FloatArray

MOST_JUDGED = 2000
"""Pictures that are compared all with all for the report, chosen at random."""
HEADER = ("pairs", "number", "of one class", "figure", "Euclid", "learnt", "gain")
EXPLAINED = (
    "AUC: the chance that of two pairs the one of one class is called more alike; 0.5 "
    "is guessing. Easy pairs: a picture and a simulated photo of it, and two of "
    "different classes at random. Hard pairs: the nearest of other classes and the "
    "farthest of the own, nearest and farthest by Euclid, which on them must fail."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the training can be told."""
    parser.add_argument(
        "--folder",
        type=Path,
        metavar="DIR",
        help="folder of class folders with pictures, instead of a catalogue",
    )
    collection.add_arguments(parser)
    parser.add_argument(
        "--label",
        choices=CLASS_FIELDS,
        default="artist",
        help="what makes a class of works of a catalogue",
    )
    networks.add_model(parser)
    parser.add_argument(
        "--similarity",
        type=Path,
        default=Path("build/lab/similarity.npz"),
        metavar="NPZ",
        help="file to write the learnt similarity to",
    )


def run(options: argparse.Namespace) -> int:
    """Learn, judge, print the table, write the similarity and the report."""
    if options.folder and (options.catalogue or options.images or options.works):
        raise LabError("Give either --folder, or a catalogue with its pictures.")
    settings = collection.describe(options)
    if options.folder:
        settings = {"folder": options.folder.name, "seed": options.seed}
    else:
        settings |= {"label": options.label}
    settings |= {"model": options.model.name, "similarity": options.similarity.name}
    report = ReportFolder(options.out, "A similarity, learnt", settings)
    extractor = open_extractor(options.model)
    with labelled_pictures(options) as pictures:
        taught, kept = halves(pictures, options.seed)
        files = [picture.path for picture in pictures]
        with networks.open_cache(options, report, files) as result_cache:
            lessons, faults = look(
                taught, extractor, "Looking at one half", result_cache, options.seed
            )
            unseen, more = look(
                kept, extractor, "Looking at the other", result_cache, options.seed
            )
            learnt = learn(*lessons.examples, extractor.model_id, options.seed)
            rows, summary = judge(learnt, unseen, options.seed)
            learnt.save(options.similarity)
            summary = f"Learnt from {len(lessons):,} pictures. {summary}"
            print(summary)
            print_table(HEADER, rows)
            report.paragraph(summary)
            report.table("Pairs that were not learnt from", HEADER, rows)
            report.paragraph(EXPLAINED)
            print(f"Similarity: {options.similarity}")
            print(f"Report: {report.write()}")
    return INCOMPLETE if faults + more else DONE


@contextmanager
def labelled_pictures(options: argparse.Namespace) -> Iterator[list[LabelledPicture]]:
    """Find the pictures and classes that the options name."""
    if options.folder:
        yield read_tree(options.folder)
        return
    with collection.opened(options) as works:
        yield [
            LabelledPicture(work.image_path, work.label.get(options.label, ""))
            for work in works.works
        ]


def learn(
    structural: StructuralInput,
    views: FloatArray,
    labels: Sequence[str],
    model_id: str,
    seed: int,
) -> LearntSimilarity:
    """Learn a similarity, with progress bars.

    Parameters
    ----------
    structural : StructuralInput
        Of N pictures; its features are their descriptors.
    views : (N, D) float32
        Descriptors of a simulated photo of each.
    labels : sequence of str, length N
        "" means unknown.
    model_id : str
        Of the model that described them.
    seed : int

    Raises
    ------
    TrainingError
        If nothing can be learnt from these pictures.
    """
    # Here, because TensorFlow takes seconds to import.
    from app.retrieval.training.similarity.learning import Examples, learn_similarity

    return learn_similarity(
        Examples(structural, views, labels),
        model_id=model_id,
        seed=seed,
        workers=worker_count(),
        progress=StepBars(),
    )


def judge(
    learnt: LearntSimilarity, unseen: PictureFeatures, seed: int
) -> tuple[list[list[Cell]], str]:
    """Compare the learnt similarity with the plain distance: rows of `HEADER`.

    Besides, sum up how the pictures fare one by one.
    """
    from app.retrieval.training.similarity.assessment import PRECISION_RANK, assess

    rng = np.random.default_rng([seed, 8])
    chosen = np.sort(rng.permutation(len(unseen))[:MOST_JUDGED])
    labels = np.array(unseen.labels)[chosen].tolist()
    plain, better = (
        assess(
            measure,
            unseen.structural.features[chosen],
            unseen.views[chosen],
            labels,
            seed=seed,
        )
        for measure in (Euclidean(), learnt)
    )
    rows: list[list[Cell]] = [
        [name, before.pairs, before.same, figure, one, other, _gain(one, other)]
        for name, before in plain.figures.items()
        for after in [better.figures[name]]
        for figure, one, other in (
            ("AUC", before.auc, after.auc),
            ("average precision", before.average_precision, after.average_precision),
        )
    ]
    precisions = plain.precision, better.precision
    everyone = "each with all others", len(plain.precisions), None
    figure = f"precision@{PRECISION_RANK}"
    rows.append([*everyone, figure, *precisions, _gain(*precisions)])
    gains = better.precisions - plain.precisions
    summary = (
        f"Of {len(gains):,} others, {int((gains > 0).sum()):,} find more of their own "
        f"class among the first {PRECISION_RANK} than by Euclid, "
        f"{int((gains < 0).sum()):,} find fewer."
    )
    return rows, summary


def _gain(before: float, after: float) -> float:
    """Subtract, so that what rounds to nothing is not shown as less than nothing."""
    return round(after - before, 4) + 0.0
