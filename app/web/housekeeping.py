"""The daily tidying up, by the server itself: nobody has to set up anything for it.

A thread of each server process looks every hour whether a day has gone by since the
last run; a lock in the instance folder lets one of them do it. No request waits for it.
"""

import threading

from flask import Flask

from app.configuration.load import Folders
from app.services.operations import retention

HOUSEKEEPER = "morelli.housekeeper"
"""Key of the housekeeper among the application's extensions."""
FIRST_LOOK_SECONDS = 60.0
"""After the start, when there is more urgent work."""
LOOK_SECONDS = 3_600.0


class Housekeeper:
    """Tidies up once a day.

    Parameters
    ----------
    app : Flask
    """

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._stopped = threading.Event()

    def start(self) -> None:
        """Look every hour from now on."""
        threading.Thread(target=self._go_round, name="housekeeper", daemon=True).start()

    def stop(self) -> None:
        """Look no more."""
        self._stopped.set()

    def look(self) -> None:
        """Tidy up if it is time to."""
        folders = Folders(self._app.config["MORELLI_INSTANCE"])
        with self._app.app_context():
            retention.run_daily(folders, self._app.config["MORELLI_RETENTION_DAYS"])

    def _go_round(self) -> None:
        wait = FIRST_LOOK_SECONDS
        while not self._stopped.wait(wait):
            self.look()
            wait = LOOK_SECONDS
