"""Take a museum's catalogue and its pictures into the collection and index them.

    morelli index --catalogue works.csv --images pictures/
    morelli index

Without a catalogue, what the collection holds already is indexed anew.
Can be stopped and started: what is done is skipped. Exit status: 0 all is well, 1
some rows could not be used and the rest is done, 2 nothing could be done, 130 stopped
by Ctrl-C.
"""

import argparse
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from flask import current_app
from sqlalchemy import select

from app.commands.shared import (
    DONE,
    FAILED,
    INCOMPLETE,
    Workplace,
    index,
    run_explained,
    say,
    watch,
)
from app.commands.tables import how_read, separator_of, warn_of_guess
from app.configuration.load import Folders, keep_to_owner
from app.extensions import db
from app.factory import create_app
from app.models import Artwork, ImportRun
from app.services.importing import messages, one_pass
from app.services.importing.columns.kept import propose_reading
from app.services.importing.one_pass import check_pictured, open_beside
from app.services.importing.pictures.folder import FolderPictures
from app.services.importing.sources import ImportContext
from app.services.importing.tables.choice import FOUND_OUT, TableChoice
from app.services.system import database
from app.services.system.lock import INDEXING_LOCK, exclusively


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the script; return its exit status."""
    keep_to_owner()
    options = parse(arguments)
    return run_explained(lambda: run(options))


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description="Take a catalogue and its pictures into the collection and index "
        "them. Can be stopped and started: what is done is skipped."
    )
    parser.add_argument(
        "--catalogue",
        type=Path,
        metavar="CSV",
        help="table of works with the columns accession, image, title; also read are "
        "artist, date, technique, school, location, source",
    )
    parser.add_argument(
        "--images",
        type=Path,
        metavar="DIR",
        help="folder from which the paths in the column image start",
    )
    parser.add_argument(
        "--model",
        type=Path,
        metavar="DIR",
        help="model folder (default: MORELLI_MODEL, or models/default)",
    )
    parser.add_argument(
        "--encoding",
        metavar="NAME",
        default="",
        help="encoding of the catalogue, where detection guesses wrong",
    )
    parser.add_argument(
        "--separator",
        metavar="SIGN",
        default="",
        help="what separates its cells, where that is found wrong; tab for a tab",
    )
    parser.add_argument(
        "--header-line",
        metavar="N",
        type=int,
        default=0,
        help="line that names the columns, where that is found wrong",
    )
    parser.add_argument(
        "--sheet", metavar="NAME", default="", help="sheet of a workbook"
    )
    parser.add_argument(
        "--number-from",
        metavar="COLUMN",
        default="",
        help="column to make accession numbers from, where none holds them",
    )
    options = parser.parse_args(arguments)
    if bool(options.catalogue) != bool(options.images):
        parser.error("--catalogue and --images go together")
    return options


def run(options: argparse.Namespace) -> int:
    """Record the works, compute features, publish an index."""
    if options.images and not options.images.is_dir():
        say(f"The folder of pictures {options.images} does not exist.")
        return FAILED
    overrides = {"MORELLI_MODEL": options.model.resolve()} if options.model else {}
    app = create_app(overrides)
    folders = Folders(app.config["MORELLI_INSTANCE"])
    lock = folders.instance / INDEXING_LOCK
    with app.app_context():
        database.version()  # raises where it cannot be opened
        with exclusively(lock, db.engine):
            return bring_in(options) if options.catalogue else bring_up_to_date()


def bring_up_to_date() -> int:
    """Compute what is missing of the collection, and publish an index."""
    database.prepare()
    if db.session.scalar(select(Artwork.id).limit(1)) is None:
        say(
            "The collection is empty: name a catalogue by --catalogue and its pictures "
            "by --images, or import one on the pages."
        )
        return FAILED
    return INCOMPLETE if index(Workplace.of_current_app()) else DONE


def bring_in(options: argparse.Namespace) -> int:
    """Record, compute and publish, while no other process does."""
    database.upgrade()
    workplace = Workplace.of_current_app()
    choice = TableChoice(
        encoding=options.encoding,
        separator=separator_of(options.separator),
        header_line=options.header_line,
        sheet=options.sheet,
    )
    recorded = record(
        workplace, options.catalogue, options.images, choice, options.number_from
    )
    if recorded.faults == recorded.rows:
        one_pass.end(workplace.session, recorded.run)
        say("No row of the catalogue could be used: nothing was indexed.")
        return FAILED
    faults = recorded.faults + index(workplace)
    one_pass.end(workplace.session, recorded.run)
    if faults:
        say(f"{faults:,} could not be used and are named above; the rest is done.")
    return INCOMPLETE if faults else DONE


@dataclass(frozen=True, slots=True)
class Recorded:
    """What came of a catalogue's rows.

    Attributes
    ----------
    run : ImportRun
        Not ended yet: that comes after the index.
    rows, faults : int
        How many there are, and of how many something cannot be used.
    """

    run: ImportRun
    rows: int
    faults: int


def record(
    workplace: Workplace,
    catalogue: Path,
    images: Path,
    choice: TableChoice = FOUND_OUT,
    number_from: str = "",
) -> Recorded:
    """Record a catalogue's rows; name those of which something cannot be used.

    Parameters
    ----------
    choice : TableChoice
        How the catalogue is read, where that is not to be found out.
    number_from : str
        Column that accession numbers are made from; "" where one holds them.

    Raises
    ------
    SourceError
        If the catalogue cannot be read, or names no works or no pictures.
    """
    session, limits = workplace.session, workplace.settings.image
    pictures = FolderPictures(images, limits)
    table, source = open_beside(catalogue, pictures, choice)
    reading = propose_reading(session, table.columns)
    if number_from:
        reading = replace(reading, accession_from=number_from)
    check_pictured(catalogue, reading)
    total = sum(1 for _ in table.rows())
    print(f"Catalogue: {total:,} rows ({how_read(table)}).")
    warn_of_guess(table)
    workplace.media.works.sweep()
    around = replace(ImportContext.of(current_app.config), limits=limits)
    run = one_pass.begin(session, catalogue, reading)
    rows = one_pass.record_source(session, run, source, around)
    counts: Counter[str] = Counter()
    faults = 0
    for row in watch(rows, total, "Recording works"):
        counts[row.state.value] += 1
        told = messages.read(row.message)
        faults += any(remark.is_fault for remark in told)
        for remark in told:
            if remark.is_fault or remark.code in (messages.RESTORED, *messages.SAID):
                say(f"line {row.number}, {row.accession or 'no accession'}: {remark}")
    print("Rows:", ", ".join(f"{n:,} {state}" for state, n in counts.items()) + ".")
    return Recorded(run, counts.total(), faults)
