"""Responses with a stored file: in parts, and only if it is not known already.

The server reads the file and passes it on, also from a bucket: that may be private, and
pages are to speak to this site only.
"""

from flask import Response, abort, request
from werkzeug.wsgi import wrap_file

from app.services.media.store import MediaStore, OpenFile


def send_stored(store: MediaStore, name: str, mimetype: str) -> Response:
    """Send a stored file; 404 if there is none.

    Raises
    ------
    StorageAwayError
        If the storage does not answer.
    """
    try:
        return send_opened(store.open(name), mimetype)
    except FileNotFoundError:
        abort(404)


def send_opened(opened: OpenFile, mimetype: str) -> Response:
    """Send an open file, or the part of it that is asked for, and close it."""
    response = Response(
        wrap_file(request.environ, opened.file),
        mimetype=mimetype,
        direct_passthrough=True,
    )
    response.content_length = opened.size
    response.last_modified = opened.changed_at
    response.cache_control.no_cache = True
    response.set_etag(opened.tag)
    response.make_conditional(request, accept_ranges=True, complete_length=opened.size)
    return response
