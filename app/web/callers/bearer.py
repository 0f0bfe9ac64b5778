"""Bearer tokens: programs act in an account's name by a header of the request.

As RFC 6750 has it: ``Authorization: Bearer …`` and nowhere else. Addresses are logged
on the way; and a cookie is sent along also by a stranger's page, a header is not.
"""

from flask import request
from flask_babel import lazy_gettext as _
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Unauthorized

from app.models import User
from app.services.accounts import tokens
from app.web.callers.events import SecurityEvent, report

SCHEME = "bearer"


class TokenNeededError(Unauthorized):
    """Request without the access token that it needs."""

    description = _(
        "This needs an access token, in the header “Authorization: Bearer”. Tokens are "
        "made on the pages of your account."
    )

    def __init__(self) -> None:
        super().__init__(www_authenticate=WWWAuthenticate(SCHEME))


class InvalidTokenError(Unauthorized):
    """Access token that is none, or lets nobody in any more."""

    description = _(
        "This access token lets nobody in: it is wrong, revoked or expired, or its "
        "account is closed."
    )

    def __init__(self) -> None:
        facts: dict[str, str | None] = {"error": "invalid_token"}
        super().__init__(www_authenticate=WWWAuthenticate(SCHEME, facts))


def token_account() -> User | None:
    """Return whose token was sent; None if none was.

    Raises
    ------
    InvalidTokenError
        If something was sent that lets nobody in. It is never passed over: a program
        would believe that it searches in its owner's name.
    """
    if "Authorization" not in request.headers:
        return None
    sent = request.authorization
    user = None
    if sent is not None and sent.type == SCHEME and sent.token:
        user = tokens.account_of(sent.token)
    if user is None:
        report(SecurityEvent.INVALID_TOKEN)
        raise InvalidTokenError
    return user


def need_account() -> User:
    """Return whose token was sent; refuse a request without one that lets in."""
    user = token_account()
    if user is None:
        raise TokenNeededError
    return user
