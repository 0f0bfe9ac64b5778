"""Pages of accounts: list, roles, blocking, deletion."""

from collections.abc import Callable

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.extensions import db
from app.models import User
from app.services.accounts.accounts import ROLES
from app.services.accounts.administration import (
    AccountAdmin,
    LastAdminError,
    OwnAccountError,
    Standing,
    asked_by,
    find_users,
)
from app.services.system.media import MediaFolder
from app.web.account.mail import mailer
from app.web.account.messages import DONE, ERROR
from app.web.callers.visitors import current_account
from app.web.pages.works import LONGEST_TEXT, asked_page
from app.web.shell.current import folders

bp = Blueprint("admin_users", __name__, url_prefix="/admin/users")
"""Guarded by ``app.web.callers.access``, as all blueprints that are named so."""

STANDINGS = {
    Standing.ALL: _("All accounts"),
    Standing.CURATOR: _("Curators"),
    Standing.ADMIN: _("Administrators"),
    Standing.LOCKED: _("Locked"),
    Standing.UNCONFIRMED: _("Not confirmed"),
}
ROLE_NAMES = {"curator": _("Curator"), "admin": _("Administrator")}
ROLE_MEANINGS = {
    "curator": _("keeps the collection"),
    "admin": _("sees the figures, and says what accounts may do"),
}


@bp.get("/")
def browse() -> str:
    """List accounts; ``?q=`` holds a part of the address."""
    text = request.args.get("q", "").strip()[:LONGEST_TEXT]
    standing = request.args.get("standing", Standing.ALL)
    if standing not in STANDINGS:
        standing = Standing.ALL
    page = find_users(db.session(), text, Standing(standing), asked_page())
    if page is None:
        abort(404)
    asked = {"q": text, "standing": "" if standing == Standing.ALL else standing}
    return render_template(
        "admin/users.html",
        page=page,
        text=text,
        standing=standing,
        standings=STANDINGS,
        role_names=ROLE_NAMES,
        address={name: value for name, value in asked.items() if value},
    )


@bp.get("/<int:user_id>")
def show(user_id: int) -> str:
    """Show an account with all that can be done to it."""
    user = user_or_404(user_id)
    return render_template(
        "admin/user.html",
        user=user,
        held={role.name for role in user.roles},
        asked=asked_by(db.session(), user),
        role_names=ROLE_NAMES,
        role_meanings=ROLE_MEANINGS,
        is_own=user.id == admin().id,
    )


@bp.post("/<int:user_id>/roles/<name>/grant")
def grant(user_id: int, name: str) -> ResponseReturnValue:
    """Let an account do what a role may."""
    role = role_or_404(name)
    return change(user_id, lambda door, user: door.grant(user, role))


@bp.post("/<int:user_id>/roles/<name>/revoke")
def revoke(user_id: int, name: str) -> ResponseReturnValue:
    """Take a role away."""
    role = role_or_404(name)
    return change(user_id, lambda door, user: door.revoke(user, role))


@bp.post("/<int:user_id>/lock")
def lock(user_id: int) -> ResponseReturnValue:
    """Let nobody in by an account."""
    return change(user_id, lambda door, user: door.lock(user))


@bp.post("/<int:user_id>/unlock")
def unlock(user_id: int) -> ResponseReturnValue:
    """Let an account in again."""
    return change(user_id, lambda door, user: door.unlock(user))


@bp.post("/<int:user_id>/end-sessions")
def end_sessions(user_id: int) -> ResponseReturnValue:
    """Log an account out everywhere, and void its programs' keys."""
    return change(user_id, lambda door, user: door.end_sessions(user))


@bp.route("/<int:user_id>/delete", methods=["GET", "POST"])
def delete(user_id: int) -> ResponseReturnValue:
    """Delete an account, once somebody has said so a second time."""
    user = user_or_404(user_id)
    if request.method == "GET":
        asked = asked_by(db.session(), user)
        return render_template("admin/user_delete.html", user=user, asked=asked)

    def erase(door: AccountAdmin, user: User) -> None:
        door.delete(user, MediaFolder(folders().queries), mailer().outbox)

    return change(user_id, erase, then=url_for("admin_users.browse"))


def change(
    user_id: int, act: Callable[[AccountAdmin, User], object], *, then: str = ""
) -> ResponseReturnValue:
    """Do something to an account, say what came of it, and show it again."""
    user = user_or_404(user_id)
    shown = url_for("admin_users.show", user_id=user_id)
    try:
        act(AccountAdmin(db.session(), admin()), user)
    except OwnAccountError:
        flash(gettext("Another administrator has to do this to your account."), ERROR)
        return redirect(shown, 303)
    except LastAdminError:
        flash(gettext("Nobody would be left who may do this."), ERROR)
        return redirect(shown, 303)
    flash(gettext("Done, and written down."), DONE)
    return redirect(then or shown, 303)


def admin() -> User:
    """Return who is logged in."""
    account = current_account()
    assert account is not None  # noqa: S101 - the guard at the door saw to it
    return account


def user_or_404(user_id: int) -> User:
    """Return an account by its number."""
    user = db.session.get(User, user_id)
    if user is None:
        abort(404)
    return user


def role_or_404(name: str) -> str:
    """Return a role's name if there is such a role."""
    if name not in ROLES:
        abort(404)
    return name
