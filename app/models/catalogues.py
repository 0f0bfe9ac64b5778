"""Sources that a collection is kept in step with, and what they last said."""

from datetime import datetime
from typing import Any

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.accounts import User
from app.models.base import Base, now, parent_key, reference_key
from app.models.collection import Artwork


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
    is_gone: Mapped[bool] = mapped_column(default=False)
    """Whether the source has it no more."""
    seen_run: Mapped[int | None] = mapped_column(index=True)
    """Number of the import that it was last listed in."""

    artwork: Mapped[Artwork | None] = relationship()
