"""Command ``compare``: every descriptor by every measure, in one table.

Instances: simulated photos of works that training has not seen are asked for their
work among all. Likeness: such works are asked for others by the same artist and of the
same school. Networks with published weights are run where a file is given; nothing is
fetched.
"""

import argparse
import tempfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from app.commands.shared import DONE, say
from app.lab import collection, networks
from app.lab.asking import SHORTLIST, Asker, Key, noted, read_noted
from app.lab.collection import Collection
from app.lab.errors import LabError
from app.lab.picture_cache import PictureCache
from app.lab.plots import bar_plot, panel_plot
from app.lab.report import Cell, ReportFolder, label_of, print_table
from app.lab.result_cache import ResultCache, Seen
from app.lab.teaching import LABEL, teach
from app.retrieval.descriptors.manifest import ModelManifest
from app.retrieval.evaluation import metrics
from app.retrieval.simulation.photo import PROFILES
from app.retrieval.training.assessment import (
    RANKS,
    STYLE_LABELS,
    rows_to_ask,
    share_of_same_label,
)

PHOTOS = ("mild", "hard")
LIKE_RANK = 10
LINES = 8
"""Methods whose rank curves are drawn: more cannot be told apart."""
HEADER = (
    "descriptor",
    "measure",
    *(
        f"{profile} {figure}"
        for profile in PHOTOS
        for figure in (*(f"@{rank}" for rank in RANKS), "mAP")
    ),
    *(f"{name} p@{LIKE_RANK}" for name in STYLE_LABELS),
    "ms per query",
    "bytes per work",
)


@dataclass(slots=True)
class Findings:
    """Figures of one descriptor by one measure.

    Places of the asked works, from 0, by profile; by work the ten works most like it;
    and seconds per photo.
    """

    ranks: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    alike: dict[int, Sequence[int]] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)

    def recall(self, profile: str, rank: int) -> float:
        """Share of photos whose work is among the first ``rank``."""
        return float(np.mean(np.array(self.ranks[profile]) < rank))

    def mean_average_precision(self, profile: str) -> float:
        """Mean area under the precision-recall curve; a photo shows one work."""
        places = [list(map(str, range(rank + 1))) for rank in self.ranks[profile]]
        wanted = [{ranking[-1]} for ranking in places]
        return metrics.mean_average_precision(places, wanted)

    def figures(self, profile: str) -> list[float]:
        """Recall at `RANKS`, and mean average precision."""
        recalls = [self.recall(profile, rank) for rank in RANKS]
        return [*recalls, self.mean_average_precision(profile)]

    def precision(self, labels: Sequence[str], asked: Sequence[int]) -> float:
        """Share of the works most alike with the same label; NaN if nobody asked."""
        if not self.alike or not asked:
            return float("nan")
        nearest = np.array([self.alike[position] for position in asked])
        return share_of_same_label(nearest, labels, asked)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the comparison can be told."""
    collection.add_arguments(parser)
    networks.add_arguments(parser)
    parser.add_argument(
        "--variants",
        action="store_true",
        help="the model's network with other settings as well",
    )


def run(options: argparse.Namespace) -> int:
    """Describe, ask, print the table and write the report."""
    training_seed = seed_of(options.model)
    settings = {
        **collection.describe(options),
        "model": options.model.name,
        "weights": options.weights,
        "variants": options.variants,
        "re-ranked": SHORTLIST,
    }
    report = ReportFolder(options.out, "Every descriptor by every measure", settings)
    with tempfile.TemporaryDirectory() as folder:
        # Before the works are drawn: what cannot be had is said at once.
        methods = [
            *networks.bundled_methods(options.model),
            *networks.given_methods(options, Path(folder)),
        ]
        if options.variants:
            methods += networks.variant_methods(options.model, Path(folder))
        asker = Asker(methods)
        with (
            collection.opened(options) as works,
            networks.open_cache(options, report, works.files()) as result_cache,
        ):
            asked = works.held_out(training_seed)
            lessons = asker.prepare(works, range(len(works)), asked, result_cache)
            teach(asker, works, lessons, options, result_cache)
            found = ask(asker, works, asked, result_cache)
            rows = table(asker, works, asked, found)
            summary = (
                f"{len(works):,} works, {len(asked):,} of them held out and asked for."
            )
            print(summary)
            print_table(HEADER, rows)
            fill(report, summary, asker, found, rows)
            for sentence in networks.not_given(options.weights):
                say(sentence)
                report.paragraph(sentence)
            print(f"Report: {report.write()}")
    return DONE


def seed_of(model_dir: Path) -> int:
    """Return the seed that says which works a model's training has not seen."""
    training = ModelManifest.read(model_dir).training
    if "seed" not in training:
        raise LabError(
            f"{model_dir} does not say which works its training has seen. Choose a "
            "model that train.py made with --model."
        )
    return int(training["seed"])


