"""Worker of gunicorn whose threads get whole requests and never wait for a network.

gunicorn's threads read requests and write answers themselves: as many slow senders or
readers as there are threads, and nobody else is served. Here the loop that accepts
connections waits for all of them at once. A request that is not there in time, or comes
slower than any honest network brings it, ends; so does an answer nobody takes.
"""

import selectors
import socket
import time
from concurrent.futures import Future
from contextlib import suppress
from enum import Enum, auto
from functools import partial
from typing import Any, ClassVar

from gunicorn.workers.gthread import TConn, ThreadWorker

from app.retrieval.runtime.memory import give_back_memory
from app.services.system.addresses import UNKNOWN, network_of
from app.web.server.channel import Channel
from app.web.server.framing import HEAD_BYTES, Framing
from app.web.server.limits import Limits, Pace

TOO_LATE = (
    b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
)
LOOK_SECONDS = 1.0
DISCARDED_BYTES = 250_000_000
"""How much of a body that is too large is read and thrown away, so that the browser
gets to see the answer. Most cannot read one while they are still sending."""


class State(Enum):
    """What the loop waits for."""

    IDLE = auto()
    """The next request."""
    RECEIVING = auto()
    """The rest of a request."""
    SENDING = auto()
    """The reader of an answer."""
    LINGERING = auto()
    """The end of a connection whose last answer is sent."""


class Connection(TConn):
    """Connection with what is known of its present request."""

    def __init__(
        self, cfg: Any, real: socket.socket, client: Any, server: Any, limits: Limits
    ) -> None:
        self.channel = Channel(real, limits)
        super().__init__(cfg, self.channel, client, server)
        self.data_ready = True  # always, when a thread gets to see it
        # Of a socket in the file system there is none.
        self.network = network_of(client[0]) if client else UNKNOWN
        self.state: State | None = None
        self.surplus = b""
        self.framing = Framing(cfg, client)
        self.pace = Pace(limits)
        self.goes_on = False
        self.deadline: float | None = None

    @property
    def is_at_an_end(self) -> bool:
        """Whether the parser has read the request and nothing else.

        Otherwise nobody knows where the next one begins.
        """
        is_read = not self.channel.held and not self.parser.unreader.buf.getvalue()
        return self.framing.is_complete and is_read


