"""Connections to permitted web addresses only (SSRF protection).

Whoever may name an address for a server to open can point it at what only the server
reaches: its own services, the museum's network, the cloud's metadata. So the name is
resolved once, every address it stands for is checked, and the connection goes to one of
those very addresses: a name that changes its mind in between gains nothing. What is
checked is the address that the system would dial, so every way of writing it
(``127.1``, ``0x7f000001``, ``[::ffff:127.0.0.1]``) ends at the same check. Seconds are
bounded for the whole and not per read.
"""

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from urllib.parse import quote, urlsplit

from app.services.system.addresses import is_public

MAX_LENGTH = 2048
"""Characters of an address at most."""
PORTS = {"http": 80, "https": 443}
# What a path and a query may hold as they are; all else is percent-encoded.
_TARGET_SAFE = "/%:@!$&'()*+,;=?~-._"
USER_AGENT = "Morelli/1 (visual search)"


class Refusal(StrEnum):
    """Reason why a link was not followed to a picture."""

    MALFORMED = "malformed"
    SCHEME = "scheme"
    PORT = "port"
    CREDENTIALS = "credentials"
    UNKNOWN_NAME = "unknown_name"
    NOT_PUBLIC = "not_public"
    UNREACHABLE = "unreachable"
    INSECURE = "insecure"
    TOO_SLOW = "too_slow"
    TOO_MANY_REDIRECTS = "too_many_redirects"
    STATUS = "status"
    PAGE = "page"


class LinkError(Exception):
    """Link that leads to no picture that we would fetch."""

    def __init__(self, refusal: Refusal) -> None:
        self.refusal = refusal
        super().__init__(f"The link was refused: {refusal.value}.")


@dataclass(frozen=True, slots=True)
class Target:
    """Web address in its parts, of which the host is ASCII and in lower case."""

    scheme: str
    host: str
    port: int
    path: str


