"""Configuration from environment variables, refused at start if it makes no sense.

``app.configuration.settings`` lists them. ``load`` turns them into the configuration of
a Flask application, but knows nothing of Flask, so that the server's own configuration
can use it too.
"""

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from app.configuration.databases import is_shared
from app.configuration.errors import ConfigurationError as ConfigurationError
from app.configuration.instance import Folders as Folders
from app.configuration.instance import keep_to_owner as keep_to_owner
from app.configuration.instance import obtain_secret_key, prepare_instance
from app.configuration.settings import SETTINGS as SETTINGS
from app.retrieval.runtime.place import ROOT as ROOT
from app.retrieval.settings import ImageSettings

logger = logging.getLogger(__name__)

GIVEN = "GIVEN_SETTINGS"
"""Key, in the configuration, of the names of the settings that were given."""
POOL_SECONDS = 10
"""How long a request waits for a connection that others have."""
LOCK_MS = 10_000
"""How long PostgreSQL lets a writer wait for another one, as with SQLite."""
CONNECT_SECONDS = 5
"""How long a database may take to answer who calls."""
MAKE_KEY = "python -c 'import secrets; print(secrets.token_hex(32))'"
EVERY_ADDRESS = ("127.0.0.1", "0.0.0.0", "::", "")  # noqa: S104 - compared, not bound
"""Addresses to listen on that this machine calls localhost."""


def read_settings(environ: Mapping[str, str]) -> dict[str, Any]:
    """Return every setting by name, parsed; what is unset or empty has its default.

    Raises
    ------
    ConfigurationError
        If a value makes no sense. A variable that starts with ``MORELLI_`` but is no
        setting, perhaps misspelt, is only named in the log.
    """
    known = {setting.name for setting in SETTINGS}
    for name in sorted(environ):
        if name.startswith("MORELLI_") and name not in known:
            logger.warning("%s is set, but there is no such setting", name)
    values: dict[str, Any] = {}
    for setting in SETTINGS:
        text = environ.get(setting.name, "").strip() or setting.default
        try:
            values[setting.name] = setting.parse(text)
        except ValueError as error:
            raise ConfigurationError(setting.name, text, str(error)) from error
    for name in ("MORELLI_PUBLIC_URL", "MORELLI_MAIL_FROM"):
        if values["MORELLI_SMTP_HOST"] and not values[name]:
            raise ConfigurationError(name, "", "mails by MORELLI_SMTP_HOST need it")
    if is_shared(values["MORELLI_DATABASE_URL"]) and not values["MORELLI_SECRET_KEY"]:
        raise ConfigurationError(
            "MORELLI_SECRET_KEY",
            "",
            "servers that share a database must know each other's cookies, so give all "
            f"of them one key; make it by: {MAKE_KEY}",
        )
    if values["MORELLI_SHARDS"] and not values["MORELLI_SHARDS_URL"]:
        raise ConfigurationError(
            "MORELLI_SHARDS_URL", "", "servers find the shards of MORELLI_SHARDS by it"
        )
    if values["MORELLI_SHARDS"] and values["MORELLI_VECTORS_URL"]:
        raise ConfigurationError(
            "MORELLI_SHARDS",
            str(values["MORELLI_SHARDS"]),
            "shards find the nearest by themselves, so leave MORELLI_VECTORS_URL empty",
        )
    _check_sign_on(values)
    return values


def _check_sign_on(values: Mapping[str, Any]) -> None:
    """Refuse settings of single sign-on that do not go together.

    Raises
    ------
    ConfigurationError
        If they do not.
    """
    issuer, header = values["MORELLI_OIDC_ISSUER"], values["MORELLI_SSO_HEADER"]
    if issuer and header:
        reason = "single sign-on comes by MORELLI_OIDC_ISSUER already: leave one empty"
        raise ConfigurationError("MORELLI_SSO_HEADER", header, reason)
    for name in ("MORELLI_OIDC_CLIENT_ID", "MORELLI_PUBLIC_URL"):
        if issuer and not values[name]:
            raise ConfigurationError(name, "", "MORELLI_OIDC_ISSUER needs it")
    if header and not values["MORELLI_PROXIES"]:
        reason = "MORELLI_SSO_HEADER needs the proxy that sets it, so at least 1"
        raise ConfigurationError("MORELLI_PROXIES", "0", reason)
    source = "MORELLI_OIDC_ROLES_CLAIM" if issuer else "MORELLI_SSO_ROLES_HEADER"
    if values["MORELLI_SSO_ROLES"] and not values[source]:
        raise ConfigurationError(source, "", "MORELLI_SSO_ROLES reads groups from it")
    local = values["MORELLI_LOCAL_LOGIN"]
    if local != "everybody" and not (issuer or header):
        reason = "there is no other way in; set MORELLI_OIDC_ISSUER first"
        raise ConfigurationError("MORELLI_LOCAL_LOGIN", local, reason)


