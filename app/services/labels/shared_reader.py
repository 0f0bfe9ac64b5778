"""The one reader of labels of a machine, as a server process asks it.

It is a process (`reader_process`), started when it is first needed, and anew when it is
gone: ended, since nobody asked for a while, with the server process that started it,
or by a kill. Server processes that start one at the same time need no lock: all but one
find its address taken, and end.
"""

import logging
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Callable
from socket import AF_UNIX, socket

from app.retrieval.runtime.place import PROGRAM
from app.retrieval.types import Image
from app.services.labels.recognition import Line
from app.services.labels.wire import (
    LabelReaderError,
    address_of,
    is_own,
    name_of_reader,
    receive_labels,
    send_photo,
)

logger = logging.getLogger(__name__)

MODULE = "app.programs.label_reader"
START_SECONDS = 30.0
"""A start takes two."""
ANSWER_SECONDS = 20.0
"""With the opening of the networks, and all who are before one in line."""
REST_SECONDS = 60.0
"""After which a reader that did not start, or did not answer, is asked again: searches
must not wait for it one by one."""
TRIES = 2
"""The process may end, or be killed, while it is asked."""
LOOK_SECONDS = 0.02
END_SECONDS = 5.0
"""For what it is reading; then it is killed."""


class SharedReader:
    """Reader of labels in a process that server processes share.

    Parameters
    ----------
    name : str, optional
        Another than the machine's.
    """

    def __init__(self, name: str = "") -> None:
        self._name = name or name_of_reader()
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._end: Callable[[], object] = lambda: None
        self._started_at = 0.0
        self._resting_until = 0.0

    def read(self, image: Image) -> list[list[Line]]:
        """Read the labels in a photo, (H, W, 3) uint8 RGB, upright.

        Raises
        ------
        LabelReaderError
            If it cannot be read now.
        """
        if time.monotonic() < self._resting_until:
            raise LabelReaderError("The process that reads labels did not answer.")
        for _ in range(TRIES):
            try:
                with self._connected() as connection:
                    connection.settimeout(ANSWER_SECONDS)
                    send_photo(connection, image)
                    with connection.makefile("rb") as stream:
                        return receive_labels(stream)
            except ConnectionError as error:
                logger.info("the process that reads labels is gone: %s", error)
            except OSError as error:
                # It does not answer in time, or the machine can start no process.
                logger.warning("the process that reads labels is not asked: %s", error)
                break
        self._resting_until = time.monotonic() + REST_SECONDS
        raise LabelReaderError("The process that reads labels does not answer.")

    def close(self) -> None:
        """End the process, if this one has started it."""
        with self._lock:
            self._end()
            self._process = None

    def _connected(self) -> socket:
        """Return a connection, to a new process if there is none.

        Raises
        ------
        OSError
            If none can be started, or none accepts.
        """
        begun = time.monotonic()
        while time.monotonic() < begun + START_SECONDS:
            connection = socket(AF_UNIX)
            # Or it would wait for ever where nobody accepts.
            connection.setblocking(False)
            try:
                connection.connect(address_of(self._name))
            except BlockingIOError:  # too many are before this one in line
                connection.close()
                time.sleep(LOOK_SECONDS)
                continue
            except ConnectionRefusedError:
                connection.close()
                self._start(begun)
                time.sleep(LOOK_SECONDS)
                continue
            if is_own(connection):
                return connection
            connection.close()
            break
        raise TimeoutError("no process of this user answers")

    def _start(self, begun: float) -> None:
        """Start the process, unless this one has and it still runs.

        Raises
        ------
        ChildProcessError
            If one that was started since a moment has failed: so would the next.
        """
        with self._lock:
            if self._process is not None:
                status = self._process.poll()
                if status is None:
                    return
                if status:
                    logger.warning("the process that reads labels ended by %s", status)
                self._end()
                if status and self._started_at >= begun:
                    raise ChildProcessError(f"it ended by {status} as it was started")
            self._started_at = time.monotonic()
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter
                [sys.executable, "-m", MODULE, self._name],
                stdin=subprocess.PIPE,
                cwd=PROGRAM.parent,
            )
            # Also where nobody closes: when this process ends.
            self._end = weakref.finalize(self, _end, self._process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Close the pipe that a process waits at, and wait until it has ended."""
    if process.stdin is not None:
        process.stdin.close()
    try:
        process.wait(END_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
