"""The lab's commands: ``python -m app.lab compare``, and others.

Each is a module with ``NAME`` and ``HELP``, ``add_arguments(parser)`` and
``run(options)``, which returns the exit status: 0 done, 1 partly, 2 could not. Every
one goes on where it was stopped. Only the one that is asked for is imported.
"""

import argparse
import ast
import importlib
import sys
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path

MODULES = (
    "app.lab.compare",
    "app.lab.folder",
    "app.lab.recover",
    "app.lab.top",
    "app.lab.map",
    "app.lab.similarity",
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; return its exit status."""
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    parser = argparse.ArgumentParser(
        prog="python -m app.lab",
        description="Compare ways to find works again, and to find works alike.",
    )
    commands = parser.add_subparsers(dest="command", metavar="command", required=True)
    asked = next((word for word in arguments if not word.startswith("-")), "")
    for name, help_text, module in _commands():
        own = commands.add_parser(
            name,
            help=help_text,
            description=help_text,
            formatter_class=Helper,
        )
        if name == asked:
            chosen = importlib.import_module(module)
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


class Helper(argparse.ArgumentDefaultsHelpFormatter):
    """Says what an option is when it is not given, where that is something."""

    def _get_help_string(self, action: argparse.Action) -> str | None:
        return super()._get_help_string(action) if action.default else action.help


def _commands() -> Iterator[tuple[str, str, str]]:
    """Yield name, help and module of each command, reading without importing."""
    for module in MODULES:
        spec = find_spec(module)
        if spec is None or spec.origin is None:
            continue
        tree = ast.parse(Path(spec.origin).read_text(encoding="utf-8"))
        constants = {
            target.id: node.value.value
            for node in tree.body
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        yield str(constants["NAME"]), str(constants["HELP"]), module


if __name__ == "__main__":
    sys.exit(main())
