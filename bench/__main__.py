"""Measure speed, memory and scale, on drawn works or on a museum's own.

    python -m bench [--catalogue CSV --images DIR] [--queries CSV] [--works N]

Works in a folder of its own that it removes again; no instance is touched.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from app.commands.shared import DONE, watch
from app.configuration.load import ROOT
from app.retrieval.drawings.collection import generate_collection
from app.services.operations import demonstration


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one measurement after another; return the first exit status that is bad."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--catalogue", type=Path, metavar="CSV")
    parser.add_argument("--images", type=Path, metavar="DIR")
    parser.add_argument("--queries", type=Path, metavar="CSV", help="labelled photos")
    parser.add_argument(
        "--works",
        type=int,
        default=44_000,
        metavar="N",
        help="size of the large index (default: as many as the Web Gallery of Art)",
    )
    options = parser.parse_args(arguments)
    if bool(options.catalogue) != bool(options.images):
        parser.error("--catalogue and --images go together")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        catalogue, images = options.catalogue, options.images
        if catalogue is None:
            drawn = folder / "drawn"
            works = generate_collection(demonstration.WORKS, demonstration.WORKS_SEED)
            watched = watch(works, demonstration.WORKS, "Drawing works")
            demonstration.draw_collection(drawn, watched)
            catalogue = drawn / demonstration.CATALOGUE_FILE
            images = drawn / demonstration.IMAGES_FOLDER
        taken = ["--catalogue", catalogue.resolve(), "--images", images.resolve()]
        asked = ["--queries", options.queries.resolve()] if options.queries else []
        environ = {**os.environ, "MORELLI_INSTANCE": str(folder / "instance")}
        for module, words in (
            ("indexing", taken),
            ("query", asked),
            ("server", asked),
            ("visitors", asked),
            ("strangers", []),
            ("strangers", ["--target", "frames"]),
            ("soak", asked),
            ("slow_senders", asked),
            ("backup", asked),
            ("dashboard", []),
            ("scale", [*asked, "--works", options.works, "--folder", folder]),
            ("map", ["--works", options.works]),  # last: it needs a browser
        ):
            command = [sys.executable, "-m", f"bench.{module}", *map(str, words)]
            ended = subprocess.run(command, cwd=ROOT, env=environ, check=False)  # noqa: S603 - our own interpreter
            if ended.returncode != DONE:
                return ended.returncode
    return DONE


if __name__ == "__main__":
    sys.exit(main())
