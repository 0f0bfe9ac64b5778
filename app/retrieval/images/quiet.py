"""Decoding without warnings, of several threads at the same time."""

import threading
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager


class _QuietPillow:
    """Suppression of warnings while anybody decodes.

    Pillow warns about odd metadata, and warning filters belong to the whole process: of
    several threads the first to come sets them and the last to go sets them back.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._count = 0
        self._filters = ExitStack()

    @contextmanager
    def __call__(self) -> Iterator[None]:
        with self._lock:
            self._count += 1
            if self._count == 1:
                ignored = warnings.catch_warnings(action="ignore")
                self._filters.enter_context(ignored)
        try:
            yield
        finally:
            with self._lock:
                self._count -= 1
                if self._count == 0:
                    self._filters.close()


quietly = _QuietPillow()
"""Context in which nothing warns about odd metadata."""
