"""Cache of intermediate results per picture, shared by all methods."""

import time
from collections.abc import Callable
from typing import Any, TypeVar, cast

from app.retrieval.types import Image

Part = TypeVar("Part")


class PictureCache:
    """Picture (H, W, 3) and memo of what has been computed of it.

    What two methods have in common (a run of the network) is computed once, and the
    time it took is charged to each: as if every method had run alone.
    """

    def __init__(self, image: Image) -> None:
        self.image = image
        self._parts: dict[object, tuple[Any, float]] = {}
        self._saved_seconds = 0.0

    def part(self, key: object, make: Callable[[], Part]) -> Part:
        """Return what was made under this key, making it if it is new."""
        if key in self._parts:
            value, seconds = self._parts[key]
            self._saved_seconds += seconds
        else:
            value, _ = self._parts[key] = self.timed(make)
        return cast(Part, value)

    def timed(self, make: Callable[[], Part]) -> tuple[Part, float]:
        """Make something; say how many seconds that would have taken alone."""
        saved, begun = self._saved_seconds, time.perf_counter()
        value = make()
        seconds = time.perf_counter() - begun + self._saved_seconds - saved
        return value, seconds
