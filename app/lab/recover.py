"""Command ``recover``: recall of works in photos under ever stronger perturbations.

Random works are photographed with one kind of perturbation at a time, each at five
strengths, and asked of several methods; so are strangers, works that are not in the
gallery. Figures and plots say which method bears what.
"""

import argparse
import itertools
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from app.commands.shared import DONE, say
from app.lab import collection, networks
from app.lab.asking import SHORTLIST, Asker, Key, noted, read_noted
from app.lab.collection import Collection
from app.lab.compare import seed_of
from app.lab.errors import LabError
from app.lab.methods import COSINE, EUCLID, HAMMING, PROBABILITY, VOTES, Method
from app.lab.picture_cache import PictureCache
from app.lab.recovery import Trial
from app.lab.recovery_report import (
    PROFILE_NAMES,
    STRENGTHS,
    by_perturbation,
    fill,
)
from app.lab.report import ReportFolder, print_table
from app.lab.result_cache import ResultCache, Seen
from app.retrieval.measures.structural import SsimOverEuclidean
from app.retrieval.simulation.photo import PROFILES

ASKED = 16
STRANGERS_PER_ASKED = 0.5
LINES: tuple[Key, ...] = (
    (networks.BUNDLED_CAM, COSINE),
    (networks.SUM, COSINE),
    (networks.ACTIVATIONS, EUCLID),
    (networks.ACTIVATIONS, SsimOverEuclidean.name),
    ("colour histogram", COSINE),
    ("pHash", HAMMING),
    ("local words", VOTES),
    ("whole engine", PROBABILITY),
)
"""What is always asked, in the order of the plots' lines."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the experiment can be told."""
    collection.add_arguments(parser)
    networks.add_arguments(parser)
    parser.add_argument(
        "--asked",
        type=int,
        default=ASKED,
        metavar="N",
        help="works that are photographed, chosen at random among those held out; half "
        "as many more are strangers, left out of the gallery",
    )


def run(options: argparse.Namespace) -> int:
    """Photograph, ask, print the summary and write the report."""
    training_seed = seed_of(options.model)
    if options.asked < 1:
        raise LabError("--asked must be at least 1.")
    settings = {
        **collection.describe(options),
        "model": options.model.name,
        "weights": options.weights,
        "asked": options.asked,
        "strengths": STRENGTHS,
        "re-ranked": SHORTLIST,
    }
    report = ReportFolder(options.out, "Works found again in worse photos", settings)
    with tempfile.TemporaryDirectory() as folder:
        # Before the works are drawn: what cannot be had is said at once.
        methods, keys = choose_methods(options, Path(folder))
        asker = Asker(methods, only=set(keys))
        with (
            collection.opened(options) as works,
            networks.open_cache(options, report, works.files()) as result_cache,
        ):
            asked, strangers = choose_works(works, training_seed, options)
            gallery = sorted({*range(len(works))} - {*strangers})
            asker.prepare(works, gallery, asked, result_cache)
            photographed = [*asked, *strangers]
            trials = [*try_all(asker, works, photographed, gallery, result_cache)]
            summary = f"{len(asked)} works asked for, {len(strangers)} strangers"
            print(f"{summary}. Recall@1 over all strengths:")
            header, rows = by_perturbation(trials, keys)
            print_table(header, rows)
            fill(report, summary, trials, LINES, keys[len(LINES) :])
            for sentence in networks.not_given(options.weights):
                say(sentence)
            print(f"Report: {report.write()}")
    return DONE


def choose_methods(
    options: argparse.Namespace, folder: Path
) -> tuple[list[Method], list[Key]]:
    """Make the methods that are asked, and name what they are compared by."""
    names = {name for name, _ in LINES}
    bundled = networks.bundled_methods(options.model)
    methods: list[Method] = [method for method in bundled if method.name in names]
    given = networks.given_methods(options, folder)
    pooling = networks.POOLING_NAMES["sum"]
    backbones = [method for method in given if method.name.endswith(pooling)]
    return methods + backbones, [*LINES, *((m.name, COSINE) for m in backbones)]


def choose_works(
    works: Collection, training_seed: int, options: argparse.Namespace
) -> tuple[list[int], list[int]]:
    """Choose at random whom to ask for and who is a stranger, of those held out."""
    unseen = np.array(works.held_out(training_seed))
    shuffled = np.random.default_rng([options.seed, len(works)]).permutation(unseen)
    fewest = max(1, round(options.asked * STRANGERS_PER_ASKED))
    stranger_count = min(fewest, len(unseen) - 1)
    ends = [stranger_count, stranger_count + options.asked]
    strangers, asked, _ = np.split(shuffled, ends)
    if not stranger_count:
        raise LabError("Only one work is kept from training. Use more works.")
    return sorted(asked.tolist()), sorted(strangers.tolist())


def try_all(
    asker: Asker,
    works: Collection,
    photographed: Sequence[int],
    gallery: Sequence[int],
    result_cache: ResultCache,
) -> Iterator[Trial]:
    """Ask all photos: of every work, by every perturbation, at every strength."""
    rows = {position: row for row, position in enumerate(gallery)}
    plan = [*itertools.product(PROFILE_NAMES, STRENGTHS, photographed)]

    def ask(step: tuple[str, float, int]) -> Seen:
        name, strength, position = step
        photo = works.photo(position, PROFILES[name], strength=strength, exactly=True)
        row = rows.get(position)
        return noted(
            {
                reply.key: (-1 if row is None else reply.rank_of(row), reply.best_score)
                for reply in asker.ask(PictureCache(photo))
            }
        )

    answers = result_cache.each("Asking photos", plan, ask)
    for (name, strength, position), seen in zip(plan, answers, strict=True):
        for key, (rank, score) in read_noted(seen):
            known = int(rank) if position in rows else None
            yield Trial(key, name, strength, known, score)
