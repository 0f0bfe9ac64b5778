"""Corrections of the ground truth: judged, taken back, and every report obeys.

Each commits the judgement, its entry in the trail and the figures of all reports that
have the photo, together.
"""

from sqlalchemy.orm import Session

from app.models import (
    AuditEntry,
    EvaluationReport,
    Relevance,
    RelevanceJudgement,
    User,
)
from app.services.evaluation import answer_lines, grading, judgements
from app.services.evaluation.judgements import PhotoPlace


class NotAnsweredError(Exception):
    """Judgement of a work that no answer of the report names for the photo."""


def judge(
    session: Session,
    report: EvaluationReport,
    number: int,
    accession: str,
    relevance: Relevance,
    user: User | None,
) -> str:
    """Judge a work that was answered to a photo; return the photo's name; commits.

    Parameters
    ----------
    number : int
        Of the photo in the report.

    Raises
    ------
    NotAnsweredError
        If there is no such photo, or it was not answered with this work.
    JudgedMeanwhileError
        If somebody else judges it just now.
    """
    lines = (one for one in report.answers or () if one["number"] == number)
    line = next(lines, None)
    if line is None or accession not in answer_lines.named(line):
        raise NotAnsweredError(accession)
    place = PhotoPlace(line["sha256"], line["name"], report.id, number)
    judgements.record(session, place, accession, relevance, user)
    _finish(session, place.sha256)
    return place.name


def withdraw(
    session: Session, judgement: RelevanceJudgement, user: User | None
) -> None:
    """Let the list be good again for a work in a photo; commits."""
    place = PhotoPlace(
        judgement.photo_sha256,
        judgement.photo,
        judgement.report_id,
        judgement.number,
    )
    judgements.record(session, place, judgement.accession, None, user)
    _finish(session, place.sha256)


def undo(session: Session, entry: AuditEntry, user: User | None) -> None:
    """Take back what an entry of the trail says was judged; commits.

    Raises
    ------
    JudgedMeanwhileError
        If it was taken back already, or judged again since.
    """
    _finish(session, judgements.take_back(session, entry, user))


def _finish(session: Session, sha256: str) -> None:
    grading.regrade(session, sha256)
    session.commit()
