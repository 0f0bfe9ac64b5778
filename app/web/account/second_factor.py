"""Second-factor pages: authenticator app, passkeys, recovery codes.

Flask-Security asks for the factor after the password and sets factors up; listing and
removing them is here, with what its pages leave open.
"""

from typing import Any

from flask import (
    Blueprint,
    Flask,
    abort,
    flash,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_security import (
    Security,
    auth_required,
    tf_profile_changed,
    wan_registered,
)
from flask_security.tf_plugin import tf_clean_session

from app.extensions import db
from app.models import User
from app.services.accounts import second_factor
from app.web.account import factor_forms, mail
from app.web.account.messages import DONE
from app.web.account.sessions import keep_only_this
from app.web.callers.visitors import current_account, logged_in, pending_account

bp = Blueprint("second_factor", __name__, url_prefix="/account/second-factor")

RULES: dict[str, Any] = {
    "SECURITY_TWO_FACTOR": True,
    "SECURITY_TWO_FACTOR_ENABLED_METHODS": [second_factor.APP],
    "SECURITY_TWO_FACTOR_SETUP_URL": "/second-factor/app",
    "SECURITY_TWO_FACTOR_TOKEN_VALIDATION_URL": "/second-factor/code",
    "SECURITY_TWO_FACTOR_SELECT_URL": "/second-factor/choose",
    "SECURITY_TWO_FACTOR_RESCUE_URL": "/second-factor/rescue",
    "SECURITY_TWO_FACTOR_POST_SETUP_VIEW": "second_factor.show",
    # A mailbox is how a password is reset, so it is no second factor.
    "SECURITY_TWO_FACTOR_RESCUE_EMAIL": False,
    # Clocks may differ by half a minute, in seconds.
    "SECURITY_TWO_FACTOR_AUTHENTICATOR_VALIDITY": 30,
    "SECURITY_TOTP_ISSUER": "Morelli",
    "SECURITY_MULTI_FACTOR_RECOVERY_CODES": True,
    "SECURITY_MULTI_FACTOR_RECOVERY_CODES_URL": "/second-factor/recovery-codes",
    "SECURITY_MULTI_FACTOR_RECOVERY_URL": "/second-factor/recovery-code",
    "SECURITY_WEBAUTHN": True,
    "SECURITY_WAN_RP_NAME": "Morelli",
    # To Flask-Security a passkey is either a first or a second factor. As a first one
    # it would leave the password a way in without any second.
    "SECURITY_WAN_ALLOW_AS_FIRST_FACTOR": False,
    "SECURITY_WAN_ALLOW_USER_HINTS": False,
    "SECURITY_WAN_REGISTER_URL": "/second-factor/passkeys",
    "SECURITY_WAN_SIGNIN_URL": "/second-factor/passkey",
    "SECURITY_WAN_DELETE_URL": "/second-factor/passkey/delete",
    "SECURITY_WAN_POST_REGISTER_VIEW": "second_factor.show",
    "SECURITY_WAN_NAME_ALLOWED_CHARS": None,
}
CLASSES: dict[str, Any] = {
    "two_factor_setup_form": factor_forms.AppSetupForm,
    "two_factor_select_form": factor_forms.ChooseForm,
    "two_factor_rescue_form": factor_forms.RescueForm,
    "mf_recovery_form": factor_forms.RecoveryForm,
    "mf_recovery_codes_form": factor_forms.RecoveryCodesForm,
    "wan_register_form": factor_forms.PasskeyForm,
    "wan_register_response_form": factor_forms.PasskeyMadeForm,
    "wan_signin_response_form": factor_forms.PasskeySignedForm,
    "webauthn_util_cls": factor_forms.PasskeyRules,
    "totp_cls": second_factor.SingleUseTotp,
    "mf_recovery_codes_util_cls": second_factor.HashedRecoveryCodes,
}
"""Forms and utilities that Flask-Security is told to use instead of its own."""
CLOSED = (
    # Sets up a secret that a signed address names, whosever it is.
    "security.two_factor_setup_validate",
    "security.two_factor_rescue",
    # Asks for no password.
    "security.wan_delete",
)
"""Pages of Flask-Security that there is no way to here."""
CODE = "security.two_factor_token_validation"


def configure(app: Flask) -> None:
    """Set the rules, before Flask-Security reads them."""
    for name, value in RULES.items():
        app.config.setdefault(name, value)
    secret = app.config["SECRET_KEY"]
    app.config["SECURITY_TOTP_SECRETS"] = second_factor.totp_secrets(secret)


def register(app: Flask, security: Security) -> None:
    """Add the pages, and stand before and behind Flask-Security's."""
    app.before_request(guard)
    tf_profile_changed.connect(tell_of_app, app)
    wan_registered.connect(tell_of_passkey, app)
    app.jinja_env.globals["app_to_set_up"] = lambda: app_to_set_up(security)
    app.register_blueprint(bp)


def guard() -> ResponseReturnValue | None:
    """Close what is not ours, and forget a login that was not gone on with."""
    if request.endpoint in CLOSED:
        abort(404)
    if request.blueprint != "security":
        return None
    if "tf_user_id" in session and pending_account() is None:
        tf_clean_session()
    sets_up = session.get("tf_state") == "validating_profile"
    if request.endpoint == CODE and current_account() is not None and not sets_up:
        return redirect(url_for("second_factor.show"))
    return None


@bp.get("/")
@auth_required("session")
def show() -> str:
    """Show which second factors an account has."""
    user = logged_in()
    return render_template(
        "account/second_factor.html",
        user=user,
        has_app=second_factor.has_app(user),
        is_set_up=second_factor.is_set_up(user),
        code_count=second_factor.count_recovery_codes(user),
    )


@bp.route("/app/remove", methods=["GET", "POST"])
@auth_required("session")
def remove_app() -> ResponseReturnValue:
    """Forget the authenticator app, once the password is given."""
    user, form = logged_in(), factor_forms.RemoveFactorForm()
    if not second_factor.has_app(user):
        abort(404)
    if not form.validate_on_submit():
        return removal(form, _("The authenticator app"))
    second_factor.remove_app(user)
    return removed(user, "app_removed")


@bp.route("/passkeys/<int:passkey_id>/remove", methods=["GET", "POST"])
@auth_required("session")
def remove_passkey(passkey_id: int) -> ResponseReturnValue:
    """Forget a passkey, once the password is given; another account's is not there."""
    user, form = logged_in(), factor_forms.RemoveFactorForm()
    passkey = second_factor.find_passkey(user, passkey_id)
    if passkey is None:
        abort(404)
    if not form.validate_on_submit():
        return removal(form, _("The passkey “%(name)s”", name=passkey.name))
    second_factor.remove_passkey(user, passkey)
    return removed(user, "passkey_removed")


def removal(form: factor_forms.RemoveFactorForm, name: str) -> str:
    """Ask for the password before a factor goes."""
    return render_template("account/second_factor_remove.html", form=form, name=name)


def removed(user: User, event: str) -> ResponseReturnValue:
    """Keep what was done, and say so here and by mail."""
    mail.tell_second_factor(user, event)
    db.session.commit()
    flash(_("Removed. It lets nobody in any more."), DONE)
    return redirect(url_for("second_factor.show"), 303)


def tell_of_app(_app: Flask, user: User, **_facts: Any) -> None:
    """End the sessions that knew no second factor, and write to the owner."""
    keep_only_this(user)
    mail.tell_second_factor(user, "app_set")


def tell_of_passkey(_app: Flask, user: User, **_facts: Any) -> None:
    """Likewise for a passkey."""
    keep_only_this(user)
    mail.tell_second_factor(user, "passkey_set")


def app_to_set_up(security: Security) -> dict[str, str]:
    """Return what an authenticator app has to be told: QR code and key."""
    values: dict[str, str] = security.totp_factory.fetch_setup_values(
        session["tf_totp_secret"], logged_in()
    )
    return values
