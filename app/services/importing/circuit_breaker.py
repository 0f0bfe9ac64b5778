"""Leaving hosts in peace that do not answer: an import may name one ten thousand times.

Waiting for each of its pictures in vain would take hours. So after a few failures in a
row a host is not asked for a while, and its pictures count as refused; importing the
table again gets at them (a circuit breaker: Nygard, *Release It!*, 2007).
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from app.services.system.fetching import LinkError, Refusal

SILENT = frozenset({Refusal.UNKNOWN_NAME, Refusal.UNREACHABLE, Refusal.TOO_SLOW})
"""What is the host's fault and not the picture's."""
PATIENCE = 8
"""Failures in a row."""
REST_SECONDS = 60.0
"""How long a host is left in peace before it is asked once more."""


@dataclass(slots=True)
class _Silence:
    failures: int
    until: float
    refusal: Refusal


class Hosts:
    """Remembers which hosts do not answer; may be used by several threads.

    Parameters
    ----------
    clock : callable
        Gives seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._silent: dict[str, _Silence] = {}

    def ask(self, address: str, read: Callable[[str], bytes]) -> bytes:
        """Read an address, unless its host is to be left in peace.

        Raises
        ------
        LinkError
            If it cannot be read, or if others of its host could not be.
        """
        host = urlsplit(address).netloc.lower()
        silence = self._silent.get(host)
        if (
            silence is not None
            and silence.failures >= PATIENCE
            and self._clock() < silence.until
        ):
            raise LinkError(silence.refusal)
        try:
            data = read(address)
        except LinkError as error:
            if error.refusal in SILENT:
                failures = silence.failures + 1 if silence is not None else 1
                until = self._clock() + REST_SECONDS
                self._silent[host] = _Silence(failures, until, error.refusal)
            else:
                self._silent.pop(host, None)
            raise
        self._silent.pop(host, None)
        return data
