"""Search service: names the work in a photo, and stores query and answer.

The one seam where engine hits meet database rows: the engine knows opaque ids, here
they are accession numbers and hashes of pictures. The database is the truth, so a work
that it no longer has, or calls withdrawn, is not found, whatever the index still holds.
"""

import logging
import threading
import uuid
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app.extensions import db
from app.models import Artwork, Query
from app.retrieval.errors import ArtefactError, EmptyGalleryError, ShardAwayError
from app.retrieval.images.codec import encode_jpeg
from app.retrieval.images.edits import NO_EDITS, PhotoEdits
from app.retrieval.images.prepared import PreparedPhoto
from app.retrieval.images.quality import PhotoQuality
from app.retrieval.runtime.memory import borrowed_memory
from app.retrieval.search.answers import Answer
from app.retrieval.types import Image
from app.retrieval.verification.evidence import Verdict
from app.services.collection.works import works_in_order
from app.services.index import thresholds
from app.services.index.features import gallery_item
from app.services.index.live import LiveIndex
from app.services.index.searcher import Searcher
from app.services.labels.reading import SeenText
from app.services.media.following import Follower
from app.services.media.store import MediaStore, StorageAwayError
from app.services.search import evidence
from app.services.search.admission import ANYBODY
from app.services.search.answer_rows import query_of
from app.services.search.photo_decoder import PhotoDecoder
from app.services.system import deletions
from app.services.system.deletions import Area

if TYPE_CHECKING:  # its libraries are optional
    from app.services.labels.service import LabelService

logger = logging.getLogger(__name__)

PHOTO_QUALITY = 82
LATE_WRITING = timedelta(minutes=10)
"""After which a photo that was sent to the storage is there, or never comes."""


