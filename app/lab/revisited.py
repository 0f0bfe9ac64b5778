"""Revisited Oxford and Paris protocol, for `folder` with a ground truth."""

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.commands.shared import DONE, INCOMPLETE, say
from app.lab import networks
from app.lab.class_search import Orders, orders_of
from app.lab.errors import LabError
from app.lab.ground_truth import Box, RevisitedQuery, read_ground_truth
from app.lab.labelled import LabelledPicture, look, open_extractor
from app.lab.report import Cell, ReportFolder, print_table
from app.retrieval.evaluation import metrics
from app.services.importing.pictures.names import relative_path

PRECISION_RANKS = (1, 5, 10)
SETUPS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "easy": (("easy",), ("junk", "hard")),
    "medium": (("easy", "hard"), ("junk",)),
    "hard": (("hard",), ("junk", "easy")),
}
"""Which pictures answer a query, and which count neither way (Radenović et al.)."""
HEADER = (
    "measure",
    *(
        f"{setup} {figure}"
        for setup in SETUPS
        for figure in ("mAP", *(f"mP@{rank}" for rank in PRECISION_RANKS))
    ),
)
PICTURE_FOLDERS = ("jpg", "")
"""Where the pictures are below the folder that is named."""


def ask_revisited(options: argparse.Namespace) -> int:
    """Run the protocol on the pictures of a folder, print and report the figures."""
    truth = read_ground_truth(options.ground_truth)
    report = ReportFolder(
        options.out,
        "Oxford and Paris, revisited",
        {
            "tree": options.tree.name,
            "ground truth": options.ground_truth.name,
            "model": options.model.name,
        },
    )
    places = find_pictures(options.tree, [(name, None) for name in truth.names])
    rows = find_pictures(options.tree, [(q.name, q.box) for q in truth.queries])
    missing = len(truth.names) + len(truth.queries) - len(places) - len(rows)
    extractor = open_extractor(options.model)
    files = [picture.path for picture in (*places, *rows)]
    with networks.open_cache(options, report, files) as result_cache:
        seen, unread = look(
            [*places], extractor, "Looking at the gallery", result_cache
        )
        queries, unread_too = look(
            [*rows], extractor, "Looking at the queries", result_cache
        )
        # What could not be read keeps its number in the truth and is never found.
        positions = np.array([places[picture] for picture in seen.pictures])
        chosen = [truth.queries[rows[picture]] for picture in queries.pictures]
        table: list[list[Cell]] = [
            [name, *judge(positions[order], chosen)]
            for name, order in orders_of(queries, seen).items()
        ]
        summary = f"{len(queries):,} queries, {len(seen):,} pictures."
        print(summary)
        print_table(HEADER, table)
        report.paragraph(summary)
        report.table("Figures by measure", HEADER, table)
        print(f"Report: {report.write()}")
    return INCOMPLETE if missing or unread or unread_too else DONE


def judge(
    orders: Orders | NDArray[np.int64], queries: Sequence[RevisitedQuery]
) -> list[float]:
    """Judge rankings by the three setups.

    Parameters
    ----------
    orders : (Q, M) int
        Positions in the ground truth's gallery, best first; what is missing was not
        found.
    queries : sequence of RevisitedQuery, length Q

    Returns
    -------
    figures : list of float
        In the order of `HEADER`: for each setup the mean average precision, and the
        mean precision among the first 1, 5 and 10 that are no junk, or among fewer if
        the last answer comes earlier. Queries without answers do not count; NaN if
        all are.

    References
    ----------
    .. [1] Radenović, Iscen, Tolias, Avrithis and Chum, "Revisiting Oxford and Paris:
       large-scale image retrieval benchmarking", CVPR 2018.
    """
    rankings = [[str(position) for position in order] for order in orders.tolist()]
    figures: list[float] = []
    for right, unwanted in SETUPS.values():
        relevant = [_positions(query, right) for query in queries]
        junk = [_positions(query, unwanted) for query in queries]
        figures.append(metrics.mean_average_precision(rankings, relevant, junk))
        answerable = [
            ([found for found in ranking if found not in own], wanted)
            for ranking, wanted, own in zip(rankings, relevant, junk, strict=True)
            if wanted
        ]
        figures += [
            float(np.mean([_precision(*both, rank) for both in answerable]))
            if answerable
            else float("nan")
            for rank in PRECISION_RANKS
        ]
    return figures


def find_pictures(
    folder: Path, wanted: Sequence[tuple[str, Box | None]]
) -> dict[LabelledPicture, int]:
    """Find the wanted names and boxes: positions by picture; name what is missing."""
    places: dict[LabelledPicture, int] = {}
    for number, (name, box) in enumerate(wanted):
        inside = relative_path(f"{name}.jpg")
        paths = [folder / parent / inside for parent in PICTURE_FOLDERS if inside]
        path = next(filter(Path.is_file, paths), None)
        if path is None:
            say(f"{name}.jpg is not in {folder} and is left out.")
        else:
            places[LabelledPicture(path, "", box)] = number
    if not places:
        raise LabError(
            f"Not one picture of the ground truth is in {folder}. Name the folder that "
            "holds them, or holds their folder jpg."
        )
    return places


def _positions(query: RevisitedQuery, roles: Sequence[str]) -> set[str]:
    return {str(position) for role in roles for position in getattr(query, role)}


def _precision(ranking: Sequence[str], wanted: set[str], rank: int) -> float:
    places = [place for place, found in enumerate(ranking, start=1) if found in wanted]
    if not places:
        return 0.0
    within = min(places[-1], rank)
    return sum(place <= within for place in places) / within
