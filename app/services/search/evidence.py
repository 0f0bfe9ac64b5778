"""Stored evidence of an answer: points, photo quality, and pictures made on demand.

Numbers are kept with the answer: where details and blocks agree, where the network
looked, what is wrong with the photo. Pictures are made from them on demand, so that
deleting a photo deletes every picture of it.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any, TypeAlias

import numpy as np

from app.models import Query, QueryMatch
from app.retrieval.errors import ImageError
from app.retrieval.images import quality as images_quality
from app.retrieval.images.codec import encode_jpeg
from app.retrieval.images.encoded import FileFault
from app.retrieval.images.prepared import PreparedPhoto
from app.retrieval.images.quality import PhotoQuality, QualityIssue
from app.retrieval.search.answers import Answer
from app.retrieval.search.explanation import (
    attention,
    draw_heat,
    encode_attention,
    rectify,
    subjects_seen,
)
from app.retrieval.types import FloatArray
from app.retrieval.verification.evidence import BlockState, Comparison, Verdict
from app.retrieval.verification.polygons import inner_share
from app.services.media.store import MediaStore, read_picture

POINT_COUNT = 60
"""Details kept per work: more would be drawn over each other."""
RECTIFIED_SIDE_PX = 900
RECTIFIED_QUALITY = 82
SMALL_SIDE_PX = 400
"""Of a photo in a list, like the small pictures of the works."""
SMALL_QUALITY = 76
FIELDS = 3
"""A work is divided into 3 by 3 fields to say where details agree."""
MOST_FIELDS, MANY_FIELDS = 7, 4
CROPPED = 0.85
"""Share of a work's outline inside the photo below which it shows a part of it: more
may be a frame that hides the edge, or an outline that is not exact."""
BLOCK_SIGNS: Mapping[BlockState, str] = {
    BlockState.HIDDEN: "?",
    BlockState.PLAIN: " ",
    BlockState.AGREES: "=",
    BlockState.DISAGREES: "x",
}
"""How the blocks of a comparison are kept."""

Field: TypeAlias = tuple[int, int]


class Spread(StrEnum):
    """Coverage of a work by the agreeing details."""

    WHOLE = "whole"
    MUCH = "much"
    PART = "part"


class PhotoRemark(StrEnum):
    """Remark on a photo that was answered all the same."""

    TRUNCATED = FileFault.TRUNCATED.value
    REDUCED = FileFault.REDUCED.value
    MIRRORED = "mirrored"
    """It shows the work as a mirror does."""
    CROPPED = "cropped"
    """It shows a part of the work that was found."""


def pack_points(points: FloatArray) -> list[list[float]]:
    """Choose details to be drawn, from all over the work, and round them.

    Parameters
    ----------
    points : (P, 4) float32
        Of a match, the least ambiguous first.

    Returns
    -------
    chosen : list of [x, y, u, v]
        At most ``POINT_COUNT``: first the best one of each field, then the second ones.
    """
    found_in: Counter[Field] = Counter()
    turns = []
    for point in points:
        field = _field(point)
        turns.append(found_in[field])
        found_in[field] += 1
    chosen = points[np.argsort(turns, kind="stable")[:POINT_COUNT]]
    return rounded_shares(chosen)


def rounded_shares(points: Iterable[Iterable[float]]) -> list[list[float]]:
    """Round points, given as shares, to what is kept of them."""
    return [[round(float(share), 4) for share in point] for point in points]


def pack_comparison(comparison: Comparison | None) -> dict[str, Any] | None:
    """Bring a comparison to plain values, as they are kept.

    Parameters
    ----------
    comparison : Comparison or None

    Returns
    -------
    packed : dict or None
        ``agreement`` and ``difference`` as shares; ``outlines``, polygons of ``[x, y]``
        as shares of the reference picture's width and height; ``blocks``, a string per
        row with a sign of `BLOCK_SIGNS` per block.
    """
    if comparison is None:
        return None
    return {
        "agreement": round(float(comparison.agreement), 3),
        "difference": round(float(comparison.difference), 3),
        "outlines": [rounded_shares(outline) for outline in comparison.outlines],
        "blocks": [
            "".join(BLOCK_SIGNS[BlockState(state)] for state in row)
            for row in comparison.blocks.tolist()
        ],
    }


def spread_of(points: Sequence[Sequence[float]]) -> Spread:
    """Tell over how much of a work packed points are spread."""
    count = len({_field(point) for point in points})
    if count >= MOST_FIELDS:
        return Spread.WHOLE
    return Spread.MUCH if count >= MANY_FIELDS else Spread.PART


def quality_of(photo: PreparedPhoto, answer: Answer) -> PhotoQuality:
    """Measure a photo, with the most likely work in it."""
    outline = answer.matches[0].outline if answer.matches else None
    return images_quality.measure(photo, outline)


def pack_quality(
    quality: PhotoQuality, answer: Answer, file_faults: Iterable[FileFault] = ()
) -> dict[str, Any]:
    """Return what is kept of a photo's quality.

    ``faults`` are those of the photo, ``remarks`` what else is to be said of it.
    """
    share = quality.work_share
    return {
        "blur": round(quality.blur, 3),
        "glare": round(quality.glare, 4),
        "lightness": round(quality.lightness),
        "work_share": None if share is None else round(share, 3),
        "faults": [fault.value for fault in quality.faults],
        "remarks": [
            *(PhotoRemark(fault.value).value for fault in file_faults),
            *([PhotoRemark.MIRRORED.value] if answer.is_mirrored else []),
            *([PhotoRemark.CROPPED.value] if _is_cropped(answer) else []),
        ],
    }


def _is_cropped(answer: Answer) -> bool:
    """Tell whether a photo shows a part of the one work that was found in it."""
    if answer.verdict is not Verdict.FOUND:
        return False
    found = [match for match in answer.matches if match.verdict is Verdict.FOUND]
    if len(found) != 1 or found[0].outline is None:
        return False
    return inner_share(found[0].outline) < CROPPED


def activation_map_of(answer: Answer) -> bytes | None:
    """Return where the network looked as a small grey PNG.

    None if it saw nothing, or was not asked because geometry was certain.
    """
    grey = attention(answer.description) if answer.description else None
    return None if grey is None else encode_attention(grey)


def seen_in(answer: Answer) -> list[str] | None:
    """Return the keys of what the network saw; None if it was not asked."""
    if answer.description is None:
        return None
    return list(subjects_seen(answer.description))


def faults_of(query: Query) -> list[QualityIssue]:
    """Return what was wrong with the photo, the gravest first.

    Empty also for answers from before photos were measured.
    """
    return [QualityIssue(fault) for fault in query.quality.get("faults", ())]


def remarks_of(query: Query) -> list[PhotoRemark]:
    """Return what is to be said of the photo beside the answer."""
    return [PhotoRemark(remark) for remark in query.quality.get("remarks", ())]


def shows_nothing(query: Query) -> bool:
    """Tell whether there was nothing in the photo that could be recognised."""
    is_found = query.verdict is Verdict.FOUND
    return not is_found and not images_quality.NOTHING.isdisjoint(faults_of(query))


def rectified_photo(match: QueryMatch, photos: MediaStore) -> bytes | None:
    """Cut a recognised work out of its photo, upright and as large as its picture.

    A JPEG; None where photo, outline or the work's own picture are gone.
    """
    name, image = match.query.photo_name, match.image
    if name is None or match.outline is None or image is None:
        return None
    try:
        photo = read_picture(photos, name)
    except (OSError, ImageError):  # deleted since the page was loaded
        return None
    scale = min(1.0, RECTIFIED_SIDE_PX / max(image.width, image.height))
    size = max(1, round(image.height * scale)), max(1, round(image.width * scale))
    rectified = rectify(photo, np.array(match.outline, np.float32), size)
    return encode_jpeg(rectified, quality=RECTIFIED_QUALITY)


def small_photo(query: Query, photos: MediaStore) -> bytes | None:
    """Return a small version of the photo as JPEG; None once it is not kept."""
    if query.photo_name is None:
        return None
    try:
        photo = read_picture(photos, query.photo_name, max_side_px=SMALL_SIDE_PX)
    except (OSError, ImageError):  # deleted since the page was loaded
        return None
    return encode_jpeg(photo, quality=SMALL_QUALITY)


def heat_map(query: Query) -> bytes | None:
    """Draw where the network looked, to be laid over the photo; None if unknown."""
    if query.activation_map is None:
        return None
    return draw_heat(query.activation_map, (query.height, query.width))


def _field(point: Sequence[float] | FloatArray) -> Field:
    """Return which field of the work a point lies in."""
    _, _, u, v = (min(max(int(FIELDS * share), 0), FIELDS - 1) for share in point)
    return u, v
