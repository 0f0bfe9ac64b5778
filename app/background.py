"""The queue that wakes the worker, and the worker itself.

Huey carries no work, only the word that there is some: what is to be done stands in the
table ``task`` (``app.services.system.tasks``). A word that gets lost costs a minute.
"""

import logging
from collections.abc import Callable, Mapping
from functools import cached_property

from flask import Flask
from huey import SqliteHuey, crontab
from huey.consumer import Consumer

from app.configuration.load import Folders
from app.extensions import db
from app.services.curation import survey
from app.services.evaluation import task as evaluation_task
from app.services.importing import runs
from app.services.importing import task as importing_task
from app.services.index import rebuilding
from app.services.map import building
from app.services.system import database, tasks
from app.services.system.lock import exclusively

logger = logging.getLogger(__name__)

BACKGROUND = "morelli.background"
"""Key of the background among the application's extensions."""
QUEUE_FILE = "queue.db"
KINDS: Mapping[str, tasks.Work] = {
    rebuilding.KIND: rebuilding.rebuild,
    runs.KIND: importing_task.work,
    evaluation_task.KIND: evaluation_task.evaluate,
    survey.KIND: survey.look,
    survey.NEW_KIND: survey.look_at_new,
    building.KIND: building.make,
}


class Background:
    """What is done while nobody waits for it.

    Parameters
    ----------
    app : Flask
    """

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._folders = Folders(app.config["MORELLI_INSTANCE"])

    def wake(self) -> None:
        """Tell the worker that there is something to do; it may not run yet."""
        self._word()

    def work(self) -> None:
        """Work until a signal ends it; what runs then is gone on with next time.

        Raises
        ------
        AlreadyRunningError
            If another process does the work of this instance.
        """
        with exclusively(self._folders.instance / tasks.WORKER_LOCK):
            with self._app.app_context():
                database.check()
                left = tasks.recover(db.session())
                db.session.remove()
            if left:
                logger.info("going on with what a killed worker left")
            self.wake()
            Consumer(self._queue, workers=1, periodic=True, max_delay=1.0).run()

    def work_off(self) -> int:
        """Do everything that waits, here and now; return how many tasks that was."""
        with self._app.app_context():
            shop = tasks.Workshop(db.session(), self._folders, self._app.config)
            try:
                return tasks.work_off(shop, KINDS)
            finally:
                db.session.remove()

    @cached_property
    def _queue(self) -> SqliteHuey:
        """The file of the queue, opened when it is first needed."""
        path = self._folders.instance / QUEUE_FILE
        return SqliteHuey("morelli", filename=str(path), results=False)

    @cached_property
    def _word(self) -> Callable[[], object]:
        """What is put into the queue, and comes by itself every minute."""
        # For words that got lost, and for tasks that were noted by other programs.
        self._queue.periodic_task(crontab(minute="*"), name="look")(self.work_off)
        word: Callable[[], object] = self._queue.task(name="work_off")(self.work_off)
        return word
