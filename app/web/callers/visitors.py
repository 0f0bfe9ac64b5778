"""Identity of who asks: an account, or an anonymous browser session.

An anonymous visitor is known by a random name in the session cookie and nothing else:
no network address is kept, and of the browser only which sort of device it is.
"""

import re
import secrets
import time
from typing import Any, cast

from flask import current_app, request, session
from flask_babel import gettext as _
from flask_security import current_user
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Unauthorized

from app.models import User
from app.services.accounts import accounts
from app.services.search.history import Owner
from app.web.shell.failing import has_failed
from app.web.shell.languages import select_language

VISITOR = "visitor"
"""Key of the anonymous visitor's name in the session."""
NAME_BYTES = 32
"""256 bits, which nobody guesses; 43 characters as text."""
GIVEN_AT = "given_at"
"""Key, in the session, of when the password was given, in seconds since 1970."""
PENDING_SECONDS = 600
"""To find the telephone; after that the password is asked for again."""

PROGRAM = re.compile(r"^$|bot|curl|wget|python|java/|go-http|okhttp|libwww|crawl", re.I)
# Android leaves out “Mobile” on tablets; newer iPads call themselves Macintosh, so
# those count as desktops.
TABLET = re.compile(r"ipad|tablet|kindle|silk|playbook|android(?!.*mobile)", re.I)
PHONE = re.compile(r"mobi|iphone|ipod|android|phone", re.I)


class AccountNeededError(Unauthorized):
    """Search without an account where one is needed."""

    def __init__(self) -> None:
        super().__init__(
            _("Searching needs an account here. Please log in, or make one."),
            www_authenticate=WWWAuthenticate("bearer"),
        )


def current_account() -> User | None:
    """Return who is logged in, or None; also where the database cannot say who."""
    if has_failed():
        return None
    user = current_user._get_current_object()  # the account, not the way to it
    return cast(User, user) if user.is_authenticated else None


def logged_in() -> User:
    """Return who is logged in, in views that nobody else gets to."""
    user = current_account()
    assert user is not None  # noqa: S101 - the view's decorator saw to it
    return user


def note_password() -> None:
    """Note that the right password was given: the second factor has to follow soon."""
    session[GIVEN_AT] = int(time.time())


def pending_account() -> User | None:
    """Return who has given the password and not yet the second factor, or None."""
    uniquifier, given = session.get("tf_user_id"), session.get(GIVEN_AT, 0)
    if uniquifier is None or time.time() - given >= PENDING_SECONDS:
        return None
    user = accounts.datastore.find_user(fs_uniquifier=uniquifier)
    return cast(User, user) if user is not None and user.is_active else None


def current_visitor() -> str | None:
    """Return the anonymous visitor's name; None before the first question."""
    name = session.get(VISITOR)
    return str(name) if name else None


def ensure_visitor() -> str:
    """Return the anonymous visitor's name, drawing one where there is none yet."""
    if current_visitor() is None:
        session[VISITOR] = secrets.token_urlsafe(NAME_BYTES)
    return str(session[VISITOR])


def current_owner() -> Owner:
    """Return whose searches may be seen: the account's, and this session's."""
    account = current_account()
    return Owner(account.id if account else None, current_visitor())


def keeping_owner() -> Owner:
    """Return whose something is that is kept now; names an anonymous visitor."""
    if current_account() is None:
        ensure_visitor()
    return current_owner()


def may_search(account: User | None) -> bool:
    """Tell whether somebody may search: everybody, unless a setting says no."""
    return account is not None or current_app.config["MORELLI_ANONYMOUS_SEARCH"]


def refuse_strangers(account: User | None) -> None:
    """Go on only when somebody may search: logged in, or by a program's token."""
    if not may_search(account):
        raise AccountNeededError


def owner_fields() -> dict[str, Any]:
    """Return who asks, as columns of a new query; names an anonymous visitor."""
    account = current_account()
    return {
        "user_id": account.id if account else None,
        "visitor": None if account else ensure_visitor(),
        "language": select_language(),
        "device": device(),
    }


def device() -> str:
    """Return ``phone``, ``tablet``, ``desktop`` or ``program``: all that is kept."""
    agent = request.headers.get("User-Agent", "")
    for name, pattern in (("program", PROGRAM), ("tablet", TABLET), ("phone", PHONE)):
        if pattern.search(agent):
            return name
    return "desktop"
