"""Measure how well the live index answers photos whose answer is known.

    python evaluate.py --queries photos.csv --leave-out --json report.json
    python evaluate.py --perturb hard --sample 500
    python evaluate.py --versions 200

Exit status: 0 all photos were asked, 1 some could not be and the rest were, 2 nothing
could be asked, 130 stopped by Ctrl-C.
"""

import argparse
import json
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import select

from app.commands.shared import (
    DONE,
    FAILED,
    INCOMPLETE,
    STOPPED,
    run_explained,
    say,
    watch,
)
from app.configuration.load import Folders, keep_to_owner
from app.extensions import db
from app.factory import create_app
from app.models import Artwork
from app.retrieval.evaluation.asking import (
    Ask,
    LabelledPhoto,
    Outcome,
    ask_all,
    channel_asker,
    engine_asker,
)
from app.retrieval.evaluation.report import Report
from app.retrieval.evaluation.versions import (
    VersionOutcome,
    VersionPhoto,
    VersionReport,
    ask_versions,
)
from app.retrieval.search.engine import Engine
from app.retrieval.search.trace import GLOBAL, SEMANTIC
from app.retrieval.simulation.photo import PROFILES
from app.services.collection.works import merged_numbers
from app.services.evaluation import judgements
from app.services.evaluation.labelled_photos import (
    LabelsError,
    PhotoFault,
    draw_references,
    open_photos,
    read_labels,
    simulate_photos,
    simulate_walls,
)
from app.services.evaluation.versions import simulate_versions
from app.services.index.opening import open_searcher
from app.services.index.searcher import Searcher
from app.services.media.opening import open_stores
from app.services.media.store import MediaStore
from app.services.shards.opening import open_shards
from app.services.system import database

ENGINE = "all"
CHANNELS = (ENGINE, GLOBAL, SEMANTIC)
WALLS = "walls"
MISTAKES_SHOWN = 20
Photo = TypeVar("Photo", LabelledPhoto, VersionPhoto)
VERSIONS_PROFILE = "mild"
"""Of simulated versions' photos: a visitor who wants to know which one it is."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the script; return its exit status."""
    keep_to_owner()
    options = parse(arguments)
    return run_explained(lambda: run(options))


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description="Measure how well the live index answers photos whose answer is "
        "known."
    )
    photos = parser.add_mutually_exclusive_group(required=True)
    photos.add_argument(
        "--queries",
        type=Path,
        metavar="CSV",
        help="list of photos with the columns photo (path relative to the list), "
        "references (accession numbers joined by |, or NONE) and kind, and perhaps "
        "in_view (other works in the photo)",
    )
    photos.add_argument(
        "--perturb",
        choices=(*PROFILES, WALLS),
        metavar="PROFILE",
        help="photos simulated from the collection itself: "
        f"{', '.join((*PROFILES, WALLS))}",
    )
    photos.add_argument(
        "--versions",
        type=int,
        metavar="N",
        help="photos of simulated versions of N works, one object of them moved, added "
        "or removed: is a version taken for the work?",
    )
    parser.add_argument(
        "--sample",
        type=int,
        metavar="N",
        help="works to simulate photos of (default: all)",
    )
    parser.add_argument(
        "--seed", type=int, default=0, help="of the sample and the simulation"
    )
    parser.add_argument(
        "--leave-out",
        action="store_true",
        help="ask each photo also with its own works left out: what is found then is "
        "a false accept",
    )
    parser.add_argument(
        "--channel",
        choices=CHANNELS,
        default=ENGINE,
        help="all: the whole engine (default); global, semantic: one network's "
        "descriptor alone",
    )
    parser.add_argument(
        "--json", type=Path, metavar="FILE", help="write all figures and mistakes here"
    )
    options = parser.parse_args(arguments)
    if options.sample is not None and (not options.perturb or options.sample < 1):
        parser.error("--sample goes with --perturb and must be at least 1")
    if options.versions is not None:
        if options.versions < 1:
            parser.error("--versions must be at least 1")
        if options.leave_out or options.channel != ENGINE:
            parser.error("--versions asks the whole engine, and leaves out by itself")
    if options.json and not options.json.absolute().parent.is_dir():
        parser.error(f"--json: there is no folder {options.json.absolute().parent}")
    return options


def asker(engine: Engine, channel: str) -> Ask:
    """Choose what replies to the photos."""
    return engine_asker(engine) if channel == ENGINE else channel_asker(engine, channel)


