"""``flask retention …``: deletion of what visitors asked once it is old enough."""

import click
from flask import current_app
from flask.cli import AppGroup

from app.commands.shared import DONE, FAILED, INCOMPLETE, explained, say
from app.configuration.load import Folders
from app.services.operations import retention
from app.services.system.database import check
from app.services.system.lock import AlreadyRunningError

group = AppGroup("retention", help="Delete old photos and who asked.")


@group.command("run")
@click.option(
    "--confirm",
    "is_confirmed",
    is_flag=True,
    help="Go on, though much more would go than the time since the last run explains.",
)
@explained
def run(*, is_confirmed: bool) -> int:
    """Delete now what is old enough; the server does it once a day by itself."""
    check()
    days = current_app.config["MORELLI_RETENTION_DAYS"]
    folders = Folders(current_app.config["MORELLI_INSTANCE"])
    try:
        cleared = retention.run(folders, days, is_confirmed=is_confirmed)
    except retention.ImplausibleError as error:
        say(error)
        return FAILED
    except AlreadyRunningError as error:
        say(f"Another process is at it (it holds {error.lock}).")
        return FAILED
    print(f"Photos older than {days:,} days deleted: {cleared.photos:,}.")
    print(f"Answers made anonymous: {cleared.answers:,}.")
    print(f"Files without an answer deleted: {cleared.strays:,}.")
    if cleared.faults:
        say(f"{cleared.faults:,} files could not be deleted: the lines above say.")
        return INCOMPLETE
    return DONE
