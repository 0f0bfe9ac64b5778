"""Messages of the account pages, in our words instead of Flask-Security's.

None of these sentences tells whether an address has an account.
"""

from flask_babel import lazy_gettext

# Marks a text for translation where it must stay English: Flask-Security looks the
# translation up itself when it says it.
N_ = str

ERROR, DONE = "error", "success"

MESSAGES = {
    "UNAUTHENTICATED": (N_("Please log in to see this page."), ERROR),
    "UNAUTHORIZED": (N_("Your account may not do this."), ERROR),
    "ANONYMOUS_USER_REQUIRED": (N_("You are logged in already."), ERROR),
    "GENERIC_AUTHN_FAILED": (
        N_("This e-mail address and this password do not belong together."),
        ERROR,
    ),
    "CONFIRM_REGISTRATION": (
        N_(
            "We have sent a mail to %(email)s. Follow the link in it, and your "
            "account is ready."
        ),
        DONE,
    ),
    "CONFIRMATION_REQUEST": (
        N_(
            "If an account with %(email)s waits to be confirmed, a mail with a new "
            "link is on its way."
        ),
        DONE,
    ),
    "EMAIL_CONFIRMED": (
        N_("Your e-mail address is confirmed. You can log in now."),
        DONE,
    ),
    "ALREADY_CONFIRMED": (
        N_("This e-mail address was confirmed before. You can log in."),
        DONE,
    ),
    "CONFIRMATION_EXPIRED": (
        N_("This link was good for %(within)s only. Ask for a new one here."),
        ERROR,
    ),
    "INVALID_CONFIRMATION_TOKEN": (
        N_("This link is not valid, or not any more. Ask for a new one here."),
        ERROR,
    ),
    "PASSWORD_RESET_REQUEST": (
        N_(
            "If %(email)s has an account, a mail is on its way with a link to choose "
            "a new password."
        ),
        DONE,
    ),
    "PASSWORD_RESET_EXPIRED": (
        N_("This link was good for %(within)s only. Ask for a new one here."),
        ERROR,
    ),
    "INVALID_RESET_PASSWORD_TOKEN": (
        N_("This link is not valid, or not any more. Ask for a new one here."),
        ERROR,
    ),
    "PASSWORD_RESET_NO_LOGIN": (
        N_("Your new password is set. Please log in with it."),
        DONE,
    ),
    "PASSWORD_CHANGE": (
        N_("Your password is changed. On all other devices you are logged out."),
        DONE,
    ),
    "PASSWORD_IS_THE_SAME": (N_("This is your present password."), ERROR),
    "PASSWORD_NOT_PROVIDED": (N_("Please give a password."), ERROR),
    "PASSWORD_INVALID_LENGTH": (
        N_("A password needs at least %(length)s characters."),
        ERROR,
    ),
    "RETYPE_PASSWORD_MISMATCH": (N_("The two passwords differ."), ERROR),
    "INVALID_PASSWORD": (N_("This is not your present password."), ERROR),
    "EMAIL_NOT_PROVIDED": (N_("Please give an e-mail address."), ERROR),
    "INVALID_EMAIL_ADDRESS": (
        N_("This is not an e-mail address. It looks like name@example.org."),
        ERROR,
    ),
    "INVALID_INPUT": (N_("This cannot be used here."), ERROR),
    "INVALID_REDIRECT": (N_("Other sites cannot be gone to from here."), ERROR),
    "CHANGE_EMAIL_SENT": (
        N_(
            "We have sent a mail to %(email)s. Your address changes when you follow "
            "the link in it."
        ),
        DONE,
    ),
    "CHANGE_EMAIL_CONFIRMED": (
        N_("Your e-mail address is changed. Please log in with the new one."),
        DONE,
    ),
    "CHANGE_EMAIL_EXPIRED": (
        N_("This link was good for %(within)s only. Please start again."),
        ERROR,
    ),
    "API_ERROR": (N_("This link is not valid, or not any more."), ERROR),
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
}
"""Of the mail of each template in ``security/email/``."""

PASSWORD_IS_ADDRESS = lazy_gettext("Your e-mail address is too easy a password.")