def run(options: argparse.Namespace) -> int:
    """Open the live index, ask, print and write."""
    app = create_app()
    folders = Folders(app.config["MORELLI_INSTANCE"])
    media = open_stores(app.config["MORELLI_MEDIA_URL"], folders).works
    with app.app_context():
        database.check()
        searcher = open_searcher(
            app.config["MORELLI_MODEL"],
            folders.generations,
            shards=open_shards(app.config),
        )
        shown = select(Artwork.accession).where(Artwork.withdrawn_at.is_(None))
        works = searcher.work_ids
        findable = works.intersection(db.session.scalars(shown))
        if options.versions is not None:
            return run_versions(options, media, searcher, findable)
        try:
            photos, total, faults = choose_photos(options, media, findable)
        except LabelsError as error:
            say(error)
            return FAILED
        ask = hiding(works - findable, asker(searcher.engine, options.channel))
        asked = ask_all(named(photos, faults), ask, leave_out=options.leave_out)
        outcomes: list[Outcome] = []
        status = DONE
        try:
            outcomes.extend(watch(asked, total, "Asking"))
        except KeyboardInterrupt:
            say("Stopped: the figures are of the photos asked so far.")
            status = STOPPED
    if not outcomes:
        say("No photo could be asked.")
        return FAILED
    report = Report.of(outcomes)
    present(report)
    if options.json:
        origin = origin_of(searcher, findable, faults) | {"channel": options.channel}
        content = {**report.to_dict(), "origin": origin}
        options.json.write_text(json.dumps(content, indent=2), encoding="utf-8")
    if faults and status == DONE:
        say(f"{len(faults):,} photos could not be asked and are named above.")
        status = INCOMPLETE
    return status


def run_versions(
    options: argparse.Namespace,
    media: MediaStore,
    searcher: Searcher,
    findable: frozenset[str],
) -> int:
    """Ask photos of simulated versions, print and write."""
    references = draw_references(
        db.session(), findable, sample=options.versions, seed=options.seed
    )
    profile = PROFILES[VERSIONS_PROFILE]
    made = simulate_versions(references, media, profile, seed=options.seed)
    faults: list[PhotoFault] = []
    asked = ask_versions(
        named(made, faults),
        searcher.model,
        searcher.gallery,
        excluded_works=searcher.work_ids - findable,
    )
    outcomes: list[VersionOutcome] = []
    status = DONE
    try:
        outcomes.extend(watch(asked, len(references), "Asking"))
    except KeyboardInterrupt:
        say("Stopped: the figures are of the versions asked so far.")
        status = STOPPED
    if not outcomes:
        say("No version could be asked.")
        return FAILED
    report = VersionReport(tuple(outcomes))
    print("Shares in per cent; found, outlined: with the other version alone.")
    print(report.table())
    if options.json:
        content = {**report.to_dict(), "origin": origin_of(searcher, findable, faults)}
        options.json.write_text(json.dumps(content, indent=2), encoding="utf-8")
    return INCOMPLETE if faults and status == DONE else status


def origin_of(
    searcher: Searcher, findable: Collection[str], faults: Sequence[PhotoFault]
) -> dict[str, Any]:
    """Say what was asked, for the file of figures."""
    return {
        "model": searcher.model_id,
        "generation": searcher.generation,
        "works": len(findable),
        "photos_not_asked": len(faults),
    }


def choose_photos(
    options: argparse.Namespace, media: MediaStore, findable: Collection[str]
) -> tuple[Iterator[LabelledPhoto | PhotoFault], int, list[PhotoFault]]:
    """Return the photos to ask, how many they are, and faults known beforehand."""
    if options.queries:
        merged = merged_numbers(db.session())
        labels, faults = read_labels(options.queries, findable, merged)
        for fault in faults:
            say(fault)
        judged_of = judgements.lookup(db.session())
        return open_photos(labels, judged_of, findable), len(labels), faults
    references = draw_references(
        db.session(), findable, sample=options.sample, seed=options.seed
    )
    if options.perturb == WALLS:
        photos = simulate_walls(references, media, seed=options.seed)
        return photos, len(references), []
    profile = PROFILES[options.perturb]
    photos = simulate_photos(references, media, profile, seed=options.seed)
    return photos, len(references), []


def named(
    photos: Iterator[Photo | PhotoFault], faults: list[PhotoFault]
) -> Iterator[Photo]:
    """Pass photos on; say and collect what could not be opened."""
    for photo in photos:
        if isinstance(photo, PhotoFault):
            say(photo)
            faults.append(photo)
        else:
            yield photo


def hiding(withdrawn: Collection[str], ask: Ask) -> Ask:
    """Ask as the server does: without the works that the database does not show."""
    return lambda photo, excluded: ask(photo, {*withdrawn, *excluded})


def present(report: Report) -> None:
    """Print the table, the time per stage and the first mistakes."""
    print("Shares in per cent; global, local, either: recall@100 of the shortlists.")
    print(report.table())
    stages = report.whole.latency_ms["stages"]
    if stages:
        parts = (
            f"{name} {own['p50']:.0f}/{own['p95']:.0f}" for name, own in stages.items()
        )
        print("Stages, p50/p95 ms:", ", ".join(parts))
    for mistake in report.mistakes[:MISTAKES_SHOWN]:
        print(f"  {mistake}")
    more = len(report.mistakes) - MISTAKES_SHOWN
    if more > 0:
        print(f"  … and {more:,} more mistakes (all are in the file of --json).")
