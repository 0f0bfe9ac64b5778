"""Measure whether slow senders and readers keep others from being served.

    python -m bench.slow_senders --queries photos.csv

Starts gunicorn over the instance's live index. Strangers open connections and send a
byte of a photo now and then, or of its head, or read an answer as slowly; meanwhile
``/healthz`` is asked, photos are searched, and an honest phone sends one at 20 kB/s.
"""

import argparse
import contextlib
import http.client
import itertools
import socket
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from pathlib import Path

from app.commands.shared import DONE, INCOMPLETE, run_explained
from bench.measure import print_percentiles
from bench.query import live_photos
from bench.server import BOUNDARY, ask, ask_until_answered, form_of, free_port, serving

START = "POST /api/v1/search HTTP/1.1\r\nHost: localhost\r\n"
FORM = "Content-Type: multipart/form-data; boundary={boundary}\r\n"
BODY = f"{START}{FORM.format(boundary='x')}Content-Length: 3000000\r\n\r\n"
READER = "GET /api/v1/openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n"
MANNERS = {"slow heads": START, "slow bodies": BODY, "slow readers": READER}
TRICKLE_SECONDS = 1.0
PHONE_BYTES_PER_SECOND = 20_000
PAUSE_SECONDS = 0.3
LATEST_SECONDS = 5.0
"""Within which health is to be told, and a photo searched."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the measurement; return its exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--queries", type=Path, metavar="CSV", help="labelled photos")
    parser.add_argument("--sample", type=int, default=10, metavar="N")
    parser.add_argument("--senders", type=int, nargs="+", default=[60, 130])
    parser.add_argument("--seconds", type=float, default=60.0)
    options = parser.parse_args(arguments)
    return run_explained(lambda: run(options))


def run(options: argparse.Namespace) -> int:
    """Let as many strangers come as was asked for, in each of three manners."""
    photos = live_photos(options)
    port = free_port()
    is_good = True
    with serving(port) as server:
        ask_until_answered(port, photos[0], server)
        for count in options.senders:
            for manner, opening in MANNERS.items():
                with strangers(port, count, opening):
                    is_good &= serve(port, photos, f"{count} {manner}", options.seconds)
    return DONE if is_good else INCOMPLETE


@contextlib.contextmanager
def strangers(port: int, count: int, opening: str) -> Iterator[None]:
    """Let strangers send or read a byte now and then; who is cut off comes again."""
    over = threading.Event()
    thread = threading.Thread(target=trickle, args=(port, count, opening, over))
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def trickle(port: int, count: int, opening: str, over: threading.Event) -> None:
    """Be so many strangers until it is over."""
    reads = opening == READER
    open_ones: list[socket.socket] = []
    while not over.wait(TRICKLE_SECONDS):
        left = []
        for one in open_ones:
            try:
                is_there = bool(one.recv(1)) if reads else one.send(b"a") == 1
            except BlockingIOError:
                is_there = True
            except OSError:
                is_there = False
            if is_there:
                left.append(one)
            else:
                one.close()
        open_ones = left
        while len(open_ones) < count and not over.is_set():
            with contextlib.suppress(OSError):
                one = socket.create_connection(("127.0.0.1", port), 10)
                one.sendall(opening.encode())
                one.setblocking(False)
                open_ones.append(one)
    for one in open_ones:
        one.close()


def serve(port: int, photos: list[bytes], name: str, seconds: float) -> bool:
    """Ask for so long beside the strangers; tell whether all was answered in time."""
    healths: list[float] = []
    searches: list[float] = []
    failures = 0
    with ThreadPoolExecutor(1) as pool:
        # The phone is as slow in a short measurement, and sends less.
        size = int(min(3_000_000, PHONE_BYTES_PER_SECOND * seconds / 2))
        phone = pool.submit(send_slowly, port, photos[0], size)
        deadline = time.monotonic() + seconds
        for data in itertools.cycle(photos):
            if time.monotonic() > deadline:
                break
            for act, measured in (
                (lambda: ask_health(port), healths),
                (lambda data=data: ask(port, data), searches),
            ):
                begun = time.perf_counter()
                try:
                    act()
                except OSError:
                    failures += 1
                measured.append(1000 * (time.perf_counter() - begun))
            time.sleep(PAUSE_SECONDS)
        status = phone.result()
    print_percentiles(
        f"{name}: milliseconds", {"/healthz": healths, "a search": searches}
    )
    print(f"not answered: {failures}; a phone of 20 kB/s got {status}")
    latest = max(healths + searches)
    return not failures and status == HTTPStatus.OK and latest < 1000 * LATEST_SECONDS


def ask_health(port: int) -> None:
    """Ask whether the server lives."""
    address = f"http://127.0.0.1:{port}/healthz"
    with urllib.request.urlopen(address, timeout=60) as answer:
        answer.read()


def send_slowly(port: int, photo: bytes, size: int) -> int:
    """Send a photo, and bytes behind it, as an honest phone does; return the status."""
    body = form_of(photo + bytes(max(0, size - len(photo))))
    start = (
        f"{START}{FORM.format(boundary=BOUNDARY)}Content-Length: {len(body)}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", port), 60) as phone:
        phone.sendall(start.encode())
        for at in range(0, len(body), PHONE_BYTES_PER_SECOND // 10):
            phone.sendall(body[at : at + PHONE_BYTES_PER_SECOND // 10])
            time.sleep(0.1)
        with http.client.HTTPResponse(phone) as answer:
            answer.begin()
            return answer.status


if __name__ == "__main__":
    sys.exit(main())
