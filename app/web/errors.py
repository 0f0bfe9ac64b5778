"""Error handlers: the only place where errors become responses, in HTML and JSON."""

import logging
import time
from typing import Any

from flask import Flask, current_app, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import format_decimal, ngettext
from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException, InternalServerError

from app.extensions import db
from app.retrieval.errors import (
    ArtefactError,
    EmptyGalleryError,
    FormatSwitchedOffError,
    ImageError,
    ImageTooLargeError,
    ImageTooSmallError,
    ShardAwayError,
    UnreadableImageError,
    VideoError,
)
from app.services.media.store import StorageAwayError
from app.services.search.admission import QueueFullError
from app.services.system.database import (
    DatabaseNotReadyError,
    DatabaseUnavailableError,
    DatabaseUnreachableError,
    is_unavailable,
)
from app.web.api.preconditions import (
    PreconditionNeededError,
    StaleError,
    WorkExistsError,
)
from app.web.callers.bearer import (
    InvalidTokenError,
    RoleNeededError,
    ScopeMissingError,
    TokenNeededError,
)
from app.web.callers.throttling import TooManyAttemptsError, limiter
from app.web.callers.upload import (
    NoPhotoError,
    TooManyUploadsError,
    UnusableLinkError,
)
from app.web.callers.visitors import AccountNeededError
from app.web.shell.failing import note_failure
from app.web.shell.security import ACCOUNT_PAGES

logger = logging.getLogger(__name__)

CODES: dict[type[Exception] | int, str] = {
    NoPhotoError: "no_photo",
    UnreadableImageError: "unreadable_image",
    VideoError: "video",
    FormatSwitchedOffError: "format_switched_off",
    ImageTooSmallError: "image_too_small",
    ImageTooLargeError: "image_too_large",
    EmptyGalleryError: "no_collection",
    DatabaseNotReadyError: "database_not_ready",
    DatabaseUnavailableError: "database_unavailable",
    DatabaseUnreachableError: "database_unavailable",
    StorageAwayError: "storage_unavailable",
    UnusableLinkError: "unusable_link",
    CSRFError: "form_expired",
    AccountNeededError: "account_needed",
    TokenNeededError: "token_needed",
    InvalidTokenError: "invalid_token",
    ScopeMissingError: "insufficient_scope",
    RoleNeededError: "role_needed",
    WorkExistsError: "work_exists",
    StaleError: "changed_meanwhile",
    PreconditionNeededError: "precondition_needed",
    QueueFullError: "queue_full",
    TooManyUploadsError: "too_many_uploads",
    TooManyAttemptsError: "too_many_attempts",
    400: "bad_request",
    404: "not_found",
    405: "method_not_allowed",
    413: "image_too_large",
    422: "unusable_image",
    429: "too_many_searches",
    500: "internal_error",
    503: "not_ready",
}
"""What programs may decide on; the words beside it are for people. The error's type
speaks before its status."""
TITLES: dict[type[Exception] | int, LazyString] = {
    QueueFullError: _("One moment, please"),
    TooManyUploadsError: _("One moment, please"),
    DatabaseUnavailableError: _("One moment, please"),
    DatabaseUnreachableError: _("One moment, please"),
    StorageAwayError: _("One moment, please"),
    400: _("That did not work"),
    401: _("Please log in"),
    403: _("Not for everybody"),
    404: _("Nothing hangs here"),
    405: _("That did not work"),
    413: _("This photo cannot be used"),
    422: _("This photo cannot be used"),
    429: _("One moment, please"),
    500: _("Something broke on our side"),
    503: _("Not open yet"),
}
SENTENCES = {
    404: _("There is no page at this address, or what it showed is gone."),
    405: _("This address cannot be asked in this way."),
    429: _("Too many searches came from your network. Please try again in a minute."),
    500: _("The fault has been noted. Please try again."),
}
MENDED_BY_ANOTHER_PHOTO = (400, 413, 422)
WITHOUT_PHOTO = (
    *ACCOUNT_PAGES,
    "history",
    "languages",
    "curate_imports",
    "curate_content",
    "curate_recordings",
)
"""Blueprints whose forms have no photo in them."""


