"""``flask worker``: do what curators and admins let be done in the background."""

import click
from flask import current_app

from app.background import BACKGROUND
from app.commands.shared import DONE, FAILED, run_explained, say
from app.services.system.lock import AlreadyRunningError
from app.web.shell import logs


@click.command("worker")
def command() -> None:
    """Do background work: import catalogues, build indexes, until stopped.

    ``python serve.py`` starts it together with the server.
    """
    logs.configure(current_app.config["MORELLI_LOG_FORMAT"])

    def job() -> int:
        try:
            current_app.extensions[BACKGROUND].work()
        except AlreadyRunningError as error:
            say(f"Another worker is at it already (it holds {error.path}).")
            return FAILED
        return DONE

    click.get_current_context().exit(run_explained(job))
