"""Measure whether memory grows: many searches, three at a time.

    python -m bench.soak

Starts gunicorn over the instance's live index, and tells what the memory is in the
end. Exit status 1 if a process has more of it after the last search than after a
quarter of them.
"""

import argparse
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tqdm import tqdm

from app.commands.shared import DONE, FAILED, run_explained
from app.retrieval.evaluation.columns import set_columns
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
PHOTOS = 40


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the measurement; return its exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--queries", type=Path, metavar="CSV", help="labelled photos")
    parser.add_argument("--searches", type=int, default=2000, metavar="N")
    options = parser.parse_args(arguments, argparse.Namespace(sample=PHOTOS))
    return run_explained(lambda: run(options))


def run(options: argparse.Namespace) -> int:
    """Search, and look at the processes' memory now and then."""
    photos = live_photos(options)
    port = free_port()
    with serving(port, UNLIMITED) as server:
        ask_until_answered(port, photos[0], server)
        workers = children_of(server.pid)
        looks = [(0, _memories(workers))]
        step = max(1, options.searches // LOOKS)
        with (
            ThreadPoolExecutor(AT_A_TIME) as visitors,
            tqdm(total=options.searches, desc="Searching", unit=" searches") as bar,
        ):
            for first in range(0, options.searches, step):
                asked = range(first, min(first + step, options.searches))
                for _ in visitors.map(
                    lambda number: ask(port, photos[number % len(photos)]), asked
                ):
                    bar.update()
                looks.append((asked.stop, _memories(workers)))
        parts = [resident_parts_mb(worker) for worker in workers]
        seconds = [processor_seconds(worker) for worker in workers]
    heads = ["searches", *(f"process {n + 1}, MB" for n in range(len(workers)))]
    lines = [(str(n), *(f"{mb:.0f}" for mb in mbs)) for n, mbs in looks]
    lines += [(name, *(f"{each[name]:.0f}" for each in parts)) for name in parts[0]]
    print(f"\nResident memory\n{set_columns([tuple(heads), *lines])}", flush=True)
    quarter, last = looks[LOOKS // 4][1], looks[-1][1]
    drift = max(abs(b / a - 1) for a, b in zip(quarter, last, strict=True))
    print_figures(
        f"{options.searches} searches, {AT_A_TIME} at a time",
        {
            "drift since a quarter of them, %": 100 * drift,
            "processor time of a search, ms": 1000 * sum(seconds) / options.searches,
        },
    )
    return DONE if drift <= MOST_DRIFT else FAILED


def _memories(workers: Sequence[int]) -> list[float]:
    return [memory_mb(worker)["Rss"] for worker in workers]


if __name__ == "__main__":
    sys.exit(main())