def handle(app: Flask) -> None:
    """Register the translation of every error."""
    app.register_error_handler(ImageError, image_error)
    for unavailable in (
        *(ArtefactError, EmptyGalleryError, DatabaseNotReadyError, ShardAwayError),
    ):
        app.register_error_handler(unavailable, not_ready)
    app.register_error_handler(QueueFullError, queue_full)
    app.register_error_handler(SQLAlchemyError, database_error)
    app.register_error_handler(StorageAwayError, storage_error)
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(Exception, unexpected_error)


def image_error(error: ImageError) -> ResponseReturnValue:
    """Tell the visitor what is wrong with the photo."""
    too_many_bytes = isinstance(error, ImageTooLargeError) and error.unit == "bytes"
    return respond(413 if too_many_bytes else 422, error, image_sentence(error))


def not_ready(error: Exception) -> ResponseReturnValue:
    """Say which command the operator has to run."""
    headers: dict[str, str] = {}
    reason: object = error
    if isinstance(error, DatabaseUnreachableError):
        reason = error.detail
        headers["Retry-After"] = str(DatabaseUnavailableError.retry_seconds)
    logger.error("cannot search: %s", reason)
    if isinstance(error, DatabaseNotReadyError):
        note_failure()
    body, status = respond(503, error, remedy(error))
    return body, status, headers


def queue_full(error: QueueFullError) -> ResponseReturnValue:
    """Ask the visitor to come back when others have had their turn."""
    message = ngettext(
        "Many visitors are asking right now. Please send your photo again in "
        "%(num)s second.",
        "Many visitors are asking right now. Please send your photo again in "
        "%(num)s seconds.",
        error.retry_seconds,
    )
    body, status = respond(503, error, str(message))
    return body, status, {"Retry-After": str(error.retry_seconds)}


def database_error(error: SQLAlchemyError) -> ResponseReturnValue:
    """Ask to come back when the database is locked, gone or damaged."""
    if not is_unavailable(error):
        return unexpected_error(error)
    logger.error("the database cannot be used", exc_info=error)
    db.session.remove()
    note_failure()
    fault = DatabaseUnavailableError()
    message = _(
        "Our records cannot be reached right now. Please try again in a moment."
    )
    body, status = respond(503, fault, str(message))
    return body, status, {"Retry-After": str(fault.retry_seconds)}


def storage_error(error: StorageAwayError) -> ResponseReturnValue:
    """Ask to come back when the storage answers; what was begun is not kept."""
    db.session.rollback()
    message = _(
        "The pictures cannot be reached right now, and nothing was changed. Please try "
        "again in a moment."
    )
    body, status = respond(503, error, str(message))
    return body, status, {"Retry-After": str(error.retry_seconds)}


def http_error(error: HTTPException) -> ResponseReturnValue:
    """Put werkzeug's errors into our words, and keep their headers, such as Allow."""
    if isinstance(error, InternalServerError):
        # What fails after a view, such as saving what it changed, comes as this.
        cause = error.original_exception
        if isinstance(cause, SQLAlchemyError):
            return database_error(cause)
    status = error.code or 500
    body, _status = respond(status, error, sentence(status, error))
    rewritten = current_app.make_response(body)
    response = error.get_response()
    response.set_data(rewritten.get_data())
    response.content_type = rewritten.content_type
    limit = limiter.current_limit
    if status == 429 and limit and "Retry-After" not in response.headers:
        seconds = limit.reset_at - time.time()
        response.headers["Retry-After"] = str(max(1, int(seconds)))
    return response


def unexpected_error(error: Exception) -> ResponseReturnValue:
    """Log a bug and leave the database as it was."""
    logger.error("%s %s failed", request.method, request.endpoint, exc_info=error)
    db.session.rollback()
    return respond(500, error, str(SENTENCES[500]))


def remedy(error: Exception) -> str:
    """Say what the operator has to do, without telling the public where files lie."""
    if isinstance(error, EmptyGalleryError | DatabaseNotReadyError):
        return str(error)
    command = error.command if isinstance(error, ArtefactError) else ""
    # For the operator, whose commands and logs are in English.
    todo = f"Run: {command}" if command else "The server's log says why."
    return f"The collection cannot be searched. {todo}"


