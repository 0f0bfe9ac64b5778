"""Cutting of a work out of a visitor's photo, to become a picture of the work."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from app.models import Artwork, Query
from app.retrieval.images.codec import encode_jpeg
from app.retrieval.images.edits import PhotoEdits
from app.retrieval.images.frame_detection import find_frame
from app.retrieval.images.prepared import PreparedPhoto
from app.retrieval.search.engine import Engine
from app.retrieval.search.explanation import rectify
from app.retrieval.types import FloatArray, Image
from app.retrieval.verification.evidence import Verdict
from app.services.index.features import gallery_item
from app.services.index.searcher import Searcher
from app.services.media.store import MediaStore, read_picture

QUALITY = 92


class Cut(StrEnum):
    """Cut of a photo."""

    OUTLINE = "outline"
    """Along the outline in which the work was recognised, set upright."""
    FRAME = "frame"
    """Around what looks like a frame."""
    WHOLE = "whole"
    """The photo as it is."""


@dataclass(frozen=True, slots=True)
class Preview:
    """Preview of what a new picture changes.

    Attributes
    ----------
    is_found : bool
        Whether the photo would then be answered with the work.
    rival : str or None
        Accession number of another work that the picture is found as: too much alike.
    """

    is_found: bool
    rival: str | None


def outline_of(query: Query, artwork: Artwork) -> FloatArray | None:
    """Return the outline in which a photo was matched with a work; None without."""
    for match in query.matches:
        if match.artwork_id == artwork.id and match.outline is not None:
            return np.asarray(match.outline, np.float32)
    return None


def cut_out(photo: Image, cut: Cut, outline: FloatArray | None) -> Image:
    """Cut a work out of a photo; the whole photo where there is nothing to go by."""
    if cut is Cut.OUTLINE and outline is not None:
        height, width = photo.shape[:2]
        corners = np.asarray(outline, np.float64) * (width, height)
        sides = np.linalg.norm(np.roll(corners, -1, axis=0) - corners, axis=1)
        size = (
            max(1, round(max(sides[1], sides[3]))),
            max(1, round(max(sides[0], sides[2]))),
        )
        return rectify(photo, outline, size)
    box = find_frame(photo) if cut is Cut.FRAME else None
    return photo if box is None else PhotoEdits(crop=box).apply(photo)


def picture_of_photo(
    query: Query, artwork: Artwork, cut: Cut, photos: MediaStore
) -> bytes:
    """Return the picture that a photo would become, as JPEG without metadata.

    Raises
    ------
    OSError, ImageError
        If the photo is gone or cannot be read.
    """
    if query.photo_name is None:
        raise FileNotFoundError(query.id)
    photo = read_picture(photos, query.photo_name)
    return encode_jpeg(cut_out(photo, cut, outline_of(query, artwork)), quality=QUALITY)


def preview(
    searcher: Searcher,
    photo: Image,
    picture: Image,
    accession: str,
    absent: frozenset[str],
) -> Preview:
    """Ask the photo as if its work had the picture, and the picture without the work.

    Parameters
    ----------
    photo, picture : (H, W, 3) uint8
    absent : frozenset of str
        Works of the index that must not be found.
    """
    item = gallery_item(accession, "0" * 64)
    addition = item, searcher.reference_features(picture)
    engine = Engine(searcher.model, searcher.gallery.extended((), [addition]))
    answer = engine.identify(PreparedPhoto(photo), excluded_works=absent)
    named = [match.item.work_id for match in answer.matches]
    other = searcher.answer(PreparedPhoto(picture), excluded_works=absent | {accession})
    is_rival = other.verdict is Verdict.FOUND and bool(other.matches)
    return Preview(
        answer.verdict is Verdict.FOUND and named[:1] == [accession],
        other.matches[0].item.work_id if is_rival else None,
    )
