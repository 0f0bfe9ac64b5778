"""Command ``top PICTURE``: the first works for one picture, by every method.

Over a catalogue, all methods; over an indexed instance, at once, those whose
descriptors the index holds.
"""

import argparse
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from app.commands.shared import DONE
from app.lab import collection, networks
from app.lab.answers import Answers, of_catalogue, of_instance
from app.lab.asking import Key
from app.lab.errors import LabError
from app.lab.report import ReportFolder, label_of
from app.retrieval.errors import ImageError
from app.retrieval.evaluation.columns import set_columns
from app.retrieval.images.codec import read
from app.retrieval.types import Image

PICTURE_SIDE_PX = 1600
PRINTED = 5
"""Works per method on the terminal; the report has all."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the picture, and what is searched."""
    parser.add_argument("picture", type=Path, metavar="PICTURE", help="what to ask for")
    collection.add_arguments(parser, "the index of MORELLI_INSTANCE is asked")
    networks.add_arguments(parser)
    parser.add_argument(
        "--similarity",
        type=Path,
        metavar="NPZ",
        help="what train-similarity learnt; otherwise the model's own, if it has one",
    )
    parser.add_argument(
        "--first", type=int, default=10, metavar="K", help="works shown per method"
    )


def run(options: argparse.Namespace) -> int:
    """Ask, print the first works and write the report."""
    if options.first < 1:
        raise LabError("--first must be at least 1.")
    try:
        picture = read(options.picture, max_side_px=PICTURE_SIDE_PX)
    except ImageError as error:
        raise LabError(f"{options.picture} cannot be asked for: {error}") from error
    settings = {
        "picture": options.picture.name,
        "catalogue": options.catalogue or "the index",
        "weights": options.weights,
        "similarity": options.similarity,
        "works": options.works or "all",
        "seed": options.seed,
        "first": options.first,
    }
    report = ReportFolder(options.out, f"Works like {options.picture.name}", settings)
    if options.catalogue or options.images:
        answers = of_catalogue(options, picture, report)
    elif options.weights or options.works or options.similarity:
        raise LabError(
            "--weights, --similarity and --works are for catalogues: add --catalogue."
        )
    else:
        answers = of_instance(options.first, picture)
    print(set_columns(ranking_of(answers.works, min(PRINTED, options.first))))
    fill(report, picture, answers)
    print(f"Report: {report.write()}")
    return DONE


def ranking_of(works: Mapping[Key, Sequence[str]], columns: int) -> list[list[str]]:
    """Set the first works of every method: header, and a row per method."""
    header = ["method", *(str(rank) for rank in range(1, columns + 1))]
    rows = [
        [label_of(key), *own[:columns], *[""] * (columns - len(own))]
        for key, own in works.items()
    ]
    return [header, *rows]


def fill(report: ReportFolder, picture: Image, answers: Answers) -> None:
    """Bring pictures and tables into the report."""
    count = len(answers.works)
    named_by = Counter(name for own in answers.works.values() for name in own)
    report.pictures("What was asked for", [[("", picture)]])
    report.paragraph(
        f"Under each work: its place, its title, and how many of the {count} methods "
        "have it among their first."
    )
    for key, own in answers.works.items():
        cells = [
            (
                f"{rank}. {answers.titles[name]} ({named_by[name]} of {count})",
                answers.pictures[name],
            )
            for rank, name in enumerate(own, start=1)
        ]
        report.pictures(label_of(key), [cells])
    longest = max(map(len, answers.works.values()))
    header, *rows = ranking_of(answers.works, longest)
    report.table("First works by method", header, rows)
    best: dict[str, int] = {}
    for own in answers.works.values():
        for place, name in enumerate(own, start=1):
            best[name] = min(place, best.get(name, place))
    agreed = sorted(named_by, key=lambda name: (-named_by[name], best[name], name))
    report.table(
        "Agreement",
        ["work", "title", "methods that name it", "best place"],
        [[name, answers.titles[name], named_by[name], best[name]] for name in agreed],
    )
