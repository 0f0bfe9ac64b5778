"""Single sign-on by the header of a trusted proxy: whom it names, and no longer."""

from collections.abc import Callable
from ipaddress import ip_address

from flask import current_app, request, session

from app.models import User
from app.services.accounts.identities import PROXY, Claims
from app.web.account.sessions import BEGUN, USED
from app.web.callers.signed_on import SIGNED_ON, present_sign_on


def kept_to_header(find: Callable[[str], User | None]) -> Callable[[str], User | None]:
    """End a session that began by a proxy's header once that names somebody else."""

    def find_as_named(uniquifier: str) -> User | None:
        sign_on = present_sign_on()
        if sign_on is None or sign_on.issuer != PROXY:
            return find(uniquifier)
        claims = header_claims()
        if claims is not None and claims.subject == sign_on.subject:
            return find(uniquifier)
        for key in ("_user_id", BEGUN, USED, SIGNED_ON):
            session.pop(key, None)
        return None

    return find_as_named


def header_claims() -> Claims | None:
    """Return whom a trusted proxy names; None if it names nobody, or is not trusted."""
    config = current_app.config
    if not config["MORELLI_SSO_HEADER"] or not is_from_trusted_proxy():
        return None
    mail_util = current_app.extensions["security"]._mail_util
    try:
        given = request.headers.get(config["MORELLI_SSO_HEADER"], "").strip()
        email = mail_util.normalize(given)
    except ValueError:
        return None
    named = request.headers.get(config["MORELLI_SSO_ROLES_HEADER"] or "-", "")
    groups = frozenset(one.strip() for one in named.split(",") if one.strip())
    return Claims(PROXY, email, email, True, groups)


def is_from_trusted_proxy() -> bool:
    """Tell whether the request comes from a proxy whose header is believed."""
    # What the connection says; the forwarded address is the visitor's.
    before = request.environ.get("werkzeug.proxy_fix.orig", {})
    try:
        peer = ip_address(before.get("REMOTE_ADDR") or "")
    except ValueError:
        return False
    return any(peer in one for one in current_app.config["MORELLI_SSO_PROXIES"])
