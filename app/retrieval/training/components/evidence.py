"""Evidence of right and wrong candidates, to learn the decision from."""

from collections.abc import Callable, Sequence

from app.retrieval.images.prepared import PreparedPhoto
from app.retrieval.search.engine import Engine
from app.retrieval.types import Evidence, Image, Match
from app.retrieval.verification.decision import FEATURES, Decision
from app.retrieval.verification.homography import verify

UNDECIDED = Decision(
    intercept=0.0,
    coefficients=dict.fromkeys(FEATURES, 0.0),
    found_threshold=1.0,
    uncertain_threshold=1.0,
    false_accept_rate=0.0,
    true_accept_rate=0.0,
)
"""Stands in for the decision while that is still to be learnt."""


def gather_evidence(
    engine: Engine,
    photos: Sequence[tuple[str, Image]],
    progress: Callable[[int, int], None] | None = None,
) -> tuple[list[Evidence], list[Evidence]]:
    """Ask every photo twice: with its work in the gallery, and without.

    A collection may hold one picture twice, or a copy by a pupil. To find the copy
    when the original is left out is no mistake, and as an example of one it would
    teach that a hundred inliers mean nothing. So a candidate that passes for the
    work's own reference image is passed over.

    Parameters
    ----------
    engine : Engine
        Its decision does not matter.
    photos : sequence of (work_id, (H, W, 3) uint8)
    progress : callable, optional
        Called with photos done and photos to do.

    Returns
    -------
    positives : list of Evidence
        For the right work; photos whose work was not even shortlisted give none.
    negatives : list of Evidence
        For the strongest candidate when the photo's work is left out of the gallery;
        none where that is a copy of the work.
    """
    positives: list[Evidence] = []
    negatives: list[Evidence] = []
    for done, (work_id, image) in enumerate(photos, start=1):
        photo = PreparedPhoto(image)
        positives.extend(
            match.evidence
            for match in engine.trace(photo).candidates
            if match.item.work_id == work_id
        )
        others = engine.trace(photo, excluded_works={work_id}).candidates
        if others:
            strongest = max(others, key=lambda m: (m.inlier_count, m.similarity))
            if not _is_copy(strongest, work_id, engine):
                negatives.append(strongest.evidence)
        if progress is not None:
            progress(done, len(photos))
    return positives, negatives


def _is_copy(stranger: Match, work_id: str, engine: Engine) -> bool:
    """Whether a candidate's picture would be taken for one of a work's pictures."""
    settings = engine.settings.verification
    if stranger.inlier_count < settings.certain_inliers:
        return False
    features_of = engine.gallery.local_features_of
    candidate = features_of(stranger.position)
    return any(
        verify(features_of(position), candidate, settings).inlier_count
        >= settings.certain_inliers
        for position, item in enumerate(engine.gallery.items)
        if item.work_id == work_id
    )
