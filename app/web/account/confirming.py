"""Confirming links: opening one asks first, and a button of that page confirms.

Mail servers and virus scanners open the links in mails to look behind them. Nothing may
happen then: a stranger's account, or address, would be confirmed without its owner.

Whoever confirms is logged in only in the browser that the account was made with, where
the password was typed a moment ago. Anywhere else the link proves that the address is
right, and no more: a stranger may have registered it with a password of their own, or
sent the link of an account of theirs to somebody who is then to fill it.
"""

from typing import Any, cast

from flask import Blueprint, Flask, current_app, render_template, request, session
from flask.typing import ResponseReturnValue
from flask_security import login_user, user_confirmed

from app.models import User
from app.services.system.keyed_hash import derived_key, keyed_hash
from app.web.account.forms import may_use_password

bp = Blueprint("confirming", __name__, url_prefix="/account")

REGISTERED = "registered"
"""Key, in the session, of whom this browser made an account for: a keyed hash of the
address, kept whether or not there was one already, so that it tells nothing."""
NEW_ACCOUNT, NEW_ADDRESS = "security.confirm_email", "security.change_email_confirm"


def register(app: Flask) -> None:
    """Ask before Flask-Security's links, which would act when they are opened."""
    app.before_request(ask_first)
    app.before_request(remember_registration)
    user_confirmed.connect(log_in_again, app)
    app.register_blueprint(bp)


def ask_first() -> str | None:
    """Show the button to whoever opens a link; whether it is good it says when sent."""
    if request.endpoint not in (NEW_ACCOUNT, NEW_ADDRESS) or request.method == "POST":
        return None
    return render_template(
        "account/confirm.html", is_new_address=request.endpoint == NEW_ADDRESS
    )


def remember_registration() -> None:
    """Remember in the session whom an account is made for."""
    if request.endpoint == "security.register" and request.method == "POST":
        session[REGISTERED] = address_hash(request.form.get("email", ""))


def log_in_again(_app: Flask, user: User, **_facts: Any) -> None:
    """Log in who has confirmed an account in the browser that it was made with."""
    is_here = session.get(REGISTERED) == address_hash(user.email)
    if is_here and may_use_password(user):
        login_user(user, authn_via=["confirm"])


def address_hash(address: str) -> str:
    """Return a name for an e-mail address that nobody else can compute."""
    key = derived_key(str(current_app.secret_key), "registered addresses")
    return keyed_hash(key, address.strip().lower()).hex()


@bp.post("/email/<token>")
def change_address(token: str) -> ResponseReturnValue:
    """Let Flask-Security change the address, whose own link takes no forms."""
    change = current_app.view_functions[NEW_ADDRESS]
    return cast(ResponseReturnValue, change(token))
