"""Settings: read from the environment only, refused at start when they make no sense.

``app.configuration.settings`` lists them. ``load`` turns them into the configuration of
a Flask application, but knows nothing of Flask, so that the server's own configuration
can use it too.
"""

import logging
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.configuration.parsers import ROOT as ROOT
from app.configuration.parsers import SECRET_KEY_BYTES as SECRET_KEY_BYTES
from app.configuration.settings import SETTINGS as SETTINGS
from app.retrieval.files.atomic import OWNER_ONLY, write_atomically

logger = logging.getLogger(__name__)


GIVEN = "GIVEN_SETTINGS"
"""Key, in the configuration, of the names of the settings that were given."""
EVERY_ADDRESS = ("127.0.0.1", "0.0.0.0", "::", "")  # noqa: S104 - compared, not bound
"""Addresses to listen on that this machine calls localhost."""


class ConfigurationError(ValueError):
    """A setting cannot be used.

    Attributes
    ----------
    name, value : str
        The variable, and what it was set to.
    reason : str
        What is wrong with it.
    """

    def __init__(self, name: str, value: str, reason: str) -> None:
        self.name = name
        self.value = value
        self.reason = reason
        super().__init__(f"{name}={value} cannot be used: {reason}.")


@dataclass(frozen=True, slots=True)
class Folders:
    """Where an instance keeps what it must not lose."""

    instance: Path

    @property
    def database(self) -> Path:
        """The SQLite file, unless another database is set."""
        return self.instance / "morelli.db"

    @property
    def generations(self) -> Path:
        """Root of the published indexes."""
        return self.instance / "generations"

    @property
    def works(self) -> Path:
        """Pictures of the works."""
        return self.instance / "media" / "works"

    @property
    def maps(self) -> Path:
        """Maps of the collection; can be made again."""
        return self.instance / "maps"

    @property
    def comparisons(self) -> Path:
        """Comparisons of methods, for a day."""
        return self.instance / "comparisons"

    @property
    def imports(self) -> Path:
        """Catalogues that were sent to be imported, until they are."""
        return self.instance / "imports"

    @property
    def mail(self) -> Path:
        """Mails that wait for the mail server, or for the operator without one."""
        return self.instance / "mail"

    @property
    def turnstile(self) -> Path:
        """Who waits to be searched; of no use once the server has stopped."""
        return self.instance / "turnstile"

    @property
    def metrics(self) -> Path:
        """What server processes count; of no use once the server has stopped."""
        return self.instance / "metrics"

    @property
    def translations(self) -> Path:
        """Translated texts, compiled; made again whenever they are missing."""
        return self.instance / "translations"

    @property
    def queries(self) -> Path:
        """Photos that visitors asked about."""
        return self.instance / "media" / "queries"


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
    values = {}
    for setting in SETTINGS:
        text = environ.get(setting.name, "").strip() or setting.default
        try:
            values[setting.name] = setting.parse(text)
        except ValueError as error:
            raise ConfigurationError(setting.name, text, str(error)) from error
    for name in ("MORELLI_PUBLIC_URL", "MORELLI_MAIL_FROM"):
        if values["MORELLI_SMTP_HOST"] and not values[name]:
            raise ConfigurationError(name, "", "mails by MORELLI_SMTP_HOST need it")
    return values


def obtain_secret_key(folder: Path) -> str:
    """Return the key kept in ``folder``, making it first where there is none.

    Processes that start at once agree on one key: it is written whole to a file of its
    own, and the hard link that gives it the final name succeeds for the first only.

    Raises
    ------
    ConfigurationError
        If the file is there but holds no usable key.
    """
    path = folder / "secret_key"
    if not path.exists():
        draft = folder / f".secret_key.{secrets.token_hex(8)}"
        new = secrets.token_hex(SECRET_KEY_BYTES).encode()
        write_atomically(draft, new, mode=OWNER_ONLY)
        try:
            path.hardlink_to(draft)
        except FileExistsError:
            pass  # another process was first: its key is read below
        finally:
            draft.unlink()
    key = path.read_text(encoding="ascii").strip()
    if len(key) < SECRET_KEY_BYTES:
        raise ConfigurationError(
            "MORELLI_SECRET_KEY", "", f"{path} holds no key; delete it to get a new one"
        )
    return key


def load(environ: Mapping[str, str]) -> dict[str, Any]:
    """Return the configuration of the application.

    Creates the instance folder and the secret key where they are missing.

    Parameters
    ----------
    environ : mapping of str to str
        Usually ``os.environ``.

    Returns
    -------
    configuration : dict
        Every setting by its name, and the keys that Flask and its extensions read.

    Raises
    ------
    ConfigurationError
        If a setting cannot be used.
    """
    values = read_settings(environ)
    folders = Folders(values["MORELLI_INSTANCE"])
    try:
        folders.instance.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigurationError(
            "MORELLI_INSTANCE", str(folders.instance), str(error)
        ) from error
    host, port = values["MORELLI_HOST"], values["MORELLI_PORT"]
    given = {one.name for one in SETTINGS if environ.get(one.name, "").strip()}
    return {
        **values,
        GIVEN: frozenset(given),
        # Never from a request: who sends one chooses its Host header.
        "PUBLIC_URL": values["MORELLI_PUBLIC_URL"]
        or f"http://{'localhost' if host in EVERY_ADDRESS else host}:{port}",
        "SECRET_KEY": values["MORELLI_SECRET_KEY"]
        or obtain_secret_key(folders.instance),
        "SQLALCHEMY_DATABASE_URI": values["MORELLI_DATABASE_URL"]
        or f"sqlite:///{folders.database}",
        "MAX_CONTENT_LENGTH": values["MORELLI_MAX_UPLOAD_MB"] * 1_000_000,
        "SESSION_COOKIE_NAME": "morelli",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": values["MORELLI_HTTPS"],
        "REMEMBER_COOKIE_HTTPONLY": True,
        "REMEMBER_COOKIE_SAMESITE": "Lax",
        "REMEMBER_COOKIE_SECURE": values["MORELLI_HTTPS"],
        # As long as the session: a page may lie open through a whole visit.
        "WTF_CSRF_TIME_LIMIT": None,
        # In each process's memory: no other service is needed, at the price that
        # every worker counts on its own.
        "RATELIMIT_STORAGE_URI": "memory://",
    }
