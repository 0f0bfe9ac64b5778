"""Limits of patience with senders and readers, and of what is held for them."""

import time
from dataclasses import dataclass, field

HELD_UPLOADS = 5
"""Photos of the largest size whose bodies a server process holds together."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of a server process.

    Attributes
    ----------
    body_bytes : int
        Largest body that is waited for whole; a larger one is refused unread by the
        application, or read by it as it comes: a catalogue of a curator.
    held_bytes : int
        Of all bodies together that are held in memory.
    unsent_bytes : int
        Of an answer that are held for a slow reader; for more its thread waits.
    head_seconds : float
        Until the head of a request must be there.
    body_seconds : float
        Until all of it must be there.
    grace_seconds : float
        Window over which pace is measured; for so long nobody is too slow.
    bytes_per_second : int
        On average over each window, at least.
    linger_seconds : float
        For which an answered connection may stay open that is to be closed.
    per_network : int or None
        Requests of one network that may be on their way at once. None: any number,
        because all come from a proxy.
    """

    body_bytes: int = 40_000_000
    held_bytes: int = 200_000_000
    unsent_bytes: int = 500_000
    head_seconds: float = 20.0
    body_seconds: float = 600.0
    grace_seconds: float = 30.0
    bytes_per_second: int = 2_000
    linger_seconds: float = 2.0
    per_network: int | None = 150


@dataclass(slots=True)
class Pace:
    """Pace of what is sent or read, window by window of ``grace_seconds``.

    A network takes much at once into its own memory, and then nothing: only what it
    takes in every window tells that somebody is at its other end.
    """

    limits: Limits
    total: int = 0
    begun: float = field(default_factory=time.monotonic)
    _window: int = 0
    _window_begun: float = field(default_factory=time.monotonic)

    @property
    def seconds(self) -> float:
        """How long it has lasted."""
        return time.monotonic() - self.begun

    def count(self, size: int) -> None:
        """Count bytes."""
        self.total += size
        self._window += size

    def falls_behind(self) -> bool:
        """Tell whether the other side takes longer than anybody honest does."""
        limits = self.limits
        if time.monotonic() - self._window_begun <= limits.grace_seconds:
            return False
        is_slow = self._window < limits.grace_seconds * limits.bytes_per_second
        self._window, self._window_begun = 0, time.monotonic()
        return is_slow
