"""Search service: names the work in a photo, and stores query and answer.

The one seam where engine hits meet database rows: the engine knows opaque ids, here
they are accession numbers and hashes of pictures. The database is the truth, so a work
that it no longer has, or calls withdrawn, is not found, whatever the index still holds.
"""

import logging
import threading
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app.extensions import db
from app.models import Artwork, Query
from app.retrieval.errors import ArtefactError, EmptyGalleryError, ImageTooSmallError
from app.retrieval.images.codec import decode, encode_jpeg, resize_to_long_side
from app.retrieval.images.edits import NO_EDITS, PhotoEdits
from app.retrieval.images.prepared import PreparedPhoto
from app.retrieval.settings import ImageSettings
from app.retrieval.types import Image
from app.services.collection.works import works_in_order
from app.services.index import thresholds
from app.services.index.features import gallery_item
from app.services.index.live import LiveIndex
from app.services.index.searcher import Searcher
from app.services.search import evidence
from app.services.search.admission import AdmissionQueue
from app.services.search.answer_rows import query_of
from app.services.system.media import MediaFolder

logger = logging.getLogger(__name__)

PHOTO_SIDE_PX = 1280
"""Long side at which a photo is searched and kept: over what the engine looks at, and
enough to show on a large screen."""
UNCROPPED_SIDE_PX = 4 * PHOTO_SIDE_PX
"""Long side at which a photo is decoded at most, when only a part of it is wanted."""
PHOTO_QUALITY = 82


class SearchService:
    """Search service over the live index. Needs an application context.

    Parameters
    ----------
    photos : MediaFolder, optional
        Where the photos are kept, re-encoded without metadata. None: they are not
        kept, nor what could be drawn from them.
    image_settings : ImageSettings
        What is accepted as a photo.
    admission_queue : AdmissionQueue
        Where photos wait for their turn.
    tell : callable
        Is given every query that was answered.
    """

    def __init__(
        self,
        index: LiveIndex,
        photos: MediaFolder | None,
        image_settings: ImageSettings,
        admission_queue: AdmissionQueue,
        tell: Callable[[Query], None],
    ) -> None:
        self._index = index
        self._photos = photos
        self._image_settings = image_settings
        self._admission_queue = admission_queue
        self._tell = tell
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

    def search(
        self,
        data: bytes,
        *,
        edits: PhotoEdits = NO_EDITS,
        attributes: Mapping[str, object] | None = None,
    ) -> Query:
        """Name the work in a photo.

        Parameters
        ----------
        data : bytes
            An encoded picture.
        edits : PhotoEdits
            Done before anything else: what is cropped away is not looked at or kept.
        attributes : mapping of str to object, optional
            What else to keep of the query: who asked, from where, and how.

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
        # Also decoding waits: the pixels of a photo take far more memory than its file.
        with self._admission_queue.admit():
            photo = PreparedPhoto(self.read(data, edits))
            with self._index.use() as searcher:
                self._catch_up(searcher)
                answer = searcher.answer(photo, excluded_works=self._absent(searcher))
                query = query_of(answer, searcher, attributes or {})
            query.height, query.width = photo.image.shape[:2]
            query.quality = evidence.quality_of(photo, answer)
            self._store(query, photo.image)
            self._tell(query)
            return query

    @contextmanager
    def admit(self) -> Iterator[tuple[Searcher, frozenset[str]]]:
        """Wait in the admission queue, then lend the index as it is now.

        Yields
        ------
        searcher : Searcher
        absent : frozenset of str
            Works that must not be found.

        Raises
        ------
        EmptyGalleryError, ArtefactError
            If nothing can be searched.
        QueueFullError
            If too many photos are waiting already.
        """
        with self._admission_queue.admit(), self._index.use() as searcher:
            self._catch_up(searcher)
            yield searcher, self._absent(searcher)

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
        except (EmptyGalleryError, ArtefactError) as error:
            logger.warning("no similar works can be shown: %s", error)
            return []
        return works_in_order(similar.item.work_id for similar in found)

    def read(self, data: bytes, edits: PhotoEdits = NO_EDITS) -> Image:
        """Decode a photo and edit it, at the size at which photos are searched.

        Raises
        ------
        ImageError
            If the photo cannot be used.
        """
        side_px = edits.side_before(PHOTO_SIDE_PX, UNCROPPED_SIDE_PX)
        image = edits.apply(
            decode(data, settings=self._image_settings, max_side_px=side_px)
        )
        height, width = image.shape[:2]
        if min(height, width) < self._image_settings.min_side_px:
            raise ImageTooSmallError((height, width), self._image_settings.min_side_px)
        return resize_to_long_side(image, PHOTO_SIDE_PX)

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
            present = db.session.scalars(select(Artwork.accession).where(shown))
            known = state, searcher.work_ids.difference(present)
            self._absent_works = known
        return known[1]

    def _store(self, query: Query, image: Image) -> None:
        """Keep photo and answer; a failure is logged."""
        query_id = str(uuid.uuid4())
        name = f"{query_id}.jpg"
        query.id = query_id
        if self._photos is None:
            query.activation_map = None
        else:
            try:
                self._photos.write(name, encode_jpeg(image, quality=PHOTO_QUALITY))
                query.photo_name = name
            except OSError:
                logger.exception("the photo of query %s could not be kept", query_id)
        try:
            db.session.add(query)
            db.session.commit()
        except SQLAlchemyError:
            logger.exception("query %s could not be stored", query_id)
            db.session.rollback()
            if self._photos is not None and query.photo_name is not None:
                # Nothing points to the photo, so nothing would ever delete it.
                self._photos.path(name).unlink(missing_ok=True)
                query.photo_name = None
