"""Grading of answers to photos of the evaluation set, and the sums of a run.

Answers are graded as reports of labelled photos are. If somebody states anew which
works are in a photo, its answers of all runs are graded anew, and the sums follow; they
stay where a photo has left the set since.
"""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from app.models import EvaluationAnswer, EvaluationPhoto, EvaluationRun, MergedNumber
from app.retrieval.evaluation.asking import Outcome, Reply
from app.retrieval.verification.evidence import Verdict

GRADES = {
    "answerable": "is_answerable",
    "first": "is_first",
    "found": "is_found",
    "wrong": "is_wrong",
}
"""Sums of a run, and the grades that they count."""


def grade(
    answer: EvaluationAnswer, shown: Collection[str], in_view: Collection[str]
) -> None:
    """Grade an answer.

    Parameters
    ----------
    shown : collection of str
        Works in the photo that could be found; none: the photo shows nothing of ours.
    in_view : collection of str
        Others that are in it, to name one of which is no mistake.
    """
    reply = Reply(
        tuple(answer.named),
        tuple(answer.found_works),
        answer.probability,
        answer.verdict,
        {},
        {},
    )
    outcome = Outcome("", frozenset(shown), "", reply, None, frozenset(in_view))
    answer.is_answerable = bool(shown)
    answer.is_first = outcome.is_right
    answer.is_found = outcome.is_right and answer.verdict is Verdict.FOUND
    answer.is_wrong = outcome.is_wrong(reply)


def grade_anew(session: Session, photo: EvaluationPhoto) -> None:
    """Grade all answers to a photo by the works in it now; the caller commits."""
    works = {
        one.artwork.id: one.artwork.accession for one in photo.works if one.artwork
    }
    # As which an answer named them that is older than a merge.
    earlier = select(MergedNumber.accession).where(MergedNumber.artwork_id.in_(works))
    meant = (
        select(EvaluationAnswer)
        .where(EvaluationAnswer.query_id == photo.query_id)
        .options(selectinload(EvaluationAnswer.run))
    )
    with session.no_autoflush:
        in_it = [*works.values(), *session.scalars(earlier)]
        for answer in session.scalars(meant).all():
            before = {name: getattr(answer, grade) for name, grade in GRADES.items()}
            grade(answer, in_it, ())
            if answer.run.is_finished:
                for name, flag in GRADES.items():
                    change = int(getattr(answer, flag)) - int(before[name])
                    setattr(answer.run, name, getattr(answer.run, name) + change)


def sum_up(run: EvaluationRun) -> None:
    """Count the grades of a run whose photos have all been asked."""
    run.asked = len(run.answers)
    for name, flag in GRADES.items():
        setattr(run, name, sum(getattr(answer, flag) for answer in run.answers))
    run.is_finished = True
