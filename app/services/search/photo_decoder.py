"""Decoder of visitors' photos, each in its turn, the large ones one by one.

The pixels of a photo take far more memory than its file, so how many are decoded at a
time is limited as well: heavy ones one after another over all processes, and without
holding up those who send a usual one.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from app.retrieval.errors import ImageTooSmallError
from app.retrieval.images.codec import (
    ReadPicture,
    decode_file,
    decoding_bytes,
    resize_to_long_side,
)
from app.retrieval.images.edits import NO_EDITS, PhotoEdits
from app.retrieval.settings import ImageSettings
from app.services.search.admission import ANYBODY, AdmissionQueue

PHOTO_SIDE_PX = 1280
"""Long side at which a photo is searched and kept: over what the engine looks at, and
enough to show on a large screen."""
CROPPED_SCALE = 4
"""How much larger a photo is decoded at most, when only a part of it is wanted."""


class PhotoDecoder:
    """Decoder of photos, and the places in which they are then worked on.

    Parameters
    ----------
    settings : ImageSettings
        What is accepted as a photo.
    folder : Path
        Shared by the processes; made when it is needed.
    places : int, >= 1
        Photos worked on at the same time.
    waiting : int, >= 0
        How many may wait beside those.
    """

    def __init__(
        self, settings: ImageSettings, folder: Path, *, places: int, waiting: int
    ) -> None:
        self._settings = settings
        self._queue = AdmissionQueue(folder, places=places, waiting=waiting)
        self._heavy = AdmissionQueue(folder / "heavy", places=1, waiting=waiting)

    @contextmanager
    def in_turn(
        self,
        data: bytes,
        *,
        sender: str = ANYBODY,
        waits: bool = True,
        edits: PhotoEdits = NO_EDITS,
        side_px: int = PHOTO_SIDE_PX,
    ) -> Iterator[ReadPicture]:
        """Decode a photo when it is its turn, which lasts until the block ends.

        Parameters
        ----------
        data : bytes
            An encoded picture.
        sender, waits
            As for :meth:`AdmissionQueue.admit`.
        edits : PhotoEdits
            Done before anything else.
        side_px : int, > 0
            Long side of what is yielded, at most.

        Yields
        ------
        photo : ReadPicture

        Raises
        ------
        ImageError
            If the photo cannot be used.
        QueueFullError
            If too many photos are waiting already.
        """
        taken = decoding_bytes(
            data, settings=self._settings, max_side_px=_decoded_side(edits, side_px)
        )
        with ExitStack() as before:
            if taken > self._settings.heavy_bytes:
                before.enter_context(self._heavy.admit(sender, waits=waits))
                photo = self.read(data, edits, side_px)
                with self._queue.admit(sender, waits=waits):
                    before.close()
                    yield photo
            else:
                with self._queue.admit(sender, waits=waits):
                    yield self.read(data, edits, side_px)

    def read(
        self, data: bytes, edits: PhotoEdits = NO_EDITS, side_px: int = PHOTO_SIDE_PX
    ) -> ReadPicture:
        """Decode a photo at once and edit it; see :meth:`in_turn`."""
        side = _decoded_side(edits, side_px)
        photo = decode_file(data, settings=self._settings, max_side_px=side)
        image = edits.apply(photo.image)
        height, width = image.shape[:2]
        if min(height, width) < self._settings.min_side_px:
            raise ImageTooSmallError((height, width), self._settings.min_side_px)
        return ReadPicture(resize_to_long_side(image, side_px), photo.faults)


def _decoded_side(edits: PhotoEdits, side_px: int) -> int:
    return edits.side_before(side_px, CROPPED_SCALE * side_px)
