"""Bearer tokens: programs act in an account's name by a header of the request.

As RFC 6750 has it: ``Authorization: Bearer …`` and nowhere else. Addresses are logged
on the way; and a cookie is sent along also by a stranger's page, a header is not.
"""

from typing import Any

from flask import current_app, request
from flask_babel import lazy_gettext as _
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Forbidden, Unauthorized

from app.extensions import db
from app.models import AccessToken, TokenScope, User
from app.services.accounts import identities, second_factor, tokens
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


class ScopeMissingError(Forbidden):
    """Access token that may not do this, though its owner might."""

    description = _(
        "This access token may not change works. Please make one that may, on the "
        "pages of your account."
    )

    def get_headers(self, *context: Any, **options: Any) -> list[tuple[str, str]]:
        """Add the scope that would be enough, as RFC 6750 has it."""
        scope = TokenScope.WRITE_WORKS.value
        facts: dict[str, str | None] = {"error": "insufficient_scope", "scope": scope}
        challenge = WWWAuthenticate(SCHEME, facts).to_header()
        headers = super().get_headers(*context, **options)
        return [*headers, ("WWW-Authenticate", challenge)]


class RoleNeededError(Forbidden):
    """Access token whose owner may not change works, or not any more."""

    description = _(
        "Works are changed only by curators and administrators, with a second factor "
        "where the museum asks for one. The owner of this access token is none, or has "
        "none."
    )


def token_account() -> User | None:
    """Return whose token was sent; None if none was. Raises as :func:`sent_token`."""
    token = sent_token()
    return token.user if token is not None else None


def sent_token() -> AccessToken | None:
    """Return the token that was sent; None if none was.

    Raises
    ------
    InvalidTokenError
        If something was sent that lets nobody in. It is never passed over: a program
        would believe that it searches in its owner's name.
    """
    if "Authorization" not in request.headers:
        return None
    sent = request.authorization
    token = None
    if sent is not None and sent.type == SCHEME and sent.token:
        token = tokens.token_of(sent.token)
    if token is None:
        report(SecurityEvent.INVALID_TOKEN)
        raise InvalidTokenError
    return token


def need_account() -> User:
    """Return whose token was sent; refuse a request without one that lets in."""
    user = token_account()
    if user is None:
        raise TokenNeededError
    return user


def need_writer() -> AccessToken:
    """Return the token that was sent, if it may change works now.

    What its owner may is asked each time: a role that is taken away counts at once.

    Raises
    ------
    TokenNeededError, InvalidTokenError
    ScopeMissingError
        If it may only read.
    RoleNeededError
        If its owner may not change works.
    """
    token = sent_token()
    if token is None:
        raise TokenNeededError
    if token.scope is not TokenScope.WRITE_WORKS:
        report(SecurityEvent.ROLE_MISSING, token.user.email)
        raise ScopeMissingError
    if not tokens.may_write(token.user) or lacks_strong_login(token.user):
        report(SecurityEvent.ROLE_MISSING, token.user.email)
        raise RoleNeededError
    return token


def lacks_strong_login(user: User) -> bool:
    """Tell whether an account cannot log in as strongly as curators have to.

    A program has no session that would tell how its owner logged in: who is connected
    with an identity provider was strong enough when the token was made.
    """
    is_asked_for = current_app.config["MORELLI_SECOND_FACTOR"] == "curators"
    return (
        is_asked_for
        and not second_factor.is_set_up(user)
        and not identities.is_connected(db.session(), user)
    )
