"""Fetching from public web addresses only, for links and imports.

Redirects start from the beginning, each with the checks of ``links/connections``. Bytes
and seconds are bounded, for the whole and not per read.
"""

import http.client
import time
from collections.abc import Callable, Container, Sequence
from io import BytesIO
from typing import BinaryIO
from urllib.parse import urljoin

from app.retrieval.errors import ImageTooLargeError
from app.services.system.addresses import is_public
from app.services.system.links.connections import (
    PORTS,
    USER_AGENT,
    GuardedClient,
    LinkError,
    Refusal,
    parse_link,
    resolve_name,
)

MAX_REDIRECTS = 4
SECONDS = 10.0
"""For everything together: looking up, connecting, redirects, the last byte."""
REDIRECTING = (301, 302, 303, 307, 308)
CHUNK_BYTES = 1 << 16


class LinkReader:
    """Fetcher of what links lead to.

    Parameters
    ----------
    max_bytes : int
        Larger files are refused.
    seconds : float
        For one link as a whole.
    resolve : callable
        A host's name and port to the addresses it stands for; ``OSError`` if none.
    permits : callable
        Whether an address may be connected to. Tests let a server of their own in.
    ports : collection of int
        Ports that may be connected to.
    accept : str
        What is asked for, as the header has it.
    """

    def __init__(
        self,
        max_bytes: int,
        *,
        seconds: float = SECONDS,
        resolve: Callable[[str, int], Sequence[str]] = resolve_name,
        permits: Callable[[str], bool] = is_public,
        ports: Container[int] = tuple(PORTS.values()),
        accept: str = "image/*",
    ) -> None:
        self._max_bytes = max_bytes
        self._seconds = seconds
        self._client = GuardedClient(resolve=resolve, permits=permits, ports=ports)
        self._headers = {"User-Agent": USER_AGENT, "Accept": accept}

    def read(self, link: str) -> bytes:
        """Return the bytes that a link leads to, whatever they are.

        Raises
        ------
        LinkError
            If the link must not or cannot be followed, or ends at a page.
        ImageTooLargeError
            If there are more bytes than allowed.
        """
        data = BytesIO()
        self.copy(link, data)
        return data.getvalue()

    def copy(self, link: str, file: BinaryIO) -> None:
        """Write the bytes that a link leads to into a file, as they come.

        Raises as :meth:`read`; then a part of them may be in the file. Or ``OSError``,
        if the file cannot be written.
        """
        try:
            self._follow(link, file)
        except _UnwrittenError as error:
            raise error.reason from error

    def _follow(self, link: str, file: BinaryIO) -> None:
        deadline = time.monotonic() + self._seconds
        for _ in range(MAX_REDIRECTS + 1):
            target = parse_link(link)
            asked = self._client.asked("GET", target, self._headers, deadline)
            with asked as answer:
                if answer.status not in REDIRECTING:
                    self._copy(answer, file, deadline)
                    return
                link = urljoin(link, answer.getheader("Location", ""))
        raise LinkError(Refusal.TOO_MANY_REDIRECTS)

    def _copy(
        self, answer: http.client.HTTPResponse, file: BinaryIO, deadline: float
    ) -> None:
        """Copy what is not a page, up to the limit."""
        if answer.status != 200:
            raise LinkError(Refusal.STATUS)
        if answer.getheader("Content-Type", "").lower().startswith("text/html"):
            raise LinkError(Refusal.PAGE)
        copied = 0
        while chunk := answer.read(CHUNK_BYTES):
            copied += len(chunk)
            if copied > self._max_bytes:
                raise ImageTooLargeError(copied, self._max_bytes, "bytes")
            try:
                file.write(chunk)
            except OSError as error:  # the disk's, and none of the connection's
                raise _UnwrittenError(error) from error
        if answer.length or time.monotonic() >= deadline:  # cut short
            raise http.client.IncompleteRead(b"", answer.length)


class _UnwrittenError(Exception):
    """Fault of the file that is written, and not of what is read."""

    def __init__(self, reason: OSError) -> None:
        self.reason = reason
        super().__init__(str(reason))
