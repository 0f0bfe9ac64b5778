"""Fetching of the pictures that records name, several at a time."""

import hashlib
import re
from collections.abc import Iterable, Sequence, Set
from dataclasses import replace
from functools import partial
from urllib.parse import urldefrag

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import ReferenceImage
from app.retrieval.errors import (
    FormatSwitchedOffError,
    ImageError,
    ImageTooLargeError,
    ImageTooSmallError,
)
from app.retrieval.images.codec import decode_file, is_reduced
from app.retrieval.images.encoded import FileFault
from app.retrieval.runtime.parallel import map_in_order
from app.services.collection.pictures import (
    STORED_SIDE_PX,
    StoredPicture,
    keep_picture,
    store_picture,
)
from app.services.importing.columns.formats import IMAGE, OURS
from app.services.importing.columns.picture_cells import is_address
from app.services.importing.columns.reading import Reading
from app.services.importing.diff import FoundPicture
from app.services.importing.messages import Remark
from app.services.importing.pictures.sent import SentPictures
from app.services.importing.pictures.source import PictureError
from app.services.importing.sources import ImportContext, Source
from app.services.importing.standards.image_service import (
    is_service_address,
    read_picture,
)
from app.services.media import store
from app.services.system.links.circuit_breaker import CircuitBreaker
from app.services.system.links.connections import LinkError

AT_ONCE = 4
"""Pictures that are read or fetched at the same time; few, out of courtesy."""
GLANCE_SIDE_PX = 200
"""A picture is decoded so large to see whether it can be."""
FILE_REMARKS = {
    FileFault.TRUNCATED: "picture_truncated",
    FileFault.REDUCED: "picture_reduced",
}
MEDIA_NAME = re.compile(r"([0-9a-f]{2})/(\1[0-9a-f]{62})\.jpg")


