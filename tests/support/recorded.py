"""Works in a collection, without an import."""

from sqlalchemy.orm import Session

from app.models import Artwork, ReferenceImage
from app.retrieval.images.codec import encode_jpeg
from app.retrieval.settings import ImageSettings
from app.retrieval.types import Image
from app.services.collection.pictures import store_picture
from app.services.curation.work_images import picture_of
from app.services.media.folder import FolderStore


def record_work(
    session: Session, media: FolderStore, accession: str, *pictures: Image
) -> Artwork:
    """Record a work with pictures, and commit it."""
    images = []
    for position, picture in enumerate(pictures):
        data = encode_jpeg(picture)
        stored = store_picture(data, media, settings=ImageSettings())
        images.append(ReferenceImage(position=position, **picture_of(stored)))
    work = Artwork(accession=accession, images=images)
    session.add(work)
    session.commit()
    return work
