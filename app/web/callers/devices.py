"""Known devices: browsers in which somebody has logged in to an account before.

A signed cookie tells (OWASP, *Slow Down Online Guessing Attacks with Device Cookies*).
It lets nobody in: it only makes wrong passwords count for the device alone, so that a
stranger who guesses elsewhere cannot keep the owner out.
"""

import secrets

from flask import Response, after_this_request, current_app, request
from itsdangerous import BadSignature, URLSafeTimedSerializer

from app.web.callers.events import account_hash

SUFFIX = "_device"
"""Of the session cookie's name, with whose prefix it binds to this host."""
KNOWN_SECONDS = 180 * 86_400
MOST_ACCOUNTS = 4
"""Of one device; more share none."""
NAME_BYTES = 16

Device = tuple[str, list[str]]
"""Its random name, and the hashes of the accounts that it is known to."""


def known_device(account: str) -> str | None:
    """Return the name of the device, if it is known to an account."""
    name, accounts = _present_device()
    return name if account_hash(account) in accounts else None


def remember_device(account: str) -> None:
    """Let the present browser be known to an account from now on."""
    name, accounts = _present_device()
    new = account_hash(account)
    kept = [new, *(one for one in accounts if one != new)][:MOST_ACCOUNTS]
    cookie = _signer().dumps([name, kept])

    @after_this_request
    def set_cookie(response: Response) -> Response:
        response.set_cookie(
            _cookie_name(),
            cookie,
            max_age=KNOWN_SECONDS,
            path=current_app.config["SESSION_COOKIE_PATH"],
            secure=current_app.config["SESSION_COOKIE_SECURE"],
            httponly=True,
            samesite="Lax",
        )
        return response


def _present_device() -> Device:
    """Return what the browser's cookie says; a new name and no account without one."""
    try:
        name, accounts = _signer().loads(
            request.cookies.get(_cookie_name(), ""), max_age=KNOWN_SECONDS
        )
    except BadSignature:  # no cookie of ours, or one that is too old
        return secrets.token_urlsafe(NAME_BYTES), []
    return name, accounts


def _cookie_name() -> str:
    return str(current_app.config["SESSION_COOKIE_NAME"]) + SUFFIX


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.secret_key or "", salt="known-device")