class PictureFetcher:
    """Fetcher of pictures: from what was given, the web or the media folder.

    Parameters
    ----------
    session : Session
        Used by the calling thread only.
    source : Source
    import_context : ImportContext
    reading : Reading
    sent : SentPictures
        Looked through first.

    Attributes
    ----------
    may_fetch : bool
        Whether pictures are fetched from the web at all.
    """

    def __init__(
        self,
        session: Session,
        source: Source,
        import_context: ImportContext,
        reading: Reading,
        sent: SentPictures,
    ) -> None:
        self._session = session
        self._source = source
        self._reader = import_context.pictures
        self._documents = import_context.documents
        self.may_fetch = self._reader is not None
        self._limits = import_context.limits
        self._media = import_context.media.works
        # Pictures may be called as this program stores them.
        self._knows_names = (
            reading.format == OURS and reading.columns.get(IMAGE) == IMAGE
        )
        self._breaker = CircuitBreaker()
        self._sent = sent

    def look(self, names: Sequence[str]) -> dict[str, FoundPicture]:
        """See whether pictures can be had, without storing any.

        Those on the web are left out.
        """
        near = [name for name in names if not is_address(name)]
        return self._each(near, stores=False)

    def take(self, names: Sequence[str]) -> dict[str, FoundPicture]:
        """Bring pictures into the media folder.

        Raises
        ------
        OSError
            If the disk is full.
        """
        taken = self._each(names, stores=True)
        there = {
            name: one
            for name, one in taken.items()
            if one.stored is None and one.fault is None
        }
        known = self._known({one.sha256 for one in there.values()})
        return taken | {
            name: replace(one, stored=known[one.sha256]) for name, one in there.items()
        }

    def _each(self, names: Sequence[str], *, stores: bool) -> dict[str, FoundPicture]:
        find = partial(self._find, stores=stores)
        return dict(map_in_order(find, list(dict.fromkeys(names)), workers=AT_ONCE))

    def _find(self, name: str, *, stores: bool) -> FoundPicture:
        """Find one picture; without ``stored`` it was in the media folder already."""
        match = MEDIA_NAME.fullmatch(name) if self._knows_names else None
        named = match[2] if match else ""
        if named and self._is_stored(named):
            return FoundPicture(name, named)
        stored: StoredPicture | None = None
        faults: tuple[FileFault, ...] = ()
        try:
            if (sent := self._sent.find(name)) is not None:
                said = _said(name, sent.faults)
                return FoundPicture(name, sent.sha256, sent, remarks=said)
            data, had = self._obtain(name)
            sha256 = named or hashlib.sha256(data).hexdigest()
            if self._is_stored(sha256):
                return FoundPicture(name, sha256)
            # An OSError from here on is the media folder's, and no fault of the row.
            if not stores:
                faults = self._faults(data)
            elif named:
                stored = keep_picture(data, named, self._media, settings=self._limits)
            else:
                stored = store_picture(data, self._media, settings=self._limits)
                faults = stored.faults
        except PictureError as error:
            return FoundPicture(name, fault=error.remark)
        except ImageError as error:
            return FoundPicture(name, fault=remark_of(name, error))
        return FoundPicture(name, sha256, stored, remarks=_said(name, faults) + had)

    def _faults(self, data: bytes) -> tuple[FileFault, ...]:
        """Glance at a picture; say what storing it would. Raises ``ImageError``."""
        limits = self._limits
        glance = decode_file(data, settings=limits, max_side_px=GLANCE_SIDE_PX)
        is_cut = FileFault.TRUNCATED in glance.faults
        # At the size of a glance any page is large enough.
        is_small = is_reduced(data, settings=limits, max_side_px=STORED_SIDE_PX)
        return (
            *([FileFault.TRUNCATED] if is_cut else []),
            *([FileFault.REDUCED] if is_small else []),
        )

    def _obtain(self, name: str) -> tuple[bytes, tuple[Remark, ...]]:
        """Return the bytes of a picture, and what is to be said of how it was had."""
        if not is_address(name):
            data = self._source.pictures.read(name)
            return data, self._source.pictures.remarks_on(name)
        if self._reader is None or self._documents is None:
            raise PictureError(Remark("links_off", {"name": name}))
        read = partial(self._breaker.ask, read=self._reader.read)
        try:
            if not is_service_address(name):
                return read(name), ()
            documents = partial(self._breaker.ask, read=self._documents.read)
            served = read_picture(name, documents, read, self._limits)
        except LinkError as error:
            # What stands behind the sign is ours, and no part of the address.
            facts = {"name": urldefrag(name).url, "refusal": error.refusal.value}
            raise PictureError(Remark("picture_refused", facts)) from error
        said = (Remark("picture_served_small", {"name": urldefrag(name).url}),)
        return served.data, said if served.is_small else ()

    def _is_stored(self, sha256: str) -> bool:
        return self._media.exists(StoredPicture(sha256, 0, 0).media_name)

    def _known(self, hashes: Set[str]) -> dict[str, StoredPicture]:
        """Return what is in the media folder by the hashes of its originals."""
        columns = ReferenceImage.sha256, ReferenceImage.width, ReferenceImage.height
        rows = self._session.execute(
            select(*columns).where(ReferenceImage.sha256.in_(hashes))
        )
        known = {row.sha256: StoredPicture(*row) for row in rows}
        self._session.commit()  # ends the reading
        for sha256 in hashes - known.keys():
            name = StoredPicture(sha256, 0, 0).media_name
            height, width = store.read_picture(self._media, name).shape[:2]
            known[sha256] = StoredPicture(sha256, width, height)
        return known


def _said(name: str, faults: Iterable[FileFault]) -> tuple[Remark, ...]:
    return tuple(Remark(FILE_REMARKS[one], {"name": name}) for one in faults)


def remark_of(name: str, error: ImageError) -> Remark:
    """Say what is wrong with a picture."""
    if isinstance(error, ImageTooLargeError):
        return Remark("picture_large", {"name": name})
    if isinstance(error, ImageTooSmallError):
        return Remark("picture_small", {"name": name})
    if isinstance(error, FormatSwitchedOffError):
        return Remark("picture_switched_off", {"name": name})
    return Remark("picture_broken", {"name": name})
