"""Channel of a connection: what a thread reads has arrived, what it writes may wait."""

import errno
import select
import socket
from collections import deque
from typing import Any

from app.web.server.limits import Limits, Pace

PIECE_BYTES = 262_144
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
LOOK_SECONDS = 1.0


class Channel:
    """Socket as gunicorn's threads use it, with a memory on both sides.

    A thread reads what has arrived and then meets the end, unless the request is
    ``open_ended``: then it waits for more, at the least pace. What it writes and the
    reader does not take yet is kept; for more than ``unsent_bytes`` the thread waits.

    Attributes
    ----------
    held : int
        Bytes that arrived and that nobody has read.
    is_overloaded : bool
        Whether the body was let go, because all bodies together were too large.
    is_given_up : bool
        Whether a thread gave up waiting for the other side.
    """

    def __init__(self, real: socket.socket, limits: Limits) -> None:
        real.setblocking(False)
        self.real = real
        self.held = 0
        self.is_open_ended = False
        self.is_overloaded = False
        self.is_answered = False
        self.is_given_up = False
        self._limits = limits
        self._inbox: deque[bytes] = deque()
        self._unsent = bytearray()
        self._may_go_on = self._expects_word = False
        self._incoming = Pace(limits)

    # What the worker's loop does, and never waits for:

    def pull(self) -> bytes | None:
        """Return what has arrived; None if nothing has, empty at the end.

        Raises
        ------
        OSError
            If the connection is gone.
        """
        try:
            return self.real.recv(PIECE_BYTES)
        except BlockingIOError:
            return None

    def keep(self, data: bytes) -> None:
        """Keep bytes of the request until its thread reads them."""
        self._inbox.append(data)
        self.held += len(data)

    def let_go(self) -> None:
        """Forget what was not read."""
        self._inbox.clear()
        self.held = 0

    def begin(self) -> None:
        """Be ready for the next request."""
        self.let_go()
        self.is_open_ended = self.is_overloaded = self.is_answered = False
        self._may_go_on = self._expects_word = False
        self._incoming = Pace(self._limits)

    def tell_to_go_on(self) -> None:
        """Tell a sender that waits for it to send the body."""
        self._may_go_on = True
        self._unsent += CONTINUE
        self.flush()

    def flush(self) -> int:
        """Send what is unsent as far as the reader takes it; return how many bytes.

        Raises
        ------
        OSError
            If the connection is gone.
        """
        sent = 0
        while self._unsent:
            try:
                count = self.real.send(memoryview(self._unsent)[:PIECE_BYTES].tobytes())
            except BlockingIOError:
                break
            del self._unsent[:count]
            sent += count
        return sent

    @property
    def has_unsent(self) -> bool:
        """Whether the reader has not taken everything."""
        return bool(self._unsent)

    # What gunicorn does in a thread:

    def recv(self, size: int) -> bytes:
        """Return bytes of the request; empty at its end."""
        if self._inbox:
            piece = self._inbox.popleft()
            if len(piece) > size:
                self._inbox.appendleft(piece[size:])
                piece = piece[:size]
            self.held -= len(piece)
            return piece
        if not self.is_open_ended or self.is_answered:
            return b""
        return self._wait_for(size)

    def send(self, data: bytes) -> int:
        """Send an answer, or note that the sender waits to be told to go on."""
        if data == CONTINUE:
            # Said only when more is wanted, so that nobody sends what is refused.
            self._expects_word = not self._may_go_on
        else:
            self.sendall(data)
        return len(data)

    def sendall(self, data: bytes) -> None:
        """Send an answer, or keep it until the reader takes it.

        Raises
        ------
        OSError
            If the connection is gone, or its reader far too slow.
        """
        self.is_answered = True
        self._write(data)

    def _write(self, data: bytes) -> None:
        self._unsent += data
        self.flush()
        pace = Pace(self._limits)
        while len(self._unsent) > self._limits.unsent_bytes:
            select.select([], [self.real], [], LOOK_SECONDS)
            pace.count(self.flush())
            if pace.falls_behind():
                self.is_given_up = True
                raise BrokenPipeError(errno.EPIPE, "the reader is too slow")

    def _wait_for(self, size: int) -> bytes:
        if self._expects_word:
            self._expects_word = False
            self._write(CONTINUE)
        while True:
            try:
                data = self.real.recv(size)
            except BlockingIOError:
                if self._incoming.falls_behind():
                    self.is_given_up = True
                    reason = "the sender is too slow"
                    raise ConnectionResetError(errno.ECONNRESET, reason) from None
                select.select([self.real], [], [], LOOK_SECONDS)
            else:
                self._incoming.count(len(data))
                return data

    # What a socket has besides; none of our threads is ever to wait for it.

    def fileno(self) -> int:
        """Return the number of the socket; -1 once it is closed."""
        return self.real.fileno()

    def setblocking(self, _flag: object) -> None:
        """Leave the socket as it is."""

    def settimeout(self, _seconds: object) -> None:
        """Likewise."""

    def gettimeout(self) -> None:
        """Say that there is none."""

    def shutdown(self, _how: int) -> None:
        """Leave that to the loop: something may be unsent."""

    def close(self) -> None:
        """Likewise."""

    def getpeername(self) -> Any:
        """Return whose connection it is."""
        return self.real.getpeername()
