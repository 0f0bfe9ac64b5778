"""Pool of the candidates for one photo: each verified once, one match per work."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

import numpy as np

from app.retrieval.gallery.overlay import Searchable
from app.retrieval.search.answers import Match
from app.retrieval.search.regions import with_region
from app.retrieval.settings import VerificationSettings
from app.retrieval.types import LocalFeatures, no_points
from app.retrieval.verification.epipolar import verify_epipolar
from app.retrieval.verification.homography import (
    coverage,
    inlier_points,
    project_outline,
    verify,
)
from app.retrieval.verification.matching import locate
from app.retrieval.verification.polygons import contains


class CandidatePool:
    """Pool of reference images that a photo is compared with by geometry.

    Parameters
    ----------
    gallery : Searchable
    settings : VerificationSettings
    """

    def __init__(self, gallery: Searchable, settings: VerificationSettings) -> None:
        self._gallery = gallery
        self._settings = settings
        self._verified: dict[int, Match] = {}

    @property
    def matches(self) -> tuple[Match, ...]:
        """One match per work, with its best image; most inliers first.

        None has a probability yet.
        """
        best: dict[str, Match] = {}
        for match in sorted(self._verified.values(), key=_strength, reverse=True):
            best.setdefault(match.item.work_id, match)
        return tuple(best.values())

    @property
    def is_certain(self) -> bool:
        """Whether one work has many inliers, and no other has many in its place."""
        matches = self.matches
        if not matches or matches[0].inlier_count < self._settings.certain_inliers:
            return False
        rivals = count_rival_inliers(matches[0], matches)
        return rivals <= self._settings.certain_rival_share * matches[0].inlier_count

    def verify(
        self,
        features: LocalFeatures,
        positions: Iterable[int],
        *,
        until_certain: bool = False,
    ) -> None:
        """Verify candidates that were not yet, in order.

        Parameters
        ----------
        features : LocalFeatures
            Of the photo, or of a part of it; may be empty.
        positions : iterable of int
            The most promising first. Those whose features cannot be had are left out.
        until_certain : bool
            Stop as soon as `is_certain`.
        """
        fresh = [one for one in positions if one not in self._verified]
        for position in self._gallery.fetch(fresh):
            if position in self._verified:
                continue
            match = self._verify(features, position)
            self._verified[position] = match
            is_strong = match.inlier_count >= self._settings.certain_inliers
            if until_certain and is_strong and self.is_certain:
                break

    def look_around(
        self,
        features: LocalFeatures,
        positions: Iterable[int],
        compare: Callable[[Match], Match],
    ) -> None:
        """Look at verified candidates as works in the round, which are no planes.

        Parameters
        ----------
        features : LocalFeatures
            Of the photo.
        positions : iterable of int
            Those that were verified count.
        compare : callable
            Fills in how similar the networks find a match.
        """
        for position in positions:
            match = self._verified.get(position)
            if match is None:
                continue
            reference = self._gallery.local_features_of(position)
            epipolar = verify_epipolar(features, reference, self._settings)
            points = locate(epipolar.matches, features, reference)
            match = replace(compare(match), epipolar_count=epipolar.inlier_count)
            self._verified[position] = with_region(match, points, features.size)

    def _verify(self, features: LocalFeatures, position: int) -> Match:
        reference = self._gallery.local_features_of(position)
        verification = verify(features, reference, self._settings)
        match = Match(
            position,
            self._gallery.items[position],
            verification,
            project_outline(verification, features.size, reference.size),
            inlier_points(verification, features, reference),
            coverage(verification, reference),
        )
        return with_region(match, no_points(), features.size)


def with_rivals(matches: Sequence[Match]) -> tuple[Match, ...]:
    """Count the rivals of each of some matches, one per work, in their order."""
    return tuple(
        replace(match, rival_inliers=count_rival_inliers(match, matches))
        for match in matches
    )


def count_rival_inliers(match: Match, matches: Iterable[Match]) -> int:
    """Count the inliers of the strongest rival *in the same place* of the photo.

    Two works side by side on a wall are no rivals: each explains its own part of
    the photo. A copy of the same composition explains the same part. A work that is
    seen to differ from the photo is no rival of one that is not.

    Parameters
    ----------
    match : Match
    matches : iterable of Match
        One per work, ``match`` among them.

    Returns
    -------
    rival_inliers : int
        The most inliers that any other one has in this one's place; anywhere in the
        photo, for one without a place.
    """
    others = [
        other.points[:, :2]
        for other in matches
        if other is not match
        and other.inlier_count
        and (match.is_different or not other.is_different)
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


def _strength(match: Match) -> tuple[int, int, int]:
    # The position makes the order total, and so repeatable.
    strongest = max(match.inlier_count, match.epipolar_count)
    return strongest, match.inlier_count, -match.position
