"""Rank fusion of the shortlists, and re-ranking by geometric verification.

Candidates are verified in the order of their promise. When one is certain, only
those that stand near the top of the merged shortlist are still looked at: other
works in the same photo are there, and nothing else is.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

import numpy as np

from app.retrieval.gallery.overlay import Searchable
from app.retrieval.settings import VerificationSettings
from app.retrieval.types import FloatArray, Hit, LocalFeatures, Match
from app.retrieval.verification.homography import (
    coverage,
    inlier_points,
    project_outline,
    verify,
)
from app.retrieval.verification.polygons import contains

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


def rerank(
    features: LocalFeatures,
    descriptors: Sequence[FloatArray],
    gallery: Searchable,
    positions: Sequence[int],
    settings: VerificationSettings,
) -> tuple[Match, ...]:
    """Verify candidates in order, sort them by their inliers, and count their rivals.

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
    matches : tuple of Match
        One per work, with its best image; most inliers first, then most similar. None
        has a probability yet.
    """
    positions = positions[: settings.verified_count]
    similarities = np.max(
        [gallery.similarities(descriptor, positions) for descriptor in descriptors],
        axis=0,
    )
    best: dict[str, Match] = {}
    for rank, position in enumerate(positions):
        if rank >= settings.always_verified and _is_certain(best.values(), settings):
            break
        match = _compare(
            features, gallery, position, float(similarities[rank]), settings
        )
        known = best.get(match.item.work_id)
        if known is None or _strength(match) > _strength(known):
            best[match.item.work_id] = match
    matches = sorted(best.values(), key=_strength, reverse=True)
    return tuple(
        replace(match, rival_inliers=count_rival_inliers(match, matches))
        for match in matches
    )


def count_rival_inliers(match: Match, matches: Iterable[Match]) -> int:
    """Count the inliers of the strongest rival *in the same place* of the photo.

    Two works side by side on a wall are no rivals: each explains its own part of
    the photo. A copy of the same composition explains the same part.

    Parameters
    ----------
    match : Match
    matches : iterable of Match
        One per work, ``match`` among them.

    Returns
    -------
    rival_inliers : int
        The most inliers that any other one has inside this one's outline; anywhere in
        the photo, for one without an outline.
    """
    others = [
        other.points[:, :2]
        for other in matches
        if other is not match and other.inlier_count
    ]
    if not others:
        return 0
    is_inside = contains(match.place, np.concatenate(others))
    starts = np.cumsum([0, *(len(points) for points in others[:-1])])
    return int(np.add.reduceat(is_inside, starts, dtype=np.intp).max())


def is_central(match: Match) -> bool:
    """Tell whether the work is where the middle of the photo is."""
    middle = np.full((1, 2), 0.5, np.float32)
    return match.place is not None and bool(contains(match.place, middle)[0])


def _compare(
    features: LocalFeatures,
    gallery: Searchable,
    position: int,
    similarity: float,
    settings: VerificationSettings,
) -> Match:
    reference = gallery.local_features_of(position)
    verification = verify(features, reference, settings)
    return Match(
        position,
        gallery.items[position],
        similarity,
        verification,
        project_outline(verification, features.size, reference.size),
        inlier_points(verification, features, reference),
        coverage(verification, reference),
    )


def _strength(match: Match) -> tuple[int, float, int]:
    # The position makes the order total, and so repeatable.
    return match.inlier_count, match.similarity, -match.position


def _is_certain(matches: Collection[Match], settings: VerificationSettings) -> bool:
    leader = max(matches, key=_strength)
    if leader.inlier_count < settings.certain_inliers:
        return False
    rival_inliers = count_rival_inliers(leader, matches)
    return rival_inliers <= settings.certain_rival_share * leader.inlier_count
