"""Rating of a photo's candidates: comparison, rivals, probability, order."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from app.retrieval.gallery.overlay import Searchable
from app.retrieval.images.grey_copy import decode_copy
from app.retrieval.images.prepared import PreparedPhoto
from app.retrieval.search.answers import Match
from app.retrieval.search.candidate_pool import is_central, with_rivals
from app.retrieval.settings import RetrievalSettings
from app.retrieval.types import FloatArray, Verification
from app.retrieval.verification.comparison import compare
from app.retrieval.verification.decision import Decision
from app.retrieval.verification.evidence import Comparison, Verdict
from app.retrieval.verification.homography import project_outline
from app.retrieval.verification.registration import register, resizing

_Registered: TypeAlias = tuple[Verification, FloatArray | None, Comparison | None]


class Rater:
    """Rater of the candidates for one photo; compares each reference image once.

    Parameters
    ----------
    photo : PreparedPhoto
    gallery : Searchable
    decision : Decision
    settings : RetrievalSettings
    """

    def __init__(
        self,
        photo: PreparedPhoto,
        gallery: Searchable,
        decision: Decision,
        settings: RetrievalSettings,
    ) -> None:
        self._photo = photo
        self._gallery = gallery
        self._decision = decision
        self._settings = settings
        self._registered: dict[int, _Registered] = {}

    def rate(
        self, matches: Sequence[Match], promising: Sequence[str] = ()
    ) -> tuple[Match, ...]:
        """Rate matches, one per work; what the visitor most likely means comes first.

        Parameters
        ----------
        matches : sequence of Match
            Most inliers first.
        promising : sequence of str
            Works that several channels put first, best first: they come before others
            that geometry says nothing of, for a few inliers come by chance.
        """
        settings = self._settings.verification
        worthy = [m for m in matches if m.inlier_count >= settings.compared_inliers]
        strongest = {match.position for match in worthy[: settings.compared_count]}
        # What was compared stays so: of a work that was found before stronger ones
        # were, nothing must be forgotten.
        compared = strongest.union(self._registered)
        rivalling = with_rivals(
            [self._compared(m) if m.position in compared else m for m in matches]
        )
        ranks = {work: rank for rank, work in enumerate(promising)}

        def prominence(match: Match) -> tuple[bool, bool, float, int, float]:
            # Of works that are surely there, the one that the visitor points at.
            is_found = match.verdict is Verdict.FOUND
            is_chance = self._is_chance(match)
            return (
                is_found and is_central(match),
                is_found,
                0.0 if is_chance else match.probability,
                -ranks.get(match.item.work_id, len(ranks)) if is_chance else 0,
                match.probability,
            )

        # Stable: equally probable ones stay in the order of their inliers.
        return tuple(sorted(map(self._rated, rivalling), key=prominence, reverse=True))

    def _is_chance(self, match: Match) -> bool:
        settings = self._settings.verification
        return (
            match.verdict is Verdict.NOT_FOUND
            and match.inlier_count <= settings.chance_inliers
            and match.epipolar_count <= settings.epipolar_chance
        )

    def _rated(self, match: Match) -> Match:
        probability = self._decision.probability(match.evidence)
        verdict = self._decision.verdict(probability)
        if verdict is Verdict.FOUND and match.is_different:
            verdict = Verdict.UNCERTAIN
        return replace(match, probability=probability, verdict=verdict)

    def _compared(self, match: Match) -> Match:
        """Return the match with its outline refined on the pixels, and compared."""
        if match.outline is None:
            return match
        if match.position not in self._registered:
            self._registered[match.position] = self._register(match)
        verification, outline, comparison = self._registered[match.position]
        return replace(
            match, verification=verification, outline=outline, comparison=comparison
        )

    def _register(self, match: Match) -> _Registered:
        encoded = self._gallery.picture_of(match.position)
        verification = match.verification
        if not encoded or verification.homography is None:
            return verification, match.outline, None
        picture = decode_copy(encoded)
        size = self._gallery.local_features_of(match.position).size
        # The homography leads to pixels of the picture that features were found in.
        scale = resizing(size, picture.shape)
        homography = register(self._grey, picture, scale @ verification.homography)
        refined = replace(verification, homography=np.linalg.inv(scale) @ homography)
        grey_size = (self._grey.shape[0], self._grey.shape[1])
        outline = project_outline(refined, grey_size, size)
        if outline is None:
            return verification, match.outline, None
        return refined, outline, compare(self._grey, picture, homography)

    @cached_property
    def _grey(self) -> NDArray[np.uint8]:
        return self._photo.grey(self._settings.local.query_side_px)
