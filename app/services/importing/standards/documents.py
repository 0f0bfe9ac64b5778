"""Documents of standards, fetched with patience, and what kind of document each is."""

import json
import re
import time
from collections.abc import Callable
from typing import Any

from flask_babel import lazy_gettext as _

from app.retrieval.errors import ImageTooLargeError
from app.services.importing.pictures.source import SourceError
from app.services.system.links.circuit_breaker import CircuitBreaker
from app.services.system.links.connections import LinkError, Refusal
from app.services.system.links.fetching import LinkReader

DOCUMENT_BYTES = 20_000_000
DOCUMENT_SECONDS = 60.0
"""For one document: lists of records are put together while one waits."""
ACCEPT = (
    'application/ld+json;profile="http://iiif.io/api/presentation/3/context.json", '
    "application/ld+json, application/json, application/xml, text/xml"
)
PAUSES = (2.0, 10.0)
"""Seconds after which a server that did not answer is asked again."""
PASSING = frozenset({Refusal.UNREACHABLE, Refusal.TOO_SLOW, Refusal.STATUS})
"""What may be otherwise a moment later."""
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]|\xed[\xa0-\xbf]")


class UnreadableError(Exception):
    """Document that is fetched, and none that is read; the message names it."""


class Library:
    """Fetcher of the documents that documents refer to.

    Parameters
    ----------
    reader : LinkReader or None
        None where nothing is fetched by its address.
    wait : callable
        Lets some seconds pass.
    """

    def __init__(
        self, reader: LinkReader | None, wait: Callable[[float], None] = time.sleep
    ) -> None:
        self._reader = reader
        self._wait = wait
        self._breaker = CircuitBreaker()

    def read(self, address: str) -> bytes:
        """Return the bytes of a document.

        Raises
        ------
        SourceError
            If addresses are not fetched on this server.
        LinkError, ImageTooLargeError
            If this one cannot be.
        """
        if self._reader is None:
            raise SourceError(
                _("Addresses are not fetched here: MORELLI_LINKS switches that off.")
            )
        return self._reader.read(address)

    def glance(self, address: str) -> bytes:
        """Return the bytes of a document that may as well be missing.

        A host that does not answer is left in peace for a while; raises as `read`.
        """
        return self._breaker.ask(address, self.read)

    def insist(self, address: str) -> bytes:
        """Return the bytes of a document that all others depend on.

        A server that does not answer is asked again, twice.

        Raises
        ------
        SourceError
            If it cannot be fetched.
        """
        for pause in (*PAUSES, None):
            try:
                return self.read(address)
            except ImageTooLargeError as error:
                raise SourceError(
                    _("%(address)s is too large to be read.", address=address)
                ) from error
            except LinkError as error:
                if pause is None or error.refusal not in PASSING:
                    raise SourceError(
                        _("%(address)s could not be fetched.", address=address)
                    ) from error
                self._wait(pause)
        raise AssertionError  # the last pause is None


def parsed(data: bytes) -> Any:
    """Return what some JSON says; None if it is none."""
    # Zero characters are in no text, and PostgreSQL stores none.
    data = data.replace(rb"\u0000", b"")
    try:
        found = json.loads(data)
        if not _SURROGATE.search(data):
            return found
        # Nothing stores halves of signs.
        whole = json.dumps(found, ensure_ascii=False).encode(errors="replace")
        return json.loads(whole)
    except (ValueError, RecursionError):
        return None


def objects(value: Any) -> list[dict[str, Any]]:
    """Return the objects in what may be one, several or none."""
    found = value if isinstance(value, list) else [value]
    return [one for one in found if isinstance(one, dict)]


def contexts(document: dict[str, Any]) -> list[str]:
    """Return the contexts of JSON-LD that a document names."""
    named = document.get("@context")
    return [
        one
        for one in (named if isinstance(named, list) else [named])
        if isinstance(one, str)
    ]


def type_of(document: dict[str, Any]) -> str:
    """Return the type that a document says it has; "" if it says none."""
    kind = document.get("type", document.get("@type"))
    kind = kind[0] if isinstance(kind, list) and kind else kind
    return kind if isinstance(kind, str) else ""


def id_of(document: dict[str, Any]) -> str:
    """Return the address that a document is known by; "" if it says none."""
    found = document.get("id", document.get("@id"))
    return found if isinstance(found, str) else ""