def resolve_name(host: str, port: int) -> Sequence[str]:
    """Return the addresses of a host, as the system would dial them."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


class GuardedClient:
    """Client that connects to permitted addresses only, at given ports.

    Parameters
    ----------
    resolve : callable
        A host's name and port to the addresses it stands for; ``OSError`` if none.
    permits : callable
        Whether an address may be connected to. Tests let a server of their own in.
    ports : collection of int
        Ports that may be connected to.
    """

    def __init__(
        self,
        *,
        resolve: Callable[[str, int], Sequence[str]] = resolve_name,
        permits: Callable[[str], bool] = is_public,
        ports: Container[int] = tuple(PORTS.values()),
    ) -> None:
        self._resolve = resolve
        self._permits = permits
        self._ports = ports

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        # Made for the first link that needs it: reading certificates takes 20 ms.
        return ssl.create_default_context()

    @contextmanager
    def asked(
        self,
        method: str,
        target: Target,
        headers: Mapping[str, str],
        deadline: float,
        body: bytes | None = None,
    ) -> Iterator[http.client.HTTPResponse]:
        """Ask a target at one of its addresses; at the deadline all goes dead.

        Raises
        ------
        LinkError
            If it must not or cannot be asked; also from within the block.
        """
        if target.port not in self._ports:
            raise LinkError(Refusal.PORT)
        addresses = self._look_up(target, deadline)
        tls = self._tls if target.scheme == "https" else None
        connection = PinnedConnection(target, addresses, tls, deadline)
        try:
            with closing(connection), connection.watched():
                connection.request(method, target.path, body, dict(headers))
                with closing(connection.getresponse()) as answer:
                    yield answer
        except (OSError, http.client.HTTPException) as error:
            raise LinkError(_refusal(error, deadline)) from error

    def _look_up(self, target: Target, deadline: float) -> Sequence[str]:
        """Return the addresses of a host, all of them public, before the deadline."""
        found: list[str] = []

        def look_up() -> None:
            with suppress(OSError, UnicodeError):  # labels that are too long or empty
                found.extend(self._resolve(target.host, target.port))

        # The system's resolver cannot be told how long it may take; a thread that it
        # keeps waiting ends with it, and holds nothing.
        worker = threading.Thread(target=look_up, daemon=True)
        worker.start()
        worker.join(max(0.0, deadline - time.monotonic()))
        if worker.is_alive():
            raise LinkError(Refusal.TOO_SLOW)
        if not found:
            raise LinkError(Refusal.UNKNOWN_NAME)
        # One forbidden address among others is no oversight of anybody's.
        if not all(map(self._permits, found)):
            raise LinkError(Refusal.NOT_PUBLIC)
        return found


class PinnedConnection(http.client.HTTPConnection):
    """Connection to given addresses, whatever the host's name means by now.

    The host is still what the request names and what the certificate is checked for.
    """

    def __init__(
        self,
        target: Target,
        addresses: Sequence[str],
        tls: ssl.SSLContext | None,
        deadline: float,
    ) -> None:
        super().__init__(target.host, target.port)
        self._addresses = addresses
        self._tls = tls
        self._deadline = deadline
        self._line: socket.socket | None = None
        # What the Host header leaves out; the class knows only that of plain HTTP.
        self.default_port = PORTS[target.scheme]

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Let the connection die at the deadline, in whatever it is doing then.

        A timeout of the socket would start anew with every byte that trickles in.
        """
        watch = threading.Timer(self._left(), self._hang_up)
        watch.daemon = True
        watch.start()
        try:
            yield
        finally:
            watch.cancel()
            if self._line is not None:
                self._line.close()

    def connect(self) -> None:
        """Connect to the first address that answers."""
        sock = self._dial()
        # A second handle: the first one is closed by the library when it sees fit,
        # and passed on to TLS.
        self._line = sock.dup()
        self.sock = sock
        if self._tls is not None:
            self.sock = self._tls.wrap_socket(sock, server_hostname=self.host)

    def _hang_up(self) -> None:
        # Where nothing is connected yet, dialling has a time limit of its own.
        if self._line is not None:
            with suppress(OSError):  # it ended by itself in this very moment
                self._line.shutdown(socket.SHUT_RDWR)

    def _dial(self) -> socket.socket:
        *others, last = self._addresses
        for address in others:
            with suppress(OSError):
                return socket.create_connection((address, self.port), self._left() / 2)
        return socket.create_connection((last, self.port), self._left())

    def _left(self) -> float:
        return max(0.01, self._deadline - time.monotonic())


def parse_link(link: str) -> Target:
    """Take a web address apart; ``LinkError`` if it is none that may be followed."""
    link = link.strip()
    # Browsers and resolvers disagree about backslashes, blanks and control characters.
    if len(link) > MAX_LENGTH or "\\" in link or not link.isprintable() or " " in link:
        raise LinkError(Refusal.MALFORMED)
    try:
        parts = urlsplit(link)
        port = parts.port
        host = (parts.hostname or "").encode("idna").decode("ascii")
    except ValueError as error:  # includes UnicodeError
        raise LinkError(Refusal.MALFORMED) from error
    if parts.scheme not in PORTS:
        raise LinkError(Refusal.SCHEME if parts.scheme else Refusal.MALFORMED)
    if parts.username is not None or parts.password is not None:
        raise LinkError(Refusal.CREDENTIALS)
    if not host:
        raise LinkError(Refusal.MALFORMED)
    path = quote(parts.path or "/", safe=_TARGET_SAFE)
    query = f"?{quote(parts.query, safe=_TARGET_SAFE)}" if parts.query else ""
    return Target(parts.scheme, host, port or PORTS[parts.scheme], path + query)


def _refusal(error: Exception, deadline: float) -> Refusal:
    if isinstance(error, TimeoutError) or time.monotonic() >= deadline:
        return Refusal.TOO_SLOW
    if isinstance(error, ssl.SSLError):
        return Refusal.INSECURE
    return Refusal.UNREACHABLE
