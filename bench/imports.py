"""Measure how long a long table takes to be looked through, and to be recorded.

    python -m bench.imports [--rows 100000]

Rows are invented and name no pictures: what is measured is the reading, the judging and
the database. Works in a folder of its own that it removes again. Memory is given at
half of the rows and at the end: it does not grow with them if both are alike.
"""

import argparse
import csv
import io
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from app.background import BACKGROUND
from app.commands.shared import DONE, run_explained
from app.configuration.load import Folders
from app.extensions import db
from app.factory import create_app
from app.models import ImportRun
from app.retrieval.runtime.memory import spare_started_objects
from app.services.importing import runs
from app.services.importing.columns.kept import propose_reading
from app.services.importing.diff import Policy
from app.services.importing.sources import ImportContext, opened
from app.services.media.folder import FolderStore
from app.services.system import database
from bench.measure import Clock, peak_memory_mb, print_figures

HEADER = (
    *("Inventory number", "Title", "Artist", "Date", "Technique", "Location"),
    *("Dimensions", "Credit line", "Provenance", "Department"),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the measurement; return its exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rows", type=int, default=100_000, metavar="N")
    rows = parser.parse_args(arguments).rows
    return run_explained(lambda: run(rows))


def run(rows: int) -> int:
    """Import half of the rows in one museum, all of them in another."""
    half = measure(rows // 2)
    print_figures(f"Import of {rows // 2:,} rows", half)
    print_figures(f"Import of {rows:,} rows", measure(rows))
    return DONE


def measure(rows: int) -> dict[str, float]:
    """Import as many rows in a museum of their own; return what that took."""
    with tempfile.TemporaryDirectory() as name:
        app = create_app({"MORELLI_INSTANCE": Path(name)})
        clock = Clock()
        with app.app_context():
            database.upgrade()
            session, folders = db.session(), Folders(Path(name))
            with tempfile.TemporaryFile() as table:
                write_table(table, rows)
                kind, location = runs.receive(
                    table, "works.csv", FolderStore(folders.imports)
                )
            found = runs.begin(session, kind, location, "works.csv", None)
            with opened(found, ImportContext.of(app.config)) as source:
                columns = source.table.columns if source.table else ()
            reading = propose_reading(session, columns)
            runs.plan(session, found, reading, Policy.UPDATE, None)
            number = found.id
        background = app.extensions[BACKGROUND]
        spare_started_objects()  # as the worker does
        processor = {"dry run": time.process_time()}
        with clock.stage("dry run"):
            background.work_off()
        processor["dry run"] = time.process_time() - processor["dry run"]
        with app.app_context():
            runs.start(db.session(), db.session().get_one(ImportRun, number), None)
        processor["recording"] = time.process_time()
        with clock.stage("recording"):
            background.work_off()
        processor["recording"] = time.process_time() - processor["recording"]
        with app.app_context():
            counts = dict(db.session().get_one(ImportRun, number).counts)
            db.engine.dispose()
    return {
        **{f"{k}, µs per row": 1e6 * v / rows for k, v in clock.seconds.items()},
        **{f"{k}, processor, µs": 1e6 * v / rows for k, v in processor.items()},
        "created": counts.get("created", 0),
        "peak memory, MB": peak_memory_mb(),
    }


def write_table(table: BinaryIO, rows: int) -> None:
    """Write a table of invented works as a German Excel writes it."""
    text = io.TextIOWrapper(table, "cp1252", newline="")
    writer = csv.writer(text, delimiter=";")
    writer.writerow(HEADER)
    for number in range(rows):
        writer.writerow(
            (
                *(f"INV {number // 1000}.{number % 1000:03}", f"Ansicht {number}"),
                *(f"Künstler {number % 900}", f"um {1500 + number % 400}"),
                *("Öl auf Leinwand", f"Saal {number % 40}", "41,5 × 33 cm"),
                f"Schenkung der Familie {number % 300}, 19{number % 90 + 10}",
                "Aus dem Besitz der Familie; 1912 erworben, seit 1920 im Haus. " * 3,
                "Gemälde",
            )
        )
    text.detach().seek(0)


if __name__ == "__main__":
    sys.exit(main())
