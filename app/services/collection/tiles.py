"""Derivatives of works' pictures, made when asked for and kept for a while.

What is kept lies on this machine's disk, up to a bound, the latest longest; all of it
can be made again.
"""

import logging
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Artwork, ReferenceImage
from app.retrieval.files.atomic import try_lock
from app.retrieval.images.derivatives import derive
from app.retrieval.settings import ImageSettings
from app.services.collection.image_requests import ImageRequest
from app.services.media.folder import FolderStore
from app.services.media.store import MediaStore

logger = logging.getLogger(__name__)

TILE_SIDE_PX = 512
MOST_BYTES = 500_000_000
"""Kept on disk; half of it once that is exceeded."""
WRITES_PER_SWEEP = 500
"""Derivatives of a process until it looks how many there are."""


def published_picture(session: Session, sha256: str) -> ReferenceImage | None:
    """Return the picture of a work on show by the hash of its original, or None."""
    return session.scalars(
        select(ReferenceImage)
        .join(Artwork)
        .where(ReferenceImage.sha256 == sha256, Artwork.withdrawn_at.is_(None))
        .limit(1)
    ).first()


def scale_factors(width: int, height: int) -> list[int]:
    """Return by what a picture is reduced, doubling, until it fits into one tile."""
    factors = [1]
    while max(width, height) > TILE_SIDE_PX * factors[-1]:
        factors.append(factors[-1] * 2)
    return factors


def describe_image(address: str, image: ReferenceImage) -> dict[str, Any]:
    """Return what ``info.json`` says of a picture.

    https://iiif.io/api/image/3.0/#5-image-information

    Parameters
    ----------
    address : str
        Of the service, absolute.
    """
    factors = scale_factors(image.width, image.height)
    return {
        "@context": "http://iiif.io/api/image/3/context.json",
        "id": address,
        "type": "ImageService3",
        "protocol": "http://iiif.io/api/image",
        "profile": "level2",
        "width": image.width,
        "height": image.height,
        "sizes": [
            {"width": -(-image.width // one), "height": -(-image.height // one)}
            for one in reversed(factors)
        ],
        "tiles": [{"width": TILE_SIDE_PX, "scaleFactors": factors}],
        "extraQualities": ["color", "gray", "bitonal"],
        "extraFeatures": [
            *("canonicalLinkHeader", "jsonldMediaType", "mirroring"),
            "profileLinkHeader",
        ],
    }


class TileCache:
    """Derivatives that were made, in a folder that all server processes share."""

    def __init__(self, folder: Path, most_bytes: int = MOST_BYTES) -> None:
        self._store = FolderStore(folder)
        self._lock = folder / ".sweeping"
        self._most_bytes = most_bytes
        self._writes = 0

    def obtain(
        self,
        image: ReferenceImage,
        asked: ImageRequest,
        works: MediaStore,
        settings: ImageSettings,
    ) -> bytes:
        """Return a derivative, made first where it is not there.

        Raises
        ------
        FileNotFoundError
            If the picture is not there.
        ImageError
            If it cannot be decoded.
        StorageAwayError
            If the storage of the pictures does not answer.
        """
        end = asked.canonical.replace("/", "_").replace(",", "-").replace("!", "m")
        name = f"{image.sha256[:2]}/{image.sha256}-{end}"
        try:
            return self._store.read(name)
        except FileNotFoundError:
            pass
        stored = works.read(image.media_name)
        made = derive(stored, asked.full, asked.derivative, settings=settings)
        try:
            self._store.write(name, made)
        except OSError:
            # It is answered all the same, and made again the next time.
            logger.warning("a tile could not be kept", exc_info=True)
        else:
            self._writes += 1
            if self._writes % WRITES_PER_SWEEP == 0:
                self.sweep()
        return made

    def sweep(self) -> None:
        """Delete the oldest, down to half of the bound, where it is exceeded."""
        lock = try_lock(self._lock)
        if lock is None:
            return  # another process does
        with lock:
            self._store.sweep()
            kept = sorted(self._store.list(), key=lambda file: file.changed_at)
            total = sum(file.size for file in kept)
            if total <= self._most_bytes:
                return
            for file in kept:
                if total <= self._most_bytes // 2:
                    break
                self._store.delete(file.name)
                total -= file.size
