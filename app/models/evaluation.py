"""Evaluation reports, and relevance judgements that correct their ground truth."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.accounts import User
from app.models.base import Base, now, reference_key, sorted_text
from app.models.tasks import Task


class EvaluationReport(Base):
    """Report of an evaluation by labelled photos, kept to be compared later."""

    __tablename__ = "evaluation_report"

    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[int | None] = reference_key("task.id", index=True)
    name: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(default=now, index=True)
    user_id: Mapped[int | None] = reference_key("user.id")
    generation: Mapped[str] = mapped_column(String(64), default="")
    settings: Mapped[dict[str, Any]] = mapped_column(default=dict)
    figures: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """As ``evaluate.py --json`` writes them."""
    cases: Mapped[list[Any]] = mapped_column(default=list)
    """One per photo: expected, answered, evidence."""
    answers: Mapped[list[Any] | None] = mapped_column(
        JSON(none_as_null=True), deferred=True
    )
    """What figures and cases are computed from, anew when the ground truth is
    corrected, see ``app.services.evaluation.grading``; None in reports that are older
    than that."""

    task: Mapped[Task | None] = relationship()
    user: Mapped[User | None] = relationship()


class Relevance(StrEnum):
    """Relevance of a work to a labelled photo, as a person sees it."""

    SHOWN = "shown"
    """It is what the photo shows, or one of several: a right answer."""
    IN_VIEW = "in_view"
    """It is in the photo, at its edge or behind: to name it is no mistake."""
    ABSENT = "absent"
    """It is not in the photo: the answer was wrong indeed."""


class RelevanceJudgement(Base):
    """Relevance judgement of one work in one photo, whatever a list says of them.

    It belongs to the photo's content and the work's number, so it is good for every
    evaluation in which they meet again, of whatever index.
    """

    __tablename__ = "relevance_judgement"
    __table_args__ = (UniqueConstraint("photo_sha256", "accession"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    photo_sha256: Mapped[str] = mapped_column(String(64))
    """Of the photo's file, as it was sent."""
    accession: Mapped[str] = mapped_column(sorted_text(String, 255))
    relevance: Mapped[Relevance]
    photo: Mapped[str] = mapped_column(Text)
    """Name of its file, for people."""
    created_at: Mapped[datetime] = mapped_column(default=now, index=True)
    user_id: Mapped[int | None] = reference_key("user.id", index=True)
    """Who judged; None: the account is deleted."""
    report_id: Mapped[int | None] = reference_key("evaluation_report.id", index=True)
    """Where it was judged, which has a small version of the photo."""
    number: Mapped[int]
    """Of the photo in that report."""

    user: Mapped[User | None] = relationship()
    report: Mapped[EvaluationReport | None] = relationship()
