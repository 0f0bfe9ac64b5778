"""Imports of catalogues: sources kept in step, runs, their rows, column mappings."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.accounts import User
from app.models.base import Base, now, parent_key, reference_key
from app.models.collection import Artwork
from app.models.tasks import Task


class CatalogueSource(Base):
    """Address of a catalogue that is asked again and again."""

    __tablename__ = "catalogue_source"

    id: Mapped[int] = mapped_column(primary_key=True)
    address: Mapped[str] = mapped_column(String(2048), unique=True)
    is_nightly: Mapped[bool] = mapped_column(default=False)
    """Whether it is asked every night, and not only by hand."""
    mark: Mapped[str] = mapped_column(String(32), default="")
    """Moment, as the source writes it, from which on changes are asked for; "" where
    everything has to be."""
    synced_at: Mapped[datetime | None]
    """When the collection was last in step with it."""
    created_at: Mapped[datetime] = mapped_column(default=now)
    user_id: Mapped[int | None] = reference_key("user.id")

    user: Mapped[User | None] = relationship()


class SourceItem(Base):
    """Work as a source last described it, to tell its changes from a curator's."""

    __tablename__ = "source_item"
    __table_args__ = (UniqueConstraint("catalogue_id", "identifier"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    catalogue_id: Mapped[int] = parent_key("catalogue_source.id")
    identifier: Mapped[str] = mapped_column(String(2048))
    """By which the source knows the work: an address, or a number of its own."""
    accession: Mapped[str] = mapped_column(String(255), index=True)
    artwork_id: Mapped[int | None] = reference_key("artwork.id", index=True)
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Label and details, by names as ``collection/labels`` has them."""
    images: Mapped[list[Any]] = mapped_column(default=list)
    """Addresses of the pictures that were taken."""
    media: Mapped[list[Any]] = mapped_column(default=list)
    """What it said of audio, video and links that were taken."""
    is_gone: Mapped[bool] = mapped_column(default=False)
    """Whether the source has it no more."""
    seen_run: Mapped[int | None] = mapped_column(index=True)
    """Number of the import that it was last listed in."""

    artwork: Mapped[Artwork | None] = relationship()


class RowState(StrEnum):
    """Outcome of one row of an import."""

    PENDING = "pending"
    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    SKIPPED = "skipped"
    FAILED = "failed"
    UNDONE = "undone"


class ImportRun(Base):
    """Import of a catalogue: what it is, how it is read, what came of it."""

    __tablename__ = "import_run"

    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[int | None] = reference_key("task.id", index=True)
    name: Mapped[str] = mapped_column(Text)
    """Of the file or address, as the curator gave it."""
    source: Mapped[str] = mapped_column(String(16))
    """``table``, ``zip``, ``folder``, ``shell`` or ``standard``."""
    location: Mapped[str] = mapped_column(Text)
    """Generated path below ``imports/`` of the instance, a folder, or an address."""
    mapping: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Column of the file to field of the work."""
    policy: Mapped[str] = mapped_column(String(16), default="update")
    """For works that are there already: ``update``, ``skip`` or ``create`` only."""
    is_dry: Mapped[bool] = mapped_column(default=True)
    """Whether it has only been looked through so far."""
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Rows by what became of them."""
    created_at: Mapped[datetime] = mapped_column(default=now, index=True)
    user_id: Mapped[int | None] = reference_key("user.id")
    catalogue_id: Mapped[int | None] = reference_key("catalogue_source.id", index=True)
    """The source that the collection is kept in step with by this import."""
    mark: Mapped[str] = mapped_column(String(32), default="", server_default="")
    """Of that source, once this import is recorded."""

    catalogue: Mapped[CatalogueSource | None] = relationship()
    task: Mapped[Task | None] = relationship()
    user: Mapped[User | None] = relationship()


class ImportRow(Base):
    """Row of an import, and what became of it."""

    __tablename__ = "import_row"
    __table_args__ = (UniqueConstraint("run_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = parent_key("import_run.id")
    number: Mapped[int]
    """Line of the file where it starts, or position in the manifest."""
    accession: Mapped[str] = mapped_column(String(255), default="")
    values: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Fields of the work after mapping, and ``image``, where its picture is."""
    state: Mapped[RowState] = mapped_column(default=RowState.PENDING, index=True)
    message: Mapped[str] = mapped_column(Text, default="")
    """What is wrong with it and what would mend it, or what changed: codes and facts,
    as ``app.services.importing.messages`` writes them."""
    artwork_id: Mapped[int | None] = reference_key("artwork.id", index=True)

    run: Mapped[ImportRun] = relationship()
    artwork: Mapped[Artwork | None] = relationship()


class SentPicture(Base):
    """Picture that was sent for an import before it is recorded.

    It lies in the media store already, re-encoded like any picture of a work.
    """

    __tablename__ = "sent_picture"
    __table_args__ = (UniqueConstraint("run_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = parent_key("import_run.id")
    name: Mapped[str] = mapped_column(String(1000))
    """Of the file, with the folders that were sent."""
    sha256: Mapped[str] = mapped_column(String(64))
    """Of the original bytes."""
    width: Mapped[int]
    """Of the stored picture, in pixels."""
    height: Mapped[int]
    faults: Mapped[str] = mapped_column(String(64), default="")
    """What is to be said of the file: values of ``FileFault`` between blanks."""
    sent_at: Mapped[datetime] = mapped_column(default=now)


class ColumnMapping(Base):
    """Mapping of a file's columns, to be offered for the next one with the same."""

    __tablename__ = "column_mapping"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    columns_hash: Mapped[str] = mapped_column(String(64), unique=True)
    """SHA-256 of the file's header."""
    mapping: Mapped[dict[str, Any]] = mapped_column(default=dict)
    updated_at: Mapped[datetime] = mapped_column(default=now, onupdate=now)
