"""Cluster that runs while a test does things to it."""

import os
import queue
import re
import subprocess
import sys
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from app.configuration.load import ROOT
from tests.support.waiting import WAIT_SECONDS, ended

STARTED_SECONDS = 300
"""To draw nothing, take in a few works and start everything, on a busy machine."""
READY = "Ctrl-C ends all"


@dataclass(frozen=True, slots=True)
class Absence:
    """Time in which a part was away, by the clock of this process."""

    part: str
    since: float
    until: float


class RunningCluster:
    """Cluster of ``python -m tools.cluster``, told what to do as somebody would type.

    Parameters
    ----------
    folder : Path
        Short: the database's socket lies in it.
    port : int
        The first of two.
    arguments : sequence of str
    """

    def __init__(self, folder, port, arguments):
        self.folder = folder
        self.addresses = [f"127.0.0.1:{port}", f"127.0.0.1:{port + 1}"]
        self.absences = []
        self.said = []
        self._lines: queue.Queue[str | None] = queue.Queue()
        environ = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith("MORELLI_")
        }
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tools.cluster", *arguments],
            cwd=ROOT,
            env={
                **environ,
                "MORELLI_INSTANCE": str(folder),
                "MORELLI_PORT": str(port),
                "MORELLI_WORKERS": "1",
            },
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._listener = threading.Thread(target=self._listen, name="listening")
        self._listener.start()

    def __enter__(self):
        try:
            self.wait_for(READY, STARTED_SECONDS)
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_error):
        self.stop()

    @property
    def administrator_link(self):
        """Path and token by which the administrator chooses a password."""
        return re.findall(r"within two hours: http://[^/]+(/\S+)", self.text)[0]

    def broken(self):
        """What the servers' logs say of errors that nobody expected."""
        said = [log.read_text() for log in self.folder.glob("*/server-*.log")]
        return [
            block[-3_000:]
            for text in said
            for block in re.findall(r"Traceback.*?(?=\n\[20|\Z)", text, re.DOTALL)
            if "OperationalError" not in block.splitlines()[-1]
        ]

    @property
    def text(self):
        return "\n".join(self.said)

    def tell(self, words):
        """Type something; it must be done."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{words}\n")
        self._process.stdin.flush()
        self.wait_for(f"{words}: done", 2 * WAIT_SECONDS)

    @contextmanager
    def killed(self, part):
        """Kill a part, and start it again at the block's end."""
        since = time.monotonic()
        self.tell(f"kill {part}")
        yield
        self.tell(f"start {part}")
        self.absences.append(Absence(part, since, time.monotonic()))

    def wait_for(self, words, seconds):
        end = time.monotonic() + seconds
        while True:
            line = self._lines.get(timeout=max(0.1, end - time.monotonic()))
            assert line is not None, f"it has ended:\n{self.text}"
            if words in line:
                return

    def stop(self):
        """End it as Ctrl-C does."""
        assert self._process.stdin is not None
        with suppress(BrokenPipeError):
            self._process.stdin.close()
        self._process.terminate()
        try:
            self._process.wait(WAIT_SECONDS)
        finally:
            self._process.kill()  # and with it everything in its namespaces
            ended(self._listener)

    def _listen(self):
        assert self._process.stdout is not None
        with self._process.stdout as lines:
            for line in lines:
                self.said.append(line.rstrip())
                self._lines.put(line)
        self._lines.put(None)
