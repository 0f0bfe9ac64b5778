"""Write the networks of a model folder for OpenCV as well, which models of before lack.

    python -m app convert models/mine

A server without OpenVINO needs them; training writes them by itself. Nothing else in
the folder changes, and indexes made with the model stay good. Exit status: 0 they are
written, 2 they could not be, 130 stopped by Ctrl-C.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

from app.commands.shared import DONE, run_explained
from app.retrieval.training.conversion import convert


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program; return its exit status."""
    options = parse(arguments)
    return run_explained(lambda: run(options))


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description="Write the networks of a model folder for OpenCV as well, which "
        "runs them where OpenVINO is not installed."
    )
    parser.add_argument("model", type=Path, metavar="DIR", help="model folder")
    return parser.parse_args(arguments)


def run(options: argparse.Namespace) -> int:
    """Convert, and name what was written."""
    for path in convert(options.model):
        print(f"Wrote {path}: {path.stat().st_size / 1000:.0f} kB.")
    return DONE
