"""History of the figures of the evaluation set, and what changed between two runs."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from app.models import (
    Artwork,
    EvaluationAnswer,
    EvaluationPhoto,
    EvaluationPhotoWork,
    EvaluationRun,
)
from app.retrieval.generations.proportion import Proportion

MOST_RUNS = 60
"""Newest runs that are shown."""


@dataclass(frozen=True, slots=True)
class SetFigures:
    """Figures of the evaluation set with one index.

    Attributes
    ----------
    first, found : Proportion
        Of the photos of works that could be found: a right work comes first; and is
        called found.
    wrong : Proportion
        Of all photos: something is called found that is not in them.
    """

    run: EvaluationRun
    first: Proportion
    found: Proportion
    wrong: Proportion

    @classmethod
    def of(cls, run: EvaluationRun) -> "SetFigures":
        """Return the figures of a run that is finished."""
        return cls(
            run,
            Proportion(run.first, run.answerable),
            Proportion(run.found, run.answerable),
            Proportion(run.wrong, run.asked),
        )


@dataclass(frozen=True, slots=True)
class AnswerChange:
    """Photo that is answered otherwise than with the index before."""

    photo: EvaluationPhoto
    before: EvaluationAnswer
    after: EvaluationAnswer

    @property
    def gain(self) -> int:
        """How much better it is answered; negative: how much worse."""
        return _worth(self.after) - _worth(self.before)


def list_figures(session: Session) -> list[SetFigures]:
    """Return the figures of the newest runs, the newest last."""
    newest = (
        select(EvaluationRun)
        .where(EvaluationRun.is_finished.is_(True))
        .order_by(EvaluationRun.id.desc())
        .limit(MOST_RUNS)
    )
    return [SetFigures.of(run) for run in reversed(session.scalars(newest).all())]


def changes(
    session: Session, before: EvaluationRun, after: EvaluationRun
) -> list[AnswerChange]:
    """Return the photos that are answered otherwise, those answered worse first."""
    earlier = {one.query_id: one for one in _answers(session, before)}
    changed = [
        AnswerChange(answer.photo, earlier[answer.query_id], answer)
        for answer in _answers(session, after)
        if answer.query_id in earlier
        and _essence(answer) != _essence(earlier[answer.query_id])
    ]
    return sorted(changed, key=lambda one: one.gain)


def _answers(session: Session, run: EvaluationRun) -> Sequence[EvaluationAnswer]:
    photo = selectinload(EvaluationAnswer.photo)
    works = photo.selectinload(EvaluationPhoto.works)
    meant = (
        select(EvaluationAnswer)
        .where(EvaluationAnswer.run_id == run.id)
        .options(
            photo.selectinload(EvaluationPhoto.query),
            works.selectinload(EvaluationPhotoWork.artwork).selectinload(
                Artwork.images
            ),
        )
        .order_by(EvaluationAnswer.id)
    )
    return session.scalars(meant).all()


def _essence(answer: EvaluationAnswer) -> tuple[object, ...]:
    first = answer.named[0] if answer.named else ""
    return first, answer.verdict, answer.is_first, answer.is_found, answer.is_wrong


def _worth(answer: EvaluationAnswer) -> int:
    """Return what an answer is worth: a wrong one costs more than a right one wins."""
    return answer.is_first + answer.is_found - 3 * answer.is_wrong
