"""Pictures of works in the media folder, stored in a large, a middle and a small size.

A picture is kept as one upright sRGB JPEG without metadata, from which everything is
computed, and a thumbnail. Both are named by the hash of the original bytes, so the
same picture sent twice is stored once and a name never changes its content.
"""

import hashlib
from dataclasses import dataclass, replace

from app.retrieval.images.codec import (
    decode,
    decode_file,
    encode_jpeg,
    resize_to_long_side,
)
from app.retrieval.images.encoded import FileFault
from app.retrieval.settings import ImageSettings
from app.retrieval.types import Image
from app.services.media.store import MediaStore, read_picture

STORED_SIDE_PX = 1600
"""Long side of the stored picture: twice what the retrieval looks at, enough for a
large screen."""
STORED_QUALITY = 90
THUMBNAIL_SIDE_PX = 320
THUMBNAIL_QUALITY = 80
MIDDLE_SIDE_PX = 800
"""Long side, for phones: as wide as a usual one at two dots to a pixel."""
MIDDLE_QUALITY = 84


@dataclass(frozen=True, slots=True)
class StoredPicture:
    """Picture in the media folder.

    Attributes
    ----------
    sha256 : str
        Hex digest of the original bytes.
    width, height : int
        Of the stored JPEG, in pixels.
    faults : tuple of FileFault
        What is to be said of the original file; known when it has just been stored.
    """

    sha256: str
    width: int
    height: int
    faults: tuple[FileFault, ...] = ()

    @property
    def media_name(self) -> str:
        """Path of the stored JPEG below the media folder; 256 folders share them."""
        return f"{self.sha256[:2]}/{self.sha256}.jpg"

    @property
    def thumbnail_name(self) -> str:
        """Path of the small version, as ``ReferenceImage.thumbnail_name`` has it."""
        return f"{self.sha256[:2]}/{self.sha256}.s.jpg"


def store_picture(
    data: bytes, media: MediaStore, *, settings: ImageSettings
) -> StoredPicture:
    """Bring any picture into the media folder.

    Raises
    ------
    ImageError
        If the bytes are not a picture we can use.
    OSError
        If the media folder cannot be written.
    """
    sha256 = hashlib.sha256(data).hexdigest()
    read = decode_file(data, settings=settings, max_side_px=STORED_SIDE_PX)
    return replace(_write(sha256, read.image, media), faults=read.faults)


def keep_picture(
    data: bytes, sha256: str, media: MediaStore, *, settings: ImageSettings
) -> StoredPicture:
    """Bring a picture back that was stored before, under the name it had.

    Parameters
    ----------
    data : bytes
        What was in the media folder; not encoded again, which would spoil it.
    sha256 : str
        Of the original bytes, as its name tells.

    Raises
    ------
    ImageError
        If the bytes are not a picture we can use.
    OSError
        If the media folder cannot be written.
    """
    image = decode(data, settings=settings, max_side_px=STORED_SIDE_PX)
    return _write(sha256, image, media, data if _is_as_stored(data, image) else b"")


def middle_name(media_name: str) -> str:
    """Return the path of the middle version: ``ab/abcdef.m.jpg``."""
    return f"{media_name.removesuffix('.jpg')}.m.jpg"


def version_names(media_name: str) -> tuple[str, ...]:
    """Return the paths of all sizes of a picture, whether they are there or not."""
    stem = media_name.removesuffix(".jpg")
    return media_name, f"{stem}.s.jpg", f"{stem}.m.jpg"


def make_middle(media: MediaStore, name: str) -> None:
    """Make the middle version of this name, unless it is there.

    When it is first asked for: works that nobody looks at take no room.

    Raises
    ------
    FileNotFoundError
        If there is no such picture.
    OSError
        If the folder cannot be written.
    """
    if media.exists(name):
        return
    image = read_picture(media, f"{name.removesuffix('.m.jpg')}.jpg")
    middle = resize_to_long_side(image, MIDDLE_SIDE_PX)
    media.write(name, encode_jpeg(middle, quality=MIDDLE_QUALITY))


def _write(
    sha256: str, image: Image, media: MediaStore, large: bytes = b""
) -> StoredPicture:
    small = resize_to_long_side(image, THUMBNAIL_SIDE_PX)
    height, width = image.shape[:2]
    picture = StoredPicture(sha256, width, height)
    thumbnail = encode_jpeg(small, quality=THUMBNAIL_QUALITY)
    # The large one last: where it is, both are.
    media.write(picture.thumbnail_name, thumbnail)
    media.write(picture.media_name, large or encode_jpeg(image, quality=STORED_QUALITY))
    return picture


def _is_as_stored(data: bytes, image: Image) -> bool:
    """Tell whether a file is as small and as silent about its origin as stored ones."""
    is_jpeg = data.startswith(b"\xff\xd8\xff")
    return is_jpeg and b"Exif\0" not in data and max(image.shape[:2]) <= STORED_SIDE_PX
