"""Several looks at one photo, for the channel that sees a picture as a whole.

A descriptor says what a photo shows altogether: of a small work on a large wall, that
is the wall. So the network also looks at the middle, where a visitor puts what is
meant, and at the most frame-like rectangle. Of works that hang among others, seen from
afar, most are only found by one of these.
"""

from app.retrieval.images.edits import Box, PhotoEdits
from app.retrieval.images.frame_detection import find_frame
from app.retrieval.types import Image

MIDDLE = Box(0.25, 0.25, 0.75, 0.75)


def look(photo: Image) -> tuple[Image, ...]:
    """Cut the views out of a photo.

    Parameters
    ----------
    photo : (H, W, 3) uint8

    Returns
    -------
    views : tuple of (h, w, 3) uint8
        The whole photo first, then its middle, and the rectangle if there is one: the
        last is most likely what is meant.
    """
    frame = find_frame(photo)
    boxes = [MIDDLE] if frame is None else [MIDDLE, frame]
    return photo, *(PhotoEdits(crop=box).apply(photo) for box in boxes)
