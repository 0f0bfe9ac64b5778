"""Settings: read from the environment only, refused at start when they make no sense.

``SETTINGS`` is the whole list, with the help texts that the README repeats (a test
compares them). ``load`` turns it into the configuration of a Flask application, but
knows nothing of Flask, so that the server's own configuration can use it too.
"""

import logging
import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from limits import parse_many

from app.retrieval.settings import ImageSettings

logger = logging.getLogger(__name__)

ROOT = Path(__file__).resolve().parent.parent
"""The project's folder: relative paths in settings start here."""

SECRET_KEY_BYTES = 32
"""256 bits: as many as the SHA-256 that signs with it can use."""


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
class Setting:
    """One environment variable: how it is read, and what it is for."""

    name: str
    default: str
    parse: Callable[[str], object]
    help: str


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
    def queries(self) -> Path:
        """Photos that visitors asked about."""
        return self.instance / "media" / "queries"


def parse_text(text: str) -> str:
    """Take the text as it is."""
    return text


def parse_database_url(text: str) -> str:
    """Take an address as SQLAlchemy writes them; it is looked at when it is opened."""
    if text and "://" not in text:
        raise ValueError("write it like “postgresql+psycopg://user@host/name”")
    return text


def parse_path(text: str) -> Path:
    """Read a path; relative ones start at the project's folder."""
    if not text:
        raise ValueError("a path is needed")
    return (ROOT / Path(text).expanduser()).resolve()


def parse_flag(text: str) -> bool:
    """Read yes or no."""
    words = {"yes": True, "true": True, "1": True, "no": False, "false": False}
    try:
        return {**words, "0": False}[text.lower()]
    except KeyError:
        raise ValueError("say yes or no") from None


def parse_number(low: int, high: int) -> Callable[[str], int]:
    """Return a reader of whole numbers from ``low`` to ``high``, both included."""

    def parse(text: str) -> int:
        try:
            number = int(text)
        except ValueError:
            raise ValueError("a whole number is needed") from None
        if not low <= number <= high:
            raise ValueError(f"it must be from {low} to {high}")
        return number

    return parse


def parse_secret(text: str) -> str:
    """Read a key; a short one could be guessed."""
    if text and len(text) < SECRET_KEY_BYTES:
        raise ValueError(f"it needs at least {SECRET_KEY_BYTES} characters")
    return text


def parse_rate(text: str) -> str:
    """Read a rate such as ``300 per minute``; several are joined by ``;``."""
    try:
        parse_many(text)
    except ValueError:
        raise ValueError("write it like “300 per minute”") from None
    return text


SETTINGS = (
    Setting(
        "MORELLI_INSTANCE",
        "instance",
        parse_path,
        "Folder of the database, the pictures, the indexes and the secret key.",
    ),
    Setting(
        "MORELLI_DATABASE_URL",
        "",
        parse_database_url,
        "SQLAlchemy address of the database. Empty: SQLite in the instance folder.",
    ),
    Setting(
        "MORELLI_MODEL",
        "models/default",
        parse_path,
        "Folder of the model that describes pictures.",
    ),
    Setting(
        "MORELLI_HOST",
        "127.0.0.1",
        parse_text,
        "Address the server listens on. 0.0.0.0: all of the machine's.",
    ),
    Setting(
        "MORELLI_PORT",
        "8000",
        parse_number(1, 65535),
        "Port the server listens on.",
    ),
    Setting(
        "MORELLI_WORKERS",
        "2",
        parse_number(1, 64),
        "Server processes; each searches one photo at a time. Best: one per CPU core.",
    ),
    Setting(
        "MORELLI_SECRET_KEY",
        "",
        parse_secret,
        "Signs cookies. Empty: made at first start and kept in the instance folder.",
    ),
    Setting(
        "MORELLI_MAX_UPLOAD_MB",
        "40",
        parse_number(1, ImageSettings().max_bytes // 1_000_000),
        "Largest photo that is accepted, in megabytes.",
    ),
    Setting(
        "MORELLI_SEARCH_RATE",
        "300 per minute",
        parse_rate,
        "Searches allowed from one network address, counted in each server process. "
        "Generous, because the visitors in a gallery often share one address.",
    ),
    Setting(
        "MORELLI_HTTPS",
        "no",
        parse_flag,
        "yes: visitors reach the site by https, so cookies are sent on no other way.",
    ),
    Setting(
        "MORELLI_PROXIES",
        "0",
        parse_number(0, 8),
        "Reverse proxies in front of the server, whose X-Forwarded-For is believed.",
    ),
)


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
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "w", encoding="ascii") as file:
                file.write(secrets.token_hex(SECRET_KEY_BYTES))
                file.flush()
                os.fsync(file.fileno())
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
    return {
        **values,
        "SECRET_KEY": values["MORELLI_SECRET_KEY"]
        or obtain_secret_key(folders.instance),
        "SQLALCHEMY_DATABASE_URI": values["MORELLI_DATABASE_URL"]
        or f"sqlite:///{folders.database}",
        "MAX_CONTENT_LENGTH": values["MORELLI_MAX_UPLOAD_MB"] * 1_000_000,
        "SESSION_COOKIE_NAME": "morelli",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": values["MORELLI_HTTPS"],
        # As long as the session: a page may lie open through a whole visit.
        "WTF_CSRF_TIME_LIMIT": None,
        # In each process's memory: no other service is needed, at the price that
        # every worker counts on its own.
        "RATELIMIT_STORAGE_URI": "memory://",
    }
