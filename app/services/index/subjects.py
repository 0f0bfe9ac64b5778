"""Subjects of pictures whose features are older than the vocabulary of subjects.

New features bring what is seen with them. Pictures that nobody has looked at yet need
the semantic network only, a part of what their features took. A migration that changes
the vocabulary lets all be looked at again by emptying ``seen_subjects``.
"""

import logging
from collections.abc import Iterator, Sequence
from itertools import islice

from sqlalchemy.orm import Session

from app.models import ReferenceImage
from app.retrieval.errors import ImageError
from app.retrieval.model import SemanticDescriber
from app.retrieval.runtime.parallel import map_in_order
from app.services.collection.subjects import keep_seen
from app.services.index.features import BATCH_PICTURES, list_pending
from app.services.media.store import MediaStore, read_picture
from app.services.shards.computing import Pending

logger = logging.getLogger(__name__)


def find_unseen(session: Session) -> list[Pending]:
    """List the pictures that were not looked at yet, by accession number."""
    return list_pending(session, ReferenceImage.seen_subjects.is_(None))


def look_at(
    session: Session,
    unseen: Sequence[Pending],
    media: MediaStore,
    semantic: SemanticDescriber,
    *,
    workers: int,
) -> Iterator[None]:
    """Keep what is seen in pictures; yield once for each, when it is committed.

    A picture that cannot be read is logged, and looked at again the next time.
    """

    def see(picture: Pending) -> tuple[str, ...] | None:
        try:
            image = read_picture(media, picture.media_name)
        except (OSError, ImageError) as error:
            logger.warning("not looked at: %s: %s", picture.accession, error)
            return None
        return semantic.describe_reference(image).subjects

    looked = map_in_order(see, unseen, workers=workers)
    while batch := list(islice(looked, BATCH_PICTURES)):
        seen = {
            picture.image_id: subjects
            for picture, subjects in batch
            if subjects is not None
        }
        keep_seen(session, seen)
        session.commit()
        yield from (None for _ in batch)
