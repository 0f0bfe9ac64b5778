"""Views of a photo for the global channel: the whole, its middle and the frame in it.

A descriptor says what a photo shows altogether: of a small work on a large wall, that
is the wall. So the network also looks at the middle, where a visitor puts what is
meant, and at the most frame-like rectangle. Of works that hang among others, seen from
afar, most are only found by one of these.
"""

from app.retrieval.images.edits import Box, PhotoEdits
from app.retrieval.images.prepared import PreparedPhoto
from app.retrieval.types import Image

MIDDLE = Box(0.25, 0.25, 0.75, 0.75)


def views_of(photo: PreparedPhoto) -> tuple[Image, ...]:
    """Cut the views out of a photo.

    Parameters
    ----------
    photo : PreparedPhoto

    Returns
    -------
    views : tuple of (h, w, 3) uint8
        The whole photo first, then its middle, and the rectangle if there is one: the
        last is most likely what is meant.
    """
    boxes = [MIDDLE] if photo.frame is None else [MIDDLE, photo.frame]
    return photo.image, *(PhotoEdits(crop=box).apply(photo.image) for box in boxes)


def semantic_views(photo: PreparedPhoto) -> tuple[Image, ...]:
    """Cut out the views of the semantic channel: the whole photo, and its middle."""
    return photo.image, PhotoEdits(crop=MIDDLE).apply(photo.image)
