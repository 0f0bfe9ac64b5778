"""Re-ranking: both shortlists become one, and geometry decides its order.

Candidates are verified in the order of their promise. When one is certain, only
those that stand near the top of the merged shortlist are still looked at: other
works in the same photo are there, and nothing else is.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from app.retrieval.gallery.searchable import Searchable
from app.retrieval.settings import VerificationSettings
from app.retrieval.types import (
    BoolArray,
    FloatArray,
    GalleryItem,
    Hit,
    LocalFeatures,
    Verification,
)
from app.retrieval.verification.homography import project_outline, verify

LOCAL_WEIGHT, GLOBAL_WEIGHT = 1.0, 0.5
"""Weight of each channel in the merged order."""
RANK_OFFSET = 5
"""Ranks well below it count about alike (the k of reciprocal rank fusion, which
uses 60 to merge lists of thousands; these have 50 to 100)."""


def best_of_views(shortlists: Sequence[Sequence[Hit]], k: int) -> tuple[Hit, ...]:
    """Merge the global shortlists of several views of one photo.

    Parameters
    ----------
    shortlists : sequence of sequences of Hit
        One per view.
    k : int

    Returns
    -------
    hits : tuple of Hit
        At most ``k``, each position once with its highest similarity, best first.
    """
    best: dict[int, float] = {}
    for hits in shortlists:
        for hit in hits:
            known = best.get(hit.position, hit.similarity)
            best[hit.position] = max(known, hit.similarity)
    # The position makes the order total, and so repeatable.
    ranked = sorted(best.items(), key=lambda item: (-item[1], item[0]))
    return tuple(Hit(position, similarity) for position, similarity in ranked[:k])


def merge_shortlists(
    global_hits: Sequence[Hit], local_hits: Sequence[Hit]
) -> tuple[int, ...]:
    """Merge two shortlists by reciprocal rank fusion.

    The channels' similarities cannot be compared with each other, ranks can.

    Parameters
    ----------
    global_hits, local_hits : sequence of Hit
        Best first.

    Returns
    -------
    positions : tuple of int
        Every position of either list once, the most promising first.

    References
    ----------
    .. [1] Cormack, Clarke and Büttcher, "Reciprocal rank fusion outperforms
       Condorcet and individual rank learning methods", SIGIR 2009.
    """
    promise: dict[int, float] = {}
    for hits, weight in ((local_hits, LOCAL_WEIGHT), (global_hits, GLOBAL_WEIGHT)):
        for rank, hit in enumerate(hits, start=1):
            promise.setdefault(hit.position, 0.0)
            promise[hit.position] += weight / (RANK_OFFSET + rank)
    # sorted() is stable: of equals, the one that the local channel names first.
    return tuple(sorted(promise, key=lambda position: -promise[position]))


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """A reference image that has been compared with the photo.

    Attributes
    ----------
    position : int
    item : GalleryItem
    similarity : float in [-1, 1]
        Cosine of the global descriptors.
    verification : Verification
    outline : (4, 2) float32 or None
        Of the work in the photo, as in :class:`~app.retrieval.types.Match`.
    explained : (M,) bool
        Which of the photo's keypoints are inliers.
    """

    position: int
    item: GalleryItem
    similarity: float
    verification: Verification
    outline: FloatArray | None
    explained: BoolArray

    @property
    def inlier_count(self) -> int:
        """Number of matches that agree with the homography."""
        return self.verification.inlier_count

    @property
    def is_central(self) -> bool:
        """Whether the work's outline holds the middle of the photo."""
        if self.outline is None:
            return False
        return bool(_inside(self.outline, np.full((1, 2), 0.5, np.float32))[0])


