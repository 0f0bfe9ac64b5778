"""Single sign-on: by an identity provider, or by the header of a trusted proxy.

Somebody's own second factor is asked for behind it, unless the provider says that it
asked for one. Passwords stay for whom ``MORELLI_LOCAL_LOGIN`` leaves them to.
"""

import time

from flask import (
    Blueprint,
    Flask,
    abort,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_security import auth_required, login_user
from flask_wtf import FlaskForm

from app.extensions import db
from app.models import User
from app.services.accounts import identities
from app.services.accounts.identities import PROXY, Claims, SignOnError, SignOnRefusal
from app.web.account import provider
from app.web.account.forms import CurrentPassword
from app.web.account.messages import DONE, ERROR
from app.web.account.provider import ProviderError
from app.web.account.proxy_header import header_claims
from app.web.callers.signed_on import note_sign_on
from app.web.callers.visitors import current_account, logged_in, note_password
from app.web.shell.languages import own_page

bp = Blueprint("sign_on", __name__, url_prefix="/account/single-sign-on")

WANTED = "sign_on_next"
"""Key, in the session, of the page that somebody wants to get to."""
CONNECTS = "sign_on_connects"
"""Key, in the session, of the account that is being connected, and until when."""
CONNECTS_SECONDS = 600
LEFT = "sign_on_left"
"""Key, in the session, of whether who logged out had come by an identity provider."""
CLOSED = {
    "admins": ("security.register", "security.send_confirmation"),
    "nobody": (
        *("security.register", "security.send_confirmation"),
        *("security.forgot_password", "security.reset_password"),
    ),
}
"""Pages that there are not, by who may log in with a password."""
WORDS = {
    SignOnRefusal.NO_ADDRESS: lazy_gettext(
        "Single sign-on did not say your e-mail address. Please ask whoever looks "
        "after it."
    ),
    SignOnRefusal.UNVERIFIED: lazy_gettext(
        "Single sign-on does not know yet whether your e-mail address is yours. Please "
        "confirm it there first."
    ),
    SignOnRefusal.HAS_PASSWORD: lazy_gettext(
        "There is an account of your e-mail address already, with a password. Log in "
        "with it once, and connect the account with single sign-on on its page."
    ),
    SignOnRefusal.TAKEN: lazy_gettext(
        "This account, or this single sign-on, is connected with another one."
    ),
    SignOnRefusal.LOCKED: lazy_gettext(
        "This account is locked. Please ask the museum."
    ),
}


class ConnectForm(CurrentPassword, FlaskForm):  # type: ignore[misc]  # the library has no types
    """Form that connects an account with single sign-on."""


def configure(app: Flask) -> None:
    """Set the rules, before Flask-Security reads them."""
    if app.config["MORELLI_OIDC_ISSUER"]:
        app.config["SECURITY_POST_LOGOUT_VIEW"] = "sign_on.left"


def register(app: Flask) -> None:
    """Add the pages where single sign-on is set, and keep sessions to its header."""
    provider.register(app)
    app.jinja_env.globals.update(
        has_sign_on=has_sign_on,
        sign_on_name=sign_on_name,
        is_connected=is_connected,
        takes_passwords=lambda: current_app.config["MORELLI_LOCAL_LOGIN"] != "nobody",
        takes_newcomers=lambda: (
            current_app.config["MORELLI_LOCAL_LOGIN"] == "everybody"
        ),
    )
    app.before_request(close_pages)
    app.register_blueprint(bp)


def has_sign_on() -> bool:
    """Tell whether there is a single sign-on."""
    return provider.has_provider() or bool(current_app.config["MORELLI_SSO_HEADER"])


def sign_on_name() -> str:
    """Return what visitors know it as."""
    return str(current_app.config["MORELLI_SSO_NAME"] or _("single sign-on"))


def issuer() -> str:
    """Return who vouches for people."""
    return str(current_app.config["MORELLI_OIDC_ISSUER"] or PROXY)


def is_connected(user: User) -> bool:
    """Tell whether an account is known to single sign-on."""
    return identities.of_account(db.session(), user, issuer()) is not None


@bp.before_request
def need_sign_on() -> None:
    """Go on only where there is one."""
    if not has_sign_on():
        abort(404)


def close_pages() -> None:
    """Close what is about passwords for whom there are none."""
    closed = CLOSED.get(current_app.config["MORELLI_LOCAL_LOGIN"], ())
    if request.endpoint in closed:
        abort(404)


@bp.get("/")
def begin() -> ResponseReturnValue:
    """Lead to the provider, or let in whom the proxy has let in."""
    wanted = own_page(request.args.get("next", ""))
    if current_account() is not None:
        return redirect(wanted)
    session.pop(CONNECTS, None)
    session[WANTED] = wanted
    if provider.has_provider():
        return lead_to_provider()
    claims = header_claims()
    if claims is None:
        flash(_("The proxy did not say who you are."), ERROR)
        return redirect(url_for("security.login"))
    return let_in(claims, is_strong=False)


@bp.get("/callback")
def callback() -> ResponseReturnValue:
    """Take the provider's answer."""
    if not provider.has_provider():
        abort(404)
    account, until = session.pop(CONNECTS, (None, 0))
    try:
        claims, is_strong = provider.read_answer()
    except ProviderError:
        return refuse(
            _("Single sign-on did not work. Please try again, or log in otherwise.")
        )
    user = current_account()
    if account is None:
        return let_in(claims, is_strong=is_strong)
    if user is None or user.id != account or time.time() > until:
        return refuse(_("That took too long. Please start again."))
    return connect_with(user, claims)


@bp.route("/connect", methods=["GET", "POST"])
@auth_required("session")
def connect() -> ResponseReturnValue:
    """Connect an account with single sign-on, once its password is given."""
    user, form = logged_in(), ConnectForm()
    account, until = session.get(CONNECTS, (None, 0))
    if form.validate_on_submit():
        if not provider.has_provider():
            claims = header_claims()
            if claims is None:
                return refuse(_("The proxy did not say who you are."))
            return connect_with(user, claims)
        session[CONNECTS] = (user.id, int(time.time()) + CONNECTS_SECONDS)
        return redirect(url_for("sign_on.connect"), 303)
    # A form may not lead to another site (form-action), so it is a link that does.
    is_proved = account == user.id and time.time() < until
    return render_template("account/connect.html", form=form, is_proved=is_proved)


@bp.get("/go")
@auth_required("session")
def go() -> ResponseReturnValue:
    """Lead who has given the password to the provider, to be connected."""
    account, until = session.get(CONNECTS, (None, 0))
    is_proved = account == logged_in().id and time.time() < until
    if not is_proved or not provider.has_provider():
        return redirect(url_for("sign_on.connect"))
    return lead_to_provider()


@bp.get("/left")
def left() -> ResponseReturnValue:
    """Tell who has logged out that the provider has its own session."""
    if not session.pop(LEFT, False) or not provider.has_provider():
        return redirect(url_for("search.ask"))
    try:
        address = provider.end_address()
    except ProviderError:
        address = None
    return render_template("account/left.html", address=address)


def lead_to_provider() -> ResponseReturnValue:
    """Lead to the provider, if it says where."""
    try:
        return provider.lead_there()
    except ProviderError:
        return refuse(
            _("Single sign-on cannot be reached. Please try again in a moment.")
        )


def let_in(claims: Claims, *, is_strong: bool) -> ResponseReturnValue:
    """Log in whose account it is, or ask for the account's own second factor."""
    wanted = session.pop(WANTED, None) or url_for("search.ask")
    try:
        user = identities.sign_on(db.session(), claims)
    except SignOnError as error:
        db.session.rollback()
        return refuse(str(WORDS[error.refusal]))
    roles = current_app.config["MORELLI_SSO_ROLES"]
    identities.follow_groups(db.session(), user, claims.groups, roles)
    db.session.commit()
    note_sign_on(user, claims.issuer, claims.subject, is_strong=is_strong)
    if not is_strong:
        security = current_app.extensions["security"]
        note_password()
        asked: ResponseReturnValue | None = security.two_factor_plugins.tf_enter(
            user, False, "sign_on", next_loc=wanted
        )
        if asked is not None:
            return asked
    login_user(user, authn_via=["sign_on"])
    db.session.commit()
    return redirect(wanted)


def connect_with(user: User, claims: Claims) -> ResponseReturnValue:
    """Connect an account, and say so."""
    try:
        identities.connect(db.session(), user, claims)
    except SignOnError as error:
        db.session.rollback()
        flash(str(WORDS[error.refusal]), ERROR)
    else:
        db.session.commit()
        flash(_("Connected. From now on either way lets you in."), DONE)
    return redirect(url_for("accounts.show"), 303)


def refuse(words: str) -> ResponseReturnValue:
    """Lead back to the login page with a sentence."""
    flash(words, ERROR)
    return redirect(url_for("security.login"))
