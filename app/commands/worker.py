"""``flask worker``: process of background tasks and periodic jobs."""

import signal
import threading
from types import FrameType

import click
from flask import current_app
from flask.cli import with_appcontext

from app.background import BACKGROUND, Background
from app.commands.shared import DONE, FAILED, explained
from app.configuration.load import Folders
from app.retrieval.runtime.memory import keep_freed_memory, spare_started_objects
from app.services.system import database
from app.web.shell import logs

OUTDATED = ("queue.db", "queue.db-wal", "queue.db-shm", "worker.lock")
"""Files in the instance folder that earlier versions woke and locked the worker by."""
LOOK_SECONDS = 1.0


@click.command("worker")
@with_appcontext
@explained
def command() -> int:
    """Do background work: import catalogues, build indexes, send mails, until stopped.

    ``serve`` starts it together with the server. There may be several.
    """
    keep_freed_memory()
    # What runs when a signal says to stop is gone on with next time.
    logs.configure(current_app.config["MORELLI_LOG_FORMAT"])
    told = threading.Event()

    def stop(number: int, _frame: FrameType | None) -> None:
        told.set()
        signal.signal(number, signal.SIG_DFL)  # who says it twice means at once

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    database.check()
    folders = Folders(current_app.config["MORELLI_INSTANCE"])
    for name in OUTDATED:
        (folders.instance / name).unlink(missing_ok=True)
    background: Background = current_app.extensions[BACKGROUND]
    spare_started_objects()
    with background.working(jobs=True) as ended:
        while not told.wait(LOOK_SECONDS) and not ended.is_set():
            pass
    return DONE if told.is_set() else FAILED
