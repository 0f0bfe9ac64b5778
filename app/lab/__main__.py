"""Command line of the lab: ``python -m app.lab compare``, and others.

A command is a module with ``add_arguments(parser)`` and ``run(options)``, which returns
the exit status: 0 done, 1 partly, 2 could not. Every one goes on where it was stopped.
Only the one that is asked for is imported.
"""

import argparse
import importlib
import sys
from collections.abc import Sequence
from pathlib import Path

COMMANDS = {
    "compare": "Compare every descriptor by every measure on one collection.",
    "folder": "Find pictures of the same class in a tree of class folders, by every "
    "measure.",
    "recover": "Find works again in photos that get ever worse, one kind of fault at a "
    "time.",
    "top": "Show the first works for one picture by every method, side by side.",
    "map": "Make the map of the collection of MORELLI_INSTANCE.",
    "train-similarity": "Learn a similarity from labelled pictures, and say what it is "
    "worth.",
}
"""Help of each command; its module has the same name."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; return its exit status."""
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    parser = argparse.ArgumentParser(
        prog="python -m app.lab",
        description="Compare ways to find works again, and to find works alike.",
    )
    commands = parser.add_subparsers(dest="command", metavar="command", required=True)
    asked = next((word for word in arguments if not word.startswith("-")), "")
    for name, help_text in COMMANDS.items():
        own = commands.add_parser(
            name,
            help=help_text,
            description=help_text,
            formatter_class=DefaultsFormatter,
        )
        if name == asked:
            chosen = importlib.import_module(f"app.lab.{name.replace('-', '_')}")
            chosen.add_arguments(own)
            own.add_argument(
                "--out",
                type=Path,
                default=Path("build/lab") / name,
                metavar="DIR",
                help="report folder",
            )
    options = parser.parse_args(arguments)
    # Here, because it brings half the program along.
    from app.commands.shared import FAILED, run_explained, say
    from app.lab.errors import LabError

    def job() -> int:
        try:
            return int(chosen.run(options))
        except LabError as error:
            say(error)
            return FAILED

    return run_explained(job)


class DefaultsFormatter(argparse.ArgumentDefaultsHelpFormatter):
    """Help formatter that names an option's default, unless it is empty."""

    def _get_help_string(self, action: argparse.Action) -> str | None:
        return super()._get_help_string(action) if action.default else action.help


if __name__ == "__main__":
    sys.exit(main())
