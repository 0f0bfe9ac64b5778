"""Background tasks with their leases, worker processes, periodic jobs.

What is to be done, how far it is, who does it until when, and whether somebody wants it
stopped stands here, so a killed worker loses nothing.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.accounts import User
from app.models.base import Base, now, reference_key


class TaskState(StrEnum):
    """State of a task."""

    WAITING = "waiting"
    RUNNING = "running"
    PAUSED = "paused"
    CANCELLED = "cancelled"
    DONE = "done"
    FAILED = "failed"


class TaskWish(StrEnum):
    """Request to a task; the worker looks at it between steps."""

    RUN = "run"
    PAUSE = "pause"
    CANCEL = "cancel"


class Lane(StrEnum):
    """Queue of tasks; each is done one at a time, and waits for no other lane."""

    SHORT = "short"
    LONG = "long"


class Task(Base):
    """Background task, and the lease of whoever does it."""

    __tablename__ = "task"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(32), index=True)
    """Which function does it: a key of ``app.background.KINDS``."""
    lane: Mapped[Lane] = mapped_column(default=Lane.LONG)
    parameters: Mapped[dict[str, Any]] = mapped_column(default=dict)
    state: Mapped[TaskState] = mapped_column(default=TaskState.WAITING, index=True)
    wish: Mapped[TaskWish] = mapped_column(default=TaskWish.RUN)
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
    slot: Mapped[Lane | None] = mapped_column(unique=True)
    """Its lane while it runs, else NULL: so a lane runs one task at a time."""
    lease_until: Mapped[datetime | None]
    """While it runs: from then on anybody may take it over."""
    ready_at: Mapped[datetime | None]
    """While it waits: not to be taken up before, because what it needs was busy."""
    created_at: Mapped[datetime] = mapped_column(default=now, index=True)
    started_at: Mapped[datetime | None]
    heartbeat_at: Mapped[datetime | None]
    """Last sign of life of whoever runs it."""
    finished_at: Mapped[datetime | None]
    user_id: Mapped[int | None] = reference_key("user.id")
    told_by_id: Mapped[int | None] = reference_key("user.id")
    """Who paused or stopped it, or let it go on."""

    user: Mapped[User | None] = relationship(foreign_keys=[user_id])
    told_by: Mapped[User | None] = relationship(foreign_keys=[told_by_id])


class Worker(Base):
    """Worker process, which does tasks."""

    __tablename__ = "worker"

    name: Mapped[str] = mapped_column(String(255), primary_key=True)
    """Host, process and a random part."""
    started_at: Mapped[datetime] = mapped_column(default=now)
    heartbeat_at: Mapped[datetime] = mapped_column(default=now)
    """Last sign of life; an old one means that it was killed."""


class PeriodicJob(Base):
    """Schedule of a periodic job: when it is due."""

    __tablename__ = "periodic_job"

    kind: Mapped[str] = mapped_column(String(32), primary_key=True)
    due_at: Mapped[datetime]
    begun_at: Mapped[datetime | None]
    """When it was begun last."""
