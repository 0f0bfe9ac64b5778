"""Stored files that are to be deleted, and which published folders are live."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, now


class PendingDeletion(Base):
    """Stored file that nothing points to any more, and that is still there.

    Written in the transaction that lets go of the file, and deleted once the storage
    has said that it is gone.
    """

    __tablename__ = "pending_deletion"

    id: Mapped[int] = mapped_column(primary_key=True)
    area: Mapped[str] = mapped_column(String(16))
    """Which store it is in: a field of ``MediaStores``."""
    name: Mapped[str] = mapped_column(String(255), index=True)
    since: Mapped[datetime] = mapped_column(default=now)
    tries: Mapped[int] = mapped_column(default=0)
    """How often it was tried in vain."""
    due_at: Mapped[datetime] = mapped_column(default=now, index=True)
    """When it is tried next."""


class LivePointer(Base):
    """Published folder that all servers are to use; a row for a kind of folder."""

    __tablename__ = "live_pointer"

    kind: Mapped[str] = mapped_column(String(16), primary_key=True)
    """``index`` or ``map``."""
    name: Mapped[str] = mapped_column(String(64))
