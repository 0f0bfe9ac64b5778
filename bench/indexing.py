"""Measure how fast a catalogue becomes a live index.

    MORELLI_INSTANCE=/tmp/bench python -m bench.indexing --catalogue C --images DIR

The instance must be new: what is there already would not be done again.
"""

import argparse
import sys
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from app.commands.shared import DONE, FAILED, Progress, Workplace, run_explained, say
from app.configuration.load import Folders
from app.factory import create_app
from app.programs import index
from app.retrieval.runtime.parallel import worker_count
from app.services.index.building import build_index, complete_features
from app.services.system import database
from bench.measure import Clock, folder_size_mb, peak_memory_mb, print_figures


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the measurement; return its exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--catalogue", type=Path, required=True, metavar="CSV")
    parser.add_argument("--images", type=Path, required=True, metavar="DIR")
    options = parser.parse_args(arguments)
    return run_explained(lambda: run(options.catalogue, options.images))


def run(catalogue: Path, images: Path) -> int:
    """Record, compute and publish with a clock beside it."""
    app = create_app()
    folders = Folders(app.config["MORELLI_INSTANCE"])
    if folders.works.exists():
        say(f"{folders.instance} is not new: choose another MORELLI_INSTANCE.")
        return FAILED
    clock = Clock()
    with app.app_context():
        database.upgrade()
        work = Workplace.of_current_app()
        with clock.stage("recording works"):
            index.record(work, catalogue, images)
        with clock.stage("computing features"), closing(Progress()) as progress:
            complete_features(work.session, work.media.works, work.model, progress)
        with clock.stage("building, examining, publishing"):
            about = work.session, work.folders, work.media, work.model
            generation = build_index(*about, Progress()).generation
        works, name = generation.works, generation.name
        examination = dict(generation.examination)
    total = sum(clock.seconds.values())
    print_figures(
        f"Indexing {works:,} works on {worker_count()} cores",
        {
            **{f"{name}, s": seconds for name, seconds in clock.seconds.items()},
            "all, s": total,
            "processor, s": time.process_time(),
            "works per second": works / total,
            "peak memory, MB": peak_memory_mb(),
            "pictures on disk, MB": folder_size_mb(folders.works),
            "database, MB": folders.database.stat().st_size / 1e6,
            "index, MB": folder_size_mb(folders.generations / name),
            **{f"examination, {k}": f"{v:.3f}" for k, v in examination.items()},
        },
    )
    return DONE


if __name__ == "__main__":
    sys.exit(main())
