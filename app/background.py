"""Background work: a process with a thread per lane, and one for periodic jobs.

Threads, not processes: what takes long, decoding, SIFT, the network, runs outside
Python's lock, and the lanes share the libraries' and the index's memory. They look for
work twice a second. There may be several such processes: a lane is at work in one of
them at a time, and goes on in another one if that dies.
"""

import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from functools import partial

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from app.configuration.load import Folders
from app.extensions import db
from app.models import Lane
from app.retrieval.runtime.memory import give_back_memory
from app.services.comparing import task as comparing_task
from app.services.curation import survey
from app.services.curation.bin import emptying
from app.services.curation.bulk import writing as bulk_writing
from app.services.evaluation import task as evaluation_task
from app.services.evaluation.own_set import asking as own_set
from app.services.evaluation.review import asking_again
from app.services.importing import runs
from app.services.importing import task as importing_task
from app.services.importing.sync import catalogues
from app.services.index import rebuilding
from app.services.map import building
from app.services.media.following import Follower
from app.services.media.opening import open_stores
from app.services.operations import retention
from app.services.operations.backup import making as backup_making
from app.services.operations.monthly import sending
from app.services.operations.servers import follower_of
from app.services.operations.webhooks import digest, notes
from app.services.system import deletions, mail, tasks
from app.services.system.periodic import Job, every, nightly, run_due
from app.services.system.webhooks import sending as webhook_sending
from app.services.system.workers import WorkerProcess, enlisted

logger = logging.getLogger(__name__)

BACKGROUND = "morelli.background"
"""Key of the background among the application's extensions."""
POLL_SECONDS = 0.5
SYNC_HOUR, DIGEST_HOUR, SURVEY_HOUR, REPORT_HOUR = 1, 2, 3, 6
KINDS: Mapping[str, tasks.Work] = {
    rebuilding.KIND: own_set.then_asked(rebuilding.rebuild),
    runs.KIND: own_set.then_asked(importing_task.work),
    evaluation_task.KIND: evaluation_task.evaluate,
    survey.KIND: survey.survey_collection,
    survey.NEW_KIND: survey.survey_import,
    bulk_writing.KIND: bulk_writing.work,
    building.KIND: building.make,
    comparing_task.KIND: comparing_task.compare,
    emptying.KIND: emptying.empty,
    asking_again.KIND: asking_again.ask_again,
    own_set.KIND: own_set.ask_set,
}
JOBS = (
    Job(
        "mail", mail.deliver, every(timedelta(minutes=1)), mail.is_awaited, is_own=True
    ),
    Job("deletions", deletions.run_job, every(timedelta(minutes=1))),
    Job("retention", retention.run_job, every(timedelta(days=1))),
    Job("bin", emptying.run_job, every(timedelta(days=1))),
    Job("sync", catalogues.run_job, nightly(SYNC_HOUR)),
    Job("survey", survey.enqueue_if_changed, nightly(SURVEY_HOUR)),
    # Every day: a month's report is due until it is sent.
    Job("report", sending.run_job, nightly(REPORT_HOUR)),
    Job("digest", digest.run_job, nightly(DIGEST_HOUR)),
    Job("hook_notes", notes.run_job, every(timedelta(minutes=1))),
)
WEBHOOKS = Job(
    "webhooks",
    webhook_sending.run_job,
    every(timedelta(minutes=1)),
    webhook_sending.is_awaited,
    is_own=True,
)
"""Each worker does it: they share the webhooks among them."""


class Background:
    """Runner of background tasks, by lane, and of periodic jobs."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._folders = Folders(app.config["MORELLI_INSTANCE"])

    def work_off(self) -> int:
        """Do everything that waits, here and now; return how many tasks that was."""
        return self._work_off(WorkerProcess(), tuple(Lane))

    @contextmanager
    def working(self, *, jobs: bool) -> Iterator[threading.Event]:
        """Do what waits, and what comes, in threads, while the block runs.

        Periodic ``jobs`` are done too, if asked for.

        Yields
        ------
        stopping : Event
            To be set when the block is to end. Is set as soon as a thread ends, which
            none should. At the end tasks are stopped at their next step.
        """
        process = WorkerProcess()
        rounds: list[Callable[[], int]] = [
            partial(self._work_off, process, (lane,)) for lane in Lane
        ]
        if self._app.config["MORELLI_MEDIA_URL"]:
            rounds.append(partial(self._follow, self._follower()))
        if jobs:
            rounds.append(partial(self._run_jobs, process, JOBS))
            # In a thread of its own: a receiver that is slow keeps no mail waiting.
            rounds.append(partial(self._run_jobs, process, (WEBHOOKS,)))
            if self._app.config["MORELLI_BACKUP_FOLDER"]:
                # In a thread of its own: mails do not wait until it is made.
                rounds.append(partial(self._run_jobs, process, (self._backup(),)))
        threads = [
            threading.Thread(target=self._go_round, args=(process, one), daemon=True)
            for one in rounds
        ]
        with self._app.app_context():
            engine = db.engine
        with enlisted(engine, process, self._folders.workers):
            for thread in threads:
                thread.start()
            try:
                yield process.stopping
            finally:
                process.stopping.set()
                for thread in threads:
                    thread.join()

    def _go_round(self, process: WorkerProcess, work_off: Callable[[], int]) -> None:
        try:
            while not process.stopping.is_set():
                try:
                    if work_off():
                        give_back_memory()
                except SQLAlchemyError:
                    logger.exception("the database could not be used; trying again")
                process.stopping.wait(POLL_SECONDS)
        finally:
            process.stopping.set()

    def _work_off(self, process: WorkerProcess, lanes: tuple[Lane, ...]) -> int:
        with self._app.app_context():
            return tasks.work_off(self._context(process), KINDS, lanes)

    def _run_jobs(self, process: WorkerProcess, jobs: tuple[Job, ...]) -> int:
        with self._app.app_context():
            return run_due(self._context(process), jobs)

    def _backup(self) -> Job:
        hour = nightly(self._app.config["MORELLI_BACKUP_HOUR"])
        return Job("backup", backup_making.run_job, hour)

    def _follower(self) -> Follower:
        media = open_stores(self._app.config["MORELLI_MEDIA_URL"], self._folders)
        return follower_of(media, self._folders)

    def _follow(self, follower: Follower) -> int:
        """Fetch what another server has published; that is no work to be counted."""
        with self._app.app_context():
            follower.follow(db.session())
        return 0

    def _context(self, process: WorkerProcess) -> tasks.TaskContext:
        """Return what work is done with, in the application's present context."""
        config = self._app.config
        return tasks.TaskContext(db.session(), self._folders, config, process)