def sentence(status: int, error: HTTPException) -> str:
    """Return what to tell the visitor about an HTTP error."""
    text = SENTENCES.get(status) or error.description or error.name
    if isinstance(error, CSRFError):
        text = _("This form was open for too long. Please choose the photo again.")
        if request.blueprint in WITHOUT_PHOTO:
            text = _("This form was open for too long. Please load it again.")
    elif isinstance(error, TooManyAttemptsError):
        text = error.description
    elif status == 429 and request.blueprint == "api_writing":
        text = _(
            "Too many changes came from your network. Please try again in a minute."
        )
    elif status == 413 and request.blueprint == "curate_imports":
        text = _(
            "The file is too large: at most %(megabytes)s MB are accepted. Larger "
            "catalogues can be imported from a folder on the server.",
            megabytes=current_app.config["MORELLI_MAX_IMPORT_MB"],
        )
    elif status == 413 and request.blueprint == "curate_recordings":
        text = _(
            "The recording is too large: at most %(megabytes)s MB are accepted. Please "
            "save it shorter, or in lower quality.",
            megabytes=current_app.config["MORELLI_MAX_RECORDING_MB"],
        )
    elif status == 413:
        text = _(
            "The photo is too large: at most %(megabytes)s MB are accepted. "
            "Please use a smaller one.",
            megabytes=current_app.config["MORELLI_MAX_UPLOAD_MB"],
        )
    return str(text)


def image_sentence(error: ImageError) -> str:
    """Say what is wrong with a photo in the visitor's language."""
    if isinstance(error, ImageTooSmallError):
        height, width = error.size
        text = _(
            "The picture is %(width)s×%(height)s pixels; both sides must have at "
            "least %(minimum)s. Please use a larger one.",
            width=width,
            height=height,
            minimum=error.minimum,
        )
    elif isinstance(error, ImageTooLargeError) and error.unit == "pixels":
        text = _(
            "The picture has %(amount)s pixels; at most %(maximum)s are accepted. "
            "Please use a smaller one.",
            amount=format_decimal(error.amount),
            maximum=format_decimal(error.maximum),
        )
    elif isinstance(error, ImageTooLargeError) and error.unit == "decoded bytes":
        text = _(
            "Decoding the picture would take %(amount)s MB of memory; at most "
            "%(maximum)s are accepted. Please use a smaller one, or a JPEG.",
            amount=format_decimal(error.amount // 1_000_000),
            maximum=format_decimal(error.maximum // 1_000_000),
        )
    elif isinstance(error, ImageTooLargeError):
        text = _(
            "The picture is larger than %(megabytes)s MB. Please use a smaller one.",
            megabytes=error.maximum // 1_000_000,
        )
    elif isinstance(error, VideoError):
        text = _(
            "This is a video. Please send a photo, or a picture of the moment in which "
            "the work is in view."
        )
    elif isinstance(error, FormatSwitchedOffError):
        text = _(
            "This server reads no JPEG XL and no compressed TIFF: its extra “formats” "
            "is not installed. Please send the picture as a JPEG or PNG."
        )
    else:
        text = _(
            "This is not a picture that can be read, or it is damaged. Please send a "
            "JPEG, PNG, WebP, HEIC, AVIF, TIFF, JPEG 2000, JPEG XL, GIF or BMP picture."
        )
    return str(text)


def respond(
    status: int, error: Exception, message: str
) -> tuple[str | dict[str, Any], int]:
    """Build the body of an error as JSON for programs and as a page for people."""
    if wants_json():
        code = CODES.get(type(error)) or CODES.get(status, "error")
        return {"error": {"code": code, "message": message}}, status
    return (
        render_template(
            "error.html",
            title=TITLES.get(type(error)) or TITLES.get(status, TITLES[400]),
            message=message,
            may_try_again=may_try_again(status, error),
        ),
        status,
    )


def may_try_again(status: int, error: Exception) -> bool:
    """Tell whether the form for a photo is what helps."""
    if request.blueprint in WITHOUT_PHOTO:
        return False
    return status in MENDED_BY_ANOTHER_PHOTO or isinstance(
        error, QueueFullError | TooManyUploadsError
    )


def wants_json() -> bool:
    """Tell whether a program asks: the interface's, or a script of our own pages."""
    if request.path.startswith("/api/"):
        return True
    return request.accept_mimetypes.best == "application/json"
