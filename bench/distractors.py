"""Visitors who ask a running server at the same time, as a browser does.

    python -m bench.distractors --address http://127.0.0.1:8000 --photos DIR --size 20

Each opens the first page, sends a photo through its form, looks at the answer's page,
and sends the next one. Prints what they met as JSON. In a process of its own: locust
changes the standard library's sockets, which other libraries do not expect.
"""

# First, so that everything below has the changed sockets.
import locust  # isort: skip

import argparse
import json
import re
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import count
from pathlib import Path
from typing import ClassVar

from locust.env import Environment

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
ANSWERED, UNAVAILABLE = 303, 503


@dataclass
class Visit:
    """One photo's way through the server.

    Attributes
    ----------
    begun, ended : float
        Seconds on one clock: when the photo was sent, when the answer was named.
    shown : float
        When the answer's page was there; 0 if there was none.
    fault : str
        How the visitor was let down; empty where there was an answer, or the request
        to come back and when.
    """

    begun: float
    ended: float
    shown: float = 0
    fault: str = ""


class Visitor(locust.HttpUser):
    """Opens the first page, then sends one photo after another."""

    photos: ClassVar[Sequence[bytes]]
    turns: ClassVar[Iterator[int]] = count()
    visits: ClassVar[list[Visit]] = []

    def on_start(self) -> None:
        """Open the first page, as one must before sending its form."""
        self.token = TOKEN.findall(self.client.get("/").text)[0]

    @locust.task
    def ask(self) -> None:
        """Send a photo and look at the answer, or come back when asked to."""
        photo = self.photos[next(self.turns) % len(self.photos)]
        begun = time.perf_counter()
        answer = self.client.post(
            "/queries",
            data={"csrf_token": self.token},
            files={"photo": ("photo.jpg", photo, "image/jpeg")},
            allow_redirects=False,
        )
        visit = Visit(begun, time.perf_counter())
        if answer.status_code == ANSWERED:
            page = self.client.get(answer.headers["Location"], name="answer")
            visit.shown = time.perf_counter()
            visit.fault = "" if page.ok else f"answer's page: {page.status_code}"
        elif answer.status_code == UNAVAILABLE and "Retry-After" in answer.headers:
            time.sleep(float(answer.headers["Retry-After"]))
            # The server has closed the connection meanwhile. A browser connects again.
            self.client.close()
        else:
            reason = getattr(answer, "error", None) or answer.text[:80]
            visit.fault = f"photo: {answer.status_code} {reason}"
        self.visits.append(visit)


def main() -> int:
    """Let the group ask for some seconds, and wait for the last answers."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--address", required=True)
    parser.add_argument("--photos", type=Path, required=True, metavar="DIR")
    parser.add_argument("--size", type=int, required=True, metavar="N")
    parser.add_argument("--seconds", type=float, default=30, metavar="S")
    options = parser.parse_args()
    Visitor.photos = [path.read_bytes() for path in sorted(options.photos.iterdir())]
    environment = Environment(
        user_classes=[Visitor], host=options.address, stop_timeout=120
    )
    runner = environment.create_local_runner()
    runner.start(options.size, spawn_rate=options.size)
    time.sleep(options.seconds)
    runner.quit()
    runner.greenlet.join()
    print(json.dumps([asdict(visit) for visit in Visitor.visits]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
