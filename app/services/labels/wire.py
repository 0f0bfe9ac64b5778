"""What server processes and the reader of labels say to each other over a socket.

A photo goes as its size, one line of JSON, and its pixels; labels come back as one
line of JSON. Nothing that is received is ever run: no pickles.
"""

import json
import os
import socket
import struct
from collections.abc import Sequence
from hashlib import sha256
from typing import Any, BinaryIO

import numpy as np

from app.retrieval.errors import RetrievalError
from app.retrieval.runtime.place import PROGRAM
from app.retrieval.types import Image
from app.services.labels.recognition import Line
from app.version import VERSION

MOST_PIXELS = 16_000_000
"""Of a photo; those that are searched have a tenth."""
MOST_BYTES = 4 << 20
"""Of an answer."""
_CREDENTIALS = struct.Struct("3i")
"""Process, user and group of a peer; see unix(7)."""


class LabelReaderError(RetrievalError):
    """Labels cannot be read now: the process that reads them does not answer."""


def name_of_reader() -> str:
    """Return the name of this machine's reader of labels.

    One for each user and program, since other versions may say other things.
    """
    program = sha256(f"{PROGRAM} {VERSION}".encode()).hexdigest()[:16]
    return f"morelli-labels-{os.geteuid()}-{program}"


def address_of(name: str) -> str:
    """Return a name as an address: abstract, so that no file stays behind."""
    return f"\0{name}"


def is_own(connection: socket.socket) -> bool:
    """Tell whether the other side runs as the same user: any may take an address."""
    credentials = connection.getsockopt(
        socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size
    )
    _, user, _ = _CREDENTIALS.unpack(credentials)
    return bool(user == os.geteuid())


def send_photo(connection: socket.socket, image: Image) -> None:
    """Send a photo, (H, W, 3) uint8."""
    height, width = image.shape[:2]
    connection.sendall(json.dumps([height, width]).encode() + b"\n")
    connection.sendall(np.ascontiguousarray(image).data)


def receive_photo(stream: BinaryIO) -> Image:
    """Receive what `send_photo` sent.

    Raises
    ------
    ConnectionError
        If the other side leaves before its end, or sends no photo.
    """
    height, width = _line_of(stream)
    if not 0 < height * width <= MOST_PIXELS:
        raise ConnectionError(f"no photo has {height} by {width} pixels")
    data = stream.read(height * width * 3)
    if len(data) < height * width * 3:
        raise ConnectionError("the photo ends too early")
    return np.frombuffer(data, np.uint8).reshape(height, width, 3)


def send_labels(connection: socket.socket, labels: Sequence[Sequence[Line]]) -> None:
    """Send what was read."""
    packed = [
        [[line.text, line.score, line.corners.tolist()] for line in label]
        for label in labels
    ]
    connection.sendall(json.dumps({"labels": packed}).encode() + b"\n")


def send_fault(connection: socket.socket, fault: str) -> None:
    """Send why nothing can be read."""
    connection.sendall(json.dumps({"fault": fault}).encode() + b"\n")


def receive_labels(stream: BinaryIO) -> list[list[Line]]:
    """Receive what `send_labels` or `send_fault` sent.

    Raises
    ------
    LabelReaderError
        With the fault, if it was one.
    ConnectionError
        If the other side leaves before its end.
    """
    answer = _line_of(stream)
    if "fault" in answer:
        raise LabelReaderError(answer["fault"])
    return [
        [
            Line(text, score, np.array(corners, np.float32))
            for text, score, corners in label
        ]
        for label in answer["labels"]
    ]


def _line_of(stream: BinaryIO) -> Any:
    line = stream.readline(MOST_BYTES)
    if not line.endswith(b"\n"):
        raise ConnectionError("the other side has left")
    return json.loads(line)
