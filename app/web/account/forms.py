"""Forms of the account pages, where ours differ from Flask-Security's.

Above all, each does the same work whether an address has an account or not: a password
is hashed once, a mail is written once.
"""

import re
from collections.abc import Collection
from typing import Any, cast
from urllib.parse import urlsplit

import flask_security as fs
from flask import current_app
from flask_babel import lazy_gettext as _
from flask_security import current_user, hash_password, verify_password
from flask_security.confirmable import send_confirmation_instructions
from flask_security.recoverable import send_reset_password_instructions
from flask_security.utils import _get_post_login_redirect, get_message
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    PasswordField,
    SelectField,
    StringField,
    ValidationError,
)
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, Length

from app.models import TokenScope, User
from app.services.accounts import accounts, passwords
from app.web.account.mail import nobody
from app.web.account.messages import (
    PASSWORD_IS_ADDRESS,
    PASSWORD_IS_COMMON,
    PASSWORD_IS_LONG,
)
from app.web.callers.access import ADMIN, has_role
from app.web.callers.events import SecurityEvent, report
from app.web.callers.signed_on import has_just_signed_on
from app.web.callers.visitors import note_password

LONGEST_PASSWORD = 128
"""More than anybody types; Flask-Security takes no more."""
LONGEST_TOKEN_NAME = 80
SCOPES = {
    TokenScope.READ: _("Reads, and searches in your name"),
    TokenScope.WRITE_WORKS: _("Also changes works and their pictures"),
}
LOG_IN_ANEW = _(
    "Your account has no password. Log out, log in again, and do this within ten "
    "minutes."
)
BY_SIGN_ON = _("This account logs in by single sign-on.")


class PasswordRules(fs.PasswordUtil):
    """Password policy: long rather than complicated, NIST SP 800-63B, 5.1.1.2."""

    def validate(
        self, password: str, is_register: bool, **context: Any
    ) -> tuple[list[str] | None, str]:
        """Return what is wrong with a new password, and the password normalised."""
        faults, normalised = super().validate(password, is_register, **context)
        if len(normalised) > LONGEST_PASSWORD:
            # The library would say that it is too short.
            faults = [str(PASSWORD_IS_LONG % {"count": LONGEST_PASSWORD})]
        user = context.get("user")
        address = context.get("email") or (user.email if user else "")
        if not faults and normalised.lower() == address.lower():
            faults = [str(PASSWORD_IS_ADDRESS)]
        if not faults and passwords.is_common(normalised, known_words(address)):
            faults = [str(PASSWORD_IS_COMMON)]
        return faults, normalised


def known_words(address: str) -> list[str]:
    """Return what is known of an account without knowing its owner."""
    site = urlsplit(current_app.config["PUBLIC_URL"]).hostname or ""
    return ["morelli", *re.split(r"[\W_]+", f"{address} {site}")]


class RegisterForm(fs.RegisterFormV2):
    """Registration form; an address that was never confirmed can be registered anew."""

    def validate(self, **options: Any) -> bool:
        """Check the fields; ``existing_email_user`` is then somebody confirmed."""
        is_valid = super().validate(**options)
        holder = cast(User | None, self.existing_email_user)
        if holder is None or holder.confirmed_at is not None:
            return is_valid
        if set(self.errors) != {"email"}:
            return False
        # Whoever registered it before did not prove that it is theirs, and their
        # password must not become the owner's.
        accounts.drop(holder)
        self.existing_email_user = None
        self.email.errors = []
        return True


def may_use_password(user: User) -> bool:
    """Tell whether an account may log in with its password, beside single sign-on."""
    left_to = current_app.config["MORELLI_LOCAL_LOGIN"]
    return left_to == "everybody" or (left_to == "admins" and has_role(user, ADMIN))


class LoginForm(fs.LoginForm):
    """Login form; who has not confirmed the address gets the link once more."""

    is_unconfirmed = False

    def validate(self, **options: Any) -> bool:
        """Check the password; only whoever knows it is told of the missing link."""
        is_valid = super().validate(**options)
        if self.user is None and self.email.data and self.password.data:
            # Of accounts that there are the library tells by its signal.
            report(SecurityEvent.WRONG_PASSWORD, self.email.data)
        if self.user_authenticated and self.requires_confirmation:
            self.is_unconfirmed = True
            send_confirmation_instructions(self.user)
        if is_valid and not may_use_password(cast(User, self.user)):
            self.form_errors.append(BY_SIGN_ON)
            return False
        if is_valid:
            note_password()
            # The library would lead from the second factor back to this form.
            self.next.data = _get_post_login_redirect()
        return is_valid


