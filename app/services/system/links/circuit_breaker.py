"""Circuit breaker per host (Nygard, *Release It!*, 2007) for pictures on the web.

An import may name a host ten thousand times, and waiting for each of its pictures in
vain would take hours. So after a few failures in a row a host is not asked for a while,
and its pictures count as refused; importing the table again gets at them.
"""

import time
from collections.abc import Callable
from typing import TypeVar
from urllib.parse import urlsplit

from app.services.system.links.connections import LinkError, Refusal

SILENT = frozenset({Refusal.UNKNOWN_NAME, Refusal.UNREACHABLE, Refusal.TOO_SLOW})
"""What is the host's fault and not the picture's."""
PATIENCE = 8
"""Failures in a row."""
REST_SECONDS = 60.0
"""How long a host is left in peace before it is asked once more."""
NO_SILENCE = (0, 0.0, Refusal.UNREACHABLE)

Found = TypeVar("Found")


class CircuitBreaker:
    """Memory of which hosts do not answer; may be used by several threads.

    Parameters
    ----------
    clock : callable
        Gives seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._silent: dict[str, tuple[int, float, Refusal]] = {}
        """Failures in a row, until when to leave it in peace, and why, by host."""

    def ask(self, address: str, read: Callable[[str], Found]) -> Found:
        """Read an address, unless its host is to be left in peace; return what comes.

        Raises
        ------
        LinkError
            If it cannot be read, or if others of its host could not be.
        """
        try:
            host = urlsplit(address).netloc.lower()
        except ValueError as error:
            raise LinkError(Refusal.MALFORMED) from error
        failures, until, refusal = self._silent.get(host, NO_SILENCE)
        if failures >= PATIENCE and self._clock() < until:
            raise LinkError(refusal)
        try:
            found = read(address)
        except LinkError as error:
            if error.refusal in SILENT:
                until = self._clock() + REST_SECONDS
                self._silent[host] = (failures + 1, until, error.refusal)
            else:
                self._silent.pop(host, None)
            raise
        self._silent.pop(host, None)
        return found
