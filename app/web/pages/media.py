"""Media of the works, served by their generated names only.

Everything here was encoded by this program as a JPEG, so the type is known. Visitors'
photos are served by ``app.web.pages.evidence``, each to its owner.
"""

import re

from flask import Blueprint, Response, abort

from app.services.collection.pictures import make_middle
from app.services.media.store import MediaStore, OpenFile
from app.web.shell.caching import keep_for_good
from app.web.shell.current import media
from app.web.shell.stored import send_opened

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


def made_middle(works: MediaStore, name: str) -> OpenFile:
    """Make a middle version that nobody has asked for yet; 404 without a picture."""
    try:
        make_middle(works, name)
        return works.open(name)
    except FileNotFoundError:
        abort(404)
