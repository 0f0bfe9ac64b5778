"""Access control by role: blueprints named for curators or admins are theirs alone.

One guard for all, by the blueprint's name, so that a new page cannot be forgotten.
"""

from flask import Flask, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.models import User
from app.web.callers.events import SecurityEvent, report
from app.web.callers.visitors import current_account

CURATOR, ADMIN = "curator", "admin"
AREA_ROLES = {"curate": (CURATOR, ADMIN), "admin": (ADMIN,)}
"""What a blueprint's name begins with, before an underscore: the roles that may in."""
READING = ("GET", "HEAD", "OPTIONS")


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
        return redirect(url_for("security.login", next=request.full_path))
    if not has_role(account, *roles):
        report(SecurityEvent.ROLE_MISSING, account.email)
        abort(403)
    return None


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
