"""Security headers: browsers trust nothing but this site's own files."""

from flask import Flask, Response, current_app, request, session

from app.web.shell.caching import keep_nowhere
from app.web.shell.site import FILES

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        # blob: is the chosen photo, shown before it is sent.
        "img-src 'self' blob:",
        "connect-src 'self'",
        "worker-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    # For browsers older than frame-ancestors.
    "X-Frame-Options": "DENY",
    # Addresses of answers are secrets: other sites must not learn them. Our own forms
    # need the referrer, which the check against forged requests reads under https.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(), microphone=(), camera=()",
}
KEPT = (*("static", "assets.file", "media.work"), "iiif_images.picture")
"""Endpoints that say themselves how long browsers may keep what they serve."""
OPEN = ("media", "iiif", "iiif_images", "records")
"""Blueprints of what works on show are: pages of other sites may read it, too."""
ACCOUNT_PAGES = (
    *("security", "accounts", "second_factor", "tokens"),
    *("confirming", "invitations"),
)
"""Blueprints whose pages hold an account's data whoever is logged in."""
LOGGED_IN = "_user_id"
"""Flask-Login's key, in a session, of who is logged in."""
HSTS = "max-age=31536000"
"""One year, this host only: subdomains are not ours to decide about."""


def protect(app: Flask) -> None:
    """Send the headers with every response, errors and static files included."""

    @app.after_request
    def add_headers(response: Response) -> Response:
        response.headers.update(HEADERS)
        if request.blueprint in OPEN:
            # Also where it says why not: viewers tell their users.
            response.headers["Access-Control-Allow-Origin"] = "*"
            response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        if current_app.config["MORELLI_HTTPS"]:
            response.headers["Strict-Transport-Security"] = HSTS
        if request.endpoint not in FILES and may_show_account():
            keep_nowhere(response)
        elif request.endpoint not in KEPT:
            # Pages change with the collection and may hold a visitor's photo.
            response.headers.setdefault("Cache-Control", "private, no-cache")
        return response


def may_show_account() -> bool:
    """Tell whether an answer may hold what is an account's: when in doubt, yes.

    Whoever is logged in, by a session or by a program's token, sees pages that differ
    from a visitor's. Who it is need not be known, so the database is not asked.
    """
    return (
        request.blueprint in ACCOUNT_PAGES
        or LOGGED_IN in session
        or "Authorization" in request.headers
    )
