"""Publishing of indexes: recorded, and sent to all servers where there are several."""

import logging

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.configuration.load import Folders
from app.models import Artwork, GenerationRecord, ReferenceImage
from app.retrieval.generations.registry import (
    KEPT_GENERATIONS,
    Generation,
    GenerationRegistry,
)
from app.retrieval.types import Image
from app.services.index.changes import current_revision
from app.services.media.following import Followed
from app.services.media.opening import MediaStores
from app.services.media.published import Kind, Published
from app.services.media.store import MediaStore, read_picture
from app.services.system.webhooks import outbox
from app.services.system.webhooks.events import PATH, EventKind

PAGE = "curate/index/"
"""Address of the page of the indexes, below the site's."""

logger = logging.getLogger(__name__)


def published_indexes(media: MediaStores, folders: Folders) -> Published | None:
    """Return the indexes that all servers share; None where there is one server."""
    if media.generations is None:
        return None
    return Published(
        Kind.INDEX, media.generations, folders.generations, KEPT_GENERATIONS
    )


def followed_indexes(published: Published) -> Followed:
    """Return how this server follows them: as if it were told to roll back."""
    registry = GenerationRegistry(published.root)
    return Followed(published, registry.current_name, registry.roll_back)


def reference_picture(
    session: Session, works: MediaStore, image_id: str
) -> Image | None:
    """Read the picture of an image that an index knows; None if it is gone."""
    accession, _, sha256 = image_id.rpartition("/")
    name = session.scalars(
        select(ReferenceImage.media_name)
        .join(ReferenceImage.artwork)
        .where(
            Artwork.accession == accession,
            ReferenceImage.sha256.startswith(sha256),
        )
    ).one_or_none()
    return None if name is None else read_picture(works, name)


def tell_live(session: Session, name: str, works: int, images: int) -> None:
    """Let webhooks know what is searched in from now on; the caller commits."""
    data = {"name": name, "works": works, "pictures": images, PATH: PAGE}
    outbox.tell(session, EventKind.INDEX_LIVE, data)


class IndexRecorder:
    """Recorder of an index that is being built; made before anything is read for it.

    Parameters
    ----------
    session : Session
    folders : Folders
    media : MediaStores
    """

    def __init__(self, session: Session, folders: Folders, media: MediaStores) -> None:
        self._session = session
        self._published = published_indexes(media, folders)
        # Read first: a change that comes meanwhile may or may not get in.
        self._revision = current_revision(session)

    def share(self, generation: Generation) -> None:
        """Let all other servers use it, before it is live here."""
        if self._published is None:
            return
        self._published.upload(generation.path)
        self._record(generation)
        self._published.point_to(self._session, generation.name)
        self._session.commit()

    def end(self, live: Generation) -> GenerationRecord:
        """Record what is live now."""
        record = self._record(live)
        tell_live(self._session, record.name, record.works, record.images)
        self._session.commit()
        if self._published is not None:
            self._published.prune(live.name)
        logger.info("index %s is live: %d pictures", record.name, record.images)
        return record

    def _record(self, generation: Generation) -> GenerationRecord:
        manifest = generation.manifest
        return self._session.merge(
            GenerationRecord(
                name=generation.name,
                model_id=manifest.model_id,
                works=manifest.works,
                images=manifest.images,
                examination=dict(manifest.examination),
                revision=self._revision,
            )
        )
