"""Getting at the pictures that records name, several at a time."""

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import ReferenceImage
from app.retrieval.errors import (
    ImageError,
    ImageTooLargeError,
    ImageTooSmallError,
)
from app.retrieval.images.codec import decode, read
from app.services.collection.pictures import StoredPicture, keep_picture, store_picture
from app.services.importing.circuit_breaker import Hosts
from app.services.importing.diff import FoundPicture
from app.services.importing.messages import Remark
from app.services.importing.pictures import PictureError
from app.services.importing.records import is_address
from app.services.importing.sources import ImportContext, Source
from app.services.system.fetching import LinkError
from app.services.system.media import MediaFolder
from app.services.system.parallel import map_in_order

AT_ONCE = 4
"""Pictures that are read or fetched at the same time; few, out of courtesy."""
GLANCE_SIDE_PX = 200
"""A picture is decoded so large to see whether it can be."""
MEDIA_NAME = re.compile(r"([0-9a-f]{2})/(\1[0-9a-f]{62})\.jpg")


class Gatherer:
    """Gets at pictures: from what was given, from the web, from the media folder.

    Parameters
    ----------
    session : Session
        Used by the calling thread only.
    source : Source
    import_context : ImportContext
    media : MediaFolder
    knows_names : bool
        Whether pictures may be called as this program stores them.
    """

    def __init__(
        self,
        session: Session,
        source: Source,
        import_context: ImportContext,
        media: MediaFolder,
        *,
        knows_names: bool,
    ) -> None:
        self._session = session
        self._source = source
        self._import_context = import_context
        self._media = media
        self._knows_names = knows_names
        self._hosts = Hosts()

    @property
    def may_fetch(self) -> bool:
        """Whether pictures are fetched from the web at all."""
        return self._import_context.pictures is not None

    def look(self, names: Sequence[str]) -> dict[str, FoundPicture]:
        """See whether pictures can be had, without storing any.

        Those on the web are left out.
        """
        near = [name for name in names if not is_address(name)]
        return self._each(near, self._glance)

    def take(self, names: Sequence[str]) -> dict[str, FoundPicture]:
        """Bring pictures into the media folder.

        Raises
        ------
        OSError
            If the disk is full.
        """
        taken = self._each(names, self._store)
        there = [
            one.sha256
            for one in taken.values()
            if one.stored is None and one.fault is None
        ]
        known = self._known(there)
        return {
            name: one
            if one.stored or one.fault
            else FoundPicture(name, one.sha256, known[one.sha256])
            for name, one in taken.items()
        }

    def _each(
        self, names: Sequence[str], work: Callable[[str], FoundPicture]
    ) -> dict[str, FoundPicture]:
        wanted = list(dict.fromkeys(names))
        return dict(map_in_order(work, wanted, workers=AT_ONCE))

    def _glance(self, name: str) -> FoundPicture:
        sha256 = self._stored_hash(name)
        if sha256:
            return FoundPicture(name, sha256)
        try:
            data = self._source.pictures.read(name)
            sha256 = self._original_hash(name, data)
            if not self._is_stored(sha256):
                limits = self._import_context.limits
                decode(data, settings=limits, max_side_px=GLANCE_SIDE_PX)
        except PictureError as error:
            return FoundPicture(name, fault=error.remark)
        except ImageError as error:
            return FoundPicture(name, fault=remark_of(name, error))
        return FoundPicture(name, sha256)

    def _store(self, name: str) -> FoundPicture:
        """Store one picture; without ``stored`` it was in the media folder already."""
        sha256 = self._stored_hash(name)
        if sha256:
            return FoundPicture(name, sha256)
        try:
            data = self._obtain(name)
        except PictureError as error:
            return FoundPicture(name, fault=error.remark)
        sha256 = self._original_hash(name, data)
        if self._is_stored(sha256):
            return FoundPicture(name, sha256)
        # An OSError from here on is the media folder's, and no fault of the row.
        try:
            if self._named_hash(name):
                stored = keep_picture(
                    data, sha256, self._media, settings=self._import_context.limits
                )
            else:
                stored = store_picture(
                    data, self._media, settings=self._import_context.limits
                )
        except ImageError as error:
            return FoundPicture(name, fault=remark_of(name, error))
        return FoundPicture(name, stored.sha256, stored)

    def _obtain(self, name: str) -> bytes:
        if not is_address(name):
            return self._source.pictures.read(name)
        reader = self._import_context.pictures
        if reader is None:
            raise PictureError(Remark("links_off", {"name": name}))
        try:
            return self._hosts.ask(name, reader.read)
        except LinkError as error:
            facts = {"name": name, "refusal": error.refusal.value}
            raise PictureError(Remark("picture_refused", facts)) from error
        except ImageTooLargeError as error:
            raise PictureError(remark_of(name, error)) from error

    def _named_hash(self, name: str) -> str:
        """Return the hash that a picture is stored by, if it is called so."""
        match = MEDIA_NAME.fullmatch(name) if self._knows_names else None
        return match[2] if match else ""

    def _stored_hash(self, name: str) -> str:
        sha256 = self._named_hash(name)
        return sha256 if sha256 and self._is_stored(sha256) else ""

    def _original_hash(self, name: str, data: bytes) -> str:
        """Return the hash of the bytes that the picture once came as."""
        return self._named_hash(name) or hashlib.sha256(data).hexdigest()

    def _is_stored(self, sha256: str) -> bool:
        return self._media.path(StoredPicture(sha256, 0, 0).media_name).exists()

    def _known(self, hashes: Sequence[str]) -> Mapping[str, StoredPicture]:
        """Return what is in the media folder by the hashes of its originals."""
        columns = ReferenceImage.sha256, ReferenceImage.width, ReferenceImage.height
        rows = self._session.execute(
            select(*columns).where(ReferenceImage.sha256.in_(hashes))
        )
        known = {row.sha256: StoredPicture(*row) for row in rows}
        self._session.commit()  # ends the reading
        for sha256 in hashes:
            if sha256 not in known:
                name = StoredPicture(sha256, 0, 0).media_name
                height, width = read(self._media.path(name)).shape[:2]
                known[sha256] = StoredPicture(sha256, width, height)
        return known


def remark_of(name: str, error: ImageError) -> Remark:
    """Say what is wrong with a picture."""
    if isinstance(error, ImageTooLargeError):
        return Remark("picture_large", {"name": name})
    if isinstance(error, ImageTooSmallError):
        return Remark("picture_small", {"name": name})
    return Remark("picture_broken", {"name": name})
