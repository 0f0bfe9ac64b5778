"""Confirming links: opening one asks first, and a button of that page confirms.

Mail servers and virus scanners open the links in mails to look behind them. Nothing may
happen then: a stranger's account, or address, would be confirmed without its owner.
"""

from typing import cast

from flask import Blueprint, Flask, current_app, render_template, request
from flask.typing import ResponseReturnValue

bp = Blueprint("confirming", __name__, url_prefix="/account")

NEW_ACCOUNT, NEW_ADDRESS = "security.confirm_email", "security.change_email_confirm"


def register(app: Flask) -> None:
    """Ask before Flask-Security's links, which would act when they are opened."""
    app.before_request(ask_first)
    app.register_blueprint(bp)


def ask_first() -> str | None:
    """Show the button to whoever opens a link; whether it is good it says when sent."""
    if request.endpoint not in (NEW_ACCOUNT, NEW_ADDRESS) or request.method == "POST":
        return None
    return render_template(
        "account/confirm.html", is_new_address=request.endpoint == NEW_ADDRESS
    )


@bp.post("/email/<token>")
def change_address(token: str) -> ResponseReturnValue:
    """Let Flask-Security change the address, whose own link takes no forms."""
    change = current_app.view_functions[NEW_ADDRESS]
    return cast(ResponseReturnValue, change(token))
