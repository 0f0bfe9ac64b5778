"""Media of the works, served by their generated names only.

Pictures were encoded by this program as JPEG, recordings written by it in a format that
the database names, so the types are known. Visitors' photos are served by
``app.web.pages.evidence``, each to its owner.
"""

import re

from flask import Blueprint, Response, abort

from app.extensions import db
from app.services.collection.content.recordings import is_generated
from app.services.collection.pictures import make_middle
from app.services.curation.work_media import find_recording
from app.services.media.store import MediaStore, OpenFile
from app.web.callers.access import may_curate
from app.web.shell.caching import keep_for_good
from app.web.shell.current import media
from app.web.shell.stored import send_opened, send_stored

bp = Blueprint("media", __name__, url_prefix="/media")

WORK_NAME = re.compile(r"[0-9a-f]{2}/[0-9a-f]{64}(\.[sm])?\.jpg")
"""Folder and hash of the original, with ``.s`` or ``.m`` for a smaller version."""


@bp.get("/works/<path:name>")
def work(name: str) -> Response:
    """Serve a picture of a work: its name is a hash, so it never changes."""
    if WORK_NAME.fullmatch(name) is None:
        abort(404)
    works = media().works
    try:
        opened = works.open(name)
    except FileNotFoundError:
        if not name.endswith(".m.jpg"):
            abort(404)
        opened = made_middle(works, name)
    return keep_for_good(send_opened(opened, "image/jpeg"))


@bp.get("/recordings/<path:name>")
def recording(name: str) -> Response:
    """Serve audio or video of a work, or the part of it that a player asks for.

    What is withdrawn or removed only curators hear.
    """
    if not is_generated(name):
        abort(404)
    one = find_recording(db.session(), name)
    if one is None:
        abort(404)
    if (one.is_removed or one.artwork.is_withdrawn) and not may_curate():
        abort(404)
    return send_stored(media().recordings, name, one.mimetype)


def made_middle(works: MediaStore, name: str) -> OpenFile:
    """Make a middle version that nobody has asked for yet; 404 without a picture."""
    try:
        make_middle(works, name)
        return works.open(name)
    except FileNotFoundError:
        abort(404)
