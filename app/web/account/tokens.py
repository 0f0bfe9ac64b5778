"""Pages of an account's access tokens: made and shown once, listed, revoked."""

from datetime import timedelta

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_security import auth_required

from app.extensions import db
from app.models import TokenScope, User
from app.services.accounts import tokens
from app.web.account.forms import SCOPES, TokenForm
from app.web.account.messages import DONE
from app.web.callers.access import lacks_second_factor
from app.web.callers.visitors import logged_in

bp = Blueprint("tokens", __name__, url_prefix="/account/tokens")


@bp.get("/")
@auth_required("session")
def show() -> str:
    """Show the tokens, and the form for another one."""
    user = logged_in()
    return page(user, form_for(user))


@bp.post("/")
@auth_required("session")
def create() -> ResponseReturnValue:
    """Make a token and show it, this once."""
    user = logged_in()
    form = form_for(user)
    if not form.validate_on_submit():
        return page(user, form)
    days = int(form.lifetime.data)
    lifetime = timedelta(days=days) if days else None
    scope = TokenScope(form.scope.data)
    try:
        new = tokens.issue(user, form.name.data, lifetime, scope)
    except tokens.TooManyTokensError:
        form.form_errors.append(
            _(
                "An account has at most %(count)s tokens. Please revoke one first.",
                count=tokens.MOST_TOKENS,
            )
        )
        return page(user, form)
    db.session.commit()
    return render_template("account/token_made.html", new=new)


@bp.post("/<int:token_id>/revoke")
@auth_required("session")
def revoke(token_id: int) -> ResponseReturnValue:
    """Void a token at once; another account's is not there."""
    token = tokens.revoke(logged_in(), token_id)
    if token is None:
        abort(404)
    name = token.name
    db.session.commit()
    flash(_("“%(name)s” is revoked. It lets nobody in any more.", name=name), DONE)
    return redirect(url_for("tokens.show"), 303)


def form_for(user: User) -> TokenForm:
    """Return the form of a token, with the scopes that its owner may choose."""
    may_write = tokens.may_write(user) and not lacks_second_factor(user)
    form = TokenForm()
    form.allow([*TokenScope] if may_write else [TokenScope.READ])
    return form


def page(user: User, form: TokenForm) -> str:
    """Render the tokens with a form, empty or with its faults."""
    return render_template(
        "account/tokens.html",
        form=form,
        tokens=tokens.tokens_of(user),
        has_expired=tokens.has_expired,
        scopes=SCOPES,
        may_write=tokens.may_write(user),
    )
