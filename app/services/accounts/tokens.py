"""Personal access tokens: keys by which an account's programs act in its name.

A token is shown once, when it is made. Only its hash is kept, so neither the database
nor a backup of it lets anybody in.
"""

import hashlib
import logging
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from app.extensions import db
from app.models import AccessToken, TokenScope, User, now

logger = logging.getLogger(__name__)

PREFIX = "morelli_"
"""Tells people, and programs that look for leaked secrets, what it is."""
SECRET_BYTES = 32
"""256 bits, which nobody guesses: a fast hash without salt is enough."""
MOST_TOKENS = 20
"""Of one account."""
USE_NOTED_EVERY = timedelta(minutes=5)
"""How exactly the last use is known: a row written per request would cost more."""
WRITERS = frozenset(("curator", "admin"))
"""Roles of those whose programs may change works."""


class TooManyTokensError(Exception):
    """Refusal because the account has as many tokens as it may."""


class ScopeNotAllowedError(Exception):
    """Refusal of a scope that the account's role does not allow."""


@dataclass(frozen=True, slots=True)
class NewToken:
    """Token that was just made, with its secret.

    Attributes
    ----------
    secret : str
        What the program sends. It cannot be found out again.
    """

    token: AccessToken
    secret: str = field(repr=False)


def issue(
    user: User,
    name: str,
    lifetime: timedelta | None = None,
    scope: TokenScope = TokenScope.READ,
) -> NewToken:
    """Make a token; the caller commits.

    Parameters
    ----------
    name : str
        What its owner calls it.
    lifetime : timedelta, optional
        After that it lets nobody in; None: it works until it is revoked.
    scope : TokenScope
        What a program may do with it.

    Raises
    ------
    ScopeNotAllowedError
        If it is to change works, and the account may not.
    TooManyTokensError
        If the account has ``MOST_TOKENS`` already, expired ones included.
    """
    if scope is TokenScope.WRITE_WORKS and not may_write(user):
        raise ScopeNotAllowedError
    counted = select(func.count(AccessToken.id)).where(AccessToken.user_id == user.id)
    if db.session.scalars(counted).one() >= MOST_TOKENS:
        raise TooManyTokensError
    secret = PREFIX + secrets.token_urlsafe(SECRET_BYTES)
    created_at = now()
    token = AccessToken(
        user_id=user.id,
        name=name,
        scope=scope,
        token_hash=digest(secret),
        created_at=created_at,
        expires_at=created_at + lifetime if lifetime is not None else None,
    )
    db.session.add(token)
    db.session.flush()
    return NewToken(token, secret)


def tokens_of(user: User) -> Sequence[AccessToken]:
    """Return the tokens of an account, newest first."""
    return db.session.scalars(
        select(AccessToken)
        .where(AccessToken.user_id == user.id)
        .order_by(AccessToken.created_at.desc(), AccessToken.id.desc())
    ).all()


def revoke(user: User, token_id: int) -> AccessToken | None:
    """Void a token of an account; None if it has no such token. The caller commits."""
    token = db.session.get(AccessToken, token_id)
    if token is None or token.user_id != user.id:
        return None
    db.session.delete(token)
    return token


def has_expired(token: AccessToken) -> bool:
    """Tell whether a token's time is over."""
    return token.expires_at is not None and token.expires_at <= now()


def may_write(user: User) -> bool:
    """Tell whether an account may have tokens that change works, as of now."""
    return any(role.name in WRITERS for role in user.roles)


def account_of(secret: str) -> User | None:
    """Return whose token it is; see :func:`token_of`."""
    token = token_of(secret)
    return token.user if token is not None else None


def token_of(secret: str) -> AccessToken | None:
    """Return the token that is sent, and note that it was used.

    None where there is no such token, where it has expired, and where its account is
    closed: nobody is told which.
    """
    # The database compares hashes: how long that takes tells nothing of the token.
    wanted = select(AccessToken).where(AccessToken.token_hash == digest(secret))
    token = db.session.scalars(wanted).one_or_none()
    if token is None or has_expired(token):
        return None
    user = token.user
    if not user.active or user.confirmed_at is None:
        return None
    _note_use(token)
    return token


def _note_use(token: AccessToken) -> None:
    moment = now()
    last = token.last_used_at
    if last is not None and moment - last < USE_NOTED_EVERY:
        return
    token.last_used_at = moment
    token_id = token.id
    try:
        db.session.commit()
    except SQLAlchemyError:
        # A search is answered also when nothing can be written.
        logger.exception("the use of access token %s could not be noted", token_id)
        db.session.rollback()


def digest(secret: str) -> str:
    """Return what is kept of a secret that is long and random."""
    # Of a stranger it may hold half of a surrogate pair, which has no code.
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()
