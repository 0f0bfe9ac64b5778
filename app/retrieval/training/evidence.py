"""Collects examples of right and wrong candidates for learning the decision."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from app.retrieval.decision import Evidence
from app.retrieval.engine import Engine, Judgement
from app.retrieval.evaluation import LabelledPhoto
from app.retrieval.verification import verify


@dataclass(slots=True)
class Samples:
    """Evidence as the engine met it.

    Attributes
    ----------
    positives : list of Evidence
        For the right work.
    negatives : list of Evidence
        For the most probable work when the right one was left out.
    unseen : int
        Photos whose work was never verified: no evidence can save them.
    copies : int
        Photos whose most probable other work is a copy of the right one.
    """

    positives: list[Evidence] = field(default_factory=list)
    negatives: list[Evidence] = field(default_factory=list)
    unseen: int = 0
    copies: int = 0


def collect_samples(photos: Iterable[LabelledPhoto], engine: Engine) -> Samples:
    """Ask each photo with its work, and again with its work left out.

    A collection may hold the same picture twice, or a copy by a pupil. Finding the
    copy when the original is left out is no mistake, and as an example of one it
    would teach that a hundred inliers mean nothing. So an answer whose reference image
    itself passes for the right work's is passed over.

    Parameters
    ----------
    photos : iterable of LabelledPhoto
        Those without a work count as left out already.
    engine : Engine
        Its own decision only says which wrong candidate is the most probable.

    Returns
    -------
    samples : Samples
    """
    samples = Samples()
    for photo in photos:
        if photo.works:
            judgements = engine.trace(photo.image).judgements
            right = [
                one for one in judgements if one.candidate.item.work_id in photo.works
            ]
            if right:
                samples.positives.append(right[0].evidence)
            else:
                samples.unseen += 1
        strangers = engine.trace(photo.image, excluded_works=photo.works).judgements
        if not strangers:
            continue
        if _is_copy(strangers[0], photo, engine):
            samples.copies += 1
        else:
            samples.negatives.append(strangers[0].evidence)
    return samples


def _is_copy(stranger: Judgement, photo: LabelledPhoto, engine: Engine) -> bool:
    settings = engine.settings.verification
    if stranger.evidence.inlier_count < settings.certain_inliers:
        return False
    features = engine.gallery.local_features
    return any(
        verify(
            features[position], features[stranger.candidate.position], settings
        ).inlier_count
        >= settings.certain_inliers
        for position, item in enumerate(engine.gallery.items)
        if item.work_id in photo.works
    )
