"""Waits that end: a test that hangs fails, instead of holding up all others."""

from threading import Thread

WAIT_SECONDS = 60
"""Longer than anything takes here, on the busiest of machines."""
SCRIPT_SECONDS = 600
"""The same, of a whole script."""


def ended(*threads: Thread) -> None:
    """Wait for threads; they must have ended then."""
    for thread in threads:
        thread.join(WAIT_SECONDS)
        assert not thread.is_alive(), f"{thread.name} does not end"