class ForgotPasswordForm(fs.ForgotPasswordForm):
    """Form for a forgotten password; the mailed link confirms the address as well."""

    def validate(self, **options: Any) -> bool:
        """Find the account; the view mails to it."""
        # Not the library's own check: it sends nothing to an unconfirmed address, whose
        # owner would wait for ever.
        is_valid = super(fs.ForgotPasswordForm, self).validate(**options)
        if is_valid and self.user is not None and self.user.is_active:
            # The view hashes a password where it finds nobody.
            hash_password("not-a-password")
            return True
        send_reset_password_instructions(nobody())
        return False


class SendConfirmationForm(fs.SendConfirmationForm):
    """Form that asks for the confirming link once more."""

    def validate(self, **options: Any) -> bool:
        """Find the account; the view mails to it."""
        is_valid = super().validate(**options)
        if not is_valid:
            send_confirmation_instructions(nobody())
        return is_valid


class CurrentPassword:
    """Field for the present password: a device left open is not enough."""

    password = PasswordField()

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        # The page of the second factor is asked for before anybody is logged in, too.
        if current_user.is_authenticated and not current_user.password:
            del self.password

    def validate(self, **options: Any) -> bool:
        """Check the fields; where there is no password, how lately one signed on."""
        is_valid = bool(super().validate(**options))  # type: ignore[misc]  # the form's, which stands behind
        if self.password is not None or has_just_signed_on(current_user):
            return is_valid
        self.form_errors.append(LOG_IN_ANEW)  # type: ignore[attr-defined]  # likewise
        return False

    def validate_password(self, field: PasswordField) -> None:
        """Refuse a wrong one."""
        password_util = current_app.extensions["security"].password_util
        given = password_util.normalize(field.data or "")
        if not verify_password(given, current_user.password):
            current_user.track_failed_authn("password")
            raise ValidationError(get_message("INVALID_PASSWORD")[0])


class ChangeEmailForm(CurrentPassword, fs.ChangeEmailForm):
    """Form that changes the address."""

    def validate(self, **options: Any) -> bool:
        """Check the fields; the view mails to an address that is free."""
        is_valid = super().validate(**options)
        if self.existing_email_user is not None:
            send_reset_password_instructions(nobody())
        return bool(is_valid)


class ChangePasswordForm(fs.ChangePasswordForm):
    """Form that changes the password, and unless told otherwise ends the tokens.

    Whoever learned the old password may have made one.
    """

    end_tokens = BooleanField(default=True)

    def validate(self, **options: Any) -> bool:
        """Check the fields; a wrong present password is told, as at logging in."""
        is_valid = bool(super().validate(**options))
        if get_message("INVALID_PASSWORD")[0] in self.password.errors:
            current_user.track_failed_authn("password")
        if is_valid and self.end_tokens.data:
            accounts.revoke_tokens(current_user)
        return is_valid


class DeleteForm(CurrentPassword, FlaskForm):
    """Form that deletes the account."""


class TokenForm(CurrentPassword, FlaskForm):
    """Form of a new access token; it outlives the session, hence the password."""

    name = StringField(
        filters=[lambda name: name and name.strip()],
        validators=[
            DataRequired(_("Please give it a name.")),
            Length(
                max=LONGEST_TOKEN_NAME, message=_("This name has too many letters.")
            ),
        ],
    )
    lifetime = SelectField(
        choices=[
            SelectChoice("30", _("30 days")),
            SelectChoice("90", _("90 days")),
            SelectChoice("365", _("One year")),
            SelectChoice("0", _("Until it is revoked")),
        ],
        default="365",
    )
    scope = SelectField(default=TokenScope.READ.value)

    def allow(self, scopes: Collection[TokenScope]) -> None:
        """Offer only these scopes; no other is accepted."""
        self.scope.choices = [SelectChoice(one.value, SCOPES[one]) for one in scopes]
