"""Command ``map``: make the map of an instance's collection.

What curators start on their page, from the shell. Stopped by Ctrl-C, it is gone on
with by running it again.
"""

import argparse

from app.commands.shared import DONE
from app.configuration.load import Folders
from app.extensions import db
from app.factory import create_app
from app.lab.errors import LabError
from app.lab.map_report import fill
from app.lab.progress import StepBars
from app.lab.report import ReportFolder
from app.retrieval.map.layout import PERPLEXITY, SEED
from app.services.map import building
from app.services.map.registry import MapError
from app.services.media.opening import open_stores
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
    """Make the map, with a bar for each step, and write the report."""
    app = create_app()
    folders = Folders(app.config["MORELLI_INSTANCE"])
    with app.app_context():
        database.check()
        model_id = building.live_model_id(folders)
        settings = {"model": model_id, "perplexity": PERPLEXITY, "seed": SEED}
        report = ReportFolder(options.out, "Map of the collection", settings)
        bars = StepBars()
        try:
            stored = building.build(
                db.session(),
                folders,
                open_stores(app.config["MORELLI_MEDIA_URL"], folders),
                model_id,
                lambda done, total, step: bars(done, total, STEPS[step]),
            )
        except (AlreadyRunningError, MapError) as error:
            raise LabError(str(error)) from error
        fill(report, stored)
    ways = " and ".join(stored.likenesses)
    print(f"Map {stored.name} is shown: {stored.works:,} works by {ways}.")
    print(f"Report: {report.write()}")
    return DONE
