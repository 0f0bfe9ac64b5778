"""Identity provider: OpenID Connect by Authlib, with PKCE, state and nonce.

Nobody is spoken to unless an identity provider is set, and Authlib is not even loaded.
"""

import logging
from collections.abc import Mapping
from typing import Any, cast

from flask import Flask, current_app, request, url_for
from werkzeug import Response

from app.services.accounts.identities import Claims

logger = logging.getLogger(__name__)

PROVIDER = "morelli.provider"
"""Key of the client among the application's extensions."""
SECONDS = 10
"""How long the provider may take to answer."""
STRONG = {"mfa", "otp", "hwk", "swk", "sc", "pop"}
"""Ways to prove who one is that are a second factor (RFC 8176)."""
CALLBACK = "sign_on.callback"


class ProviderError(Exception):
    """Provider that cannot be asked, or whose answer is not to be believed."""


def register(app: Flask) -> None:
    """Get to know the provider, where one is set; it is asked at the first login."""
    issuer = app.config["MORELLI_OIDC_ISSUER"]
    if not issuer:
        return
    from authlib.integrations.flask_client import OAuth

    app.extensions[PROVIDER] = OAuth(app).register(
        "provider",
        server_metadata_url=f"{issuer.rstrip('/')}/.well-known/openid-configuration",
        client_id=app.config["MORELLI_OIDC_CLIENT_ID"],
        client_secret=app.config["MORELLI_OIDC_CLIENT_SECRET"] or None,
        client_kwargs={
            "scope": "openid email profile",
            "code_challenge_method": "S256",
            "default_timeout": SECONDS,
            **(
                {}
                if app.config["MORELLI_OIDC_CLIENT_SECRET"]
                else {"token_endpoint_auth_method": "none"}
            ),
        },
    )


def has_provider() -> bool:
    """Tell whether an identity provider is set."""
    return PROVIDER in current_app.extensions


def lead_there() -> Response:
    """Lead to the provider's page.

    Raises
    ------
    ProviderError
        If it does not say where that is.
    """
    with explained():
        known_metadata()
        redirect_uri = url_for(CALLBACK, _external=True)
        return cast(Response, client().authorize_redirect(redirect_uri))


def read_answer() -> tuple[Claims, bool]:
    """Read the answer that the browser brings, and fetch what it stands for.

    Returns
    -------
    claims : Claims
    is_strong : bool
        Whether the provider says that it asked for a second factor.

    Raises
    ------
    ProviderError
        If the answer is none to our question, or the provider cannot be asked.
    """
    if "error" in request.args:
        raise ProviderError(f"the provider says {request.args['error'][:80]!r}")
    with explained():
        known_metadata()
        token = client().authorize_access_token()
        facts = dict(token["userinfo"])
        if "email" not in facts or groups_of(facts) is None:
            more = dict(client().userinfo(token=token))
            if more.get("sub") != facts["sub"]:
                raise ProviderError("the provider told of somebody else")
            facts = {**more, **facts}
        return claims_of(facts), bool(STRONG.intersection(facts.get("amr") or ()))


def end_address() -> str | None:
    """Return where somebody logs out at the provider; None if it does not say so."""
    with explained():
        if not known_metadata().get("end_session_endpoint"):
            return None
        there = client().create_logout_url(
            post_logout_redirect_uri=url_for("search.ask", _external=True),
            client_id=client().client_id,
        )
        return str(there["url"])


def claims_of(facts: Mapping[str, Any]) -> Claims:
    """Read the claims of somebody."""
    mail_util = current_app.extensions["security"]._mail_util
    try:
        email = mail_util.normalize(str(facts.get("email") or ""))
    except ValueError:
        email = ""
    return Claims(
        current_app.config["MORELLI_OIDC_ISSUER"],
        str(facts["sub"]),
        email,
        # Some providers write it as a word.
        facts.get("email_verified") in (True, "true"),
        groups_of(facts) or frozenset(),
    )


def groups_of(facts: Mapping[str, Any]) -> frozenset[str] | None:
    """Return somebody's groups; None where they are wanted and not said."""
    name = current_app.config["MORELLI_OIDC_ROLES_CLAIM"]
    if not name:
        return frozenset()
    found: Any = facts.get(name)
    if found is None:
        found = facts
        for part in name.split("."):
            found = found.get(part) if isinstance(found, Mapping) else None
    if found is None:
        return None
    return frozenset([found] if isinstance(found, str) else map(str, found))


def client() -> Any:
    """Return Authlib's client of the provider."""
    return current_app.extensions[PROVIDER]


def known_metadata() -> Mapping[str, Any]:
    """Return what the provider says of itself, if it is the one that is set."""
    metadata: Mapping[str, Any] = client().load_server_metadata()
    issuer = current_app.config["MORELLI_OIDC_ISSUER"]
    if metadata.get("issuer") != issuer:
        raise ProviderError(
            f"the provider calls itself {metadata.get('issuer')!r}: set "
            "MORELLI_OIDC_ISSUER to exactly that"
        )
    return metadata


class explained:  # noqa: N801 - reads like a word, as contextlib's own do
    """Context in which faults of the provider, and on the way, are one error."""

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(
        self, _kind: type[BaseException] | None, fault: BaseException | None, _at: Any
    ) -> None:
        """Name the fault in the log."""
        from authlib.common.errors import AuthlibBaseError
        from joserfc.errors import JoseError
        from requests import RequestException

        faults = (AuthlibBaseError, JoseError, RequestException)
        malformed = (ValueError, KeyError, TypeError)
        if isinstance(fault, ProviderError):
            logger.warning("single sign-on failed: %s", fault)
        elif isinstance(fault, (*faults, *malformed)):
            logger.warning("single sign-on failed: %s", type(fault).__name__)
            raise ProviderError(type(fault).__name__) from fault
