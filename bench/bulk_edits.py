"""Change a field of all works at once, and take that back; say how long both take.

    python -m bench.bulk_edits [--works N] [--field NAME]

The database is the one of ``MORELLI_DATABASE_URL``, which has to be empty, or a SQLite
file that is removed again.
"""

import argparse
import tempfile
import time
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, select

from app.commands.shared import DONE, FAILED, run_explained
from app.configuration.load import Folders
from app.extensions import db
from app.factory import create_app
from app.models import Artwork, BulkState
from app.retrieval.drawings.collection import generate_collection
from app.services.collection.browsing import Criteria
from app.services.collection.labels import LABEL_COLUMNS
from app.services.curation.bulk import changing, drafts, writing
from app.services.curation.bulk.operations import BulkOperation, OperationKind
from app.services.system import database
from app.services.system.tasks import TaskContext, work_off
from bench.measure import Clock, print_figures

WORKS = 44_000
"""As many as the Web Gallery of Art."""
BATCH = 1_000
MOST_SECONDS = 10.0
"""For each of them; the exit status says whether it was kept."""
DRAWN = 26
"""Labels that are made up, one of every hand; each is given to many works."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the measurement; return its exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--works", type=int, default=WORKS, metavar="N")
    parser.add_argument("--field", choices=LABEL_COLUMNS, default="technique")
    options = parser.parse_args(arguments)

    def job() -> int:
        with tempfile.TemporaryDirectory() as folder:
            app = create_app({"MORELLI_INSTANCE": folder})
            with app.app_context():
                return run(app.config, options.works, options.field)

    return run_explained(job)


def run(config: Mapping[str, Any], works: int, field: str) -> int:
    """Fill the database, change all works, take it back; needs an application."""
    database.upgrade()
    session = db.session()
    if session.scalars(select(func.count(Artwork.id))).one():
        raise RuntimeError("the database is not empty")
    fill(works)
    operation = BulkOperation(OperationKind.SET, field, "One and the same")
    seconds, processor = Clock(), Clock(time.process_time)
    with seconds.stage("preview"), processor.stage("preview"):
        edit = drafts.draft(session, drafts.works_meant(Criteria()), operation, None)
    context = TaskContext(session, Folders(config["MORELLI_INSTANCE"]), config)
    for name, begin in (("change", writing.begin), ("undo", writing.begin_undo)):
        with seconds.stage(name), processor.stage(name):
            begin(session, edit, None)
            work_off(context, {writing.KIND: writing.work})
    counts = edit.counts
    print_figures(f"Seconds for {works:,} works, {field}", seconds.seconds)
    print_figures("Of these, this process's on a processor", processor.seconds)
    is_whole = edit.state is BulkState.UNDONE and counts[changing.UNDONE] == works
    return DONE if is_whole and max(seconds.seconds.values()) < MOST_SECONDS else FAILED


def fill(count: int) -> None:
    """Record works with made-up labels, each of its own number and title."""
    labels = list(generate_collection(min(count, DRAWN)))
    session = db.session()
    for start in range(0, count, BATCH):
        for number in range(start, min(start + BATCH, count)):
            drawn = labels[number % len(labels)]
            session.add(
                Artwork(
                    accession=f"{number:06}",
                    title=f"{drawn.title} {number}",
                    artist=drawn.artist,
                    date="c. 1650",
                    technique=f"Oil on canvas, {number % 90} cm",
                    details={
                        "story@en": "Seen from the shore. " * 20,
                        "Inv": str(number),
                    },
                )
            )
        session.commit()


if __name__ == "__main__":
    raise SystemExit(main())