def image_settings(config: Mapping[str, Any]) -> ImageSettings:
    """Return what is accepted as a photo or a picture of a work."""
    return ImageSettings(
        max_pixels=config["MORELLI_MAX_MEGAPIXELS"] * 1_000_000,
        max_bytes=config["MAX_CONTENT_LENGTH"],
        max_decoded_bytes=config["MORELLI_MAX_DECODED_MB"] * 1_000_000,
        heavy_lock=Folders(config["MORELLI_INSTANCE"]).admission / "heavy.lock",
    )


def default_database(instance: Path) -> str:
    """Return the address of the database where none is set: SQLite, in a file."""
    return f"sqlite:///{Folders(instance).database}"


def engine_options(database: str, pool: int) -> dict[str, Any]:
    """Return how SQLAlchemy is to use a database.

    Parameters
    ----------
    database : str
        Its address.
    pool : int, >= 1
        Connections that a process may have open at a time, where others share them.
    """
    # An error's text is logged: it must not hold addresses, hashes and keys.
    hidden = {"hide_parameters": True}
    if not is_shared(database):
        # The server's threads bound how many there are.
        return {**hidden, "max_overflow": -1}
    return {
        **hidden,
        "pool_size": pool,
        "max_overflow": 0,
        "pool_timeout": POOL_SECONDS,
        # One that broke, as when the database was restarted, is replaced unnoticed.
        "pool_pre_ping": True,
        "connect_args": {
            "connect_timeout": CONNECT_SECONDS,
            "options": f"-c lock_timeout={LOCK_MS}",
            "application_name": "morelli",
        },
    }


def cookie_name(https: bool, prefix: str = "") -> str:
    """Return the name of the session cookie.

    Under https the beginning of the name makes browsers refuse it from anybody else:
    from another subdomain, or over a connection that somebody on the way could write
    into. Below a prefix of the site only the latter: the first is for whole hosts.
    """
    if not https:
        return "morelli"
    return "__Secure-morelli" if prefix else "__Host-morelli"


def load(environ: Mapping[str, str]) -> dict[str, Any]:
    """Return the configuration of the application.

    These are all settings by their names, and the keys that Flask and its extensions
    read. Creates the instance folder and the secret key where they are missing.

    Raises
    ------
    ConfigurationError
        If a setting cannot be used.
    """
    values = read_settings(environ)
    folders = Folders(values["MORELLI_INSTANCE"])
    try:
        prepare_instance(folders.instance)
    except OSError as error:
        raise ConfigurationError(
            "MORELLI_INSTANCE", str(folders.instance), str(error)
        ) from error
    host, port = values["MORELLI_HOST"], values["MORELLI_PORT"]
    database = values["MORELLI_DATABASE_URL"] or default_database(folders.instance)
    prefix = urlsplit(values["MORELLI_PUBLIC_URL"]).path
    return {
        **values,
        GIVEN: {one.name for one in SETTINGS if environ.get(one.name, "").strip()},
        # Never from a request: who sends one chooses its Host header.
        "PUBLIC_URL": values["MORELLI_PUBLIC_URL"]
        or f"http://{'localhost' if host in EVERY_ADDRESS else host}:{port}",
        "PREFIX": prefix,
        "APPLICATION_ROOT": prefix or "/",
        "SECRET_KEY": values["MORELLI_SECRET_KEY"]
        or obtain_secret_key(folders.instance),
        "SQLALCHEMY_DATABASE_URI": database,
        "SQLALCHEMY_ENGINE_OPTIONS": engine_options(
            database, values["MORELLI_DATABASE_POOL"]
        ),
        "MAX_CONTENT_LENGTH": values["MORELLI_MAX_UPLOAD_MB"] * 1_000_000,
        "SESSION_COOKIE_NAME": cookie_name(values["MORELLI_HTTPS"], prefix),
        "SESSION_COOKIE_PATH": prefix or "/",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": values["MORELLI_HTTPS"],
        # As long as the session: a page may lie open through a whole visit.
        "WTF_CSRF_TIME_LIMIT": None,
    }
