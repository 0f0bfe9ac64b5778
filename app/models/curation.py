"""What keeping a collection leaves behind: changes, relations, faults, settings."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.accounts import User
from app.models.base import Base, UtcDateTime, now
from app.models.collection import Artwork
from app.models.tasks import ImportRun, Task


class AuditEntry(Base):
    """One change: who, when, what, and how it was before."""

    __tablename__ = "audit_entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, index=True)
    user_id: Mapped[int | None] = mapped_column(
        ForeignKey("user.id", ondelete="SET NULL"), index=True
    )
    """None: done from the shell, or the account is deleted."""
    action: Mapped[str] = mapped_column(String(32), index=True)
    """Such as ``edit``, ``withdraw``, ``replace_image``, ``thresholds``, ``role``."""
    artwork_id: Mapped[int | None] = mapped_column(
        ForeignKey("artwork.id", ondelete="SET NULL"), index=True
    )
    subject: Mapped[str] = mapped_column(Text, default="")
    """What it was done to, in words that outlive it."""
    before: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    after: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    run_id: Mapped[int | None] = mapped_column(
        ForeignKey("import_run.id", ondelete="SET NULL"), index=True
    )
    undoes_id: Mapped[int | None] = mapped_column(
        ForeignKey("audit_entry.id", ondelete="SET NULL"), unique=True
    )
    """The entry that this one takes back."""

    user: Mapped[User | None] = relationship()
    artwork: Mapped[Artwork | None] = relationship()
    run: Mapped[ImportRun | None] = relationship()


class Relation(Base):
    """Two works whose pictures have something to do with each other."""

    __tablename__ = "relation"
    __table_args__ = (UniqueConstraint("artwork_id", "other_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    artwork_id: Mapped[int] = mapped_column(
        ForeignKey("artwork.id", ondelete="CASCADE")
    )
    """The one with the smaller id."""
    other_id: Mapped[int] = mapped_column(
        ForeignKey("artwork.id", ondelete="CASCADE"), index=True
    )
    kind: Mapped[str] = mapped_column(String(16))
    """``same_file``, ``duplicate``, ``detail`` (the first shows a part of the other),
    ``whole`` (the other shows a part of the first) or ``view``."""
    inlier_count: Mapped[int] = mapped_column(default=0)
    similarity: Mapped[float] = mapped_column(default=0.0)
    verdict: Mapped[str] = mapped_column(String(16), default="proposed")
    """Of a curator: ``confirmed`` or ``rejected``; until then ``proposed``."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    """When it was last found; later findings do not count once a curator judged."""

    artwork: Mapped[Artwork] = relationship(foreign_keys=[artwork_id])
    other: Mapped[Artwork] = relationship(foreign_keys=[other_id])


class WorkFinding(Base):
    """Why a work cannot be found well."""

    __tablename__ = "work_fault"
    __table_args__ = (UniqueConstraint("artwork_id", "kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    artwork_id: Mapped[int] = mapped_column(
        ForeignKey("artwork.id", ondelete="CASCADE")
    )
    kind: Mapped[str] = mapped_column(String(16), index=True)
    """``no_image``, ``unreadable``, ``not_indexed``, ``few_features`` or
    ``not_found``."""
    figures: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """What was measured."""
    other_id: Mapped[int | None] = mapped_column(
        ForeignKey("artwork.id", ondelete="CASCADE"), index=True
    )
    """The work it is taken for."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    artwork: Mapped[Artwork] = relationship(foreign_keys=[artwork_id])
    other: Mapped[Artwork | None] = relationship(foreign_keys=[other_id])


class StoredSetting(Base):
    """A setting that an admin changed while the program runs."""

    __tablename__ = "stored_setting"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    value: Mapped[dict[str, Any]] = mapped_column(JSON)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, onupdate=now)


class EvaluationReport(Base):
    """What labelled photos said of the search, kept to be compared later."""

    __tablename__ = "evaluation_report"

    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[int | None] = mapped_column(
        ForeignKey("task.id", ondelete="SET NULL"), index=True
    )
    name: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, index=True)
    user_id: Mapped[int | None] = mapped_column(
        ForeignKey("user.id", ondelete="SET NULL")
    )
    generation: Mapped[str] = mapped_column(String(64), default="")
    settings: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    figures: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """As ``evaluate.py --json`` writes them."""
    cases: Mapped[list[Any]] = mapped_column(JSON, default=list)
    """One per photo: expected, answered, evidence."""

    task: Mapped[Task | None] = relationship()
    user: Mapped[User | None] = relationship()
