"""Supervisor of a cluster's parts: started, killed, cut off, ended."""

import signal
import socket
import subprocess
import time
from collections.abc import Collection, Iterable, Sequence
from contextlib import ExitStack
from pathlib import Path

from app.configuration.load import ROOT
from tools.cluster.namespaces import Network
from tools.cluster.parts import Part
from tools.cluster.settings import SITE_PORT, own_environ

READY_SECONDS = 60.0
"""For a part to answer; a database that was killed reads its log first."""
GRACE_SECONDS = 35.0
"""For a part to end by itself, as in ``serve.py``."""
LOOK_SECONDS = 0.05


class StartError(Exception):
    """Part that does not start, and where its log is."""

    def __init__(self, name: str, last_words: str, log: Path | str) -> None:
        super().__init__(
            f"{name} does not answer. Its last words: {last_words} (all of them: {log})"
        )


class Supervisor:
    """Supervisor of parts by their names.

    Parameters
    ----------
    network : Network
        Of their machines.
    parts : sequence of Part
        In the order in which they are started.
    """

    def __init__(self, network: Network, parts: Sequence[Part]) -> None:
        self._network = network
        self.parts = {part.name: part for part in parts}
        self._processes: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, names: Iterable[str]) -> None:
        """Start parts, all at once, and wait until they answer.

        Raises
        ------
        StartError
            If one ends or does not answer.
        """
        started = [self.parts[name] for name in names if not self.is_running(name)]
        for part in started:
            self._processes[part.name] = _start(part)
        for part in started:
            self._await(part)

    def kill(self, name: str) -> None:
        """Kill a part and all its processes, as ``kill -9`` does."""
        process = self._processes[name]
        process.kill()
        process.wait()

    def stop(self) -> None:
        """End all parts, gently at first: those that use others, then those others."""
        users = {name for name, part in self.parts.items() if part.uses_others}
        self._stop(users)
        self._stop(self.parts.keys() - users)

    def _stop(self, names: Collection[str]) -> None:
        ending = [self._processes[name] for name in names if self.is_running(name)]
        for process in ending:
            # To PostgreSQL as well: who is connected is asked to leave, not awaited.
            process.send_signal(signal.SIGINT)
        end = time.monotonic() + GRACE_SECONDS
        for process in ending:
            try:
                process.wait(max(0.0, end - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def cut(self, name: str) -> None:
        """Pull the cable of a part's machine."""
        self._network.cut(self.parts[name].machine)

    def mend(self, name: str) -> None:
        """Plug it in again."""
        self._network.mend(self.parts[name].machine)

    def is_running(self, name: str) -> bool:
        """Tell whether a part runs."""
        process = self._processes.get(name)
        return process is not None and process.poll() is None

    def dead(self) -> list[str]:
        """Return the parts that were started and run no more."""
        return [name for name in self._processes if not self.is_running(name)]

    def _await(self, part: Part) -> None:
        begun = time.monotonic()
        while self.is_running(part.name) and time.monotonic() < begun + READY_SECONDS:
            if part.is_ready():
                return
            time.sleep(LOOK_SECONDS)
        raise StartError(part.name, last_words(part), log_of(part))


def _start(part: Part) -> subprocess.Popen[bytes]:
    """Start a part on its machine, first of its own processes."""
    command, given = list(part.command), []
    with ExitStack() as opened:
        if part.listener is not None:
            address = part.machine.address, SITE_PORT
            inside = opened.enter_context(
                part.machine.run(lambda: socket.create_server(address))
            )
            given = [part.listener, inside.fileno()]
            command += ["--bind", f"fd://{inside.fileno()}"]
        log = opened.enter_context(log_of(part).open("ab"))

        def start() -> subprocess.Popen[bytes]:
            return subprocess.Popen(  # noqa: S603 - our own programs
                command,
                cwd=ROOT,
                env={**own_environ(), **part.environ},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=given,
                start_new_session=True,  # Ctrl-C is for the supervisor
            )

        return part.machine.run(start, alone=True)


def log_of(part: Part) -> Path:
    """Return the file of what a part says."""
    return part.folder / f"{part.name}.log"


def last_words(part: Part) -> str:
    """Return the last line that a part said."""
    lines = log_of(part).read_text(errors="replace").strip().splitlines()
    return lines[-1] if lines else "nothing"
