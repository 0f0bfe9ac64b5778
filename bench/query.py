"""Measure one process that answers photos over a live index.

    python -m bench.query --queries photos.csv
    python -m bench.query --sample 100

Without a list, photos are simulated from the collection by the hard profile.
"""

import argparse
import sys
import time
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from sqlalchemy import select

from app.commands.shared import DONE, FAILED, run_explained, say
from app.configuration.load import Folders
from app.extensions import db
from app.factory import create_app
from app.models import Artwork
from app.retrieval.errors import RetrievalError
from app.retrieval.evaluation.asking import LabelledPhoto
from app.retrieval.images.codec import decode, encode_jpeg
from app.retrieval.images.prepared import PreparedPhoto
from app.retrieval.simulation.photo import PROFILES
from app.services.evaluation.labelled_photos import (
    draw_references,
    read_labels,
    simulate_photos,
)
from app.services.index.opening import open_searcher
from app.services.media.opening import open_stores
from app.services.media.store import MediaStore
from app.services.search.photo_decoder import PHOTO_SIDE_PX
from app.services.system import database
from bench.measure import Clock, memory_mb, print_figures, print_percentiles

PROFILE = "hard"


class NoPhotosError(RetrievalError):
    """Instance without a picture, of which no photo can be made."""


def live_photos(options: argparse.Namespace) -> list[bytes]:
    """Return photos to ask of the instance that the settings name.

    Raises
    ------
    NoPhotosError
        If there is none.
    DatabaseNotReadyError
        If there is no such instance.
    """
    app = create_app()
    with app.app_context():
        database.check()
        folders = Folders(app.config["MORELLI_INSTANCE"])
        media = open_stores(app.config["MORELLI_MEDIA_URL"], folders).works
        photos = [data for data, _ in choose_photos(options, media)]
    if not photos:
        raise NoPhotosError("There is no photo to ask.")
    return photos


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the measurement; return its exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--queries", type=Path, metavar="CSV", help="labelled photos")
    parser.add_argument(
        "--sample", type=int, default=100, metavar="N", help="photos at most"
    )
    parser.add_argument(
        "--generations",
        type=Path,
        metavar="DIR",
        help="ask another index than the instance's",
    )
    options = parser.parse_args(arguments)
    return run_explained(lambda: run(options))


def run(options: argparse.Namespace) -> int:
    """Ask all photos, one after another."""
    app = create_app()
    folders = Folders(app.config["MORELLI_INSTANCE"])
    clock = Clock()
    with clock.stage("opening model and index, s"):
        generations = options.generations or folders.generations
        engine = open_searcher(app.config["MORELLI_MODEL"], generations).engine
    opened_s = sum(clock.seconds.values())
    with app.app_context():
        database.check()
        media = open_stores(app.config["MORELLI_MEDIA_URL"], folders).works
        photos = list(choose_photos(options, media))
    if not photos:
        say("There is no photo to ask.")
        return FAILED
    samples: dict[str, list[float]] = {}
    named = shortlisted = 0
    first_s = 0.0
    for data, works in photos:
        begun = time.perf_counter()
        image = decode(data, max_side_px=PHOTO_SIDE_PX)
        decoding = 1000 * (time.perf_counter() - begun)
        trace = engine.trace(PreparedPhoto(image))
        answer = trace.answer
        first_s = first_s or opened_s + time.perf_counter() - begun
        timings = {"decode": decoding, **answer.timings_ms}
        timings["total"] += decoding
        for stage, milliseconds in timings.items():
            samples.setdefault(stage, []).append(milliseconds)
        named += bool(answer.matches and answer.matches[0].item.work_id in works)
        shortlisted += any(
            engine.gallery.items[hit.position].work_id in works
            for hits in trace.shortlists.values()
            for hit in hits
        )
    if "tensorflow" in sys.modules:
        say("TensorFlow is loaded: whatever answers photos must not need it.")
        return FAILED
    print_percentiles(
        f"{len(photos)} photos, {len(engine.gallery.items):,} pictures in the index, "
        "one thread: milliseconds",
        samples,
    )
    print_figures(
        "The process that asked",
        {
            **clock.seconds,
            "opening and first answer, s": first_s,
            "in a shortlist": f"{shortlisted} of {len(photos)}",
            "named right": f"{named} of {len(photos)}",
            **{f"{name}, MB": value for name, value in memory_mb().items()},
        },
    )
    return DONE


def choose_photos(
    options: argparse.Namespace, media: MediaStore
) -> Iterator[tuple[bytes, Collection[str]]]:
    """Yield encoded photos, as a server gets them, and the works that they show."""
    shown = select(Artwork.accession).where(Artwork.withdrawn_at.is_(None))
    accessions = set(db.session.scalars(shown))
    if options.queries:
        labels, _ = read_labels(options.queries, accessions)
        for label in labels[: options.sample]:
            yield label.photo.read_bytes(), label.works
        return
    session = db.session()
    references = draw_references(session, accessions, sample=options.sample)
    for photo in simulate_photos(references, media, PROFILES[PROFILE]):
        if isinstance(photo, LabelledPhoto):
            yield encode_jpeg(photo.image), photo.works


if __name__ == "__main__":
    sys.exit(main())
