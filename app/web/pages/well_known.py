"""Well-known addresses (RFC 8615): what other programs look for on every site."""

from datetime import UTC, datetime, time, timedelta

from flask import Blueprint, Response, abort, current_app, redirect, url_for
from flask.typing import ResponseReturnValue

from app.web.shell.languages import offered_languages

bp = Blueprint("well_known", __name__, url_prefix="/.well-known")

VALID = timedelta(days=90)
"""How long what is read here may be believed: RFC 9116 wants less than a year."""


@bp.get("/security.txt")
def security() -> Response:
    """Say where faults of security are reported (RFC 9116)."""
    contact = current_app.config["MORELLI_SECURITY_CONTACT"]
    if not contact:
        abort(404)
    # Midnight: the text is the same all day, however often it is asked for.
    expires = datetime.combine(datetime.now(UTC).date() + VALID, time(), UTC)
    lines = [
        f"Contact: {contact}",
        f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}",
        f"Preferred-Languages: {', '.join(offered_languages())}",
    ]
    site = current_app.config["PUBLIC_URL"]
    if site.startswith("https://"):  # no other is allowed in this file
        canonical = url_for("well_known.security", _external=True)
        lines.append(f"Canonical: {canonical}")
    return Response("\n".join([*lines, ""]), content_type="text/plain; charset=utf-8")


@bp.get("/change-password")
def change_password() -> ResponseReturnValue:
    """Lead password managers to the form, as they look for it (W3C)."""
    return redirect(url_for("security.change_password"))
