"""Uploaded photo of a request, or its link, with edits; refusals in words."""

from io import BytesIO
from typing import cast

from flask import current_app, request
from flask_babel import lazy_gettext as _
from werkzeug.exceptions import (
    BadRequest,
    ServiceUnavailable,
    UnprocessableEntity,
)

from app.retrieval.images.edits import WHOLE, Box, PhotoEdits
from app.services.system.addresses import network_of
from app.services.system.keyed_hash import derived_key, keyed_hash
from app.services.system.links.connections import LinkError, Refusal
from app.web.shell.current import link_reader

RETRY_SECONDS = 10
PHOTO, LINK = "photo", "link"
TURN, CROP = "turn", "crop"
REFUSALS = {
    Refusal.MALFORMED: _(
        "This is not a web address. It should look like https://example.org/photo.jpg."
    ),
    Refusal.SCHEME: _("Only addresses that begin with http or https can be fetched."),
    Refusal.PORT: _("Only the usual ports of the web, 80 and 443, can be asked."),
    Refusal.CREDENTIALS: _("Addresses with a name or a password cannot be fetched."),
    Refusal.UNKNOWN_NAME: _("There is no site of this name. Is it spelt rightly?"),
    Refusal.NOT_PUBLIC: _("This address is not on the public internet."),
    Refusal.UNREACHABLE: _("The site does not answer, or broke off."),
    Refusal.INSECURE: _("The site could not prove that it is the one you named."),
    Refusal.TOO_SLOW: _("The site took too long to answer."),
    Refusal.TOO_MANY_REDIRECTS: _("The site only leads from one address to the next."),
    Refusal.STATUS: _("The site does not give the picture away."),
    Refusal.PAGE: _(
        "At this address there is a page, not a picture. Please open the picture by "
        "itself and copy its address."
    ),
}


class NoPhotoError(BadRequest):
    """Form that came without a photo."""

    description = _("No photo was sent. Please choose one.")


class TooManyUploadsError(ServiceUnavailable):
    """Body that the server let go of, because too much was being sent to it."""

    description = _(
        "Many large photos are being sent right now. Please send yours again in a "
        "moment."
    )

    def __init__(self) -> None:
        super().__init__(retry_after=RETRY_SECONDS)


class UnusableLinkError(UnprocessableEntity):
    """Link that leads to nothing that would be fetched."""


class UnclearEditsError(BadRequest):
    """Turn or crop that there is not."""

    description = _(
        "The photo cannot be turned or cropped like this. Please choose it again."
    )


def refuse_what_was_let_go() -> None:
    """Tell who sent a body that the server could not hold (``app.web.server``).

    To be asked before anything looks at the form, which is not there.
    """
    channel = request.environ.get("gunicorn.socket")
    if getattr(channel, "is_overloaded", False):
        raise TooManyUploadsError


def asked_photo() -> tuple[bytes, str]:
    """Return the photo that was sent, or else what the link leads to, and which it is.

    Raises
    ------
    NoPhotoError
        If there is neither.
    UnusableLinkError
        If the link leads to nothing that would be fetched.
    ImageTooLargeError
        If what it leads to is too large.
    """
    return (linked_photo(), "link") if is_link() else (uploaded_photo(), "upload")


def sender() -> str:
    """Return for whose photos this one waits: the network's, under a name nobody reads.

    It becomes a file's name, and network addresses are not kept.
    """
    key = derived_key(str(current_app.secret_key), "senders")
    return keyed_hash(key, network_of(request.remote_addr or "")).hex()


def is_link() -> bool:
    """Tell whether the form asks about a link: a photo, where there is one, wins."""
    upload = request.files.get(PHOTO)
    return not (upload and upload.filename) and bool(request.form.get(LINK))


def linked_photo() -> bytes:
    """Return what the link in the form leads to; see :func:`asked_photo`."""
    reader = link_reader()
    if reader is None:
        raise UnusableLinkError(
            _("Links are not fetched here. Please send the photo itself.")
        )
    try:
        return reader.read(request.form[LINK])
    except LinkError as error:
        raise UnusableLinkError(REFUSALS[error.refusal]) from error


def uploaded_photo() -> bytes:
    """Return the bytes of the uploaded photo; its name and type are not looked at.

    Its length is bounded by ``MAX_CONTENT_LENGTH`` before anything is read.
    """
    upload = request.files.get(PHOTO)
    # Browsers send a form's untouched file field as a file without name or content.
    if upload is None or not upload.filename:
        raise NoPhotoError
    # See PrivateRequest; reading it would copy it.
    return cast(BytesIO, upload.stream).getvalue()


def photo_edits() -> PhotoEdits:
    """Return how the photo is to be turned and cropped; absent or empty: not at all.

    ``turn`` counts quarter turns clockwise, ``crop`` is ``left,top,right,bottom`` as
    shares of the turned photo.
    """
    turn, crop = request.form.get(TURN), request.form.get(CROP)
    try:
        return PhotoEdits(
            quarter_turns=int(turn) if turn else 0,
            crop=Box(*map(float, crop.split(","))) if crop else WHOLE,
        )
    except (ValueError, TypeError) as error:  # no numbers, or not four of them
        raise UnclearEditsError from error
