"""``flask feedback …``: export of the photos whose answers visitors confirmed."""

from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from app.commands.shared import DONE, explained, say
from app.configuration.load import Folders
from app.extensions import db
from app.services.evaluation import feedback
from app.services.media.opening import open_stores
from app.services.system.database import check

group = AppGroup("feedback", help="Use what visitors say of their answers.")


@group.command("export")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@explained
def export(folder: Path) -> int:
    """Write photos whose answer visitors confirmed into FOLDER, for evaluate.py."""
    check()
    config = current_app.config
    folders = Folders(config["MORELLI_INSTANCE"])
    photos = open_stores(config["MORELLI_MEDIA_URL"], folders).queries
    done = feedback.export(db.session(), photos, folder)
    print(f"{done.path}: {done.photos:,} photos that visitors confirmed.")
    if done.without_label:
        say(f"{done.without_label:,} left out: called wrong, or the work is gone.")
    if done.without_photo:
        say(f"{done.without_photo:,} left out: the photo is not kept any more.")
    if done.photos:
        say(
            "These are copies of visitors' photos: delete them when you have "
            "measured. Retention does not reach them."
        )
        print(f"Measure with: python evaluate.py --queries {done.path}")
    return DONE
