"""Error responses of the API: their names, statuses, codes and headers."""

from typing import Any

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString
from marshmallow import fields

from app.web.api.fields import ResponseSchema, described, text

Part = dict[str, Any]

NAMES = {
    400: "BadRequest",
    401: "Unauthorized",
    403: "Forbidden",
    404: "NotFound",
    409: "Conflict",
    412: "Stale",
    413: "TooLarge",
    422: "Unusable",
    428: "PreconditionNeeded",
    429: "TooMany",
    500: "InternalError",
    503: "Unavailable",
}
"""In the document, by status."""
RETRY_AFTER = {
    "Retry-After": {
        "description": _("Seconds after which to try again, where known."),
        "schema": {"type": "integer"},
    }
}
CHALLENGE = {
    "WWW-Authenticate": {
        "description": _("Begins with Bearer."),
        "schema": {"type": "string"},
    }
}


class FaultSchema(ResponseSchema):
    """Error's code and message."""

    code = text(_("For programs; it stays the same."), "bad_request")
    message = text(_("For people: the fault and the remedy, in their language."), "…")


class ErrorSchema(ResponseSchema):
    """Form of every error; ``app.web.errors`` makes them."""

    description = _("Every error has this form.")
    error = fields.Nested(FaultSchema, **described(_("What went wrong.")))


def _refusal(
    words: LazyString, codes: dict[str, LazyString], headers: Part | None = None
) -> Part:
    examples = {
        code: {
            "summary": message,
            "value": {"error": {"code": code, "message": message}},
        }
        for code, message in codes.items()
    }
    content = {"application/json": {"schema": "Error", "examples": examples}}
    response = {"description": words, "content": content}
    return {**response, "headers": headers} if headers else response


RESPONSES = {
    400: _refusal(
        _("What was asked makes no sense."),
        {
            "no_photo": _("No photo was sent."),
            "bad_request": _("A parameter or the body is wrong."),
        },
    ),
    401: _refusal(
        _("Who asks is not known, or may not."),
        {
            "token_needed": _("This needs an access token."),
            "invalid_token": _(
                "The token is wrong, revoked or expired, or its account is closed."
            ),
            "account_needed": _("This museum lets nobody search unnamed."),
        },
        CHALLENGE,
    ),
    403: _refusal(
        _("The token may not change works."),
        {
            "insufficient_scope": _("It was made for reading only."),
            "role_needed": _(
                "Its owner is no curator or administrator, or not any more, or lacks "
                "the second factor that is asked for."
            ),
        },
    ),
    404: _refusal(
        _("It is not there, or it is not yours."),
        {"not_found": _("There is nothing at this address.")},
    ),
    409: _refusal(
        _("Another work has this number."),
        {"work_exists": _("It is there already, and says something else.")},
    ),
    412: _refusal(
        _("Somebody else was faster; nothing was overwritten."),
        {
            "changed_meanwhile": _(
                "The work has changed since it was read. Read it again."
            )
        },
    ),
    413: _refusal(
        _("The photo has too many bytes."),
        {"image_too_large": _("The photo is larger than this server accepts.")},
    ),
    422: _refusal(
        _("The photo cannot be used."),
        {
            "unreadable_image": _("It is no picture, or it is damaged."),
            "video": _("It is a video."),
            "format_switched_off": _("What reads its format is not installed."),
            "image_too_small": _("It has too few pixels."),
            "image_too_large": _("It has too many pixels."),
        },
    ),
    428: _refusal(
        _("A change has to say which version it starts from."),
        {"precondition_needed": _("The header If-Match is missing.")},
    ),
    429: _refusal(
        _("Too many searches or changes came from one network address."),
        {"too_many_searches": _("Please come back later.")},
        RETRY_AFTER,
    ),
    500: _refusal(
        _("A fault of the server; it has been noted."),
        {"internal_error": _("Something broke on our side.")},
    ),
    503: _refusal(
        _("The server cannot answer now."),
        {
            "queue_full": _(
                "Too many photos are waiting to be searched. Come back after as many "
                "seconds as Retry-After says."
            ),
            "too_many_uploads": _(
                "Too many large photos are being sent. Come back after as many "
                "seconds as Retry-After says."
            ),
            "no_collection": _("Nothing is indexed yet."),
            "not_ready": _("The index cannot be opened."),
            "database_not_ready": _("The database is not up to date."),
            "database_unavailable": _(
                "The database is locked or gone. Come back after as many seconds as "
                "Retry-After says."
            ),
            "storage_unavailable": _(
                "The storage of photos does not answer. Come back after as many "
                "seconds as Retry-After says."
            ),
        },
        RETRY_AFTER,
    ),
}
"""As OpenAPI describes them, by status; see ``app.web.errors.CODES``."""
ALWAYS = (500, 503)
"""How any operation may be refused."""
