"""Views of a photo for the global channel: the whole, and its middle.

A descriptor says what a photo shows altogether: of a small work on a large wall, that
is the wall. So the network also looks at the middle, where a visitor puts what is
meant.
"""

from app.retrieval.images.edits import Box, PhotoEdits
from app.retrieval.images.prepared import PreparedPhoto
from app.retrieval.types import Image

MIDDLE = Box(0.25, 0.25, 0.75, 0.75)


def views_of(photo: PreparedPhoto) -> tuple[Image, ...]:
    """Cut the views out of a photo: (h, w, 3) uint8 each, the whole first."""
    return photo.image, PhotoEdits(crop=MIDDLE).apply(photo.image)
