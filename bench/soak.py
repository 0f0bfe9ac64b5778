"""Measure whether memory grows: many searches, three at a time.

    python -m bench.soak
    python -m bench.soak --photos DIR [--checkout DIR]

Starts gunicorn over the instance's live index, and tells what the memory is in the
end: of each server process, and of the one that reads labels for them. Photos show
works of the collection, works that it lacks, and labels of its works, unless a folder
of others is given. Exit status 1 if a process has more of it after the last search than
after a quarter of them.

With another version's checkout and instance (``MORELLI_INSTANCE``), the same photos
show how much memory that one takes.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain, zip_longest
from pathlib import Path

import numpy as np
from tqdm import tqdm

from app.commands.shared import DONE, FAILED, run_explained
from app.configuration.load import ROOT
from app.retrieval.drawings.collection import generate_collection
from app.retrieval.errors import RetrievalError
from app.retrieval.evaluation.columns import set_columns
from app.retrieval.images.codec import encode_jpeg
from app.retrieval.simulation.photo import PROFILES, perturb
from bench.label_photos import SIDE_PX, LabelText, photograph, render_card
from bench.measure import (
    memory_mb,
    print_figures,
    processor_seconds,
    resident_parts_mb,
)
from bench.query import live_photos
from bench.server import (
    UNLIMITED,
    ask,
    ask_until_answered,
    children_of,
    free_port,
    serving,
)

AT_A_TIME = 3
MOST_DRIFT = 0.03
"""Share by which memory may differ between a quarter of the searches and all."""
LOOKS = 8
"""How often memory is looked at."""
PHOTOS = 20
"""Of works of the collection."""
UNKNOWN = 10
"""Photos of works that it lacks."""
LABELS = 10
"""Photos of labels."""
SEED = 7
UNKNOWN_SEED = 4_711
"""Another than that of the demo's works."""
READER = "app.programs.label_reader"
"""What the process that reads labels was started as."""


class NoFolderOfPhotosError(RetrievalError):
    """Folder without a photo."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the measurement; return its exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--queries", type=Path, metavar="CSV", help="labelled photos")
    parser.add_argument("--searches", type=int, default=2000, metavar="N")
    parser.add_argument("--photos", type=Path, metavar="DIR", help="JPEGs to ask")
    parser.add_argument(
        "--checkout",
        type=Path,
        metavar="DIR",
        default=ROOT,
        help="folder of the version that is measured",
    )
    options = parser.parse_args(arguments, argparse.Namespace(sample=PHOTOS))
    return run_explained(lambda: run(options))


def run(options: argparse.Namespace) -> int:
    """Search, and look at the processes' memory now and then."""
    photos = photos_of(options)
    port = free_port()
    with serving(port, UNLIMITED, options.checkout) as server:
        ask_until_answered(port, photos[0], server)
        workers = children_of(server.pid)
        looks = [(0, _memories(workers), _readers(workers))]
        answers: Counter[str] = Counter()
        step = max(1, options.searches // LOOKS)
        with (
            ThreadPoolExecutor(AT_A_TIME) as visitors,
            tqdm(total=options.searches, desc="Searching", unit=" searches") as bar,
        ):
            for first in range(0, options.searches, step):
                asked = range(first, min(first + step, options.searches))
                for answer in visitors.map(
                    lambda number: ask(port, photos[number % len(photos)]), asked
                ):
                    answers[answer["decision"]] += 1
                    bar.update()
                looks.append((asked.stop, _memories(workers), _readers(workers)))
        parts = [resident_parts_mb(worker) for worker in workers]
        seconds = [processor_seconds(worker) for worker in workers]
    print_looks(looks, parts)
    quarter, last = looks[LOOKS // 4], looks[-1]
    pairs = zip(quarter[1] + quarter[2], last[1] + last[2], strict=False)
    drift = max(abs(after / before - 1) for before, after in pairs)
    print_figures(
        f"{options.searches} searches, {AT_A_TIME} at a time",
        {
            "largest process at last, MB": max(last[1] + last[2]),
            "drift since a quarter of them, %": 100 * drift,
            "processor time of a search, ms": 1000 * sum(seconds) / options.searches,
            **answers,
        },
    )
    return DONE if drift <= MOST_DRIFT else FAILED


def photos_of(options: argparse.Namespace) -> list[bytes]:
    """Return the photos to ask, so mixed that no kind follows upon itself for long.

    Raises
    ------
    NoFolderOfPhotosError
        If a folder was given and has none.
    NoPhotosError, DatabaseNotReadyError
        As `live_photos`.
    """
    if options.photos:
        files = sorted(options.photos.glob("*.jp*g"))
        if not files:
            raise NoFolderOfPhotosError(f"{options.photos} has no photos (*.jpg).")
        return [file.read_bytes() for file in files]
    rng = np.random.default_rng(SEED)
    known = live_photos(options)
    unknown = [
        perturb(work.image, PROFILES["hard"], rng, output_side_px=SIDE_PX).image
        for work in generate_collection(UNKNOWN, UNKNOWN_SEED)
    ]
    labels = [
        photograph([render_card(text, rng, has_number=True)], rng, picture=None)
        for text in (
            LabelText(f"L.{number}", f"A view of bridge {number}", "Ada Bright", "1668")
            for number in range(LABELS)
        )
    ]
    others = [encode_jpeg(image) for image in (*unknown, *labels)]
    mixed = chain.from_iterable(zip_longest(known, others))
    return [photo for photo in mixed if photo is not None]


def print_looks(
    looks: Sequence[tuple[int, list[float], list[float]]],
    parts: Sequence[dict[str, float]],
) -> None:
    """Print the memory after so many searches, and in the end what it is."""
    heads = ["searches", *(f"process {n + 1}, MB" for n in range(len(parts)))]
    lines = [
        (str(n), *(f"{mb:.0f}" for mb in mbs), " ".join(f"{mb:.0f}" for mb in readers))
        for n, mbs, readers in looks
    ]
    lines += [(name, *(f"{each[name]:.0f}" for each in parts), "") for name in parts[0]]
    table = [(*heads, "reader of labels, MB"), *lines]
    print(f"\nResident memory\n{set_columns(table)}", flush=True)


def _memories(processes: Sequence[int]) -> list[float]:
    return [memory_mb(process)["Rss"] for process in processes]


def _readers(workers: Sequence[int]) -> list[float]:
    """Return the memory of the process that reads labels, if there is one."""
    started = [child for worker in workers for child in children_of(worker)]
    commands = {child: Path(f"/proc/{child}/cmdline").read_text() for child in started}
    return _memories([child for child in started if READER in commands[child]])


if __name__ == "__main__":
    sys.exit(main())