class SearchService:
    """Search service over the live index. Needs an application context.

    Parameters
    ----------
    photos : MediaStore, optional
        Where the photos are kept, re-encoded without metadata. None: they are not
        kept, nor what could be drawn from them.
    decoder : PhotoDecoder
        Where photos wait for their turn.
    tell : callable
        Is given every query that was answered.
    follower : Follower
        Fetches what another server has published.
    labels : LabelService, optional
        Reads labels in photos of which no work was found. None: nobody does.
    """

    def __init__(
        self,
        index: LiveIndex,
        photos: MediaStore | None,
        decoder: PhotoDecoder,
        tell: Callable[[Query], None],
        follower: Follower,
        labels: "LabelService | None" = None,
    ) -> None:
        self._index = index
        self._photos = photos
        self.decoder = decoder
        self._tell = tell
        self.follower = follower
        self.labels = labels
        self._catching_up = threading.Lock()
        # Works of the index that are not on show, and what that depends on.
        self._absent_works: tuple[object, frozenset[str]] | None = None

    def open(self) -> str:
        """Open the index now, that the first visitor need not wait; return its name.

        Raises
        ------
        EmptyGalleryError, ArtefactError
            If nothing can be searched.
        """
        with self._index.use() as searcher:
            return searcher.generation

    def vectors_away(self) -> bool:
        """Tell whether the engine that servers share is not asked now; asks it.

        Raises
        ------
        EmptyGalleryError, ArtefactError
            If nothing can be searched.
        """
        with self._index.use() as searcher:
            return searcher.fault() is not None

    def shards_away(self) -> tuple[str, ...]:
        """Return the shards that no worker answers for now; asks all of them.

        Raises
        ------
        EmptyGalleryError, ArtefactError
            If nothing can be searched.
        """
        with self._index.use() as searcher:
            return searcher.shards_away()

    @borrowed_memory()
    def search(
        self,
        data: bytes,
        *,
        sender: str = ANYBODY,
        edits: PhotoEdits = NO_EDITS,
        attributes: Mapping[str, object] | None = None,
        keeps_photo: bool = True,
    ) -> Query:
        """Name the work in a photo.

        Parameters
        ----------
        data : bytes
            An encoded picture.
        sender : str
            For whose photos to wait; as for :meth:`PhotoDecoder.in_turn`.
        edits : PhotoEdits
            Done before anything else: what is cropped away is not looked at or kept.
        attributes : mapping of str to object, optional
            What else to keep of the query: who asked, from where, and how.
        keeps_photo : bool
            Whether the photo is kept where photos are, and what could be drawn from it.

        Returns
        -------
        query : Query
            With its matches, stored. If that failed the answer is given all the
            same: the log says why, and ``is_stored`` is False.

        Raises
        ------
        ImageError
            If the photo cannot be used.
        EmptyGalleryError, ArtefactError
            If nothing can be searched.
        QueueFullError
            If too many photos are waiting already.
        """
        photos = self._photos if keeps_photo else None
        searcher, absent = self._ready()
        with self.decoder.in_turn(data, sender=sender, edits=edits) as read:
            photo = PreparedPhoto(read.image)
            answer, quality = _answer(photo, searcher, absent)
            seen = self._seen_text(photo, answer.verdict)
        query = query_of(answer, searcher, attributes or {})
        query.height, query.width = photo.image.shape[:2]
        query.quality = evidence.pack_quality(quality, answer, read.faults)
        if self.labels is not None and seen is not None:
            reading = self.labels.understand(seen, db.session())
            query.reading = reading.packed(keeps_lines=photos is not None)
        self._store(query, photo.image, photos)
        self._tell(query)
        return query

    @borrowed_memory()
    def look(
        self, data: bytes, *, sender: str, attributes: Mapping[str, object]
    ) -> Query:
        """Name the works in a frame of a viewfinder, if that can be done at once.

        Nothing is stored or counted, and no label is read. A frame does not stand in
        line: there is a next one, and who sent a photo must not wait for it.

        Parameters
        ----------
        data, sender, attributes
            As of :meth:`search`.

        Returns
        -------
        query : Query
            With its matches; in no session.

        Raises
        ------
        ImageError, EmptyGalleryError, ArtefactError
            As :meth:`search`.
        QueueFullError
            If somebody waits already, or no place is free.
        """
        searcher, absent = self._ready()
        with self.decoder.in_turn(data, sender=sender, waits=False) as read:
            photo = PreparedPhoto(read.image)
            answer, quality = _answer(photo, searcher, absent)
        query = query_of(answer, searcher, attributes)
        query.activation_map = query.seen = None
        query.height, query.width = photo.image.shape[:2]
        query.quality = evidence.pack_quality(quality, answer, read.faults)
        return query

    def _ready(self) -> tuple[Searcher, frozenset[str]]:
        """Return the searcher of now, and the works that it must not find."""
        self.follower.notice(db.session())
        # Before and after a photo's turn: a database that is locked holds up nobody.
        with self._index.use() as searcher:
            self._catch_up(searcher)
            absent = self._absent(searcher)
        # Who waits in line keeps no connection from the others.
        db.session.commit()
        return searcher, absent

    def _seen_text(self, photo: PreparedPhoto, verdict: Verdict) -> SeenText | None:
        """Read what is written in a photo; a work that was found needs no label."""
        if self.labels is None or verdict is Verdict.FOUND:
            return None
        return self.labels.look(photo)

    def similar_to(self, artwork: Artwork) -> list[Artwork]:
        """Return works that look like a given one, most similar first.

        Empty when nothing can be searched: a label can be read without an index.
        """
        if not artwork.images:
            return []
        item = gallery_item(artwork.accession, artwork.images[0].sha256)
        try:
            with self._index.use() as searcher:
                self._catch_up(searcher)
                found = searcher.similar_to(
                    item.image_id, excluded_works=self._absent(searcher)
                )
        except (EmptyGalleryError, ArtefactError, ShardAwayError) as error:
            logger.warning("no similar works can be shown: %s", error)
            return []
        return works_in_order(similar.item.work_id for similar in found)

    def _catch_up(self, searcher: Searcher) -> None:
        """Let what changed since the index was built be found or not found."""
        # A session of its own: the request's may have begun before the change.
        with self._catching_up, Session(db.engine) as session:
            searcher.catch_up(session)
            searcher.use_thresholds(thresholds.stored(session, searcher.model_id))

    def _absent(self, searcher: Searcher) -> frozenset[str]:
        """Return the works of the index that must not be found.

        Reading all accession numbers takes 40 ms at 44,000 works, so it is done only
        when a work was added, changed, withdrawn or deleted since.
        """
        shown = Artwork.withdrawn_at.is_(None)
        count, changed_at = db.session.execute(
            select(func.count(), func.max(Artwork.updated_at)).where(shown)
        ).one()
        state = searcher.generation, count, changed_at
        known = self._absent_works
        if known is None or known[0] != state:
            known = state, searcher.absent_works(db.session())
            self._absent_works = known
        return known[1]

    def _store(self, query: Query, image: Image, photos: MediaStore | None) -> None:
        """Keep photo and answer; a failure is logged."""
        query_id = str(uuid.uuid4())
        name = f"{query_id}.jpg"
        query.id = query_id
        if photos is None:
            query.activation_map = query.seen = None
        else:
            try:
                photos.write(name, encode_jpeg(image, quality=PHOTO_QUALITY))
                query.photo_name = name
            except (OSError, StorageAwayError):
                logger.exception("the photo of query %s could not be kept", query_id)
                # A storage that did not answer may have taken it, or take it yet.
                deletions.note(db.session(), Area.QUERIES, [name], after=LATE_WRITING)
        try:
            db.session.add(query)
            db.session.commit()
        except SQLAlchemyError:
            logger.exception("query %s could not be stored", query_id)
            db.session.rollback()
            if photos is not None and query.photo_name is not None:
                # Nothing points to the photo: what cannot be deleted now is a stray.
                with suppress(OSError, StorageAwayError):
                    photos.delete(name)
                query.photo_name = None


def _answer(
    photo: PreparedPhoto, searcher: Searcher, absent: frozenset[str]
) -> tuple[Answer, PhotoQuality]:
    answer = searcher.answer(photo, excluded_works=absent)
    quality = evidence.quality_of(photo, answer)
    return answer.of_nothing() if quality.shows_nothing else answer, quality
