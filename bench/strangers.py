"""Measure what a stranger who sends huge pictures does to memory, and to a visitor.

    python -m bench.strangers
    python -m bench.strangers --target frames

Starts gunicorn over the instance's live index. Exit status 1 if the server's processes
keep more memory than allowed, or a visitor from another address waits too long.
"""

import argparse
import http.client
import re
import sys
import threading
import time
from collections.abc import Sequence
from statistics import median

import cv2
import numpy as np

from app.commands.shared import DONE, FAILED, run_explained
from bench.measure import memory_mb, print_figures
from bench.query import live_photos
from bench.server import (
    FORM,
    ask_until_answered,
    children_of,
    form_of,
    free_port,
    serving,
)

SIDES_PX = (8160, 6120)
"""Of the picture that is sent: 50 megapixels, as phones have them."""
MOST_MEMORY = 1.25
"""Of a process after the attack, as a multiple of before."""
MOST_WAITED = 5.0
"""Median of a search during the attack, as a multiple of a quiet one."""
QUIET_SEARCHES = 20
PAUSE_SECONDS = 0.5
"""Between two searches of the visitor."""
REST_SECONDS = 3.0
"""Between the attack's end and the look at memory."""
STRANGER, VISITOR = "127.0.0.2", "127.0.0.3"
TIMEOUT_SECONDS = 300
TARGETS = {"search": "/api/v1/search", "frames": "/frames"}
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


class Sender:
    """Client that sends photos from an address of its own.

    Parameters
    ----------
    address : str
        Of this machine, from which it connects.
    path : str
        Where it sends them.
    """

    def __init__(self, port: int, address: str, path: str) -> None:
        self._port, self._address, self._path = port, address, path
        self._headers: dict[str, str] = {}
        if path == TARGETS["frames"]:
            page, cookies = self._request("GET", "/", None)
            [token] = set(TOKEN.findall(page.decode()))
            self._headers = {"X-CSRFToken": token, "Cookie": cookies}

    def send(self, photo: bytes) -> int:
        """Send a photo; return the answer's status."""
        self._request("POST", self._path, form_of(photo))
        return self.status

    def _request(self, method: str, path: str, body: bytes | None) -> tuple[bytes, str]:
        connection = http.client.HTTPConnection(
            "127.0.0.1",
            self._port,
            timeout=TIMEOUT_SECONDS,
            source_address=(self._address, 0),
        )
        connection.request(method, path, body, {**FORM, **self._headers})
        response = connection.getresponse()
        self.status = response.status
        content = response.read()
        connection.close()
        return content, response.headers.get("Set-Cookie", "").partition(";")[0]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the measurement; return its exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--target", choices=TARGETS, default="search")
    parser.add_argument("--connections", type=int, default=12, metavar="N")
    parser.add_argument("--seconds", type=float, default=25, metavar="S")
    options = parser.parse_args(arguments)
    return run_explained(lambda: run(options))


def run(options: argparse.Namespace) -> int:
    """Let a visitor search before, during and after the attack."""
    photos = live_photos(argparse.Namespace(queries=None, sample=QUIET_SEARCHES))
    port = free_port()
    with serving(port) as server:
        ask_until_answered(port, photos[0], server)
        visitor = Sender(port, VISITOR, TARGETS["search"])
        # Twice: every process has searched before its memory is looked at.
        _searches(visitor, photos)
        quiet = _searches(visitor, photos)
        workers = children_of(server.pid)
        before = [memory_mb(worker)["Rss"] for worker in workers]
        statuses, attacked = _attack(options, port, visitor, photos)
        time.sleep(REST_SECONDS)
        after = [memory_mb(worker)["Rss"] for worker in workers]
    grown = max(now / then for now, then in zip(after, before, strict=True))
    waited = median(attacked) / median(quiet)
    print_figures(
        f"{options.connections} connections that send 50 megapixels to "
        f"{TARGETS[options.target]} for {options.seconds:g} s",
        {
            "pictures answered": statuses.count(200),
            "asked to come back": statuses.count(503) + statuses.count(429),
            "refused": len(statuses) - sum(map(statuses.count, (200, 429, 503))),
            "memory of each process before, MB": " ".join(f"{x:.0f}" for x in before),
            "memory of each process after, MB": " ".join(f"{x:.0f}" for x in after),
            "most grown, times": f"{grown:.2f}",
            "a visitor's search when quiet, median ms": 1000 * median(quiet),
            "a visitor's search meanwhile, median ms": 1000 * median(attacked),
            "the slowest one, ms": 1000 * max(attacked),
            "medians' ratio": f"{waited:.1f}",
        },
    )
    return DONE if grown <= MOST_MEMORY and waited <= MOST_WAITED else FAILED


def huge_picture() -> bytes:
    """Return a PNG of 50 megapixels, 16 bits and four channels, in some 0.4 MB."""
    width, height = SIDES_PX
    colour = np.array([20_000, 40_000, 60_000, 65_535], np.uint16)
    picture = np.broadcast_to(colour, (height, width, 4))
    _, encoded = cv2.imencode(".png", np.ascontiguousarray(picture))
    return encoded.tobytes()


def _attack(
    options: argparse.Namespace, port: int, visitor: Sender, photos: Sequence[bytes]
) -> tuple[list[int], list[float]]:
    """Return the statuses that strangers got, and how long the visitor waited."""
    picture = huge_picture()
    over = time.monotonic() + options.seconds
    statuses: list[int] = []

    def attack() -> None:
        stranger = Sender(port, STRANGER, TARGETS[options.target])
        while time.monotonic() < over:
            statuses.append(stranger.send(picture))

    strangers = [
        threading.Thread(target=attack, daemon=True) for _ in range(options.connections)
    ]
    for stranger in strangers:
        stranger.start()
    waited: list[float] = []
    while time.monotonic() < over:
        time.sleep(PAUSE_SECONDS)
        waited += _searches(visitor, [photos[len(waited) % len(photos)]])
    for stranger in strangers:
        stranger.join(TIMEOUT_SECONDS)
    return statuses, waited


def _searches(visitor: Sender, photos: Sequence[bytes]) -> list[float]:
    seconds = []
    for photo in photos:
        begun = time.perf_counter()
        if visitor.send(photo) != 200:
            raise ValueError(f"the visitor was answered with {visitor.status}")
        seconds.append(time.perf_counter() - begun)
    return seconds


if __name__ == "__main__":
    sys.exit(main())
