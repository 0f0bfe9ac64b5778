"""The process that reads labels, one for all server processes of a machine.

Networks that read hold some 150 MB, which each server process would hold for itself.
The process is started by the server process that first needs it (`shared_reader`) and
ends with that one, or when it was asked nothing for a while.
"""

import errno
import logging
import selectors
import socket
from collections.abc import Callable
from typing import BinaryIO

from app.retrieval.errors import ArtefactError
from app.retrieval.runtime.memory import borrowed_memory
from app.services.labels.reader import Reader
from app.services.labels.wire import (
    address_of,
    is_own,
    receive_photo,
    send_fault,
    send_labels,
)

logger = logging.getLogger(__name__)

IDLE_SECONDS = 300.0
"""Without a label, after which memory is given back by ending."""
CLIENT_SECONDS = 5.0
"""For which a client may keep the others waiting."""
WAITING = 128
"""Clients that may wait in line."""


def serve(
    name: str,
    open_reader: Callable[[], Reader],
    starter: BinaryIO,
    *,
    idle_seconds: float = IDLE_SECONDS,
) -> None:
    """Read labels until nobody asks any more; returns at once if another one does.

    Parameters
    ----------
    name : str
        As of `name_of_reader`.
    open_reader : callable
        Opens the networks; called once.
    starter : binary file
        Pipe that ends when the process at its other end does.
    idle_seconds : float
    """
    with socket.socket(socket.AF_UNIX) as listener, selectors.DefaultSelector() as seen:
        try:
            listener.bind(address_of(name))
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
            return
        listener.listen(WAITING)
        # Who asks meanwhile waits in line.
        try:
            reader, fault = open_reader(), ""
        except ArtefactError as error:
            reader, fault = None, str(error)
        seen.register(listener, selectors.EVENT_READ)
        seen.register(starter, selectors.EVENT_READ)
        while events := seen.select(idle_seconds):
            if any(key.fileobj is starter for key, _ in events):
                return
            with listener.accept()[0] as connection:
                connection.settimeout(CLIENT_SECONDS)
                _answer(connection, reader, fault)


def _answer(connection: socket.socket, reader: Reader | None, fault: str) -> None:
    if not is_own(connection):
        logger.warning("labels are not read for another user's process")
        return
    try:
        # An answer to what was not taken to its end would be lost with it.
        with connection.makefile("rb") as stream:
            image = receive_photo(stream)
        if reader is None:
            send_fault(connection, fault)
            return
        with borrowed_memory():
            labels = reader.read(image)
        send_labels(connection, labels)
    except OSError as error:
        # Who asked has gone, or is held up: the next one is waiting.
        logger.info("a label was read for nobody: %s", error)
