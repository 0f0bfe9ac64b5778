"""Evidence of right and wrong candidates, to learn the decision from."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from app.retrieval.images.prepared import PreparedPhoto
from app.retrieval.search.answers import Match
from app.retrieval.search.engine import Engine
from app.retrieval.training.components.decision import DecisionSample
from app.retrieval.types import Image
from app.retrieval.verification.decision import FLAT, ROUND, Decision, LogisticRule
from app.retrieval.verification.homography import verify

UNDECIDED = Decision(
    LogisticRule(0.0, dict.fromkeys(FLAT, 0.0)),
    LogisticRule(0.0, dict.fromkeys(ROUND, 0.0)),
    found_threshold=1.0,
    uncertain_threshold=1.0,
    false_accept_rate=0.0,
    true_accept_rate=0.0,
)
"""Stands in for the decision while that is still to be learnt."""
WRONG_CANDIDATES = 3
"""Of a question without a right answer that are learnt from."""


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """Photo to ask, and what is known about it.

    Attributes
    ----------
    image : (H, W, 3) uint8, RGB
    shown : frozenset of str
        Works of the gallery that are in the photo.
    group : str
        See :class:`DecisionSample`: mostly the work.
    version_of : str
        Work that the photo shows another version of; "" for none.
    """

    image: Image
    shown: frozenset[str]
    group: str
    version_of: str = ""


def gather_samples(
    engine: Engine,
    questions: Iterable[Question],
    progress: Callable[[int], None] | None = None,
) -> list[DecisionSample]:
    """Ask every photo twice: with its works in the gallery, and without.

    A photo of nothing that the gallery holds is asked once. A collection may hold one
    picture twice, or a copy by a pupil. To find the copy when the original is left out
    is no mistake, and as an example of one it would teach that a hundred inliers mean
    nothing. So a candidate that passes for the work's own reference image is passed
    over.

    Parameters
    ----------
    engine : Engine
        Its decision does not matter.
    questions : iterable of Question
    progress : callable, optional
        Called with the number of photos done.

    Returns
    -------
    samples : list of DecisionSample
        Right candidates of photos whose work was shortlisted, and the strongest wrong
        ones where there was nothing to be found.
    """
    samples: list[DecisionSample] = []
    for number, question in enumerate(questions):
        photo = PreparedPhoto(question.image)
        asked = 2 * number
        if question.shown:
            samples.extend(
                DecisionSample(match.evidence, True, asked, question.group)
                for match in engine.trace(photo, thorough=True).candidates
                if match.item.work_id in question.shown and _has_evidence(match)
            )
        samples.extend(
            DecisionSample(
                match.evidence,
                False,
                asked + 1,
                question.group,
                match.item.work_id == question.version_of,
            )
            for match in _strangers(engine, photo, question.shown)
        )
        if progress is not None:
            progress(number + 1)
    return samples


def _strangers(
    engine: Engine, photo: PreparedPhoto, shown: frozenset[str]
) -> Iterator[Match]:
    """Yield the strongest candidates when the works in the photo are left out."""
    trace = engine.trace(photo, excluded_works=shown, thorough=True)
    strongest = sorted(
        filter(_has_evidence, trace.candidates),
        key=lambda match: (match.inlier_count, match.epipolar_count),
        reverse=True,
    )
    for match in strongest[:WRONG_CANDIDATES]:
        if not _is_copy(match, shown, engine):
            yield match


def _has_evidence(match: Match) -> bool:
    return match.inlier_count > 0 or match.epipolar_count > 0


def _is_copy(stranger: Match, shown: frozenset[str], engine: Engine) -> bool:
    """Whether a candidate's picture would be taken for one of some works' pictures."""
    settings = engine.settings.verification
    if stranger.inlier_count < settings.certain_inliers:
        return False
    features_of = engine.gallery.local_features_of
    candidate = features_of(stranger.position)
    return any(
        verify(features_of(position), candidate, settings).inlier_count
        >= settings.certain_inliers
        for position, item in enumerate(engine.gallery.items)
        if item.work_id in shown
    )
