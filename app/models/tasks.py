"""Work that is done in the background, who does it, and where it has got to.

What is to be done, how far it is, who does it until when, and whether somebody wants it
stopped stands here, so a killed worker loses nothing.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Enum, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.accounts import User
from app.models.base import Base, UtcDateTime, now
from app.models.collection import Artwork


class TaskState(StrEnum):
    """Where a task is in its life."""

    WAITING = "waiting"
    RUNNING = "running"
    PAUSED = "paused"
    CANCELLED = "cancelled"
    DONE = "done"
    FAILED = "failed"


class TaskWish(StrEnum):
    """What somebody wants a task to do; the worker looks at it between steps."""

    RUN = "run"
    PAUSE = "pause"
    CANCEL = "cancel"


class Lane(StrEnum):
    """A line of tasks; each is done one at a time, and waits for no other line."""

    SHORT = "short"
    LONG = "long"


class RowState(StrEnum):
    """What became of one row of an import."""

    PENDING = "pending"
    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    SKIPPED = "skipped"
    FAILED = "failed"
    UNDONE = "undone"


def _words(kind: type[StrEnum], length: int = 16) -> Enum:
    return Enum(
        kind,
        native_enum=False,
        length=length,
        values_callable=lambda members: [member.value for member in members],
    )


class Task(Base):
    """One piece of work, and the lease of whoever does it."""

    __tablename__ = "task"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(32), index=True)
    """Which function does it: a key of ``app.background.KINDS``."""
    lane: Mapped[Lane] = mapped_column(_words(Lane), default=Lane.LONG)
    parameters: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    state: Mapped[TaskState] = mapped_column(
        _words(TaskState), default=TaskState.WAITING, index=True
    )
    wish: Mapped[TaskWish] = mapped_column(_words(TaskWish), default=TaskWish.RUN)
    step: Mapped[str] = mapped_column(Text, default="")
    """What it is doing, in words."""
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    """0: not known yet."""
    fault: Mapped[str] = mapped_column(Text, default="")
    """Why it failed, and the remedy."""
    worker: Mapped[str] = mapped_column(String(255), default="")
    """Name of the worker that runs it, or ran it last."""
    claim: Mapped[str | None] = mapped_column(String(32))
    """Token of whoever runs it; another one means that somebody took it over."""
    slot: Mapped[Lane | None] = mapped_column(_words(Lane), unique=True)
    """Its lane while it runs, else NULL: so a lane runs one task at a time."""
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """While it runs: from then on anybody may take it over."""
    ready_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """While it waits: not to be taken up before, because what it needs was busy."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, index=True)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    heartbeat_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Last sign of life of whoever runs it."""
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    user_id: Mapped[int | None] = mapped_column(
        ForeignKey("user.id", ondelete="SET NULL")
    )
    told_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("user.id", ondelete="SET NULL")
    )
    """Who paused or stopped it, or let it go on."""

    user: Mapped[User | None] = relationship(foreign_keys=[user_id])
    told_by: Mapped[User | None] = relationship(foreign_keys=[told_by_id])


class Worker(Base):
    """A process that does tasks."""

    __tablename__ = "worker"

    name: Mapped[str] = mapped_column(String(255), primary_key=True)
    """Host, process and a random part."""
    started_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    heartbeat_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    """Last sign of life; an old one means that it was killed."""


class PeriodicJob(Base):
    """When a job that comes again and again is due."""

    __tablename__ = "periodic_job"

    kind: Mapped[str] = mapped_column(String(32), primary_key=True)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    begun_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When it was begun last."""


class ImportRun(Base):
    """One catalogue that is brought in: what it is, how it is read, what came of it."""

    __tablename__ = "import_run"

    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[int | None] = mapped_column(
        ForeignKey("task.id", ondelete="SET NULL"), index=True
    )
    name: Mapped[str] = mapped_column(Text)
    """Of the file or address, as the curator gave it."""
    source: Mapped[str] = mapped_column(String(16))
    """``table``, ``zip``, ``folder``, ``shell`` or ``iiif``."""
    location: Mapped[str] = mapped_column(Text)
    """Generated path below ``imports/`` of the instance, a folder, or an address."""
    mapping: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """Column of the file to field of the work."""
    policy: Mapped[str] = mapped_column(String(16), default="update")
    """For works that are there already: ``update``, ``skip`` or ``create`` only."""
    is_dry: Mapped[bool] = mapped_column(default=True)
    """Whether it has only been looked through so far."""
    counts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """Rows by what became of them."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, index=True)
    user_id: Mapped[int | None] = mapped_column(
        ForeignKey("user.id", ondelete="SET NULL")
    )

    task: Mapped[Task | None] = relationship()
    user: Mapped[User | None] = relationship()


class ImportRow(Base):
    """One row of an import, and what became of it."""

    __tablename__ = "import_row"
    __table_args__ = (UniqueConstraint("run_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("import_run.id", ondelete="CASCADE"))
    number: Mapped[int]
    """Line of the file where it starts, or position in the manifest."""
    accession: Mapped[str] = mapped_column(String(255), default="")
    values: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """Fields of the work after mapping, and ``image``, where its picture is."""
    state: Mapped[RowState] = mapped_column(
        _words(RowState), default=RowState.PENDING, index=True
    )
    message: Mapped[str] = mapped_column(Text, default="")
    """What is wrong with it and what would mend it, or what changed: codes and facts,
    as ``app.services.importing.messages`` writes them."""
    artwork_id: Mapped[int | None] = mapped_column(
        ForeignKey("artwork.id", ondelete="SET NULL"), index=True
    )

    run: Mapped[ImportRun] = relationship()
    artwork: Mapped[Artwork | None] = relationship()


class ColumnMapping(Base):
    """How the columns of a kind of file were mapped, to be offered next time."""

    __tablename__ = "column_mapping"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    columns_hash: Mapped[str] = mapped_column(String(64), unique=True)
    """SHA-256 of the file's header."""
    mapping: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, onupdate=now)
