"""Messages of the account pages, in our words instead of Flask-Security's.

None of these sentences tells whether an address has an account.
"""

from flask import flash
from flask_babel import lazy_gettext, ngettext

# Marks a text for translation where it must stay English: Flask-Security looks the
# translation up itself when it says it.
N_ = str

ERROR, DONE = "error", "success"

FAULTS = {
    "UNAUTHENTICATED": N_("Please log in to see this page."),
    "UNAUTHORIZED": N_("Your account may not do this."),
    "ANONYMOUS_USER_REQUIRED": N_("You are logged in already."),
    "GENERIC_AUTHN_FAILED": N_(
        "This e-mail address and this password do not belong together."
    ),
    "CONFIRMATION_EXPIRED": N_(
        "This link was good for %(within)s only. Ask for a new one here."
    ),
    "INVALID_CONFIRMATION_TOKEN": N_(
        "This link is not valid, or not any more. Ask for a new one here."
    ),
    "PASSWORD_RESET_EXPIRED": N_(
        "This link was good for %(within)s only. Ask for a new one here."
    ),
    "INVALID_RESET_PASSWORD_TOKEN": N_(
        "This link is not valid, or not any more. Ask for a new one here."
    ),
    "PASSWORD_IS_THE_SAME": N_("This is your present password."),
    "PASSWORD_NOT_PROVIDED": N_("Please give a password."),
    "PASSWORD_INVALID_LENGTH": N_("A password needs at least %(length)s characters."),
    "RETYPE_PASSWORD_MISMATCH": N_("The two passwords differ."),
    "INVALID_PASSWORD": N_("This is not your present password."),
    "EMAIL_NOT_PROVIDED": N_("Please give an e-mail address."),
    "INVALID_EMAIL_ADDRESS": N_(
        "This is not an e-mail address. It looks like name@example.org."
    ),
    "INVALID_INPUT": N_("This cannot be used here."),
    "INVALID_REDIRECT": N_("Other sites cannot be gone to from here."),
    "CHANGE_EMAIL_EXPIRED": N_(
        "This link was good for %(within)s only. Please start again."
    ),
    "TWO_FACTOR_INVALID_TOKEN": N_(
        "This code is not right, or was used already. Wait for the next one, and see "
        "that the clock of your device is."
    ),
    "TWO_FACTOR_PERMISSION_DENIED": N_(
        "Please log in with your password first; your second factor is asked for then."
    ),
    "TWO_FACTOR_METHOD_NOT_AVAILABLE": N_("This cannot be used here."),
    "INVALID_RECOVERY_CODE": N_(
        "This recovery code is not right, or was used already."
    ),
    "WEBAUTHN_EXPIRED": N_("That took more than %(within)s. Please start again."),
    "WEBAUTHN_NAME_REQUIRED": N_("Please give it a name."),
    "WEBAUTHN_NAME_INUSE": N_("You have a passkey of this name already."),
    "WEBAUTHN_CREDENTIAL_ID_INUSE": N_("This passkey is set up already."),
    "WEBAUTHN_UNKNOWN_CREDENTIAL_ID": N_("This passkey is not one of your account."),
    "WEBAUTHN_MISMATCH_USER_HANDLE": N_("This passkey is not one of your account."),
    "WEBAUTHN_CREDENTIAL_WRONG_USAGE": N_("This passkey cannot be used here."),
    "WEBAUTHN_NO_VERIFY": N_(
        "This passkey could not be checked. Please start again; if it happens again, "
        "use another way in."
    ),
    "INVALID_INPUT_LENGTH": N_("At most %(length)s characters, please."),
    "API_ERROR": N_("This is not valid, or not any more. Please start again."),
}
NOTICES = {
    "CONFIRM_REGISTRATION": N_(
        "We have sent a mail to %(email)s. Follow the link in it, and your "
        "account is ready."
    ),
    "CONFIRMATION_REQUEST": N_(
        "If an account with %(email)s waits to be confirmed, a mail with a new "
        "link is on its way."
    ),
    "EMAIL_CONFIRMED": N_("Your e-mail address is confirmed."),
    "ALREADY_CONFIRMED": N_(
        "This e-mail address was confirmed before. You can log in."
    ),
    "PASSWORD_RESET_REQUEST": N_(
        "If %(email)s has an account, a mail is on its way with a link to choose "
        "a new password."
    ),
    "PASSWORD_RESET_NO_LOGIN": N_("Your new password is set. Please log in with it."),
    "PASSWORD_CHANGE": N_(
        "Your password is changed. On all other devices you are logged out."
    ),
    "CHANGE_EMAIL_SENT": N_(
        "We have sent a mail to %(email)s. Your address changes when you follow "
        "the link in it."
    ),
    "TWO_FACTOR_LOGIN_SUCCESSFUL": N_("You are logged in."),
    "TWO_FACTOR_CHANGE_METHOD_SUCCESSFUL": N_(
        "Your authenticator app is set up. On all other devices you are logged out."
    ),
    "WEBAUTHN_REGISTER_SUCCESSFUL": N_(
        "The passkey “%(name)s” is set up. On all other devices you are logged out."
    ),
    "CHANGE_EMAIL_CONFIRMED": N_(
        "Your e-mail address is changed. Please log in with the new one."
    ),
}
MESSAGES = {
    **{name: (text, ERROR) for name, text in FAULTS.items()},
    **{name: (text, DONE) for name, text in NOTICES.items()},
}
"""Flask-Security's name of each message, its text and its kind."""

SUBJECTS = {
    "welcome": lazy_gettext("Please confirm your e-mail address"),
    "welcome_existing": lazy_gettext("You have an account already"),
    "confirmation_instructions": lazy_gettext("Please confirm your e-mail address"),
    "reset_instructions": lazy_gettext("Choose a new password"),
    "reset_notice": lazy_gettext("Your password was changed"),
    "change_notice": lazy_gettext("Your password was changed"),
    "change_email_instructions": lazy_gettext("Please confirm your new e-mail address"),
    "change_email_notice": lazy_gettext("Your e-mail address was changed"),
    "invitation": lazy_gettext("You are invited"),
    "second_factor_notice": lazy_gettext("Your second factor was changed"),
}
"""Of the mail of each template in ``security/email/``."""

PASSWORD_IS_ADDRESS = lazy_gettext("Your e-mail address is too easy a password.")
PASSWORD_IS_COMMON = lazy_gettext(
    "This password is one of the first that somebody would try. A few words in a row "
    "that do not belong together are better."
)
PASSWORD_IS_LONG = lazy_gettext("A password has at most %(count)s characters.")


def tell_photos_left(count: int) -> None:
    """Say on the next page that photos are let go of and not gone yet, if any are."""
    if count:
        sentence = ngettext(
            "%(num)s photo will be gone as soon as the storage answers.",
            "%(num)s photos will be gone as soon as the storage answers.",
            count,
        )
        flash(sentence, DONE)
