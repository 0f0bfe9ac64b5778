"""Cache-Control headers of responses that browsers keep for good, or nowhere."""

from flask import Response

YEAR_SECONDS = 365 * 86_400


def keep_for_good(response: Response) -> Response:
    """Let browsers, and caches on the way, keep what never changes at its address."""
    response.cache_control.public = True
    response.cache_control.max_age = YEAR_SECONDS
    response.cache_control.immutable = True
    response.cache_control.no_cache = None
    return response


def keep_nowhere(response: Response) -> Response:
    """Leave nothing in the browser for whoever has the device next.

    Nothing is said beside it: ``no-store`` leaves nothing to say (RFC 9111, 5.2.2.5).
    """
    response.headers["Cache-Control"] = "no-store"
    return response
