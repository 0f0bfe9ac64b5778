"""``python -m app.lab map``: make the map of an instance's collection.

What curators start on their page, from the shell. Stopped by Ctrl-C, it is gone on
with by running it again.
"""

import argparse
from typing import Any

from tqdm import tqdm

from app.commands.shared import DONE
from app.configuration.load import Folders
from app.extensions import db
from app.factory import create_app
from app.lab.errors import LabError
from app.lab.map_report import fill
from app.lab.report import ReportFolder
from app.retrieval.map.layout import PERPLEXITY, SEED
from app.services.map import building
from app.services.map.registry import MapError
from app.services.system import database
from app.services.system.lock import AlreadyRunningError

STEPS = {
    building.COLLECTING: "Collecting small pictures",
    building.PLACING: "Placing the works",
    building.DRAWING: "Drawing the sheets",
}


def add_arguments(_parser: argparse.ArgumentParser) -> None:
    """Add nothing: which instance it is, the environment says."""


def run(options: argparse.Namespace) -> int:
    """Make the map, with a bar for each step, and write the report.

    Raises
    ------
    LabError
        If no map can be made.
    """
    app = create_app()
    folders = Folders(app.config["MORELLI_INSTANCE"])
    with app.app_context(), Bars() as bars:
        database.check()
        model_id = building.live_model_id(folders)
        settings = {"model": model_id, "perplexity": PERPLEXITY, "seed": SEED}
        report = ReportFolder(options.out, "Map of the collection", settings)
        try:
            stored = building.build(db.session(), folders, model_id, bars.progress)
        except (AlreadyRunningError, MapError) as error:
            raise LabError(str(error)) from error
        fill(report, stored)
    ways = " and ".join(stored.likenesses)
    print(f"Map {stored.name} is shown: {stored.works:,} works by {ways}.")
    print(f"Report: {report.write()}")
    return DONE


class Bars:
    """A progress bar for each step, one after another."""

    def __init__(self) -> None:
        self._step = ""
        self._bar: tqdm[Any] | None = None

    def __enter__(self) -> "Bars":
        return self

    def __exit__(self, *_raised: object) -> None:
        if self._bar is not None:
            self._bar.close()

    def progress(self, done: int, total: int, step: str) -> None:
        """Show how far a step is."""
        if self._bar is None or step != self._step:
            self.__exit__()
            self._step = step
            self._bar = tqdm(None, STEPS[step], total, mininterval=0.5)
        self._bar.update(done - self._bar.n)