class BufferingWorker(ThreadWorker):
    """Threaded worker that waits for networks in its loop."""

    limits: ClassVar[Limits] = Limits()

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        # Those that the loop waits for, the longest first.
        self.watched: dict[Connection, None] = {}
        # What threads may still hold of the bodies they were given, in bytes.
        self.handed_over: dict[Connection, int] = {}
        self._looked_at = time.monotonic()
        # Whether memory was freed, bodies most of all, since it was last given back.
        self._has_freed = False

    def accept(self, listener: socket.socket) -> None:
        """Accept a connection and wait for its request."""
        try:
            real, client = listener.accept()
        except OSError:
            return  # gone already, another process was faster, or too many are open
        server = listener.getsockname()
        connection = Connection(self.cfg, real, client, server, self.limits)
        self.nr_conns += 1
        self._make_room(connection.network)
        self._attempt(connection, self._await_request)

    def finish_request(self, connection: Connection, future: Future[Any]) -> None:
        """Go on once a thread has answered, or has given up."""
        failed = future.cancelled() or future.exception() is not None
        connection.goes_on = (
            not failed and bool(future.result()) and connection.is_at_an_end
        )
        connection.channel.let_go()
        connection.pace = Pace(self.limits)
        self._has_freed = True
        del self.handed_over[connection]
        if connection.channel.is_given_up:
            self._drop(connection)
        else:
            self._attempt(connection, self._send)

    def murder_pending(self) -> None:
        """End what takes too long, and keep no memory for nobody.

        gunicorn calls this all the time.
        """
        if time.monotonic() < self._looked_at + LOOK_SECONDS:
            return
        self._looked_at = time.monotonic()
        if self._has_freed and not self.handed_over:
            self._has_freed = False
            give_back_memory()
        for connection in list(self.watched):
            if self._is_over(connection):
                if connection.state is State.RECEIVING:
                    with suppress(OSError):
                        connection.channel.sendall(TOO_LATE)
                self._drop(connection)

    def _cap_keepalive(self, deadline: float) -> None:
        """Let a stopping worker not wait for requests that nobody sends."""
        for connection in self.watched:
            if connection.state is State.IDLE:
                connection.deadline = deadline

    def _await_request(self, connection: Connection) -> None:
        connection.channel.begin()
        connection.framing = Framing(self.cfg, connection.client)
        connection.pace = Pace(self.limits)
        self._watch(connection, State.IDLE, selectors.EVENT_READ, self._receive)
        if connection.surplus:
            surplus, connection.surplus = connection.surplus, b""
            self._take(connection, surplus)

    def _receive(self, connection: Connection) -> None:
        """Take what has arrived of a request."""
        data = connection.channel.pull()
        if data is None:
            return
        if data:
            self._take(connection, data)
        else:
            self._drop(connection)

    def _take(self, connection: Connection, data: bytes) -> None:
        framing, channel = connection.framing, connection.channel
        had_head = framing.has_head
        if framing.is_empty:
            connection.pace = Pace(self.limits)
        connection.state, connection.deadline = State.RECEIVING, None
        taken = framing.take(data)
        channel.keep(data[:taken])
        connection.surplus = data[taken:]
        connection.pace.count(taken)
        is_large = self._is_large(connection)
        if framing.is_complete or is_large:
            channel.is_open_ended = is_large
            self._hand_over(connection)
            return
        if framing.has_head and not had_head and framing.waits_to_send:
            channel.tell_to_go_on()
        self._bound_what_is_held()

    def _is_large(self, connection: Connection) -> bool:
        """Tell whether a body is not waited for."""
        to_come: int = connection.framing.length or 0
        most = self.limits.body_bytes + HEAD_BYTES
        return connection.channel.held + to_come > most

    def _hand_over(self, connection: Connection) -> None:
        self._unwatch(connection)
        self.handed_over[connection] = connection.channel.held
        self.enqueue_req(connection)

    def _bound_what_is_held(self) -> None:
        """Let go of the largest body on its way when all are too large together.

        Who sends it is told so by the application, in their own language.
        """
        on_their_way = sum(one.channel.held for one in self.watched)
        held = on_their_way + sum(self.handed_over.values())
        if held <= self.limits.held_bytes:
            return
        largest = max(self.watched, key=lambda one: one.channel.held)
        head = largest.framing.head
        largest.channel.let_go()
        largest.channel.keep(head)
        largest.channel.is_overloaded = True
        self._hand_over(largest)

    def _make_room(self, network: str) -> None:
        """Let no network keep more requests on their way than it may."""
        if self.limits.per_network is None:
            return
        own = [
            one
            for one in self.watched
            if one.network == network and one.state in (State.IDLE, State.RECEIVING)
        ]
        if len(own) >= self.limits.per_network:
            self._drop(own[0])

    def _send(self, connection: Connection) -> None:
        """Send what a reader has not taken yet; then go on, or close."""
        connection.pace.count(connection.channel.flush())
        if connection.channel.has_unsent:
            self._watch(connection, State.SENDING, selectors.EVENT_WRITE, self._send)
        elif connection.goes_on and self.alive:
            self._await_request(connection)
        else:
            self._linger(connection)

    def _linger(self, connection: Connection) -> None:
        """Close when the reader has: before, the last of the answer might be lost."""
        connection.channel.real.shutdown(socket.SHUT_WR)
        connection.pace = Pace(self.limits)
        self._watch(connection, State.LINGERING, selectors.EVENT_READ, self._discard)

    def _discard(self, connection: Connection) -> None:
        data = connection.channel.pull()
        if data is None:
            return
        connection.pace.count(len(data))
        if not data or connection.pace.total > DISCARDED_BYTES:
            self._drop(connection)

    def _is_over(self, connection: Connection) -> bool:
        limits, pace = self.limits, connection.pace
        if connection.deadline is not None and time.monotonic() > connection.deadline:
            return True
        if connection.state is State.IDLE:
            return pace.seconds > float(self.cfg.keepalive)
        if connection.state is State.RECEIVING and not connection.framing.has_head:
            return pace.seconds > limits.head_seconds
        if connection.state is State.RECEIVING:
            return pace.seconds > limits.body_seconds or pace.falls_behind()
        if connection.state is State.LINGERING and connection.framing.is_complete:
            return pace.seconds > limits.linger_seconds
        return pace.falls_behind()

    def _watch(
        self, connection: Connection, state: State, event: int, act: Any
    ) -> None:
        self._unwatch(connection)
        connection.state = state
        self.watched[connection] = None
        real = connection.channel.real
        self.poller.register(real, event, partial(self._act, connection, act))

    def _unwatch(self, connection: Connection) -> None:
        if connection in self.watched:
            del self.watched[connection]
            self.poller.unregister(connection.channel.real)
        connection.state = None

    def _act(self, connection: Connection, act: Any, _file: object) -> None:
        """Do what was waited for."""
        if connection in self.watched:  # not ended by another one in the same round
            self._attempt(connection, act)

    def _attempt(self, connection: Connection, act: Any) -> None:
        """Do something with a connection; one that is gone is no fault."""
        try:
            act(connection)
        except OSError:
            self._drop(connection)

    def _drop(self, connection: Connection) -> None:
        self._unwatch(connection)
        if connection.channel.fileno() < 0:
            return
        connection.channel.let_go()
        self._has_freed = True
        connection.channel.real.close()
        self.nr_conns -= 1
