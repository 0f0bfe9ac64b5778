"""Settings of accounts: who may search, second factors, single sign-on."""

from app.configuration.parsers import (
    parse_choice,
    parse_flag,
    parse_header,
    parse_issuer,
    parse_networks,
    parse_roles,
)
from app.configuration.setting import Setting

ACCOUNT_SETTINGS = (
    Setting(
        "MORELLI_ANONYMOUS_SEARCH",
        "yes",
        parse_flag,
        "no: only who is logged in, or a program with a token, may search.",
    ),
    Setting(
        "MORELLI_SECOND_FACTOR",
        "optional",
        parse_choice("optional", "curators"),
        "`curators`: curators and administrators get to their pages only with a second "
        "factor. Everybody may set one up.",
    ),
    Setting(
        "MORELLI_OIDC_ISSUER",
        "",
        parse_issuer,
        "Identity provider for single sign-on by OpenID Connect, such as "
        "`https://login.museum.org/realms/museum`. Empty: none, and the server asks "
        "none.",
    ),
    Setting(
        "MORELLI_OIDC_CLIENT_ID",
        "",
        str,
        "What the identity provider calls this site.",
    ),
    Setting(
        "MORELLI_OIDC_CLIENT_SECRET",
        "",
        str,
        "The secret that it was given there. Empty: a public client, with PKCE alone.",
    ),
    Setting(
        "MORELLI_OIDC_ROLES_CLAIM",
        "",
        str,
        "Claim that names somebody's groups, such as `groups` or `realm_access.roles`.",
    ),
    Setting(
        "MORELLI_SSO_NAME",
        "",
        str,
        "What visitors know the identity provider as, for the button that leads there.",
    ),
    Setting(
        "MORELLI_SSO_ROLES",
        "",
        parse_roles,
        "Groups that mean a role, such as `museum-it=admin, registrars=curator`; they "
        "are followed at every single sign-on. Empty: roles are given here.",
    ),
    Setting(
        "MORELLI_SSO_HEADER",
        "",
        parse_header,
        "Header by which a proxy names the e-mail address of whom it has let in, such "
        "as `X-Remote-Email`. Empty: no header lets anybody in.",
    ),
    Setting(
        "MORELLI_SSO_ROLES_HEADER",
        "",
        parse_header,
        "Header by which it names their groups, separated by commas.",
    ),
    Setting(
        "MORELLI_SSO_PROXIES",
        "127.0.0.1, ::1",
        parse_networks,
        "Addresses of the proxies whose MORELLI_SSO_HEADER is believed.",
    ),
    Setting(
        "MORELLI_LOCAL_LOGIN",
        "everybody",
        parse_choice("everybody", "admins", "nobody"),
        "Who logs in with a password beside single sign-on: `everybody`, `admins` "
        "(nobody else registers), or `nobody`.",
    ),
)
