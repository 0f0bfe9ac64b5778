"""How the programmer's interface says no, as OpenAPI describes it."""

from typing import Any

from flask_babel import gettext as _

from app.web.json_schema import Schema, reference


def refusals() -> dict[str, dict[str, Any]]:
    """Return the answers that are errors, by their names."""
    return {
        "BadRequest": _refusal(
            _("What was asked makes no sense."),
            {
                "no_photo": _("No photo was sent."),
                "bad_request": _("A parameter or the body is wrong."),
            },
        ),
        "Unauthorized": {
            **_refusal(
                _("Who asks is not known, or may not."),
                {
                    "token_needed": _("This needs an access token."),
                    "invalid_token": _(
                        "The token is wrong, revoked or expired, or its account is "
                        "closed."
                    ),
                    "account_needed": _("This museum lets nobody search unnamed."),
                },
            ),
            "headers": {
                "WWW-Authenticate": _header("string", _("Begins with Bearer."))
            },
        },
        "NotFound": _refusal(
            _("It is not there, or it is not yours."),
            {"not_found": _("There is nothing at this address.")},
        ),
        "TooLarge": _refusal(
            _("The photo has too many bytes."),
            {"image_too_large": _("The photo is larger than this server accepts.")},
        ),
        "Unusable": _refusal(
            _("The photo cannot be used."),
            {
                "unreadable_image": _("It is no picture, or it is damaged."),
                "image_too_small": _("It has too few pixels."),
                "image_too_large": _("It has too many pixels."),
            },
        ),
        "TooMany": {
            **_refusal(
                _("Too many searches came from one network address."),
                {"too_many_searches": _("Please come back later.")},
            ),
            "headers": {"Retry-After": _retry_after()},
        },
        "InternalError": _refusal(
            _("A fault of the server; it has been noted."),
            {"internal_error": _("Something broke on our side.")},
        ),
        "Unavailable": {
            **_refusal(
                _("The server cannot answer now."),
                {
                    "queue_full": _(
                        "Too many photos are waiting to be searched. Come back after "
                        "as many seconds as Retry-After says."
                    ),
                    "no_collection": _("Nothing is indexed yet."),
                    "not_ready": _("The index cannot be opened."),
                    "database_not_ready": _("The database is not up to date."),
                },
            ),
            "headers": {"Retry-After": _retry_after()},
        },
    }


def _refusal(words: str, codes: dict[str, str]) -> dict[str, Any]:
    examples = {
        code: {
            "summary": message,
            "value": {"error": {"code": code, "message": message}},
        }
        for code, message in codes.items()
    }
    content = {"schema": reference("Error"), "examples": examples}
    return {"description": words, "content": {"application/json": content}}


def _retry_after() -> Schema:
    return _header("integer", _("Seconds after which to try again, where known."))


def _header(kind: str, words: str) -> Schema:
    return {"description": words, "schema": {"type": kind}}
