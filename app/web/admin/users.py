"""Pages of accounts: list, roles, blocking, second factors, deletion."""

from collections.abc import Callable

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.extensions import db
from app.models import User
from app.services.accounts import invitations, second_factor
from app.services.accounts.accounts import ROLES
from app.services.accounts.administration import (
    AccountAdmin,
    OwnAccountError,
    Standing,
    asked_by,
    find_users,
)
from app.services.accounts.last_admin import LastAdminError
from app.web.account.mail import mailer, tell_second_factor
from app.web.account.messages import tell_photos_left
from app.web.callers.visitors import current_account
from app.web.curate.responses import go_to, or_404
from app.web.pages.works import LONGEST_TEXT, asked_page
from app.web.shell.current import media

bp = Blueprint("admin_users", __name__, url_prefix="/admin/users")
"""Guarded by ``app.web.callers.access``, as all blueprints that are named so."""

STANDINGS = {
    Standing.ALL: _("All accounts"),
    Standing.CURATOR: _("Curators"),
    Standing.ADMIN: _("Administrators"),
    Standing.LOCKED: _("Locked"),
    Standing.UNCONFIRMED: _("Not confirmed"),
}
SHUT_OUT: dict[str, Callable[[AccountAdmin, User], object]] = {
    "lock": AccountAdmin.lock,
    "unlock": AccountAdmin.unlock,
    "end-sessions": AccountAdmin.end_sessions,
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
    standing = request.args.get("standing", Standing.ALL, type=Standing)
    page = or_404(find_users(db.session(), text, standing, asked_page()))
    asked = {"q": text, "standing": "" if standing is Standing.ALL else standing}
    return render_template(
        "admin/users.html",
        page=page,
        text=text,
        standing=standing,
        standings=STANDINGS,
        role_names=ROLE_NAMES,
        invitations=invitations.list_all(db.session()),
        has_expired=invitations.has_expired,
        address={name: value for name, value in asked.items() if value},
    )


@bp.get("/<int:user_id>")
def show(user_id: int) -> str:
    """Show an account with all that can be done to it."""
    user = db.get_or_404(User, user_id)
    return render_template(
        "admin/user.html",
        user=user,
        held={role.name for role in user.roles},
        asked=asked_by(db.session(), user),
        role_names=ROLE_NAMES,
        role_meanings=ROLE_MEANINGS,
        is_own=user.id == admin().id,
        has_second_factor=second_factor.is_set_up(user),
    )


@bp.post("/<int:user_id>/roles/<name>/<any(grant, revoke):act>")
def set_role(user_id: int, name: str, act: str) -> ResponseReturnValue:
    """Let an account do what a role may, or take the role away."""
    if name not in ROLES:
        abort(404)
    do = AccountAdmin.grant if act == "grant" else AccountAdmin.revoke
    return change(user_id, lambda accounts, user: do(accounts, user, name))


@bp.post("/<int:user_id>/<any(lock, unlock, 'end-sessions'):act>")
def shut_out(user_id: int, act: str) -> ResponseReturnValue:
    """Let nobody in by an account, let it in again, or log it out everywhere.

    Logged out, its programs' keys are void as well.
    """
    return change(user_id, SHUT_OUT[act])


@bp.post("/<int:user_id>/reset-second-factor")
def reset_second_factor(user_id: int) -> ResponseReturnValue:
    """Let an account in by its password alone, and write to its owner."""

    def reset(accounts: AccountAdmin, user: User) -> None:
        if accounts.reset_second_factor(user):
            tell_second_factor(user, "reset")

    return change(user_id, reset)


@bp.route("/<int:user_id>/delete", methods=["GET", "POST"])
def delete(user_id: int) -> ResponseReturnValue:
    """Delete an account, once somebody has said so a second time."""
    user = db.get_or_404(User, user_id)
    if request.method == "GET":
        asked = asked_by(db.session(), user)
        return render_template("admin/user_delete.html", user=user, asked=asked)

    def erase(accounts: AccountAdmin, user: User) -> None:
        tell_photos_left(accounts.delete(user, media().queries, mailer().outbox))

    return change(user_id, erase, is_last=True)


def change(
    user_id: int, act: Callable[[AccountAdmin, User], object], *, is_last: bool = False
) -> ResponseReturnValue:
    """Do something to an account, say what came of it, and show it if it is left."""
    user = db.get_or_404(User, user_id)
    said = {}
    try:
        act(AccountAdmin(db.session(), admin()), user)
    except OwnAccountError:
        said["error"] = gettext("Another administrator has to do this to your account.")
    except LastAdminError:
        said["error"] = gettext("Nobody would be left who may do this.")
    else:
        said["done"] = gettext("Done, and written down.")
        if is_last:
            return go_to("admin_users.browse", **said)
    return go_to("admin_users.show", user_id=user_id, **said)


def admin() -> User:
    """Return who is logged in."""
    account = current_account()
    assert account is not None  # noqa: S101 - the guard at the door saw to it
    return account
