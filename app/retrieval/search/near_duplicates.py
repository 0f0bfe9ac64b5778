"""Near-duplicates in a gallery: pictures of the same thing, whole or in part.

Asked with what is stored of each picture, so nothing is computed anew: the same
channels propose as for a photo, and the same geometry decides.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from app.retrieval.gallery.overlay import Searchable
from app.retrieval.local import rootsift
from app.retrieval.settings import ShortlistSettings, VerificationSettings
from app.retrieval.types import FloatArray, GalleryItem, Hit, LocalFeatures
from app.retrieval.verification.homography import project, verify

LOCAL_COUNT, GLOBAL_COUNT = 8, 5
"""Candidates of each channel. In 2,254 works every related one was among the first 8
of the local channel."""
FEWEST_INLIERS = 15
"""Of related pictures. In 2,254 works the best of unrelated ones had 11 (portraits of
one painter), all with more than 14 had something in common; between them was one
pair."""
SAME_SHARE = 0.8
"""Least inliers per match of one and the same picture. Scans of one painting had 0.87
and more, versions of one drawing 0.77 and less."""
WHOLLY = 0.75
"""Least share of either picture that lies in the other, of duplicates: one scan may be
cropped."""
DETAIL_SHARE = 0.35
"""Least inliers per match of a detail: with fewer the outline is not to be trusted."""
INSIDE, OUTSIDE = 0.85, 0.6
"""Of a detail: least share of it inside the whole, largest share of the whole that it
covers."""
GRID = 32
"""Points per side in which shares of a picture are counted."""


class Kinship(StrEnum):
    """Relation of one picture to another."""

    DUPLICATE = "duplicate"
    DETAIL = "detail"
    """A part of the other."""
    WHOLE = "whole"
    """The other is a part of it."""
    VIEW = "view"
    """Another photo, another version, or something that both show."""
    MIRRORED = "mirrored"
    """Its mirror image, or that of a part."""


@dataclass(frozen=True, slots=True)
class Relative:
    """Near-duplicate of a picture: another work, and how the two are related.

    Attributes
    ----------
    item : GalleryItem
        Its picture that has most in common.
    kinship : Kinship
        What the picture that was asked is to this one.
    inlier_count : int
    similarity : float in [-1, 1]
        Cosine of the global descriptors.
    inlier_share : float in [0, 1]
        Inliers per match.
    """

    item: GalleryItem
    kinship: Kinship
    inlier_count: int
    similarity: float
    inlier_share: float


def find_relatives(gallery: Searchable, position: int) -> tuple[Relative, ...]:
    """Find the other works that a picture, or its mirror image, has something of.

    Parameters
    ----------
    gallery : Searchable
    position : int
        Of the picture.

    Returns
    -------
    relatives : tuple of Relative
        One per work, most inliers first.
    """
    few = ShortlistSettings(local_count=LOCAL_COUNT)
    own = gallery.local_features_of(position)
    descriptor = gallery.descriptor_of(position)
    own_work = gallery.items[position].work_id
    excluded = gallery.mask_of([own_work])
    hits = [
        *gallery.search_local(own, few, excluded=excluded),
        *gallery.search_global(descriptor, GLOBAL_COUNT, excluded=excluded),
    ]
    best = {one.item.work_id: one for one in _verified(gallery, own, descriptor, hits)}
    # A slide that was scanned from behind. Networks hardly tell it from the picture as
    # it is; of what is related already, nothing is to be said twice.
    mirror = rootsift.mirrored(own)
    excluded = gallery.mask_of([own_work, *best])
    hits = [*gallery.search_local(mirror, few, excluded=excluded)]
    for one in _verified(gallery, mirror, descriptor, hits):
        if one.inlier_share >= DETAIL_SHARE:
            best[one.item.work_id] = replace(one, kinship=Kinship.MIRRORED)
    return tuple(sorted(best.values(), key=lambda one: -one.inlier_count))


def _verified(
    gallery: Searchable,
    features: LocalFeatures,
    descriptor: FloatArray,
    hits: Sequence[Hit],
) -> list[Relative]:
    """Return the strongest relative of each work among some hits."""
    settings = VerificationSettings()
    candidates = list(dict.fromkeys(hit.position for hit in hits))
    similarities = gallery.similarities(descriptor, candidates)
    best: dict[str, Relative] = {}
    for candidate, similarity in zip(candidates, similarities, strict=True):
        item, other = gallery.items[candidate], gallery.local_features_of(candidate)
        found = verify(features, other, settings)
        if found.homography is None or found.inlier_count < FEWEST_INLIERS:
            continue
        known = best.get(item.work_id)
        if known is None or found.inlier_count > known.inlier_count:
            inverse = np.linalg.inv(found.homography)
            kinship = judge(
                found.inlier_share,
                share_inside(found.homography, features.size, other.size),
                share_inside(inverse, other.size, features.size),
            )
            best[item.work_id] = Relative(
                item,
                kinship,
                found.inlier_count,
                float(similarity),
                found.inlier_share,
            )
    return list(best.values())


def judge(inlier_share: float, own_share: float, other_share: float) -> Kinship:
    """Say what a picture is to another that it has something in common with.

    Parameters
    ----------
    inlier_share : float in [0, 1]
        Inliers per match.
    own_share, other_share : float in [0, 1]
        Of each picture: what lies inside the other.
    """
    if inlier_share >= SAME_SHARE and min(own_share, other_share) >= WHOLLY:
        return Kinship.DUPLICATE
    if inlier_share >= DETAIL_SHARE:
        if own_share >= INSIDE and other_share <= OUTSIDE:
            return Kinship.DETAIL
        if other_share >= INSIDE and own_share <= OUTSIDE:
            return Kinship.WHOLE
    return Kinship.VIEW


def share_inside(
    homography: NDArray[np.floating],
    size: tuple[int, int],
    other_size: tuple[int, int],
) -> float:
    """Return what share of a picture lies inside another, in [0, 1].

    Parameters
    ----------
    homography : (3, 3) float64
        Its pixels to the other's.
    size, other_size : tuple of int
        (height, width).
    """
    steps = (np.arange(GRID) + 0.5) / GRID
    across, down = np.meshgrid(steps * size[1], steps * size[0])
    points = np.stack([across.ravel(), down.ravel()], axis=1).astype(np.float32)
    mapped = project(homography, points)
    height, width = other_size
    # What maps to the horizon is not a number, and so not inside.
    inside = ((mapped >= 0) & (mapped < (width, height))).all(axis=1)
    return float(np.mean(inside))
