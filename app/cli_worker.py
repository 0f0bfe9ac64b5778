"""``flask worker``: do what curators and admins let be done in the background."""

import logging

import click
from flask import current_app

from app.background import BACKGROUND
from app.cli import DONE, FAILED, run_explained, say
from app.services.lock import AlreadyRunningError


@click.command("worker")
def command() -> None:
    """Do background work: import catalogues, build indexes, until stopped.

    ``python serve.py`` starts it together with the server.
    """
    logging.basicConfig(
        level=logging.INFO,
        format="[%(asctime)s] [%(process)d] [%(levelname)s] %(name)s: %(message)s",
        datefmt="%Y-%m-%d %H:%M:%S %z",
    )

    def job() -> int:
        try:
            current_app.extensions[BACKGROUND].work()
        except AlreadyRunningError as error:
            say(f"Another worker is at it already (it holds {error.path}).")
            return FAILED
        return DONE

    click.get_current_context().exit(run_explained(job))
