"""Session lifetimes: idle and absolute limits, kept by the server.

A session is a signed cookie. When it began and when it was last used stand in it, so
no table is needed, and a copy of the cookie ends with it, whatever its holder claims.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from flask import session
from flask_login import LoginManager

from app.models import User
from app.services.accounts import accounts
from app.web.callers.access import ADMIN, CURATOR, has_role

BEGUN, USED = "begun", "used"
"""Keys of the two moments in the session, in seconds since 1970."""
USE_NOTED_EVERY = timedelta(minutes=5)
"""How exactly the last use is known: not every answer sends the cookie anew."""


@dataclass(frozen=True, slots=True)
class Lifetime:
    """Limits of a session: unused, and in any case.

    Attributes
    ----------
    idle : timedelta
        It ends when it was not used for so long.
    absolute : timedelta
        It ends then, however much it is used.
    """

    idle: timedelta
    absolute: timedelta


VISITOR = Lifetime(idle=timedelta(days=30), absolute=timedelta(days=90))
"""What NIST SP 800-63B allows a password, and a visit of the museum per season: a
stranger with the cookie finds old searches."""
STAFF = Lifetime(idle=timedelta(hours=12), absolute=timedelta(days=7))
"""A break for lunch does not end it, a night does: a stranger with the cookie could
change the collection, or see what visitors asked."""

COOKIE_RULES = {
    # Of the cookie of who stays logged in, counted from when it was last sent.
    "PERMANENT_SESSION_LIFETIME": VISITOR.idle,
    "SESSION_REFRESH_EACH_REQUEST": False,
}


def in_time(find: Callable[[str], User | None]) -> Callable[[str], User | None]:
    """Let nobody in by a session that is beyond its limits."""

    def find_in_time(uniquifier: str) -> User | None:
        user = find(uniquifier)
        if user is None or is_alive(user):
            return user
        for key in ("_user_id", BEGUN, USED):
            session.pop(key, None)
        return None

    return find_in_time


def ignore_remember_cookie(manager: LoginManager) -> None:
    """Let nobody in by Flask-Login's own cookie: it holds no date, so it never ends.

    Who stays logged in has a session cookie that outlives the browser instead.
    """
    manager._load_user_from_remember_cookie = lambda _cookie: None


def begin(*, stays: bool) -> None:
    """Note that a session begins now, and whether it outlives the browser."""
    session.permanent = stays
    session[BEGUN] = session[USED] = int(time.time())


def wants_to_stay() -> bool:
    """Tell whether “Stay logged in” was chosen in the login that is going on."""
    return session.get("_remember") == "set"


def keep_only_this(user: User) -> None:
    """End all sessions of who is logged in but this one; the view commits."""
    accounts.end_sessions(user)
    session["_user_id"] = user.fs_uniquifier


def is_alive(user: User) -> bool:
    """Tell whether the session is within its limits, and note that it is used."""
    moment = int(time.time())
    begun, used = session.get(BEGUN), session.get(USED)
    lifetime = lifetime_of(user)
    if begun is None or used is None:
        return False
    if moment - used >= lifetime.idle.total_seconds():
        return False
    if moment - begun >= lifetime.absolute.total_seconds():
        return False
    if moment - used >= USE_NOTED_EVERY.total_seconds():
        session[USED] = moment
    return True


def lifetime_of(user: User) -> Lifetime:
    """Return how long the sessions of an account live."""
    return STAFF if has_role(user, CURATOR, ADMIN) else VISITOR
