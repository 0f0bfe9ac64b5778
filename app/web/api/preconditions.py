"""Preconditions of changes: a work's entity tag, and ``If-Match`` (RFC 9110, 6585)."""

from flask import request
from flask_babel import lazy_gettext as _
from werkzeug.exceptions import (
    Conflict,
    PreconditionFailed,
    PreconditionRequired,
)
from werkzeug.http import quote_etag

from app.models import Artwork
from app.services.collection.labels import version_of

ETAG, IF_MATCH = "ETag", "If-Match"
ETAG_SENT = {
    ETAG: {
        "description": _("Version of the work, for If-Match."),
        "schema": {"type": "string"},
    }
}
"""As OpenAPI describes it among an answer's headers."""
IF_MATCH_ASKED = {
    "in": "header",
    "name": IF_MATCH,
    "required": True,
    "description": _(
        "The ETag that came with the work when it was read: what somebody else changed "
        "since is not overwritten. “*”: whatever it is now."
    ),
    "schema": {"type": "string"},
    "example": '"2026-05-14T09:30:00.000000+00:00"',
}
NONE_OF_THEM = ""
"""Version that no work has."""


class PreconditionNeededError(PreconditionRequired):
    """Change that does not say which version of the work it starts from."""

    description = _(
        "Please send the header If-Match with the ETag that came with the work, so "
        "that nothing is overwritten that somebody else has changed."
    )


class StaleError(PreconditionFailed):
    """Change that starts from a version that is not the present one."""

    description = _(
        "Somebody else changed this work meanwhile, and nothing was overwritten. "
        "Please read it again, and make your change with its new ETag."
    )


class WorkExistsError(Conflict):
    """Creation of a work whose number another one has."""

    description = _(
        "There is a work of this number already, and it says something else; it may "
        "be withdrawn. Works are changed by PATCH."
    )


def etag_of(work: Artwork) -> str:
    """Return the entity tag of a work as it is now."""
    return quote_etag(version_of(work))


def seen_version(work: Artwork) -> str | None:
    """Return which version of a work was seen, as ``WorkEditor`` takes it.

    Weak tags count as well: proxies that compress weaken them, and ours means what is
    said of the work, not the bytes that say it.

    Raises
    ------
    PreconditionNeededError
    """
    if IF_MATCH not in request.headers:
        raise PreconditionNeededError
    if request.if_match.star_tag:
        return None
    version = version_of(work)
    return version if request.if_match.contains_weak(version) else NONE_OF_THEM
