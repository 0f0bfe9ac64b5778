"""Sessions that single sign-on began: by whom, when, with a second factor or not."""

import time
from dataclasses import asdict, dataclass

from flask import session

from app.models import User

SIGNED_ON = "signed_on"
"""Key in the session; bound to the account: a stranger's gift is worth nothing."""
FRESH_SECONDS = 600
"""So long single sign-on stands in for the password that an account has not."""


@dataclass(frozen=True, slots=True)
class SignOn:
    """Single sign-on of an account.

    Attributes
    ----------
    account : int
        Its number.
    issuer, subject : str
        Who vouched for whom.
    at : int
        In seconds since 1970.
    is_strong : bool
        Whether the provider asked for a second factor.
    """

    account: int
    issuer: str
    subject: str
    at: int
    is_strong: bool


def note_sign_on(user: User, issuer: str, subject: str, *, is_strong: bool) -> None:
    """Note in the session that somebody came by single sign-on."""
    sign_on = SignOn(user.id, issuer, subject, int(time.time()), is_strong)
    session[SIGNED_ON] = asdict(sign_on)


def present_sign_on() -> SignOn | None:
    """Return what is noted in the session."""
    facts = session.get(SIGNED_ON)
    return SignOn(**facts) if facts else None


def sign_on_of(user: User) -> SignOn | None:
    """Return how the present session of an account began, if by single sign-on."""
    sign_on = present_sign_on()
    return sign_on if sign_on is not None and sign_on.account == user.id else None


def has_just_signed_on(user: User) -> bool:
    """Tell whether single sign-on was a moment ago, and so is proof enough."""
    sign_on = sign_on_of(user)
    return sign_on is not None and time.time() - sign_on.at < FRESH_SECONDS
