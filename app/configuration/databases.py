"""Addresses of databases: which ones are understood, and how they may be shown.

Of Redis, too, where servers share what rate limits count, of engines of nearest
neighbours, and of the scheduler whose workers hold shards.
"""

import re
from importlib.util import find_spec
from urllib.parse import SplitResult, urlsplit

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from app.retrieval.runtime.extras import Extra, install_command

DRIVERS = {"sqlite": "pysqlite", "postgresql": "psycopg"}
"""By the database that they speak to; others are not supported."""
EXAMPLE = "postgresql+psycopg://user:password@host/name"
MASK = "***"
INSTALL_SHARDS = install_command(Extra.SHARDS)
INSTALL = install_command(Extra.CLUSTER)
_IN_FRONT_OF_HOST = re.compile(r"(?<=://)([^:/@]*):.*@", re.DOTALL)
_AS_PARAMETER = re.compile(r"(?i)(password=)[^&\s]*")


def parse_database_url(text: str) -> str:
    """Read the address of a database; empty: none is set.

    Returns
    -------
    address : str
        With its driver named.

    Raises
    ------
    ValueError
        If it is no address, or if what it needs is not installed.
    """
    if not text:
        return ""
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        raise ValueError(
            f"write it like “{EXAMPLE}”, and %40, %3A and %2F for @, : and / in the "
            "password"
        ) from None
    database, _, named = url.drivername.partition("+")
    driver = DRIVERS.get(database)
    if driver is None:
        raise ValueError("it must be the address of a PostgreSQL or SQLite database")
    if named not in ("", driver):
        raise ValueError(f"write “{database}+{driver}://…”, the supported driver")
    url = url.set(drivername=f"{database}+{driver}")
    try:
        url.get_dialect().import_dbapi()
    except ImportError:
        raise ValueError(
            f"the package {driver} is not installed, or does not work; run: {INSTALL}"
        ) from None
    return url.render_as_string(hide_password=False)


def parse_limits_url(text: str) -> str:
    """Read the address of a Redis or Valkey; empty: none is set.

    Raises
    ------
    ValueError
        If it is no address, or if what it needs is not installed.
    """
    if not text:
        return ""
    parts = urlsplit(text)
    if parts.scheme not in ("redis", "rediss") or not parts.hostname:
        raise ValueError("write it like “redis://host:6379/0”, or “rediss://” with TLS")
    try:
        _ = parts.port
    except ValueError:
        raise ValueError("its port is no number up to 65535") from None
    if find_spec("redis") is None:
        raise ValueError(f"the package redis is not installed; run: {INSTALL}")
    return text


def parse_vectors_url(text: str) -> str:
    """Read the address of an engine of nearest neighbours; empty: none is set.

    Raises
    ------
    ValueError
        If it is no address, or if what it needs is not installed.
    """
    parts = urlsplit(text)
    if parts.scheme not in ("milvus", "milvuss"):
        address = parse_database_url(text)
        if address.startswith("sqlite"):
            raise ValueError("it must be PostgreSQL with pgvector, or Milvus")
        return address
    if not parts.hostname or not _port_of(parts) or parts.query or parts.fragment:
        raise ValueError(
            "write it like “milvus://host:19530” or “milvus://host:19530/database”, "
            "with “milvuss” for TLS"
        )
    if find_spec("pymilvus") is None:
        raise ValueError(f"the package pymilvus is not installed; run: {INSTALL}")
    return text


def parse_shards_url(text: str) -> str:
    """Read the address of a Dask scheduler; empty: none is set.

    Raises
    ------
    ValueError
        If it is no address, or if what it needs is not installed.
    """
    if not text:
        return ""
    parts = urlsplit(text)
    is_dask = parts.scheme in ("tcp", "tls")
    if not is_dask or not parts.hostname or not _port_of(parts):
        raise ValueError("write it like “tcp://host:8786”, or “tls://host:8786”")
    if find_spec("distributed") is None:
        raise ValueError(
            f"the package distributed is not installed; run: {INSTALL_SHARDS}"
        )
    return text


def is_shared(address: str) -> bool:
    """Tell whether servers on several machines may use a database: any but SQLite."""
    return bool(address) and not address.startswith("sqlite")


def mask_password(text: str) -> str:
    """Return an address, or what speaks of one, without the passwords in it."""
    masked = _IN_FRONT_OF_HOST.sub(rf"\1:{MASK}@", text)
    return _AS_PARAMETER.sub(rf"\1{MASK}", masked)


def _port_of(parts: SplitResult) -> int | None:
    """Return the port of an address; None: it has none, or none that there can be."""
    try:
        return parts.port
    except ValueError:
        return None
