"""Forms without a session to hold a token: the browser says where they come from.

In a frame of another site no cookie comes along, and a kiosk's page may be open since
yesterday. What the browser says in ``Sec-Fetch-Site`` and ``Origin``, pages cannot
forge (Fetch Metadata; RFC 6454).
"""

from urllib.parse import urlsplit

from flask import request
from flask_babel import lazy_gettext as _
from werkzeug.exceptions import BadRequest


class ForeignFormError(BadRequest):
    """Form that a page of another site sent, or nobody knows which."""

    description = _("This form was sent by another site. Please ask on this page.")


def refuse_foreign_forms() -> None:
    """Go on only where a page of this very origin sent the form.

    Raises
    ------
    ForeignFormError
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is None:
        origin = urlsplit(request.headers.get("Origin", ""))
        is_own = origin.netloc == request.host
    else:
        is_own = site == "same-origin"
    if not is_own:
        raise ForeignFormError
