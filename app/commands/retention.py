"""``flask retention …``: deletion of what visitors asked once it is old enough."""

import click
from flask import current_app
from flask.cli import AppGroup

from app.commands.shared import DONE, FAILED, INCOMPLETE, explained, say
from app.configuration.load import Folders
from app.services.media.opening import open_stores
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
    config = current_app.config
    days = config["MORELLI_RETENTION_DAYS"]
    folders = Folders(config["MORELLI_INSTANCE"])
    media = open_stores(config["MORELLI_MEDIA_URL"], folders)
    try:
        cleared = retention.run(folders, media, days, is_confirmed=is_confirmed)
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
        say(f"{cleared.faults:,} files wait to be deleted: the lines above say why.")
        return INCOMPLETE
    return DONE
