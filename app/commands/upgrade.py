"""``upgrade``: the database to the version of the program, and back."""

from contextlib import closing
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from app.commands.backup import Bar
from app.commands.shared import DONE, FAILED, explained, say
from app.extensions import db
from app.retrieval.runtime.place import COMMAND
from app.services.operations import upgrading
from app.services.operations.backup.folder import BackupFolder
from app.services.operations.doctor import data
from app.services.operations.doctor.checks import Examined, Health
from app.services.operations.upgrading import Moved, UpgradeError
from app.version import VERSION


@click.command("upgrade")
@click.option(
    "--folder",
    type=click.Path(path_type=Path),
    help="Folder of the backups, instead of MORELLI_BACKUP_FOLDER.",
)
@click.option(
    "--no-backup", is_flag=True, help="Make no backup before: there is another copy."
)
@click.option(
    "--back-to",
    metavar="REVISION",
    default="",
    help="Undo what an upgrade did to the database, down to the revision it named.",
)
@with_appcontext
@explained
def command(*, folder: Path | None, no_backup: bool, back_to: str) -> int:
    """Bring the database to this version, after a backup. Stop the server first."""
    config = current_app.config

    def backups() -> BackupFolder | None:
        if no_backup:
            return None
        chosen = folder or config["MORELLI_BACKUP_FOLDER"]
        return BackupFolder.checked(chosen, config["MORELLI_INSTANCE"])

    try:
        with closing(Bar()) as bar:
            if back_to:
                moved = upgrading.go_back(config, backups, bar, back_to)
            else:
                moved = upgrading.upgrade(config, backups, bar)
    except UpgradeError as error:
        say(error)
        return FAILED
    if moved is None:
        print("Nothing to do: the database is at that version.")
    else:
        tell(moved, is_back=bool(back_to))
    if not back_to:
        tell_about_index()
    return DONE


def tell(moved: Moved, *, is_back: bool) -> None:
    """Say what was done, and how it is taken back."""
    if moved.backup is not None:
        print(f"Backup made before, and read back: {moved.backup}")
    if not moved.before:
        print(f"The tables were made: the database is at {moved.after}.")
        return
    print(f"The database went from {moved.before} to {moved.after}.")
    if is_back:
        print("Now install the version that made it, and start that.")
        return
    print(
        f"It is ready for Morelli {VERSION}. Back: {COMMAND} upgrade --back-to "
        f"{moved.before}, then install the earlier version"
        + (f"; or there: restore {moved.backup}." if moved.backup else ".")
    )


def tell_about_index() -> None:
    """Say what to run if the live index is not one of this version."""
    for health, words, remedy in data.index(
        Examined(db.session(), db.engine, current_app.config)
    ):
        if health is Health.FAULT:
            say(f"{words} {remedy}")
