"""Measure the real server: from its start to the first answer, and its memory.

    python -m bench.server --queries photos.csv

Starts gunicorn on a free port over the instance's live index, and stops it.
"""

import argparse
import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any

from app.commands.shared import DONE, run_explained
from app.configuration.load import ROOT
from bench.measure import memory_mb, print_figures, print_percentiles
from bench.query import live_photos

BOUNDARY = "morelli-bench"
FORM = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
"""Header of what :func:`form_of` returns."""
WAITED_SECONDS = 60
UNLIMITED = {"MORELLI_SEARCH_RATE": "1000000 per minute"}
"""Settings of a server whose visitors all come from one address."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the measurement; return its exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--queries", type=Path, metavar="CSV", help="labelled photos")
    parser.add_argument("--sample", type=int, default=40, metavar="N")
    options = parser.parse_args(arguments)
    return run_explained(lambda: run(options))


def run(options: argparse.Namespace) -> int:
    """Start the server, ask it, look at its processes."""
    photos = live_photos(options)
    port = free_port()
    begun = time.perf_counter()
    with serving(port) as server:
        first = ask_until_answered(port, photos[0], server)
        first_answer = time.perf_counter() - begun
        requests, searches = [], []
        for data in photos:
            begun = time.perf_counter()
            answer = ask(port, data)
            requests.append(1000 * (time.perf_counter() - begun))
            searches.append(answer["timings_ms"]["total"])
        workers = children_of(server.pid)
        memories = [memory_mb(worker) for worker in workers]
    figures: dict[str, object] = {
        "start to first answer, s": first_answer,
        "first answer": first["decision"],
        "workers": len(workers),
    }
    for name in memories[0]:
        values = [f"{memory[name]:.0f}" for memory in memories]
        figures[f"{name} of each worker, MB"] = " ".join(values)
    print_figures("gunicorn", figures)
    print_percentiles(
        f"{len(photos)} photos one after another: milliseconds",
        {"whole request": requests, "search alone": searches},
    )
    return DONE


@contextmanager
def serving(
    port: int,
    settings: Mapping[str, str] = MappingProxyType({}),
    checkout: Path = ROOT,
) -> Iterator[subprocess.Popen[bytes]]:
    """Run the server as ``make demo`` does, under further settings."""
    environ = {**os.environ, **settings, "MORELLI_PORT": str(port)}
    command = [sys.executable, "-m", "gunicorn"]
    server = subprocess.Popen(command, cwd=checkout, env=environ)  # noqa: S603 - our own interpreter
    try:
        yield server
    finally:
        server.terminate()
        server.wait()


def ask_until_answered(
    port: int, data: bytes, server: subprocess.Popen[bytes]
) -> dict[str, Any]:
    """Ask again and again until the server listens.

    Raises
    ------
    OSError
        If it ends, or does not answer within a minute.
    """
    deadline = time.monotonic() + WAITED_SECONDS
    while True:
        try:
            return ask(port, data)
        except urllib.error.HTTPError:
            raise
        except OSError:
            if server.poll() is not None or time.monotonic() > deadline:
                raise
            time.sleep(0.02)


def ask(port: int, data: bytes) -> dict[str, Any]:
    """Send one photo to the programmer's interface and return its answer."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/api/v1/search", data=form_of(data), headers=FORM
    )
    with urllib.request.urlopen(request) as response:  # noqa: S310
        answer: dict[str, Any] = json.load(response)
    return answer


def form_of(photo: bytes) -> bytes:
    """Return the body of a form with a photo in it."""
    head = (
        f"--{BOUNDARY}\r\nContent-Disposition: form-data; "
        'name="photo"; filename="photo.jpg"\r\n\r\n'
    )
    return head.encode() + photo + f"\r\n--{BOUNDARY}--\r\n".encode()


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
    return port


def children_of(process: int) -> list[int]:
    """Return the direct children of a process, of all its threads."""
    tasks = Path(f"/proc/{process}/task").glob("*/children")
    return sorted(int(child) for task in tasks for child in task.read_text().split())


if __name__ == "__main__":
    sys.exit(main())