def ask(
    asker: Asker, works: Collection, asked: Sequence[int], result_cache: ResultCache
) -> dict[Key, Findings]:
    """Query by photos of the works for them, and by works for others like them."""
    found: dict[Key, Findings] = defaultdict(Findings)
    for profile in PHOTOS:

        def by_photo(position: int, profile: str = profile) -> Seen:
            cache = PictureCache(works.photo(position, PROFILES[profile]))
            return noted(
                {
                    reply.key: (reply.rank_of(position), reply.seconds)
                    for reply in asker.ask(cache)
                }
            )

        for seen in result_cache.each(f"Asking photos, {profile}", asked, by_photo):
            for key, (rank, seconds) in read_noted(seen):
                found[key].ranks[profile].append(int(rank))
                found[key].seconds.append(seconds)
    labelled = sorted(set().union(*rows_by_label(works, asked).values()))

    def by_work(position: int) -> Seen:
        return noted(
            {
                reply.key: reply.order[:LIKE_RANK].tolist()
                for reply in asker.ask_alike(position)
            }
        )

    answers = result_cache.each("Asking for works alike", labelled, by_work)
    for position, seen in zip(labelled, answers, strict=True):
        for key, nearest in read_noted(seen):
            found[key].alike[position] = [int(row) for row in nearest]
    return found


def rows_by_label(works: Collection, asked: Sequence[int]) -> dict[str, list[int]]:
    """Choose the works to be asked for others with the same label, by its name."""
    return {
        name: rows_to_ask(works.labels(name), asked, least=least)
        for name, least in STYLE_LABELS.items()
    }


def table(
    asker: Asker,
    works: Collection,
    asked: Sequence[int],
    found: Mapping[Key, Findings],
) -> list[list[Cell]]:
    """Bring what was found to rows of `HEADER`."""
    labels = {name: works.labels(name) for name in STYLE_LABELS}
    whom = rows_by_label(works, asked)
    return [
        [
            *(method.name, measure),
            *(figure for profile in PHOTOS for figure in own.figures(profile)),
            *(own.precision(labels[name], whom[name]) for name in STYLE_LABELS),
            round(1000 * float(np.median(own.seconds)), 1),
            round(asker.bytes_per_work(method, measure)),
        ]
        for method in asker.methods
        for measure in asker.measures(method)
        for own in [found[method.name, measure]]
    ]


def fill(
    report: ReportFolder,
    summary: str,
    asker: Asker,
    found: Mapping[Key, Findings],
    rows: Sequence[Sequence[Cell]],
) -> None:
    """Bring table and plots into the report."""
    report.paragraph(
        f"{summary} mild, hard: share of photos whose work is among the first 1, 10 "
        "and 100, and mean average precision. artist, school: share of the "
        f"{LIKE_RANK} most similar other works that have the same. Milliseconds: the "
        "median, on one core, alone. SSIM and "
        f"SSIM ÷ Euclid put the first {SHORTLIST} by the descriptor’s own measure, "
        "which is named first, in order. What the learnt similarity and the whitenings "
        f"know, they know of the works that are not asked for, and of their {LABEL}s."
    )
    report.table("Comparison", HEADER, rows)
    own = {
        method.name: found[method.name, method.measures[0]] for method in asker.methods
    }
    best = sorted(own, key=lambda name: -own[name].recall("hard", 10))[:LINES]
    works = 1 + max(max(one.ranks["hard"]) for one in own.values())
    ranks = sorted({round(rank) for rank in np.geomspace(1, max(works, 2), 24)})
    panels = {
        profile: {
            name: [(rank, own[name].recall(profile, rank)) for rank in ranks]
            for name in best
        }
        for profile in PHOTOS
    }
    report.plot(
        "Rank curves",
        panel_plot(
            panels,
            x_label="first works looked at",
            y_label="share of photos whose work is among them",
            columns=2,
            log_x=True,
        ),
        f"The {len(best)} descriptors that find most under the hard profile, each by "
        "its own measure.",
        "Lines that rise from recall at rank 1 to 1; the figures are in the table.",
    )
    by_recall = {
        label_of((str(row[0]), str(row[1]))): float(row[HEADER.index("hard @1")] or 0)
        for row in rows
    }
    report.plot(
        "Hard photos named at once",
        bar_plot(by_recall, x_label="recall@1, hard profile"),
        "Every row of the table.",
        "One bar per row of the table, as long as its figure hard @1.",
    )
    report.heading("What the descriptors are")
    report.table(
        "Descriptors",
        ["descriptor", "about"],
        [[m.name, m.about] for m in asker.methods],
    )
