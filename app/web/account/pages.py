"""Account pages: registering, logging in and out, settings, deletion.

Flask-Security has most of the pages; here it is told our rules. Sessions are signed
cookies that name an account by a random word of the database, so changing that word
ends them all: at logging out, and with every new password or address.
"""

from datetime import timedelta
from typing import Any

from flask import (
    Blueprint,
    Flask,
    current_app,
    flash,
    g,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import user_logged_out
from flask_security import (
    Security,
    auth_required,
    change_email_confirmed,
    logout_user,
    password_reset,
    user_authenticated,
    user_confirmed,
    user_failed_authn,
    user_registered,
)
from flask_security.utils import get_message
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug import Response as BaseResponse

from app.configuration.load import Folders
from app.extensions import db
from app.models import User, now
from app.services.accounts import accounts
from app.services.accounts.identities import PROXY
from app.services.accounts.last_admin import LastAdminError, spare_last_admin
from app.services.system.mail import Mailer
from app.web.account import confirming, forms, mail, second_factor, sessions, sign_on
from app.web.account.messages import DONE, MESSAGES, tell_photos_left
from app.web.account.proxy_header import kept_to_header
from app.web.account.recognition import recognising
from app.web.callers import throttling
from app.web.callers.devices import remember_device
from app.web.callers.events import SecurityEvent, report
from app.web.callers.signed_on import SIGNED_ON, present_sign_on, sign_on_of
from app.web.callers.visitors import (
    current_account,
    current_visitor,
    logged_in,
    may_search,
)
from app.web.shell.current import media
from app.web.shell.failing import needs_database
from app.web.shell.languages import CHOICE, select_language
from app.web.shell.prefix import asked_address

bp = Blueprint("accounts", __name__, url_prefix="/account")

RULES: dict[str, Any] = {
    "SECURITY_URL_PREFIX": "/account",
    "SECURITY_STATIC_FOLDER": None,
    "SECURITY_REGISTERABLE": True,
    "SECURITY_CONFIRMABLE": True,
    "SECURITY_RECOVERABLE": True,
    "SECURITY_CHANGEABLE": True,
    "SECURITY_CHANGE_EMAIL": True,
    "SECURITY_CHANGE_URL": "/password",
    "SECURITY_CHANGE_EMAIL_URL": "/email",
    "SECURITY_POST_LOGIN_VIEW": "search.ask",
    "SECURITY_POST_LOGOUT_VIEW": "search.ask",
    "SECURITY_POST_REGISTER_VIEW": "security.login",
    "SECURITY_POST_CHANGE_VIEW": "accounts.show",
    "SECURITY_POST_CHANGE_EMAIL_VIEW": "security.login",
    # Same words, whether an address has an account or not.
    "SECURITY_RETURN_GENERIC_RESPONSES": True,
    # Programs have tokens of their own kind.
    "SECURITY_API_ENABLED_METHODS": ["session"],
    # Whether an address exists is asked by a mail, not of the name service.
    "SECURITY_EMAIL_VALIDATOR_ARGS": {"check_deliverability": False},
    "SECURITY_PASSWORD_LENGTH_MIN": 10,
    "SECURITY_PASSWORD_SCHEMES": ["argon2"],
    # OWASP's recommendation for Argon2id: thirty logins at once stay below 1 GB.
    "SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS": {
        "argon2__time_cost": 2,
        "argon2__memory_cost": 19_456,
        "argon2__parallelism": 1,
    },
    # Hashed once: a salt beside Argon2's own would be one more secret to lose.
    "SECURITY_PASSWORD_SINGLE_HASH": {"argon2"},
    # For what mailed links carry, signed and for hours only; not for passwords.
    "SECURITY_HASHING_SCHEMES": ["hex_sha256"],
    "SECURITY_DATETIME_FACTORY": now,
    "SECURITY_CONFIRM_EMAIL_WITHIN": timedelta(days=2),
    "SECURITY_RESET_PASSWORD_WITHIN": timedelta(hours=2),
    "SECURITY_CHANGE_EMAIL_WITHIN": timedelta(hours=2),
    # What needs a fresh proof asks for the password on its own form.
    "SECURITY_FRESHNESS": timedelta(-1),
    "SECURITY_LOGOUT_CSRF": True,
    "SECURITY_EMAIL_HTML": False,
    # What the library would send is no directive that browsers know ("no-store=True");
    # ``shell/security`` says it for these pages.
    "SECURITY_CACHE_CONTROL": None,
    "SECURITY_I18N_DOMAIN": "messages",
    "SECURITY_CLI_USERS_NAME": False,
    "SECURITY_CLI_ROLES_NAME": False,
    **{f"SECURITY_MSG_{name}": message for name, message in MESSAGES.items()},
}
KEPT_AT_LOGIN = (
    "_user_id",
    "_fresh",
    "_id",
    "_permanent",
    sessions.BEGUN,
    sessions.USED,
    "_flashes",
    CHOICE,
)
"""What a session keeps when somebody logs in; all else may be a stranger's gift."""
KEPT_AT_LOGOUT = ("_remember", "_flashes", CHOICE)
TAKE_ALONG = "take"
"""Part of the confirming link: whose questions go into the new account."""


def register(app: Flask) -> None:
    """Tie Flask-Security to an application, with our rules, forms and mails."""
    for name, value in RULES.items():
        app.config.setdefault(name, value)
    app.config.update(sessions.COOKIE_RULES)
    second_factor.configure(app)
    sign_on.configure(app)
    compiled = Folders(app.config["MORELLI_INSTANCE"]).translations
    app.config["SECURITY_I18N_DIRNAME"] = [str(compiled)]
    app.extensions[mail.MAILER] = Mailer.from_config(app.config)
    throttling.register(app)
    security = Security(
        app,
        accounts.datastore,
        login_form=forms.LoginForm,
        register_form=forms.RegisterForm,
        forgot_password_form=forms.ForgotPasswordForm,
        send_confirmation_form=forms.SendConfirmationForm,
        change_password_form=forms.ChangePasswordForm,
        change_email_form=forms.ChangeEmailForm,
        mail_util_cls=mail.AccountMail,
        password_util_cls=forms.PasswordRules,
        render_template=mail.render,
        **second_factor.CLASSES,
    )
    # These pages are for people: no JSON, and no way in by a token in the address.
    security.want_json(lambda _request: False)
    manager = security.login_manager
    manager.request_loader(lambda _request: None)
    find = kept_to_header(sessions.in_time(manager._user_callback))
    manager.user_loader(recognising(find))
    sessions.ignore_remember_cookie(manager)
    security.unauthn_handler(ask_to_log_in)
    security.mail_context_processor(lambda: {"take_along": take_along})
    [find_identity] = security.principal.identity_loaders
    security.principal.identity_loaders.clear()
    # Files are the same for everybody, and are served without asking who it is.
    security.principal.identity_loader(
        lambda: find_identity() if needs_database() else None
    )
    user_authenticated.connect(begin_session, app)
    user_failed_authn.connect(report_failure, app)
    user_logged_out.connect(end_session, app)
    user_registered.connect(greet, app)
    user_confirmed.connect(take_queries_along, app)
    password_reset.connect(start_afresh, app)
    change_email_confirmed.connect(leave_old_address, app)
    app.jinja_env.globals.update(
        current_account=current_account,
        may_search=lambda: may_search(current_account()),
    )
    second_factor.register(app, security)
    app.register_blueprint(bp)
    confirming.register(app)
    sign_on.register(app)


@bp.get("/")
@auth_required("session")
def show() -> str:
    """Show the account and what can be done with it."""
    user = logged_in()
    return render_template(
        "account/show.html", user=user, query_count=accounts.count_queries(user)
    )


@bp.route("/delete", methods=["GET", "POST"])
@auth_required("session")
def delete() -> ResponseReturnValue:
    """Delete the account and everything in it, once the password is given."""
    user, form = logged_in(), forms.DeleteForm()
    if form.validate_on_submit():
        try:
            spare_last_admin(db.session(), user)
            logout_user()
            outbox = mail.mailer().outbox
            left = accounts.erase(user, media().queries, outbox)
        except LastAdminError:
            form.form_errors.append(
                _("You are the only administrator. Please make another one first.")
            )
        else:
            flash(_("Your account and everything in it are deleted."), DONE)
            tell_photos_left(left)
            return redirect(url_for("search.ask"))
    return render_template(
        "account/delete.html",
        form=form,
        user=user,
        query_count=accounts.count_queries(user),
    )


def ask_to_log_in(
    mechanisms: list[str], headers: dict[str, str] | None = None
) -> BaseResponse:
    """Lead to the login page, and from there back to where somebody wanted to go."""
    flash(*get_message("UNAUTHENTICATED"))
    wanted = asked_address() if request.method == "GET" else None
    return redirect(url_for("security.login", next=wanted))


def begin_session(
    _app: Flask, user: User, authn_via: list[str] | None = None, **_facts: Any
) -> None:
    """Take the visitor's questions along, and leave everything else behind.

    A stranger may have put the session there, and then knows its visitor and the token
    of its forms.
    """
    visitor = current_visitor()
    if visitor is not None:
        accounts.adopt_queries(user, visitor)
    user.language = select_language()
    is_changed = "change" in (authn_via or ())  # the password; who asks is the same
    stays = session.permanent if is_changed else sessions.wants_to_stay()
    sessions.begin(stays=stays)
    signed_on = (SIGNED_ON,) if sign_on_of(user) is not None else ()
    renew_session((*KEPT_AT_LOGIN, *signed_on))
    throttling.forgive(user.email)
    remember_device(user.email)


def report_failure(_app: Flask, user: User, tfa: bool, **_facts: Any) -> None:
    """Write a wrong password or second factor of an account into the log."""
    report(
        SecurityEvent.WRONG_SECOND_FACTOR if tfa else SecurityEvent.WRONG_PASSWORD,
        user.email,
    )


def end_session(_app: Flask, user: User, **_facts: Any) -> None:
    """Void all sessions of who logs out: a copy of the cookie must be worth nothing."""
    if user.is_authenticated:
        accounts.end_sessions(user)
        db.session.commit()
    came = present_sign_on()
    renew_session(KEPT_AT_LOGOUT)
    if came is not None and came.issuer != PROXY:
        session[sign_on.LEFT] = True


def renew_session(kept_keys: tuple[str, ...]) -> None:
    """Empty the session but for a few keys, so that the forms get a new token."""
    kept = {key: session[key] for key in kept_keys if key in session}
    session.clear()
    session.update(kept)
    g.pop(current_app.config["WTF_CSRF_FIELD_NAME"], None)


def greet(_app: Flask, user: User, **_facts: Any) -> None:
    """Remember a new account's language, and forget addresses never confirmed."""
    user.language = select_language()
    accounts.forget_unconfirmed()


def take_along(user: User) -> str:
    """Return the confirming link's end that takes this visitor's questions along.

    They cannot be given away at registering: the address may be somebody else's.
    """
    visitor = current_visitor()
    if visitor is None:
        return ""
    return f"?{TAKE_ALONG}={claims().dumps([user.fs_uniquifier, visitor])}"


def take_queries_along(_app: Flask, user: User, **_facts: Any) -> None:
    """Give a confirmed account what its owner asked before."""
    try:
        uniquifier, visitor = claims().loads(request.args.get(TAKE_ALONG, ""))
    except BadSignature:
        return
    if uniquifier == user.fs_uniquifier:
        accounts.adopt_queries(user, visitor)


def claims() -> URLSafeSerializer:
    """Return what signs a claim to an anonymous visitor's questions."""
    return URLSafeSerializer(current_app.secret_key or "", salt="take-along")


def start_afresh(_app: Flask, user: User, **_facts: Any) -> None:
    """After a mailed link: the address is confirmed, whatever was there before ends."""
    user.confirmed_at = user.confirmed_at or now()
    accounts.revoke_tokens(user)
    throttling.forgive(user.email)
    # Whoever reads the owner's mail is the owner, whatever strangers tried elsewhere.
    remember_device(user.email)


def leave_old_address(_app: Flask, user: User, old_email: str, **_facts: Any) -> None:
    """Void links sent to the old address, and tell it what happened."""
    accounts.end_sessions(user)
    mail.tell_old_address(user, old_email)
