"""Audit trail, relations, findings of the survey, settings."""

from datetime import datetime
from typing import Any

from sqlalchemy import String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.accounts import User
from app.models.base import Base, now, parent_key, reference_key, sorted_text
from app.models.bulk import BulkEdit
from app.models.collection import Artwork
from app.models.imports import ImportRun


class AuditEntry(Base):
    """Entry of the audit trail, one change: who, when, what, and how it was before."""

    __tablename__ = "audit_entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    created_at: Mapped[datetime] = mapped_column(default=now, index=True)
    user_id: Mapped[int | None] = reference_key("user.id", index=True)
    """None: done from the shell, or the account is deleted."""
    token_name: Mapped[str | None] = mapped_column(String(80))
    """What the account calls the access token of the program that did it; None: it was
    done on the pages."""
    action: Mapped[str] = mapped_column(String(32), index=True)
    """Such as ``edit``, ``withdraw``, ``replace_image``, ``thresholds``, ``role``."""
    artwork_id: Mapped[int | None] = reference_key("artwork.id", index=True)
    subject: Mapped[str] = mapped_column(Text, default="")
    """What it was done to, in words that outlive it."""
    before: Mapped[dict[str, Any]] = mapped_column(default=dict)
    after: Mapped[dict[str, Any]] = mapped_column(default=dict)
    run_id: Mapped[int | None] = reference_key("import_run.id", index=True)
    bulk_edit_id: Mapped[int | None] = reference_key("bulk_edit.id", index=True)
    """Of the edit of many works at once that it is a part of, or takes back."""
    undoes_id: Mapped[int | None] = reference_key("audit_entry.id", unique=True)
    """The entry that this one takes back."""

    user: Mapped[User | None] = relationship()
    artwork: Mapped[Artwork | None] = relationship()
    run: Mapped[ImportRun | None] = relationship()
    bulk_edit: Mapped[BulkEdit | None] = relationship()


class Relation(Base):
    """Relation of two works whose pictures have something to do with each other."""

    __tablename__ = "relation"
    __table_args__ = (UniqueConstraint("artwork_id", "other_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    artwork_id: Mapped[int] = parent_key("artwork.id")
    """The one with the smaller id."""
    other_id: Mapped[int] = parent_key("artwork.id", index=True)
    kind: Mapped[str] = mapped_column(String(16))
    """``same_file``, ``duplicate``, ``detail`` (the first shows a part of the other),
    ``whole`` (the other shows a part of the first), ``view`` or ``mirrored``."""
    inlier_count: Mapped[int] = mapped_column(default=0)
    similarity: Mapped[float] = mapped_column(default=0.0)
    verdict: Mapped[str] = mapped_column(String(16), default="proposed")
    """Of a curator: ``confirmed`` or ``rejected``; until then ``proposed``."""
    created_at: Mapped[datetime] = mapped_column(default=now)
    """When it was last found; later findings do not count once a curator judged."""

    artwork: Mapped[Artwork] = relationship(foreign_keys=[artwork_id])
    other: Mapped[Artwork] = relationship(foreign_keys=[other_id])


class WorkFinding(Base):
    """Finding of the survey: why a work cannot be found well."""

    __tablename__ = "work_fault"
    __table_args__ = (UniqueConstraint("artwork_id", "kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    artwork_id: Mapped[int] = parent_key("artwork.id")
    kind: Mapped[str] = mapped_column(String(16), index=True)
    """``no_image``, ``unreadable``, ``not_indexed``, ``few_features``, ``not_found``,
    ``one_side`` or ``gap``."""
    figures: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What was measured."""
    other_id: Mapped[int | None] = parent_key("artwork.id", index=True)
    """The work it is taken for."""
    created_at: Mapped[datetime] = mapped_column(default=now)

    artwork: Mapped[Artwork] = relationship(foreign_keys=[artwork_id])
    other: Mapped[Artwork | None] = relationship(foreign_keys=[other_id])


class StoredSetting(Base):
    """Setting that an admin changed while the program runs."""

    __tablename__ = "stored_setting"

    name: Mapped[str] = mapped_column(sorted_text(String, 64), primary_key=True)
    value: Mapped[dict[str, Any]]
    updated_at: Mapped[datetime] = mapped_column(default=now, onupdate=now)
