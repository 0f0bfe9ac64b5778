"""Take a museum's catalogue and its pictures into the collection and index them.

    python precompute_descriptors.py --catalogue works.csv --images pictures/

Can be stopped and started: what is done is skipped. Exit status: 0 all is well, 1
some rows could not be used and the rest is done, 2 nothing could be done, 130 stopped
by Ctrl-C.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

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
from app.configuration.load import Folders
from app.factory import create_app
from app.services.catalogue import Catalogue, RowFault, read_catalogue
from app.services.collection.pictures import Recorded, record_catalogue
from app.services.system import database
from app.services.system.lock import INDEXING_LOCK, exclusively
from app.services.system.parallel import worker_count


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the script; return its exit status."""
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
        required=True,
        metavar="CSV",
        help="table of works with the columns accession, image, title; also read are "
        "artist, date, technique, school, location, source",
    )
    parser.add_argument(
        "--images",
        type=Path,
        required=True,
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
        help="encoding of the catalogue, where detection guesses wrong",
    )
    return parser.parse_args(arguments)


def run(options: argparse.Namespace) -> int:
    """Record the works, compute features, publish an index."""
    catalogue = read_catalogue(options.catalogue, encoding=options.encoding)
    if not options.images.is_dir():
        say(f"The folder of pictures {options.images} does not exist.")
        return FAILED
    overrides = {"MORELLI_MODEL": options.model.resolve()} if options.model else {}
    app = create_app(overrides)
    folders = Folders(app.config["MORELLI_INSTANCE"])
    with app.app_context(), exclusively(folders.instance / INDEXING_LOCK):
        database.upgrade()
        workplace = Workplace.of_current_app()
        faults = record(catalogue, options.images, workplace)
        if faults == len(catalogue.rows) + len(catalogue.faults):
            say("No row of the catalogue could be used: nothing was indexed.")
            return FAILED
        faults += index(workplace)
    if faults:
        say(f"{faults:,} could not be used and are named above; the rest is done.")
    return INCOMPLETE if faults else DONE


def record(catalogue: Catalogue, images_dir: Path, workplace: Workplace) -> int:
    """Record the catalogue's rows; name those that cannot be used and count them."""
    separator = {"\t": "tab"}.get(catalogue.separator, catalogue.separator)
    print(
        f"Catalogue: {len(catalogue.rows) + len(catalogue.faults):,} rows "
        f"({catalogue.encoding}, separator {separator})."
    )
    for fault in catalogue.faults:
        say(fault)
    workplace.media.sweep()
    outcomes = record_catalogue(
        workplace.session,
        catalogue.rows,
        images_dir,
        workplace.media,
        workers=worker_count(),
        settings=workplace.settings.image,
    )
    counts: Counter[Recorded] = Counter()
    faults = len(catalogue.faults)
    for outcome in watch(outcomes, len(catalogue.rows), "Recording works"):
        if isinstance(outcome, RowFault):
            faults += 1
            say(outcome)
        else:
            counts[outcome] += 1
    print("Works:", ", ".join(f"{counts[kind]:,} {kind}" for kind in Recorded) + ".")
    return faults


if __name__ == "__main__":
    sys.exit(main())
