"""``morelli``: every command of the operator by one name; ``python -m app`` as well.

The commands of the application are those that ``flask --app wsgi`` has in a checkout,
and the programs are those of the scripts at its top. Only what is asked for is
imported: what serves a museum does not carry what indexes it.
"""

import importlib
import sys
from collections.abc import Callable
from dataclasses import dataclass

import click
from flask import Flask
from flask.cli import ScriptInfo

from app.commands.statuses import FAILED, MISCONFIGURED
from app.configuration.load import ConfigurationError, keep_to_owner
from app.retrieval.runtime.extras import MODULES, Extra, install_command

NAME = "morelli"
TRAINING = frozenset((*MODULES[Extra.TRAINING], *MODULES[Extra.MAPS], "scipy"))
"""What only the extra ``train`` brings of what the programs import."""


@dataclass(frozen=True, slots=True)
class Subcommand:
    """What a subcommand is: where it is, and what for.

    Attributes
    ----------
    target : str
        Module and name. Of a program that is its ``main``, which takes the words
        behind the subcommand; of an application's command the command itself.
    help : str
    """

    target: str
    help: str

    def load(self) -> object:
        """Import it."""
        module, _, name = self.target.partition(":")
        return getattr(importlib.import_module(module), name)


PROGRAMS = {
    "convert": Subcommand(
        "app.programs.convert:main",
        "Write a model's networks for OpenCV as well (extra train).",
    ),
    "demo": Subcommand("app.programs.demo:main", "Draw a small museum, and serve it."),
    "serve": Subcommand("app.programs.serve:main", "Run the server, and the worker."),
    "index": Subcommand(
        "app.programs.index:main",
        "Index a catalogue with its pictures, or what the collection holds.",
    ),
    "evaluate": Subcommand(
        "app.programs.evaluate:main", "Measure answers to photos that are known."
    ),
    "train": Subcommand("app.programs.train:main", "Train a model (extra train)."),
    "lab": Subcommand("app.lab.__main__:main", "Compare descriptors (extra train)."),
}
COMMANDS = {
    "accounts": Subcommand("app.commands.accounts:group", "Look after accounts."),
    "backup": Subcommand("app.commands.backup:group", "Back up, and check backups."),
    "collection": Subcommand(
        "app.commands.shared:collection", "Look at works and index."
    ),
    "doctor": Subcommand(
        "app.commands.doctor:command", "Say what is wrong and what helps."
    ),
    "export": Subcommand("app.commands.exports:command", "Write all works to a file."),
    "feedback": Subcommand("app.commands.feedback:group", "Use what visitors say."),
    "import": Subcommand(
        "app.commands.imports:group", "Bring catalogues in, or take back."
    ),
    "restore": Subcommand("app.commands.backup:restore", "Restore a backup."),
    "retention": Subcommand("app.commands.retention:group", "Delete what is old."),
    "sources": Subcommand("app.commands.sources:group", "Keep in step with sources."),
    "upgrade": Subcommand(
        "app.commands.upgrade:command", "Bring the database to this version."
    ),
    "worker": Subcommand("app.commands.worker:command", "Do what waits."),
}
ALIASES = {"imports": "import"}
"""As ``flask`` calls it."""


class Morelli(click.Group):
    """Group of all subcommands, each imported when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name them all, in the alphabet's order."""
        return sorted({**PROGRAMS, **COMMANDS})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return a subcommand; None if there is none of that name."""
        name = ALIASES.get(cmd_name, cmd_name)
        if name in PROGRAMS:
            return program(name, PROGRAMS[name])
        entry = COMMANDS.get(name)
        if entry is None:
            return None
        command = entry.load()
        assert isinstance(command, click.Command)  # noqa: S101 - by the table
        return command

    def format_commands(
        self, ctx: click.Context, formatter: click.HelpFormatter
    ) -> None:
        """List them with what they are for, without importing any."""
        entries = {**PROGRAMS, **COMMANDS}
        with formatter.section("Commands"):
            formatter.write_dl([(name, entries[name].help) for name in sorted(entries)])


def program(name: str, entry: Subcommand) -> click.Command:
    """Return a program as a subcommand: it reads its own command line."""

    def run(words: tuple[str, ...]) -> None:
        main = entry.load()
        assert callable(main)  # noqa: S101 - by the table
        sys.argv[0] = f"{NAME} {name}"  # what its help is to call it
        sys.exit(main(words))

    return click.Command(
        name,
        callback=run,
        params=[click.Argument(["words"], nargs=-1, type=click.UNPROCESSED)],
        help=entry.help,
        add_help_option=False,
        context_settings={"ignore_unknown_options": True},
    )


def show_version(ctx: click.Context, _option: click.Parameter, is_asked: bool) -> None:
    """Print the versions of the program and of its model, and end."""
    if not is_asked or ctx.resilient_parsing:
        return
    from app.programs.versions import versions

    print(versions())
    ctx.exit()


@click.group(
    NAME,
    cls=Morelli,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Visual search for museum collections. Settings are environment variables.",
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=show_version,
    help="Show the versions of the program and of the model.",
)
def morelli() -> None:
    """Gather the subcommands."""


def create() -> Flask:
    """Build the application, for the commands that need it."""
    from app.factory import create_app

    return create_app()


def explained(job: Callable[[], object]) -> int:
    """Run what ends by an exit status; what keeps it from that becomes a sentence."""
    try:
        job()
    except ConfigurationError as error:
        print(error, file=sys.stderr)
        return MISCONFIGURED
    except ModuleNotFoundError as error:
        package = (error.name or "").partition(".")[0]
        if package not in TRAINING:
            raise
        print(
            f"This needs the package {package}, which is not installed. "
            f"Run: {install_command(Extra.TRAINING)}",
            file=sys.stderr,
        )
    return FAILED


def main() -> int:
    """Run ``morelli``; the entry point of the package."""
    keep_to_owner()
    info = ScriptInfo(create_app=create, set_debug_flag=False)
    return explained(lambda: morelli(prog_name=NAME, obj=info))
