"""The list of all settings, with the help texts that the README repeats.

A test compares the two. ``app.config`` reads them.
"""

from collections.abc import Callable
from dataclasses import dataclass

from app.retrieval.settings import ImageSettings
from app.setting_parsers import (
    parse_database_url,
    parse_flag,
    parse_number,
    parse_path,
    parse_rate,
    parse_secret,
    parse_text,
)


@dataclass(frozen=True, slots=True)
class Setting:
    """One environment variable: how it is read, and what it is for."""

    name: str
    default: str
    parse: Callable[[str], object]
    help: str


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
