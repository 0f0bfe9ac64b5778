"""Rating of a photo's candidates: comparison, rivals, probability, order."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from app.retrieval.gallery.overlay import Searchable
from app.retrieval.images.grey_copy import decode_copy
from app.retrieval.images.prepared import PreparedPhoto
from app.retrieval.search.candidate_pool import is_central, with_rivals
from app.retrieval.settings import RetrievalSettings
from app.retrieval.types import Match, Verdict
from app.retrieval.verification.comparison import compare
from app.retrieval.verification.decision import Decision
from app.retrieval.verification.homography import project_outline
from app.retrieval.verification.registration import register


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
        self._compared_matches: dict[int, Match] = {}

    def rate(self, matches: Sequence[Match]) -> tuple[Match, ...]:
        """Rate matches, one per work; what the visitor most likely means comes first.

        Parameters
        ----------
        matches : sequence of Match
            Most inliers first.
        """
        settings = self._settings.verification
        worthy = [m for m in matches if m.inlier_count >= settings.compared_inliers]
        compared = {
            match.position: self._compared(match)
            for match in worthy[: settings.compared_count]
        }
        rivalling = with_rivals([compared.get(m.position, m) for m in matches])
        # Stable: equally probable ones stay in the order of their inliers.
        return tuple(sorted(map(self._rated, rivalling), key=_prominence, reverse=True))

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
        if match.position not in self._compared_matches:
            self._compared_matches[match.position] = self._compare(match)
        return self._compared_matches[match.position]

    def _compare(self, match: Match) -> Match:
        encoded = self._gallery.picture_of(match.position)
        if not encoded or match.verification.homography is None:
            return match
        picture = decode_copy(encoded)
        size = self._gallery.local_features_of(match.position).size
        # The homography leads to pixels of the picture that features were found in.
        scale = np.diag([picture.shape[1] / size[1], picture.shape[0] / size[0], 1.0])
        homography = register(
            self._grey, picture, scale @ match.verification.homography
        )
        verification = replace(
            match.verification, homography=np.linalg.inv(scale) @ homography
        )
        grey_size = (self._grey.shape[0], self._grey.shape[1])
        outline = project_outline(verification, grey_size, size)
        return replace(
            match,
            verification=verification,
            outline=match.outline if outline is None else outline,
            comparison=compare(self._grey, picture, homography),
        )

    @cached_property
    def _grey(self) -> NDArray[np.uint8]:
        photo = self._photo.resized(self._settings.local.query_side_px)
        return np.asarray(cv2.cvtColor(photo, cv2.COLOR_RGB2GRAY), np.uint8)


def _prominence(match: Match) -> tuple[bool, bool, float]:
    # Of works that are surely there, the one that the visitor points at.
    is_found = match.verdict is Verdict.FOUND
    return is_found and is_central(match), is_found, match.probability
