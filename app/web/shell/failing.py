"""Failure of the database during a request: noted once, then asked no more.

Whoever shows the error must not ask it again, and wait for it again.
"""

from flask import g, request

FAILED = "database_failed"
"""Key, among what is kept for one request."""
WITHOUT_DATABASE = (
    *("api_docs", "assets", "brand", "health", "media", "offline", "privacy"),
    "well_known",
)
"""Blueprints that are served whatever the database is like."""


def note_failure() -> None:
    """Note that the database cannot be used."""
    setattr(g, FAILED, True)


def has_failed() -> bool:
    """Tell whether it could not be used in this request."""
    return FAILED in g


def needs_database() -> bool:
    """Tell whether a page is asked for that needs the database; files do not."""
    return request.blueprint not in (None, *WITHOUT_DATABASE)
