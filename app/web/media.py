"""Pictures, served by their generated names only.

Everything here was encoded by this program as a JPEG, so the type is known and no
visitor's bytes are ever sent back.
"""

import re
from uuid import UUID

from flask import Blueprint, Response, abort, send_from_directory

from app.web.current import folders

bp = Blueprint("media", __name__, url_prefix="/media")

WORK_NAME = re.compile(r"[0-9a-f]{2}/[0-9a-f]{64}(\.s)?\.jpg")
"""Folder and hash of the original, with ``.s`` for the small version."""
YEAR_SECONDS = 365 * 86_400
PHOTO_SECONDS = 3_600
"""A visitor's photo may be deleted; no browser should show it much longer."""


@bp.get("/works/<path:name>")
def work(name: str) -> Response:
    """Serve a picture of a work: its name is a hash, so it never changes."""
    if WORK_NAME.fullmatch(name) is None:
        abort(404)
    response = send_from_directory(folders().works, name, mimetype="image/jpeg")
    response.cache_control.public = True
    response.cache_control.max_age = YEAR_SECONDS
    response.cache_control.immutable = True
    return response


@bp.get("/queries/<uuid:query_id>.jpg")
def photo(query_id: UUID) -> Response:
    """Serve a visitor's photo to whoever knows its unguessable name."""
    response = send_from_directory(
        folders().queries, f"{query_id}.jpg", mimetype="image/jpeg"
    )
    response.cache_control.private = True
    response.cache_control.max_age = PHOTO_SECONDS
    return response
