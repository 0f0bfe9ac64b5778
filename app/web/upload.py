"""The photo in a request, and what is to be done to it: found, or refused in words."""

from flask import request
from flask_babel import lazy_gettext as _
from werkzeug.exceptions import BadRequest

from app.retrieval.photo_edits import WHOLE, Box, PhotoEdits

FIELD = "photo"
TURN, CROP = "turn", "crop"


class NoPhotoError(BadRequest):
    """The form came without a photo."""

    description = _("No photo was sent. Please choose one.")


class UnclearEditsError(BadRequest):
    """The form asks for a turn or a crop that there is not."""

    description = _(
        "The photo cannot be turned or cropped like this. Please choose it again."
    )


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


def photo_edits() -> PhotoEdits:
    """Return how the photo is to be turned and cropped; absent or empty: not at all.

    ``turn`` counts quarter turns clockwise, ``crop`` is ``left,top,right,bottom`` as
    shares of the turned photo.

    Raises
    ------
    UnclearEditsError
        If that is not what the fields hold.
    """
    turn, crop = request.form.get(TURN), request.form.get(CROP)
    try:
        return PhotoEdits(
            quarter_turns=int(turn) if turn else 0,
            crop=Box(*map(float, crop.split(","))) if crop else WHOLE,
        )
    except (ValueError, TypeError) as error:  # no numbers, or not four of them
        raise UnclearEditsError from error
