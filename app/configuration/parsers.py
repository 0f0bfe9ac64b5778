"""Parsers of settings: from the text of an environment variable to its value.

Each parser takes text and returns a value, or raises ``ValueError`` with a reason that
completes the sentence “NAME=text cannot be used: …”.
"""

import re
from collections.abc import Callable
from datetime import UTC, tzinfo
from email.utils import parseaddr
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

from limits import parse_many

from app.retrieval.runtime.place import base_folder

SECRET_KEY_BYTES = 32
"""256 bits: as many as the SHA-256 that signs with it can use."""


PREFIX = re.compile(r"(?:/[A-Za-z0-9_-][A-Za-z0-9._-]*)+")
"""Path below which a site may be: neither to be quoted, nor to lead upwards."""


HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?|[0-9a-f]*:[0-9a-f:]+")
"""Name or number of a host, as addresses write it, without brackets."""


HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]*")


def parse_media_url(text: str) -> str:
    """Read the address of a bucket: ``s3://bucket/prefix?endpoint=…&region=…``."""
    if not text:
        return ""
    parts = urlsplit(text)
    if parts.scheme != "s3" or not parts.netloc or parts.fragment:
        raise ValueError("write it like “s3://bucket/prefix?region=eu-central-1”")
    if "@" in parts.netloc:
        raise ValueError("keys belong into AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
    options = parse_qs(parts.query, keep_blank_values=True)
    unknown = sorted(options.keys() - {"endpoint", "region"})
    if unknown:
        raise ValueError(f"it takes endpoint and region, and no {unknown[0]}")
    for endpoint in map(urlsplit, options.get("endpoint", ())):
        if endpoint.scheme not in ("http", "https") or not endpoint.hostname:
            raise ValueError(
                "its endpoint is an address such as “https://s3.museum.org”"
            )
        if endpoint.username or endpoint.query or endpoint.fragment:
            raise ValueError("its endpoint is scheme, host and path only")
    return text


def parse_path(text: str) -> Path:
    """Read a path; relative ones start at the checkout, or where the shell is."""
    if not text:
        raise ValueError("a path is needed")
    try:
        return (base_folder() / Path(text).expanduser()).resolve()
    except RuntimeError:
        raise ValueError(
            "whoever runs this has no home folder; name one from the root on"
        ) from None


def parse_optional_path(text: str) -> Path | None:
    """Read a path, or nothing."""
    return parse_path(text) if text else None


def parse_time_zone(text: str) -> tzinfo:
    """Read the name of a time zone, such as ``Europe/Rome``."""
    if text == "UTC":
        return UTC  # also where the system has no list of zones
    try:
        return ZoneInfo(text)
    except (KeyError, ValueError, OSError):  # a name that leads out, or to a folder
        raise ValueError(
            "write a name such as “Europe/Rome”; for others than UTC the system needs "
            "its list of time zones (tzdata)"
        ) from None


def parse_flag(text: str) -> bool:
    """Read yes or no."""
    if text.lower() in ("yes", "true", "1"):
        return True
    if text.lower() in ("no", "false", "0"):
        return False
    raise ValueError("say yes or no")


def parse_number(low: int, high: int) -> Callable[[str], int]:
    """Return a parser of whole numbers from ``low`` to ``high``, both included."""

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


def parse_public_url(text: str) -> str:
    """Read the address of the site as visitors know it, without a slash at its end."""
    parts = urlsplit(text)
    if text and (parts.scheme not in ("http", "https") or not parts.hostname):
        raise ValueError("write it like “https://search.museum.org”")
    if parts.query or parts.fragment or parts.username:
        raise ValueError("it is scheme, host and path only")
    path = parts.path.rstrip("/")
    if path and not PREFIX.fullmatch(path):
        raise ValueError(
            "its path is made of letters from a to z, digits, “-”, “_” and “.”, such "
            "as “https://museum.org/search”"
        )
    return text.rstrip("/")


def parse_issuer(text: str) -> str:
    """Read the address of an identity provider, exactly as it calls itself."""
    parts = urlsplit(text)
    is_here = parts.scheme == "http" and parts.hostname in ("localhost", "127.0.0.1")
    if text and not (parts.hostname and (parts.scheme == "https" or is_here)):
        raise ValueError("write it like “https://login.museum.org/realms/museum”")
    if parts.query or parts.fragment or parts.username:
        raise ValueError("it is scheme, host and path only")
    return text


def parse_roles(text: str) -> dict[str, str]:
    """Read which groups mean which roles, such as ``it=admin, registrars=curator``."""
    roles = {}
    for part in filter(None, (one.strip() for one in text.split(","))):
        group, _, role = part.rpartition("=")
        if not group.strip() or role.strip() not in ("curator", "admin"):
            raise ValueError(
                "write it like “museum-it=admin, registrars=curator”: roles are "
                "curator and admin"
            )
        roles[group.strip()] = role.strip()
    return roles


def parse_header(text: str) -> str:
    """Read the name of a header of requests."""
    if text and not HEADER.fullmatch(text):
        raise ValueError("a header has a name such as “X-Remote-User”")
    return text


def parse_networks(text: str) -> tuple[IPv4Network | IPv6Network, ...]:
    """Read network addresses, or networks such as ``10.0.0.0/8``."""
    try:
        return tuple(ip_network(one.strip()) for one in text.split(",") if one.strip())
    except ValueError:
        raise ValueError("write addresses like “127.0.0.1, 10.1.0.0/16”") from None


def parse_hosts(text: str) -> tuple[str, ...]:
    """Read names or numbers of hosts, without scheme and port."""
    names = tuple(one.strip().lower() for one in text.split(",") if one.strip())
    if not all(map(HOST.fullmatch, names)):
        raise ValueError("write hosts like “cms.museum.local, 127.0.0.1”")
    return names


def parse_sender(text: str) -> str:
    """Read the sender of mails, with or without a name before the address."""
    _, address = parseaddr(text)
    if text and ("@" not in address or any(sign in text for sign in "\r\n")):
        raise ValueError("write it like “Museum <search@museum.org>”")
    return text


def parse_contact(text: str) -> str:
    """Read a URI that reports can be sent to, as RFC 9116 wants it."""
    parts = urlsplit(text)
    is_mail = parts.scheme == "mailto" and "@" in parts.path.strip("@")
    is_page = parts.scheme == "https" and bool(parts.hostname)
    is_one_word = text.isascii() and text.isprintable() and " " not in text
    if text and not (is_one_word and (is_mail or is_page)):
        raise ValueError(
            "write it like “mailto:security@museum.org” or “https://museum.org/security”"
        )
    return text


def parse_choice(*words: str) -> Callable[[str], str]:
    """Return a parser of one of a few words."""

    def parse(text: str) -> str:
        if text not in words:
            raise ValueError(f"it must be one of {', '.join(words)}")
        return text

    return parse
