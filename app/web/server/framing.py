"""Framing of a request: how much of it is there, as gunicorn's parser will see it."""

from typing import Any

from gunicorn.http.body import ChunkedReader, LengthReader
from gunicorn.http.parser import RequestParser

HEAD_BYTES = 65_536
"""Longest head; of browsers it has some 2,000."""
LINE_BYTES = 8_192
END_OF_HEAD = b"\r\n\r\n"


class Framing:
    """Framing of one request, found while it arrives.

    Attributes
    ----------
    head : bytes
        Head as it came, once it is there.
    has_head : bool
        Whether the head is there; it may be nonsense, which is then complete.
    length : int or None
        Bytes of the body that are still to come; None as long as nobody knows.
    waits_to_send : bool
        Whether the sender waits to be told to go on (``Expect: 100-continue``).
    """

    def __init__(self, cfg: Any, peer: Any) -> None:
        self._cfg, self._peer = cfg, peer
        self._head = bytearray()
        self._chunks: Chunks | None = None
        self.head = b""
        self.has_head = False
        self.length: int | None = None
        self.waits_to_send = False

    @property
    def is_complete(self) -> bool:
        """Whether nothing is missing."""
        return self.length == 0

    @property
    def is_empty(self) -> bool:
        """Whether nothing has come yet."""
        return not self._head

    def take(self, data: bytes) -> int:
        """Look at bytes that arrived; return how many of them belong to the request."""
        taken = 0
        if not self.has_head:
            taken = self._take_head(data)
        if self.has_head and not self.is_complete:
            taken += self._take_body(data[taken:])
        return taken

    def _take_head(self, data: bytes) -> int:
        searched = max(0, len(self._head) - len(END_OF_HEAD) + 1)
        known = len(self._head)
        self._head += data
        end = self._head.find(END_OF_HEAD, searched)
        if end < 0 and len(self._head) < HEAD_BYTES:
            return len(data)
        self.has_head = True
        if end < 0:
            self.length = 0  # far too long, which the parser says as well
            return len(data)
        end += len(END_OF_HEAD)
        self.head = bytes(self._head[:end])
        self._read_head(self.head)
        return end - known

    def _read_head(self, head: bytes) -> None:
        try:
            request = next(RequestParser(self._cfg, [head], self._peer))
        except Exception:  # noqa: BLE001 - whatever it is must not end the loop
            self.length = 0  # the thread's parser finds it too, and answers it
            return
        reader = request.body.reader
        self.waits_to_send = bool(request._expected_100_continue)
        if isinstance(reader, ChunkedReader):
            self._chunks = Chunks()
        elif isinstance(reader, LengthReader):
            self.length = reader.length

    def _take_body(self, data: bytes) -> int:
        if self._chunks is not None:
            taken = self._chunks.take(data)
            if self._chunks.is_over:
                self.length = 0
            return taken
        left = self.length or 0
        taken = min(left, len(data))
        self.length = left - taken
        return taken


class Chunks:
    """Finder of the end of a chunked body (RFC 9112, 7.1); its sense is not checked."""

    def __init__(self) -> None:
        self._line = bytearray()
        self._skipped = 0
        self._is_last = False
        self.is_over = False

    def take(self, data: bytes) -> int:
        """Look at bytes that arrived; return how many of them belong to the body."""
        at = 0
        while at < len(data) and not self.is_over:
            if self._skipped:
                step = min(self._skipped, len(data) - at)
                self._skipped -= step
                at += step
                continue
            end = data.find(b"\n", at)
            stop = len(data) if end < 0 else end + 1
            self._line += data[at:stop]
            at = stop
            if end >= 0 or len(self._line) > LINE_BYTES:
                self._end_line()
        return at

    def _end_line(self) -> None:
        """Understand a line: the size of a chunk, or a trailer after the last one."""
        line = bytes(self._line).strip()
        self._line.clear()
        if self._is_last:
            self.is_over = not line
            return
        try:
            size = int(line.partition(b";")[0], 16)
        except ValueError:
            self.is_over = True  # nonsense, which the parser answers
            return
        self._is_last = size == 0
        # With the line break after it.
        self._skipped = size + 2 if size > 0 else 0
        self.is_over = size < 0
