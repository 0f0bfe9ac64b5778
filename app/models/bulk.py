"""Edits of many works at once."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.accounts import User
from app.models.base import Base, now, reference_key
from app.models.tasks import Task


class BulkState(StrEnum):
    """State of an edit of many works."""

    DRAFT = "draft"
    WRITING = "writing"
    WRITTEN = "written"
    UNDOING = "undoing"
    UNDONE = "undone"


class BulkEdit(Base):
    """Edit of many works at once: which works, what is done to them, how far it is.

    What it changed of each work stands in the audit trail, by which it is undone.
    """

    __tablename__ = "bulk_edit"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int | None] = reference_key("user.id", index=True)
    created_at: Mapped[datetime] = mapped_column(default=now, index=True)
    """Works that were changed later, by somebody else, are passed over."""
    operation: Mapped[dict[str, Any]]
    """What is done, as ``curation/bulk/operations`` writes it."""
    work_ids: Mapped[list[Any]] = mapped_column(deferred=True)
    """Of the works that were chosen, ascending."""
    state: Mapped[BulkState] = mapped_column(default=BulkState.DRAFT)
    through_id: Mapped[int] = mapped_column(default=0)
    """Of the last work that was looked at while writing."""
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Works by what becomes, or became, of them."""
    sample: Mapped[list[Any]] = mapped_column(default=list)
    """Some of the changes that it is going to make, for its preview."""
    passed_over: Mapped[list[Any]] = mapped_column(default=list)
    """Accession numbers of works that somebody else changed before it was written."""
    task_id: Mapped[int | None] = reference_key("task.id", index=True)

    user: Mapped[User | None] = relationship()
    task: Mapped[Task | None] = relationship()
