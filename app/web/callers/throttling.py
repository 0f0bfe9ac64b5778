"""Rate limits: of pages that cost much, and against guessing passwords.

All server processes count together, in a file (``services/system/rates/own``), or in
Redis with those of other machines (``services/system/rates/shared``). An attempt at a
password counts for the network that it comes from, for the account and the network,
and for the account alone, where far more are needed to close it: a stranger who guesses
must not keep its owner out. On a device that its owner logged in with before, attempts
count for the device only.
"""

import time
from collections.abc import Iterator
from urllib.parse import quote

from flask import Flask, current_app, request
from flask_babel import lazy_gettext
from flask_limiter import Limiter, RequestLimit
from limits import RateLimitItem, parse_many
from werkzeug.exceptions import TooManyRequests

from app.configuration.load import Folders
from app.services.system.keyed_hash import derived_key, keyed_hash
from app.services.system.rates.own import SCHEME
from app.services.system.rates.shared import PREFIX
from app.web.callers.devices import known_device
from app.web.callers.events import (
    SecurityEvent,
    account_hash,
    caller_hash,
    report,
)
from app.web.callers.visitors import (
    current_account,
    ensure_visitor,
    pending_account,
)

PER_ACCOUNT = parse_many("10 per 15 minutes; 40 per day")
"""Passwords, from one network or known device."""
FROM_EVERYWHERE = parse_many("100 per day")
"""Passwords for one account, from unknown devices of all networks: as many as NIST
SP 800-63B allows in a row, and more than three networks may try in a day."""
PER_NETWORK = parse_many("100 per 15 minutes")
"""Generous: all visitors of a gallery may share one address."""
MAILS_PER_ACCOUNT = parse_many("5 per hour")
"""From everywhere: who is kept from asking for one more has the link five times."""

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
    "sign_on.connect": PASSWORD,
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


def report_breach(_limit: RequestLimit) -> None:
    """Write down that a network asked for too much."""
    report(SecurityEvent.TOO_MANY_SEARCHES)


# The library writes the key into the log; what it counts is a hash.
limiter = Limiter(key_func=caller_hash, on_breach=report_breach)


def viewer_hash() -> str:
    """Return what limits call one visitor: the account, or the anonymous session."""
    account = current_account()
    name = f"account {account.id}" if account else ensure_visitor()
    key = derived_key(str(current_app.config["SECRET_KEY"]), "viewers")
    return keyed_hash(key, name).hex()


def limit_pages(app: Flask) -> None:
    """Count where that is set, and limit the pages that say how often."""
    hits = Folders(app.config["MORELLI_INSTANCE"]).limits / "hits.db"
    own, shared = f"{SCHEME}:{quote(str(hits))}", app.config["MORELLI_LIMITS_URL"]
    hash_key = derived_key(str(app.config["SECRET_KEY"]), "rate limits")
    # As many as promised in every window, not twice as many around its end.
    app.config.setdefault("RATELIMIT_STRATEGY", "moving-window")
    where = f"{PREFIX}{shared}#{own}" if shared else own
    app.config.setdefault("RATELIMIT_STORAGE_URI", where)
    app.config.setdefault("RATELIMIT_STORAGE_OPTIONS", {"hash_key": hash_key})
    limiter.init_app(app)


def register(app: Flask) -> None:
    """Count the attempts at an application's forms."""

    @app.before_request
    def count_attempt() -> None:
        if request.method != "POST" or request.endpoint not in GUARDED:
            return
        account = subject()
        for rate, key in counters(GUARDED[request.endpoint], account):
            if not limiter.limiter.hit(rate, *key):
                report(SecurityEvent.TOO_MANY_ATTEMPTS, account)
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
    """Name what counts attempts of one kind at one account from this caller."""
    device = known_device(account) if kind == PASSWORD else None
    if device is not None:
        yield from own_counters(account)
        return
    for rate in PER_NETWORK:
        yield rate, (kind, "from", caller_hash())
    if kind == MAIL:
        for rate in MAILS_PER_ACCOUNT:
            yield rate, (kind, "at", account_hash(account))
        return
    yield from own_counters(account)
    for rate in FROM_EVERYWHERE:
        yield rate, (kind, "at", account_hash(account))


def own_counters(account: str) -> Iterator[Counter]:
    """Name what counts passwords for an account from this device, or network."""
    device = known_device(account)
    place = ("on", device) if device is not None else ("from", caller_hash())
    for rate in PER_ACCOUNT:
        yield rate, (PASSWORD, "at", account_hash(account), *place)


def forgive(account: str) -> None:
    """Forget the wrong passwords of an account's owner, who has proved to be it.

    Those from elsewhere stay counted: they may be a stranger's.
    """
    for rate, key in own_counters(account):
        limiter.limiter.clear(rate, *key)
