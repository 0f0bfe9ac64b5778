"""Pictures of a work: set, order, and the features that they are found by."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NotRequired, TypedDict

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Artwork, ReferenceImage
from app.retrieval.errors import EmptyGalleryError, ImageError
from app.retrieval.settings import ImageSettings, LocalSettings
from app.retrieval.types import GalleryFeatures, GalleryItem, Image
from app.services.collection.pictures import StoredPicture, store_picture
from app.services.collection.subjects import settle, write_subjects
from app.services.index.features import features_key, gallery_item, pack_features
from app.services.index.live import LiveIndex
from app.services.media.store import MediaStore, read_picture


class RepeatedImageError(Exception):
    """Picture that the work has already."""


class Picture(TypedDict):
    """Reference image as the audit trail remembers it."""

    sha256: str
    media_name: str
    width: int
    height: int
    about: NotRequired[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class FeatureMaker:
    """Extractor of the features that a new picture is found by.

    Attributes
    ----------
    key : str
        As ``ImageFeatures.model_id``.
    describe : callable
        From (H, W, 3) uint8 RGB.
    """

    key: str
    describe: Callable[[Image], GalleryFeatures]


def feature_maker(index: LiveIndex) -> FeatureMaker | None:
    """Return what makes features for the index that is live; None if none is."""
    try:
        with index.use() as searcher:
            key = features_key(searcher.model_id, LocalSettings())
            return FeatureMaker(key, searcher.reference_features)
    except EmptyGalleryError:
        return None


def take_picture(
    artwork: Artwork, data: bytes, media: MediaStore, settings: ImageSettings
) -> StoredPicture:
    """Bring a picture into the media folder, for a work that has it not.

    Raises
    ------
    ImageError, OSError
        As :func:`store_picture`.
    RepeatedImageError
        If the work has it already.
    """
    stored = store_picture(data, media, settings=settings)
    if any(image.sha256 == stored.sha256 for image in artwork.images):
        raise RepeatedImageError(artwork.accession)
    return stored


def has_picture(artwork: Artwork, data: bytes) -> bool:
    """Tell whether a work has a picture that was made from the same file."""
    sha256 = hashlib.sha256(data).hexdigest()
    return any(image.sha256 == sha256 for image in artwork.images)


def pictures_of(artwork: Artwork) -> list[Picture]:
    """Return a work's pictures as the audit trail remembers them, in their order."""
    return [picture_of(image) for image in artwork.images]


def picture_of(stored: StoredPicture | ReferenceImage) -> Picture:
    """Return a picture of the media folder as the audit trail remembers it."""
    picture: Picture = {
        "sha256": stored.sha256,
        "media_name": stored.media_name,
        "width": stored.width,
        "height": stored.height,
    }
    if isinstance(stored, ReferenceImage) and stored.about:
        picture["about"] = dict(stored.about)
    return picture


def arrange_pictures(artwork: Artwork, pictures: Sequence[Picture]) -> None:
    """Let a work have these pictures in this order; the caller commits."""
    kept = {image.sha256: image for image in artwork.images}
    images = [
        kept.get(picture["sha256"]) or ReferenceImage(**picture) for picture in pictures
    ]
    for position, (image, picture) in enumerate(zip(images, pictures, strict=True)):
        image.position = position
        image.about = dict(picture.get("about", {}))
    artwork.images = images


def add_features(
    artwork: Artwork, media: MediaStore, maker: FeatureMaker | None
) -> None:
    """Compute what the work's pictures lack to be found; the caller commits.

    Without a maker that is left to the next building of the index. What the work shows
    is what is seen in the pictures that it has now, unless a curator stated it.
    """
    if maker is not None:
        for image in artwork.images:
            if all(features.model_id != maker.key for features in image.features):
                described = maker.describe(read_picture(media, image.media_name))
                image.features.append(pack_features(None, maker.key, described))
                if described.subjects is not None:
                    image.seen_subjects = write_subjects(described.subjects)
    settle(artwork)


def read_thumbnails(
    session: Session, media: MediaStore, items: Sequence[GalleryItem]
) -> list[Image | None]:
    """Read the small pictures of images of the index; what is gone is None."""
    rows = session.execute(
        select(Artwork.accession, ReferenceImage)
        .join(ReferenceImage.artwork)
        .where(Artwork.accession.in_({item.work_id for item in items}))
    )
    names = {
        gallery_item(accession, image.sha256): image.thumbnail_name
        for accession, image in rows
    }
    pictures: list[Image | None] = []
    for item in items:
        try:
            pictures.append(read_picture(media, names[item]))
        except (KeyError, OSError, ImageError):
            pictures.append(None)
    return pictures
