"""Run the server and the worker together: the one process that a museum starts.

    python serve.py

Starts gunicorn and ``flask worker`` and ends both when it is told to end. A worker that
dies is started again; when the server dies, all ends, with its exit status.
"""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress

from app.configuration.load import ROOT

SERVER = ("-m", "gunicorn")
WORKER = ("-m", "flask", "--app", "wsgi", "worker")
LOOK_SECONDS = 0.2
REST_SECONDS = 5.0
"""Between two starts of a worker that keeps dying."""
GRACE_SECONDS = 35.0
"""A little more than gunicorn gives requests to end."""


def main() -> int:
    """Run both until the server ends or a signal comes; return the exit status."""
    stopped: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        # Nothing is raised: wherever the signal comes, both are ended.
        signal.signal(number, lambda received, _frame: stopped.append(received))
    os.chdir(ROOT)
    server, worker = start(SERVER), start(WORKER)
    begun = time.monotonic()
    try:
        while server.poll() is None and not stopped:
            if worker.poll() is not None and time.monotonic() > begun + REST_SECONDS:
                worker, begun = start(WORKER), time.monotonic()
            time.sleep(LOOK_SECONDS)
    finally:
        end(server, worker)
    return server.returncode


def start(arguments: tuple[str, ...]) -> subprocess.Popen[bytes]:
    """Start a program of ours, out of reach of the terminal's Ctrl-C."""
    command = [sys.executable, *arguments]
    return subprocess.Popen(command, start_new_session=True)  # noqa: S603 - our own interpreter


def end(*processes: subprocess.Popen[bytes]) -> None:
    """End processes and their children, gently at first.

    Each is told once: a second signal kills a server that is at its last steps, and
    what ended well would be reported as killed.
    """
    for process in processes:
        process.terminate()
    for process in processes:
        with suppress(subprocess.TimeoutExpired):
            process.wait(GRACE_SECONDS)
        # And what it started, which a killed parent leaves behind.
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


if __name__ == "__main__":
    sys.exit(main())
