"""Run the server and the worker together: the one process that a museum starts.

Starts gunicorn and the worker and ends both when it is told to end. A worker that dies
is started again; when the server dies, all ends, with its exit status. What would keep
them from working is looked for first (``preflight``), and is one sentence.
"""

import argparse
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from app.commands.statuses import DONE, MISCONFIGURED
from app.configuration.load import (
    ROOT,
    ConfigurationError,
    keep_to_owner,
    read_settings,
)

PREFLIGHT = ("-m", "app.programs.preflight")
SERVER = ("-m", "gunicorn")
WORKER = ("-m", "app", "worker")
LOOK_SECONDS = 0.2
REST_SECONDS = 5.0
"""Between two starts of a worker that keeps dying."""
GRACE_SECONDS = 35.0
"""A little more than gunicorn gives requests to end."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run both until the server ends or a signal comes; return the exit status."""
    keep_to_owner()
    parser = argparse.ArgumentParser(
        description="Run the server and the worker until stopped."
    )
    parser.add_argument(
        "--no-worker",
        action="store_true",
        help="run the server alone: the worker is started by itself (morelli worker)",
    )
    options = parser.parse_args(arguments)
    stopped: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        # Nothing is raised: wherever the signal comes, both are ended.
        signal.signal(number, lambda received, _frame: stopped.append(received))
    try:
        settle()
    except ConfigurationError as error:
        print(error, file=sys.stderr)
        return MISCONFIGURED
    status = start(PREFLIGHT).wait()
    if status != DONE or stopped:
        return status
    return run([SERVER] if options.no_worker else [SERVER, WORKER], stopped)


def settle() -> None:
    """Go to the program's folder, where gunicorn finds its settings and ours.

    Paths in the environment become absolute before, for they may start where the shell
    is.

    Raises
    ------
    ConfigurationError
        If a setting cannot be used.
    """
    for name, value in read_settings(os.environ).items():
        if isinstance(value, Path) and os.environ.get(name, "").strip():
            os.environ[name] = str(value)
    os.chdir(ROOT)


def run(programs: Sequence[tuple[str, ...]], stopped: Sequence[int]) -> int:
    """Run the server, first of the programs, and others, until it ends or a signal."""
    running = [start(program) for program in programs]
    server = running[0]
    begun = time.monotonic()
    try:
        while server.poll() is None and not stopped:
            for place, program in enumerate(programs[1:], start=1):
                rested = time.monotonic() > begun + REST_SECONDS
                if running[place].poll() is not None and rested:
                    running[place], begun = start(program), time.monotonic()
            time.sleep(LOOK_SECONDS)
    finally:
        end(*running)
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
