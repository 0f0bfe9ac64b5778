"""Curation: audit trail, edits of many works, relations, findings, terms, filters."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.accounts import User
from app.models.base import Base, now, parent_key, reference_key, sorted_text
from app.models.collection import Artwork
from app.models.imports import ImportRun
from app.models.tasks import Task

LONGEST_TERM = 255
"""Characters of a value that may have codes; what is longer is a text."""
LONGEST_FILTER_NAME = 80


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


class TermCode(Base):
    """Code of a term in a controlled vocabulary.

    A term is what works say in a field, letter by letter: all of them share its codes.
    """

    __tablename__ = "term_code"

    field: Mapped[str] = mapped_column(String(16), primary_key=True)
    """One of ``collection.CODED``."""
    text: Mapped[str] = mapped_column(
        sorted_text(String, LONGEST_TERM), primary_key=True
    )
    authority: Mapped[str] = mapped_column(String(16), primary_key=True)
    """Vocabulary, as ``collection/vocabulary/codes`` names it."""
    code: Mapped[str] = mapped_column(String(32), index=True)


class SavedFilter(Base):
    """Filter and order of the curators' list of works that a curator gave a name."""

    __tablename__ = "saved_filter"
    __table_args__ = (UniqueConstraint("user_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = parent_key("user.id")
    name: Mapped[str] = mapped_column(String(LONGEST_FILTER_NAME))
    address: Mapped[dict[str, Any]]
    """What asks the list for these works, by the names of its parameters."""
    is_shared: Mapped[bool] = mapped_column(default=False)
    """Whether other curators see it."""
    created_at: Mapped[datetime] = mapped_column(default=now)

    user: Mapped[User] = relationship()


class StoredSetting(Base):
    """Setting that an admin changed while the program runs."""

    __tablename__ = "stored_setting"

    name: Mapped[str] = mapped_column(sorted_text(String, 64), primary_key=True)
    value: Mapped[dict[str, Any]]
    updated_at: Mapped[datetime] = mapped_column(default=now, onupdate=now)
