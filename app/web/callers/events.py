"""Security events in the log: who failed to get in, without saying who it was.

An event names the account and the network by keyed hashes, so that the lines of one
attack can be told from others, and nobody who reads them learns an address. What an
address is called there ``flask accounts hash`` says. Programs that shut attackers out,
such as fail2ban, need the network address itself: ``MORELLI_SECURITY_LOG_ADDRESSES``
adds it to these lines, and to no others.
"""

import logging
from enum import StrEnum
from ipaddress import ip_address

from flask import current_app, request

from app.services.system.addresses import UNKNOWN, network_of
from app.services.system.keyed_hash import derived_key, keyed_hash

logger = logging.getLogger("morelli.security")

NOBODY = "-"


class SecurityEvent(StrEnum):
    """What happened, as fail2ban's filters name it."""

    WRONG_PASSWORD = "wrong_password"  # noqa: S105 - the name of an event
    WRONG_SECOND_FACTOR = "wrong_second_factor"
    TOO_MANY_ATTEMPTS = "too_many_attempts"
    """At a form that asks for a password or sends a mail."""
    TOO_MANY_SEARCHES = "too_many_searches"
    INVALID_TOKEN = "invalid_token"  # noqa: S105 - likewise
    ROLE_MISSING = "role_missing"
    """At a page of curators or administrators, or at what their programs may."""


def report(event: SecurityEvent, account: str = "") -> None:
    """Write an event of the present request into the log.

    Parameters
    ----------
    account : str
        Address of the account that it is about, whether there is one or not.
    """
    facts = {"event": event.value}
    if current_app.config["MORELLI_SECURITY_LOG_ADDRESSES"]:
        facts["address"] = caller_address()
    facts["account"] = account_hash(account) if account else NOBODY
    facts["network"] = caller_hash()
    logger.warning("refused", extra=facts)


def account_hash(email: str) -> str:
    """Return what events call an account."""
    return _name(email.strip().lower())


def network_hash(address: str) -> str:
    """Return what events call the network of an address."""
    return _name(network_of(address))


def caller_hash() -> str:
    """Return what events call the network that the present request comes from."""
    return network_hash(request.remote_addr or "")


def caller_address() -> str:
    """Return the address that the present request comes from, and no other text."""
    try:
        return str(ip_address(request.remote_addr or ""))
    except ValueError:
        return UNKNOWN


def _name(text: str) -> str:
    key = derived_key(str(current_app.config["SECRET_KEY"]), "security events")
    return keyed_hash(key, text).hex()
