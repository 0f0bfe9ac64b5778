"""Security headers: browsers trust nothing but this site's own files."""

from flask import Flask, Response, current_app, request

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
KEPT = ("static", "assets.file", "media.work")
"""Endpoints that say themselves how long browsers may keep what they serve."""
HSTS = "max-age=31536000"
"""One year, this host only: subdomains are not ours to decide about."""


def protect(app: Flask) -> None:
    """Send the headers with every response, errors and static files included."""

    @app.after_request
    def add_headers(response: Response) -> Response:
        response.headers.update(HEADERS)
        if current_app.config["MORELLI_HTTPS"]:
            response.headers["Strict-Transport-Security"] = HSTS
        if request.endpoint not in KEPT:
            # Pages change with the collection and may hold a visitor's photo.
            response.headers.setdefault("Cache-Control", "private, no-cache")
        return response
