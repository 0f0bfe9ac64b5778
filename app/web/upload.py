"""The photo in a request: found, or refused in words."""

from flask import request
from werkzeug.exceptions import BadRequest

FIELD = "photo"


class NoPhotoError(BadRequest):
    """The form came without a photo."""

    description = "No photo was sent. Please choose one."


def uploaded_photo() -> bytes:
    """Return the bytes of the uploaded photo; its name and type are not looked at.

    The body is parsed as a stream, on disk where it is large, and its length is bounded
    by ``MAX_CONTENT_LENGTH`` before anything is read.

    Raises
    ------
    NoPhotoError
        If the field is missing, is no file or was left empty by the visitor.
    """
    upload = request.files.get(FIELD)
    # Browsers send a form's untouched file field as a file without name or content.
    if upload is None or not upload.filename:
        raise NoPhotoError
    data: bytes = upload.read()
    return data