def rerank(
    features: LocalFeatures,
    descriptors: Sequence[FloatArray],
    gallery: Searchable,
    positions: Sequence[int],
    settings: VerificationSettings,
) -> tuple[Candidate, ...]:
    """Verify candidates in order and sort them by their inliers.

    Parameters
    ----------
    features : LocalFeatures
        Of the photo; may be empty.
    descriptors : sequence of (D,) float32, unit length
        Of views of the photo; the most similar one counts.
    gallery : Searchable
    positions : sequence of int
        The most promising first.
    settings : VerificationSettings

    Returns
    -------
    candidates : tuple of Candidate
        One per work, with its best image; most inliers first, then most similar.
    """
    positions = positions[: settings.verified_count]
    similarities = np.max(
        [gallery.similarities(descriptor, positions) for descriptor in descriptors],
        axis=0,
    )
    best: dict[str, Candidate] = {}
    for rank, position in enumerate(positions):
        if rank >= settings.always_verified and _is_certain(
            best.values(), features, settings
        ):
            break
        candidate = _compare(
            features, gallery, position, float(similarities[rank]), settings
        )
        known = best.get(candidate.item.work_id)
        if known is None or _strength(candidate) > _strength(known):
            best[candidate.item.work_id] = candidate
    return tuple(sorted(best.values(), key=_strength, reverse=True))


def count_rivals(
    candidates: Sequence[Candidate], features: LocalFeatures
) -> tuple[int, ...]:
    """Count, per candidate, what speaks for another work *in the same place*.

    Two works side by side on a wall are no rivals: each explains its own part of
    the photo. A copy of the same composition explains the same part.

    Parameters
    ----------
    candidates : sequence of Candidate
        One per work.
    features : LocalFeatures
        Of the photo.

    Returns
    -------
    rivals : tuple of int
        The most inliers that any other candidate has inside this one's outline;
        anywhere in the photo, for a candidate without an outline.
    """
    return tuple(_rival_count(one, candidates, features) for one in candidates)


def _rival_count(
    candidate: Candidate, candidates: Iterable[Candidate], features: LocalFeatures
) -> int:
    others = [
        other.explained
        for other in candidates
        if other is not candidate and other.inlier_count
    ]
    if not others:
        return 0
    height, width = features.size
    shares = np.asarray(features.xy / (width, height), dtype=np.float32)
    place = _inside(candidate.outline, shares)
    return int(np.count_nonzero(np.stack(others) & place, axis=1).max())


def _inside(outline: FloatArray | None, points: FloatArray) -> BoolArray:
    """Tell which points (M, 2) lie in a convex outline with y down: (M,) bool.

    Both are shares of the photo's width and height. All lie in no outline.
    """
    if outline is None:
        return np.ones(len(points), np.bool_)
    sides = np.roll(outline, -1, axis=0) - outline  # (4, 2)
    offsets = points[:, None, :] - outline  # (M, 4, 2)
    turns = sides[:, 0] * offsets[..., 1] - sides[:, 1] * offsets[..., 0]
    return np.asarray((turns >= 0).all(axis=1), dtype=np.bool_)


def _compare(
    features: LocalFeatures,
    gallery: Searchable,
    position: int,
    similarity: float,
    settings: VerificationSettings,
) -> Candidate:
    reference = gallery.local_features[position]
    verification = verify(features, reference, settings)
    explained = np.zeros(len(features), np.bool_)
    explained[verification.matches[verification.inliers, 0]] = True
    return Candidate(
        position,
        gallery.items[position],
        similarity,
        verification,
        project_outline(verification, features.size, reference.size),
        explained,
    )


def _strength(candidate: Candidate) -> tuple[int, float, int]:
    # The position makes the order total, and so repeatable.
    return candidate.inlier_count, candidate.similarity, -candidate.position


def _is_certain(
    candidates: Collection[Candidate],
    features: LocalFeatures,
    settings: VerificationSettings,
) -> bool:
    leader = max(candidates, key=_strength)
    if leader.inlier_count < settings.certain_inliers:
        return False
    rival = _rival_count(leader, candidates, features)
    return rival <= settings.certain_rival_share * leader.inlier_count
