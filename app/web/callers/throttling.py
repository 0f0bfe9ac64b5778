"""Rate limits against guessing passwords and flooding mailboxes.

Each attempt counts for the network address that it comes from and for the account that
it is about, whether there is such an account or not. Counted in each server process.
"""

import time
from collections.abc import Iterator

from flask import Flask, request
from flask_babel import lazy_gettext
from limits import RateLimitItem, parse_many
from werkzeug.exceptions import TooManyRequests

from app.extensions import limiter
from app.web.callers.visitors import current_account, pending_account

PER_ACCOUNT = parse_many("10 per 15 minutes; 40 per day")
PER_ADDRESS = parse_many("100 per 15 minutes")
"""Generous: all visitors of a gallery may share one address."""
MAILS_PER_ACCOUNT = parse_many("5 per hour")

PASSWORD, MAIL = "password", "mail"
GUARDED = {
    "security.login": PASSWORD,
    "security.change_password": PASSWORD,
    "accounts.delete": PASSWORD,
    "tokens.create": PASSWORD,
    "security.two_factor_setup": PASSWORD,
    "security.two_factor_token_validation": PASSWORD,
    "security.mf_recovery": PASSWORD,
    "security.mf_recovery_codes": PASSWORD,
    "security.wan_register": PASSWORD,
    "security.wan_signin_response": PASSWORD,
    "second_factor.remove_app": PASSWORD,
    "second_factor.remove_passkey": PASSWORD,
    "security.change_email": MAIL,
    "security.register": MAIL,
    "security.forgot_password": MAIL,
    "security.send_confirmation": MAIL,
}
"""Forms that tell whether a password or a code is right, or that send a mail."""
TOO_MANY = lazy_gettext("Too many attempts. Please wait a while, then try again.")

Counter = tuple[RateLimitItem, tuple[str, ...]]


class TooManyAttemptsError(TooManyRequests):
    """Attempts beyond the limit."""


def register(app: Flask) -> None:
    """Count the attempts at an application's forms."""

    @app.before_request
    def count_attempt() -> None:
        if request.method != "POST" or request.endpoint not in GUARDED:
            return
        for rate, key in counters(GUARDED[request.endpoint], subject()):
            if not limiter.limiter.hit(rate, *key):
                free_at = limiter.limiter.get_window_stats(rate, *key).reset_time
                raise TooManyAttemptsError(
                    str(TOO_MANY), retry_after=max(1, round(free_at - time.time()))
                )


def subject() -> str:
    """Return which account a form is about: whoever is logged in, or the one named."""
    account = current_account() or pending_account()
    if account is not None:
        return account.email
    return request.form.get("email", "").strip().lower()


def counters(kind: str, account: str) -> Iterator[Counter]:
    """Name what counts attempts of one kind at one account from this address."""
    for rate in PER_ADDRESS:
        yield rate, (kind, "from", request.remote_addr or "")
    for rate in PER_ACCOUNT if kind == PASSWORD else MAILS_PER_ACCOUNT:
        yield rate, (kind, "at", account)


def forgive(account: str) -> None:
    """Forget the wrong passwords for an account whose owner has proved to be it."""
    for rate in PER_ACCOUNT:
        limiter.limiter.clear(rate, PASSWORD, "at", account)
