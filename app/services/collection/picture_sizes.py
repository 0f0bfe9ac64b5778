"""Middle size of a work's picture, for phones: made when it is first asked for.

A collection that was recorded long ago gets it without being recorded again, and works
that nobody looks at take no room.
"""

from app.retrieval.images.codec import encode_jpeg, read, resize_to_long_side
from app.services.system.media import MediaFolder

MIDDLE_SIDE_PX = 800
"""Long side: as wide as a usual phone at two dots to a pixel."""
MIDDLE_QUALITY = 84


def middle_name(media_name: str) -> str:
    """Return the path of the middle version: ``ab/abcdef.m.jpg``."""
    return f"{media_name.removesuffix('.jpg')}.m.jpg"


def make_middle(media: MediaFolder, name: str) -> None:
    """Make the middle version of this name, unless it is there.

    Raises
    ------
    FileNotFoundError
        If there is no such picture.
    OSError
        If the folder cannot be written.
    """
    if media.path(name).exists():
        return
    image = read(media.path(f"{name.removesuffix('.m.jpg')}.jpg"))
    middle = resize_to_long_side(image, MIDDLE_SIDE_PX)
    media.write(name, encode_jpeg(middle, quality=MIDDLE_QUALITY))
