"""Rating of a photo's candidates: comparison, rivals, probability, order."""

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np

from app.retrieval.gallery.overlay import Searchable
from app.retrieval.images.grey_copy import decode_copy
from app.retrieval.images.prepared import PreparedPhoto
from app.retrieval.search.candidate_pool import is_central, with_rivals
from app.retrieval.settings import RetrievalSettings
from app.retrieval.types import Comparison, Match, Verdict
from app.retrieval.verification.comparison import compare
from app.retrieval.verification.decision import Decision


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
        self._comparisons: dict[int, Comparison | None] = {}

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
        if match.position not in self._comparisons:
            self._comparisons[match.position] = self._compare(match)
        return replace(match, comparison=self._comparisons[match.position])

    def _compare(self, match: Match) -> Comparison | None:
        homography = match.verification.homography
        copy = self._gallery.picture_of(match.position)
        if homography is None or not copy:
            return None
        side_px = self._settings.local.query_side_px
        grey = cv2.cvtColor(self._photo.resized(side_px), cv2.COLOR_RGB2GRAY)
        picture = decode_copy(copy)
        size = self._gallery.local_features_of(match.position).size
        # From pixels of the features' picture to those of the smaller copy.
        scale = np.diag([picture.shape[1] / size[1], picture.shape[0] / size[0], 1.0])
        return compare(grey, picture, scale @ homography)


def _prominence(match: Match) -> tuple[bool, bool, float]:
    # Of works that are surely there, the one that the visitor points at.
    is_found = match.verdict is Verdict.FOUND
    return is_found and is_central(match), is_found, match.probability
