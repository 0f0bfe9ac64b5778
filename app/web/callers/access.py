"""Access control by role: blueprints named for curators or admins are theirs alone.

One guard for all, by the blueprint's name, so that a new page cannot be forgotten.
"""

from flask import Flask, abort, current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _
from werkzeug.exceptions import Forbidden

from app.models import User
from app.services.accounts import second_factor
from app.web.callers.events import SecurityEvent, report
from app.web.callers.signed_on import sign_on_of
from app.web.callers.visitors import current_account
from app.web.shell.prefix import asked_address

CURATOR, ADMIN = "curator", "admin"
AREA_ROLES = {"curate": (CURATOR, ADMIN), "admin": (ADMIN,)}
"""What a blueprint's name begins with, before an underscore: the roles that may in."""
READING = ("GET", "HEAD", "OPTIONS")


class SecondFactorNeededError(Forbidden):
    """Change by a curator or admin without the second factor that is asked for."""

    description = _(
        "Curators and administrators need a second factor here. Please set one up."
    )


def guard(app: Flask) -> None:
    """Ask at every door, before a form is looked at: strangers learn nothing of it."""
    app.before_request(check_role)
    app.jinja_env.globals.update(may_curate=may_curate, may_administer=may_administer)


def check_role() -> ResponseReturnValue | None:
    """Let in who has the role; send others to log in, or away."""
    roles = roles_for(request.blueprint)
    if not roles:
        return None
    account = current_account()
    if account is None:
        if request.method not in READING:
            report(SecurityEvent.ROLE_MISSING)
            abort(401)
        return redirect(url_for("security.login", next=asked_address()))
    if not has_role(account, *roles):
        report(SecurityEvent.ROLE_MISSING, account.email)
        abort(403)
    if lacks_second_factor(account):
        if request.method not in READING:
            raise SecondFactorNeededError
        flash(str(SecondFactorNeededError.description), "error")
        return redirect(url_for("second_factor.show"))
    return None


def lacks_second_factor(account: User) -> bool:
    """Tell whether a curator or admin has no second factor, where one is asked for."""
    is_asked_for = current_app.config["MORELLI_SECOND_FACTOR"] == "curators"
    if not is_asked_for or second_factor.is_set_up(account):
        return False
    sign_on = sign_on_of(account)
    return sign_on is None or not sign_on.is_strong


def roles_for(blueprint: str | None) -> tuple[str, ...]:
    """Return the roles that may enter a blueprint; none: it is open to everybody."""
    return AREA_ROLES.get((blueprint or "").partition("_")[0], ())


def has_role(account: User | None, *roles: str) -> bool:
    """Tell whether somebody has one of some roles."""
    return account is not None and any(role.name in roles for role in account.roles)


def may_curate() -> bool:
    """Tell whether who is logged in may change the collection."""
    return has_role(current_account(), *AREA_ROLES["curate"])


def may_administer() -> bool:
    """Tell whether who is logged in may see what visitors ask, and their accounts."""
    return has_role(current_account(), *AREA_ROLES["admin"])
