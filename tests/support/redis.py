"""A real Redis for tests, where the machine has one."""

import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.waiting import WAIT_SECONDS


def free_port() -> int:
    """Return a port that nobody listens at."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@contextmanager
def running(program: str, folder: Path, port: int) -> Iterator[str]:
    """Run a server that keeps nothing while the block runs; yield its address."""
    options = {"port": port, "bind": "127.0.0.1", "dir": folder, "save": "''"}
    words = [word for name, value in options.items() for word in (f"--{name}", value)]
    process = subprocess.Popen(
        [program, *map(str, words)], stdout=subprocess.DEVNULL, start_new_session=True
    )
    try:
        end = time.monotonic() + WAIT_SECONDS
        while not _answers(port):
            assert process.poll() is None
            assert time.monotonic() < end
            time.sleep(0.01)
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        process.kill()
        process.wait(WAIT_SECONDS)


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), 1) as connection:
            connection.sendall(b"PING\r\n")
            return connection.recv(7) == b"+PONG\r\n"
    except OSError:
        return False
