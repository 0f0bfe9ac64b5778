"""Results of a network for one picture, whichever engine runs it."""

from typing import Any, Protocol, TypeAlias

from numpy.typing import NDArray

from app.retrieval.types import Image

DESCRIPTOR = "descriptor"
PROBABILITIES = "probabilities"
"""Of all classes; the few most probable ones are ``class_probabilities``."""
Results: TypeAlias = dict[str, NDArray[Any]]
"""What a network computes of one picture, by the names of its outputs."""


class Network(Protocol):
    """Protocol of a network as an engine runs it; not to be shared between threads.

    Attributes
    ----------
    dimension : int
        Length of a descriptor.
    """

    dimension: int

    def run(self, picture: Image) -> Results:
        """Run it on one (H, W, 3) uint8 picture; results without the batch."""
        ...
