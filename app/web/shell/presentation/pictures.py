"""Addresses of works' pictures."""

from flask import url_for

from app.models import ReferenceImage
from app.services.collection.pictures import (
    MIDDLE_SIDE_PX,
    THUMBNAIL_SIDE_PX,
    middle_name,
)


def picture_url(image: ReferenceImage) -> str:
    """Return the address of a work's picture."""
    return url_for("media.work", name=image.media_name)


def thumbnail_url(image: ReferenceImage) -> str:
    """Return the address of a work's small picture."""
    return url_for("media.work", name=image.thumbnail_name)


def sources(image: ReferenceImage) -> str:
    """Return the sizes of a work's picture, each with its width, as ``srcset`` has it.

    The browser takes the smallest that is sharp on its screen.
    """
    names = {
        THUMBNAIL_SIDE_PX: image.thumbnail_name,
        MIDDLE_SIDE_PX: middle_name(image.media_name),
    }
    side = max(image.width, image.height)
    sizes = [
        (url_for("media.work", name=name), round(image.width * small / side))
        for small, name in names.items()
        if small < side
    ]
    sizes.append((picture_url(image), image.width))
    return ", ".join(f"{address} {width}w" for address, width in sizes)
