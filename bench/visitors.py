"""Measure the real server under visitors who ask at the same time.

    python -m bench.visitors --queries photos.csv

Starts gunicorn over the instance's live index and lets groups of visitors ask. Exit
status 1 if anybody was let down: by neither an answer nor the request to come back.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from app.commands.shared import DONE, FAILED, run_explained, say
from app.configuration.load import ROOT
from app.retrieval.evaluation.columns import set_columns
from bench.query import live_photos
from bench.server import UNLIMITED, ask_until_answered, free_port, serving

CROWDS = (2, 20, 100)
"""Visitors at a time."""
LATER_SECONDS = 0.25
"""Who begins to send sooner after another one than this came at the same time."""


@dataclass(frozen=True)
class Met:
    """What one visitor met with one photo; see :class:`bench.distractors.Visit`."""

    begun: float
    ended: float
    shown: float
    fault: str


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the measurement; return its exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--queries", type=Path, metavar="CSV", help="labelled photos")
    parser.add_argument("--sample", type=int, default=40, metavar="N")
    parser.add_argument(
        "--seconds", type=float, default=30, metavar="S", help="for each group"
    )
    options = parser.parse_args(arguments)
    return run_explained(lambda: run(options))


def run(options: argparse.Namespace) -> int:
    """Let one group after another ask."""
    photos = live_photos(options)
    port = free_port()
    met: dict[int, list[Met]] = {}
    with tempfile.TemporaryDirectory() as folder, serving(port, UNLIMITED) as server:
        for number, data in enumerate(photos):
            (Path(folder) / f"{number:04d}.jpg").write_bytes(data)
        ask_until_answered(port, photos[0], server)
        for size in CROWDS:
            met[size] = ask_together(port, Path(folder), size, options.seconds)
    heads = ["visitors", "answers", "per s", "p50 ms", "p95 ms"]
    heads += ["overtaken by", "asked back", "let down"]
    rows = [row(size, visits, options.seconds) for size, visits in met.items()]
    print(f"\nVisitors at a time\n{set_columns([heads, *rows])}", flush=True)
    faults = [one.fault for visits in met.values() for one in visits if one.fault]
    for fault in faults[:5]:
        say(fault)
    return FAILED if faults else DONE


def ask_together(port: int, photos: Path, size: int, seconds: float) -> list[Met]:
    """Let a group ask, and return what they met."""
    words = ["--address", f"http://127.0.0.1:{port}", "--photos", str(photos)]
    words += ["--size", str(size), "--seconds", str(seconds)]
    command = [sys.executable, "-m", "bench.distractors", *words]
    printed = subprocess.run(  # noqa: S603 - our own interpreter
        command, cwd=ROOT, check=True, stdout=subprocess.PIPE
    ).stdout
    return [Met(**visit) for visit in json.loads(printed)]


def row(size: int, visits: Sequence[Met], seconds: float) -> list[str]:
    """Return a group's line of the table."""
    answered = [one for one in visits if one.shown]
    waits = [1000 * (one.shown - one.begun) for one in answered] or [np.nan]
    p50, p95 = np.percentile(waits, (50, 95))
    let_down = sum(bool(one.fault) for one in visits)
    return [
        str(size),
        str(len(answered)),
        f"{len(answered) / seconds:.1f}",
        f"{p50:.0f}",
        f"{p95:.0f}",
        str(most_overtakers(answered)),
        str(len(visits) - len(answered) - let_down),
        str(let_down),
    ]


def most_overtakers(visits: Sequence[Met]) -> int:
    """Count who came later than somebody and yet was answered before: the most of any.

    With two places, the neighbour's shorter search may overtake one's own.
    """
    return max(
        (
            sum(
                other.begun > one.begun + LATER_SECONDS and other.ended < one.ended
                for other in visits
            )
            for one in visits
        ),
        default=0,
    )


if __name__ == "__main__":
    sys.exit(main())
