"""Forms of the second factor, where ours differ from Flask-Security's.

Whatever changes it asks for the password, in the session that goes on with it: a device
left open is not enough.
"""

import logging
from collections.abc import Callable
from typing import Any

import flask_security as fs
from flask import current_app, request, session
from flask_babel import lazy_gettext as _
from flask_security import UserMixin, WebauthnUtil
from flask_security.utils import get_message
from flask_security.webauthn import WebAuthnSigninResponseForm
from flask_wtf import FlaskForm
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)
from wtforms import HiddenField, RadioField, StringField, ValidationError
from wtforms.fields import SelectChoice

from app.services.accounts import second_factor
from app.web.account.forms import CurrentPassword
from app.web.callers.events import SecurityEvent, report
from app.web.callers.visitors import logged_in, pending_account

logger = logging.getLogger(__name__)

MALFORMED = (WebAuthnException, ValueError, TypeError, KeyError, AttributeError)
"""What the library, and the one below it, let through for an answer that is none."""
CHALLENGE = "passkey_challenge"
"""Key, in the session, of what a passkey has to sign next."""


class AppSetupForm(CurrentPassword, fs.TwoFactorSetupForm):
    """Form that begins to set up an authenticator app, or another one."""

    setup = HiddenField()

    def validate_setup(self, field: HiddenField) -> None:
        """Refuse to remove the app here; that is another form."""
        if field.data != second_factor.APP:
            raise ValidationError(get_message("TWO_FACTOR_METHOD_NOT_AVAILABLE")[0])


class ChooseForm(fs.TwoFactorSelectForm):
    """Form of who has several second factors."""

    which = StringField()

    def validate_which(self, field: StringField) -> None:
        """Refuse what the account does not have; the view fills in what it has."""
        if field.data not in dict(field.choices):
            raise ValidationError(get_message("TWO_FACTOR_METHOD_NOT_AVAILABLE")[0])


class RescueForm(fs.TwoFactorRescueForm):
    """Form that Flask-Security's page of the code needs; nothing is offered here."""

    help_setup = RadioField(choices=[SelectChoice("none")])


class RecoveryForm(fs.MfRecoveryForm):
    """Form that takes a recovery code instead of the second factor."""

    def validate(self, **options: Any) -> bool:
        """Check the code; the library tells nobody of a wrong one."""
        is_valid = bool(super().validate(**options))
        if not is_valid and self.user is not None:
            report(SecurityEvent.WRONG_SECOND_FACTOR, self.user.email)
        return is_valid


class RecoveryCodesForm(CurrentPassword, fs.MfRecoveryCodesForm):
    """Form that makes new recovery codes."""


class RemoveFactorForm(CurrentPassword, FlaskForm):
    """Form that removes an authenticator app or a passkey."""


class PasskeyForm(CurrentPassword, fs.WebAuthnRegisterForm):
    """Form that begins to set up a passkey."""

    usage = HiddenField(default="secondary")

    def validate(self, **options: Any) -> bool:
        """Check name and password, and whether there is room for one more."""
        is_valid = bool(super().validate(**options))
        if is_valid and len(logged_in().webauthn) >= second_factor.MOST_PASSKEYS:
            self.form_errors.append(
                _(
                    "An account has at most %(count)s passkeys. Please remove one "
                    "first.",
                    count=second_factor.MOST_PASSKEYS,
                )
            )
            return False
        return is_valid


class PasskeyMadeForm(fs.WebAuthnRegisterResponseForm):
    """What a browser sends of a new passkey; it must have been asked for here."""

    def validate(self, **options: Any) -> bool:
        """Check the passkey; the signed challenge alone could be another account's."""
        is_valid = is_sound(self, super().validate, options)
        # What the browser says of its own extensions; nobody needs it.
        self.extensions = ""
        return is_valid


class PasskeySignedForm(WebAuthnSigninResponseForm):
    """What a browser sends when a passkey has signed."""

    def validate(self, **options: Any) -> bool:
        """Check the signature; the passkey must be of who gave the password."""
        is_valid = is_sound(self, super().validate, options)
        # The library would let in whoever the passkey belongs to, whosever password
        # was given before.
        if is_valid and self.user != pending_account():
            self.form_errors.append(get_message("WEBAUTHN_UNKNOWN_CREDENTIAL_ID")[0])
            return False
        return is_valid


def is_sound(
    form: PasskeyMadeForm | PasskeySignedForm,
    validate: Callable[..., bool],
    options: dict[str, Any],
) -> bool:
    """Tell whether a browser's answer is one to the last challenge of this session."""
    is_asked_for = session.pop(CHALLENGE, None) == form.challenge
    try:
        if is_asked_for:
            return bool(validate(**options))
    except MALFORMED:
        logger.info("malformed answer of a passkey", exc_info=True)
    form.form_errors.append(get_message("WEBAUTHN_NO_VERIFY", cause="")[0])
    return False


class PasskeyRules(WebauthnUtil):
    """Passkey policy: a second factor behind the password, of any make."""

    def generate_challenge(self, nbytes: int | None = None) -> str:
        """Draw what a passkey has to sign, and keep it for the answer."""
        challenge = super().generate_challenge(nbytes)
        session[CHALLENGE] = challenge
        return challenge

    def origin(self) -> str:
        """Return the site as browsers see it, also where a proxy forgets to say."""
        scheme = "https" if current_app.config["MORELLI_HTTPS"] else request.scheme
        return f"{scheme}://{request.host}"

    def authenticator_selection(
        self, user: UserMixin, usage: str
    ) -> AuthenticatorSelectionCriteria:
        """Ask for no PIN: the password was given; let phones keep the passkey."""
        return AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED,
            user_verification=UserVerificationRequirement.DISCOURAGED,
        )
