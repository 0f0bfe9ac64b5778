"""Fill a database with works and what visitors of a year asked, and time long pages.

    python -m bench.dashboard [--queries N] [--folder DIR]

With ``--folder`` the instance is made there and kept, to be looked at in a browser by
``admin@example.org``; otherwise it is removed again. No other instance is touched.
"""

import argparse
import tempfile
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
from flask_security import hash_password
from sqlalchemy import insert, select

from app.commands.shared import DONE, FAILED, Workplace, index, run_explained, watch
from app.extensions import db
from app.factory import create_app
from app.models import Artwork, Feedback, Query, QueryMatch, now
from app.models.queries import hour_of
from app.programs.index import record
from app.retrieval.drawings.collection import generate_collection
from app.retrieval.verification.evidence import Verdict
from app.services.accounts import accounts
from app.services.operations import demonstration
from app.services.system import database
from bench.measure import folder_size_mb, print_figures, print_percentiles

EMAIL, PASSWORD = "admin@example.org", "correct horse battery"
WORKS = 44_000
"""As many as the Web Gallery of Art."""
DRAWN = 12
"""Works that have a picture, so that there is an index."""
BATCH = 5_000
DAYS = 365
ROUNDS = 5
STAGES = (
    "describe",
    "local",
    "shortlist_local",
    "verify",
    "decide",
)
SCHOOLS = ("Dutch", "Flemish", "French", "German", "Italian", "Spanish")
TECHNIQUES = ("Oil on canvas", "Oil on wood", "Etching", "Tempera on panel")
PAGES = [
    *("/admin/", "/admin/speed", "/admin/most-found"),
    *("/admin/recognition/", "/admin/users/"),
]
LISTS = [
    *("/curate/works/", "/curate/works/?q=ada+3", "/curate/works/?page=400"),
    *("/curate/works/?order=artist", "/works/", "/works/?q=work&school=Dutch"),
]
MOST_MS, MOST_LIST_MS = 1_000.0, 300.0
"""That a page of either may take at the median."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the measurement; return its exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--queries", type=int, default=200_000, metavar="N")
    parser.add_argument("--folder", type=Path, metavar="DIR")
    options = parser.parse_args(arguments)

    def job() -> int:
        if options.folder is not None:
            return run(options.folder.resolve(), options.queries)
        with tempfile.TemporaryDirectory() as name:
            return run(Path(name), options.queries)

    return run_explained(job)


def run(folder: Path, count: int) -> int:
    """Fill an instance and ask for every page, for 30 days and for a year."""
    app = create_app({"MORELLI_INSTANCE": folder, "WTF_CSRF_ENABLED": False})
    with app.app_context():
        database.upgrade()
        index_few(folder)
        fill(count, np.random.default_rng(0))
    browser = app.test_client()
    browser.post("/account/login", data={"email": EMAIL, "password": PASSWORD})
    year = f"?from={(now() - timedelta(days=DAYS)).date()}"
    pages = {
        page + words: time_page(browser, page + words)
        for page in PAGES
        for words in ("", year)
    }
    lists = {page: time_page(browser, page) for page in LISTS}
    kept = {"searches": count, "works": WORKS, "instance MB": folder_size_mb(folder)}
    print_figures("Kept", kept)
    print_percentiles("Milliseconds per page", pages)
    print_percentiles("Milliseconds per list of works", lists)
    is_quick = slowest(pages) < MOST_MS and slowest(lists) < MOST_LIST_MS
    return DONE if is_quick else FAILED


def slowest(samples: Mapping[str, Sequence[float]]) -> float:
    """Return the median of the page that takes longest."""
    return max(float(np.median(times)) for times in samples.values())


def time_page(browser: Any, address: str) -> list[float]:
    """Return how many milliseconds a page took, each time."""
    times = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        answer = browser.get(address)
        times.append(1000 * (time.perf_counter() - begun))
        if answer.status_code != 200:
            raise RuntimeError(f"{address} answers {answer.status_code}")
    return times


def index_few(folder: Path) -> None:
    """Draw a few works and make an index of them; needs an application."""
    drawn = folder / "drawn"
    if not drawn.exists():
        demonstration.draw_collection(drawn, generate_collection(DRAWN))
    work = Workplace.of_current_app()
    record(
        work,
        drawn / demonstration.CATALOGUE_FILE,
        drawn / demonstration.IMAGES_FOLDER,
    )
    index(work)


def fill(count: int, rng: np.random.Generator) -> None:
    """Make works, an administrator, and what was asked; needs an application."""
    if accounts.find(EMAIL) is None:
        user = accounts.create_confirmed(EMAIL, hash_password(PASSWORD))
        accounts.grant(user, "admin")
        accounts.grant(user, "curator")
        for start in range(0, WORKS - DRAWN, BATCH):
            numbers = range(start, min(start + BATCH, WORKS - DRAWN))
            db.session.add_all(invent_work(number) for number in numbers)
            db.session.commit()
    works = list(db.session.execute(select(Artwork.id, Artwork.accession)))
    batches = range(0, count, BATCH)
    for start in watch(batches, len(batches), "Recording searches"):
        size = min(BATCH, count - start)
        queries, matches, said = [], [], []
        for query, own, feedback in draw(size, works, rng):
            queries.append(query)
            matches += own
            said += feedback
        db.session.execute(insert(Query), queries)
        db.session.execute(insert(QueryMatch), matches)
        db.session.execute(insert(Feedback), said)
        db.session.commit()


def invent_work(number: int) -> Artwork:
    """Make a label; a few thousand artists, schools as uneven as those of a museum."""
    return Artwork(
        accession=f"1900.{number}",
        title=f"Work {number % 9_973}",
        artist=f"Ada {number % 3_001}",
        date=str(1400 + number % 500),
        school=SCHOOLS[min(number % 17, number % 11) % len(SCHOOLS)],
        technique=TECHNIQUES[number % len(TECHNIQUES)],
    )


def draw(
    count: int, works: Sequence[Any], rng: np.random.Generator
) -> Iterator[tuple[dict[str, Any], list[dict[str, Any]], list[dict[str, Any]]]]:
    """Draw searches as they are kept: more of them lately, one in ten judged."""
    present = now()
    verdicts = rng.choice(np.array(list(Verdict)), count, p=(0.6, 0.1, 0.3))
    ages = DAYS * rng.random(count) ** 1.5
    durations = rng.lognormal(3.5, 0.4, (count, len(STAGES))).round(1)
    for verdict, age, laps in zip(map(Verdict, verdicts), ages, durations, strict=True):
        query_id = str(uuid.UUID(bytes=rng.bytes(16), version=4))
        asked = present - timedelta(days=float(age))
        near = [works[number] for number in rng.integers(0, len(works), 12)]
        total = float(laps.sum())
        query = {
            "id": query_id,
            "created_at": asked,
            "asked_hour": hour_of(asked),
            "verdict": verdict,
            "probability": float(rng.random()),
            "photo_name": f"{query_id}.jpg" if age < 30 else None,
            "width": 1280,
            "height": 960,
            "model_id": "model",
            "generation": "generation",
            "similar": [[accession, 0.5] for _, accession in near],
            "timings_ms": {
                **dict(zip(STAGES, map(float, laps), strict=True)),
                "total": total,
            },
            "total_ms": total,
            "language": str(rng.choice(["en", "en", "de", "fr", "es"])),
            "device": str(
                rng.choice(["phone", "phone", "desktop", "tablet", "program"])
            ),
            "quality": {"blur": 0.3, "lightness": 120, "faults": []},
        }
        matches = [
            {
                "query_id": query_id,
                "rank": rank,
                "artwork_id": near[rank][0],
                "verdict": verdict,
                "probability": query["probability"],
                "similarity": float(rng.random()),
                "inlier_count": int(rng.integers(6, 300)),
                "points": rng.random((20, 4)).round(4).tolist(),
            }
            for rank in range({Verdict.FOUND: 1, Verdict.UNCERTAIN: 3}.get(verdict, 0))
        ]
        said = []
        if rng.random() < 0.1:
            right = bool(rng.random() < 0.9)
            named = near[0][0] if right and matches else None
            said.append(
                {
                    "query_id": query_id,
                    "is_right": right,
                    "artwork_id": named,
                    "created_at": asked,
                }
            )
        yield query, matches, said


if __name__ == "__main__":
    raise SystemExit(main())
