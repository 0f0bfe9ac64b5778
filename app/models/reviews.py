"""Reviews of visitors' photos by curators, and the evaluation set made of them."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.accounts import User
from app.models.base import Base, children, now, parent_key, reference_key
from app.models.collection import Artwork
from app.models.curation import AuditEntry
from app.models.queries import Query
from app.models.tasks import Task
from app.retrieval.verification.evidence import Verdict


class ReviewOutcome(StrEnum):
    """Outcome of a review: what a photo shows, as a curator sees it."""

    OPEN = "open"
    """Nothing was decided yet, or it was taken back."""
    NAMED = "named"
    STUB = "stub"
    """A work that the catalogue did not have: it is recorded as a stub."""
    NOT_OURS = "not_ours"
    NOT_A_WORK = "not_a_work"


class PhotoReview(Base):
    """Review of a visitor's photo. It goes with the answer."""

    __tablename__ = "photo_review"

    query_id: Mapped[str] = parent_key("query.id", primary_key=True)
    outcome: Mapped[ReviewOutcome] = mapped_column(default=ReviewOutcome.OPEN)
    artwork_id: Mapped[int | None] = reference_key("artwork.id", index=True)
    """The work that was named."""
    entry_id: Mapped[int | None] = reference_key("audit_entry.id", index=True)
    """The change by which the photo became a picture of it, to be taken back."""
    pictures: Mapped[list[Any]] = mapped_column(default=list)
    """Hashes of all pictures that were ever made of it, as of ``ReferenceImage``."""
    decision_id: Mapped[int | None] = reference_key("audit_entry.id", index=True)
    """The change by which this was decided."""
    user_id: Mapped[int | None] = reference_key("user.id", index=True)
    created_at: Mapped[datetime] = mapped_column(default=now, onupdate=now)
    again_verdict: Mapped[Verdict | None]
    """Of the answer when the photo was asked again; None: it never was."""
    again_id: Mapped[int | None] = reference_key("artwork.id", index=True)
    """The first work that was named then."""
    again_generation: Mapped[str] = mapped_column(String(64), default="")
    again_at: Mapped[datetime | None]

    query: Mapped[Query] = relationship()
    artwork: Mapped[Artwork | None] = relationship(foreign_keys=[artwork_id])
    again: Mapped[Artwork | None] = relationship(foreign_keys=[again_id])
    entry: Mapped[AuditEntry | None] = relationship(foreign_keys=[entry_id])
    decision: Mapped[AuditEntry | None] = relationship(foreign_keys=[decision_id])
    user: Mapped[User | None] = relationship()


class WorkStub(Base):
    """Stub of a work that a photo showed and that the catalogue did not have.

    On loan, or not recorded yet. Unless a curator publishes it, it is withdrawn, and
    yet not in the bin.
    """

    __tablename__ = "work_stub"

    artwork_id: Mapped[int] = parent_key("artwork.id", primary_key=True)
    is_loan: Mapped[bool] = mapped_column(default=False, server_default=false())
    until: Mapped[date | None]
    """Last day of the loan, where that is known."""
    created_at: Mapped[datetime] = mapped_column(default=now)

    artwork: Mapped[Artwork] = relationship()


class EvaluationPhoto(Base):
    """Photo of the collection's own evaluation set, with the works that are in it.

    It goes with the answer. Once retention has taken the photo itself, a picture that
    was made of it stands for it, or it leaves the set.
    """

    __tablename__ = "evaluation_photo"

    query_id: Mapped[str] = parent_key("query.id", primary_key=True)
    created_at: Mapped[datetime] = mapped_column(default=now, index=True)
    user_id: Mapped[int | None] = reference_key("user.id", index=True)
    """Who put it into the set."""

    query: Mapped[Query] = relationship()
    user: Mapped[User | None] = relationship()
    works: Mapped[list["EvaluationPhotoWork"]] = children(
        order_by="EvaluationPhotoWork.id"
    )
    answers: Mapped[list["EvaluationAnswer"]] = children(back_populates="photo")


class EvaluationPhotoWork(Base):
    """Work that is in a photo of the evaluation set; none: it shows nothing of ours."""

    __tablename__ = "evaluation_photo_work"
    __table_args__ = (UniqueConstraint("query_id", "artwork_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    query_id: Mapped[str] = parent_key("evaluation_photo.query_id")
    artwork_id: Mapped[int | None] = reference_key("artwork.id", index=True)
    """None: it was deleted for good, so the photo shows what cannot be found."""

    artwork: Mapped[Artwork | None] = relationship()


class EvaluationRun(Base):
    """Asking of the whole evaluation set with one index: its figures, for good."""

    __tablename__ = "evaluation_run"

    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[int | None] = reference_key("task.id", index=True)
    generation: Mapped[str] = mapped_column(String(64), default="")
    created_at: Mapped[datetime] = mapped_column(default=now, index=True)
    is_finished: Mapped[bool] = mapped_column(default=False, server_default=false())
    asked: Mapped[int] = mapped_column(default=0)
    """Photos, without those that could not be asked."""
    answerable: Mapped[int] = mapped_column(default=0)
    """Of these, those that show works of the collection."""
    first: Mapped[int] = mapped_column(default=0)
    """Of the answerable ones: a right work comes first."""
    found: Mapped[int] = mapped_column(default=0)
    """Of these: and is called found."""
    wrong: Mapped[int] = mapped_column(default=0)
    """Of all: something is called found that is not in the photo."""
    unasked: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """How many photos could not be asked, by why."""

    task: Mapped[Task | None] = relationship()
    answers: Mapped[list["EvaluationAnswer"]] = children(back_populates="run")


class EvaluationAnswer(Base):
    """Answer to one photo of the evaluation set; it goes with the photo."""

    __tablename__ = "evaluation_answer"
    __table_args__ = (UniqueConstraint("run_id", "query_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = parent_key("evaluation_run.id")
    query_id: Mapped[str] = parent_key("evaluation_photo.query_id", index=True)
    verdict: Mapped[Verdict]
    probability: Mapped[float]
    named: Mapped[list[Any]] = mapped_column(default=list)
    """Accession numbers of the first works, most probable first."""
    found_works: Mapped[list[Any]] = mapped_column(default=list)
    """Those that are called found."""
    is_answerable: Mapped[bool]
    is_first: Mapped[bool]
    is_found: Mapped[bool]
    is_wrong: Mapped[bool]

    run: Mapped[EvaluationRun] = relationship(back_populates="answers")
    photo: Mapped[EvaluationPhoto] = relationship(back_populates="answers")
