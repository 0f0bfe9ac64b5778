"""Security headers: browsers trust nothing but this site's own files."""

from flask import Flask, Response, current_app, g, request, session

from app.web.shell.caching import keep_nowhere
from app.web.shell.site import FILES

FRAMED_BY_NOBODY = "frame-ancestors 'none'"
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        # blob: is the chosen photo, shown before it is sent.
        "img-src 'self' blob:",
        # blob: is what a curator has just recorded, heard before it is sent.
        "media-src 'self' blob:",
        "connect-src 'self'",
        "worker-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        FRAMED_BY_NOBODY,
    )
)
POLICY, FRAME_OPTIONS = "Content-Security-Policy", "X-Frame-Options"
PERMISSIONS = "Permissions-Policy"
HEADERS = {
    POLICY: CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    # For browsers older than frame-ancestors.
    FRAME_OPTIONS: "DENY",
    # Addresses of answers are secrets: other sites must not learn them. Our own forms
    # need the referrer, which the check against forged requests reads under https.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    PERMISSIONS: "geolocation=(), microphone=(), camera=()",
}
FRAMED_BY = "framed_by"
"""Key, among what is kept for one request, of who may show its page in a frame."""
RECORDERS = ("curate_content",)
"""Blueprints whose pages may ask for the microphone."""
MICROPHONE = "geolocation=(), microphone=(self), camera=()"
VIEWFINDER = "viewfinder.show"
"""Endpoint of the one page that may ask for the camera."""
CAMERA = "geolocation=(), microphone=(), camera=(self)"
KEPT = (
    *("static", "assets.file", "media.work", "iiif_images.picture"),
    *("brand.style", "brand.picture"),
)
"""Endpoints that say themselves how long browsers may keep what they serve."""
OPEN = ("media", "iiif", "iiif_images", "records")
"""Blueprints of what works on show are: pages of other sites may read it, too."""
ACCOUNT_PAGES = (
    *("security", "accounts", "second_factor", "tokens"),
    *("confirming", "invitations", "first_start", "sign_on"),
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
        if FRAMED_BY in g:
            policy = CONTENT_SECURITY_POLICY.replace(
                FRAMED_BY_NOBODY, " ".join(("frame-ancestors", *g.get(FRAMED_BY)))
            )
            response.headers[POLICY] = policy
            # It knows no list.
            del response.headers[FRAME_OPTIONS]
        if request.blueprint in RECORDERS:
            response.headers[PERMISSIONS] = MICROPHONE
        if request.endpoint == VIEWFINDER:
            response.headers[PERMISSIONS] = CAMERA
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


def allow_framing(origins: tuple[str, ...]) -> None:
    """Let pages of other sites show what is asked for now in a frame.

    Parameters
    ----------
    origins : tuple of str
        Of these sites and no others, each as ``services/site/origins`` reads it: they
        become part of a header.
    """
    setattr(g, FRAMED_BY, origins)


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
