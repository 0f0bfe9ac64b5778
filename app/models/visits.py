"""Visits, their links, favourites, and tours with their stops."""

from datetime import date, datetime

from sqlalchemy import Date, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import (
    Base,
    children,
    now,
    parent_key,
    reference_key,
    sorted_text,
)
from app.models.collection import Artwork


class VisitNote(Base):
    """Work that a visitor put into the visit of a day by hand, or took out of it.

    What was found that day belongs to the visit without one.
    """

    __tablename__ = "visit_note"
    __table_args__ = (
        UniqueConstraint("user_id", "day", "artwork_id"),
        UniqueConstraint("visitor", "day", "artwork_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int | None] = parent_key("user.id")
    visitor: Mapped[str | None] = mapped_column(String(43))
    """As of a query; None: the account's."""
    day: Mapped[date] = mapped_column(Date)
    """By the museum's clock."""
    artwork_id: Mapped[int] = parent_key("artwork.id", index=True)
    is_out: Mapped[bool] = mapped_column(default=False)
    """Whether it was taken out, though it was found that day."""
    created_at: Mapped[datetime] = mapped_column(default=now, index=True)

    artwork: Mapped[Artwork] = relationship()


class VisitLink(Base):
    """Link by which others see the works of somebody's visit until it expires."""

    __tablename__ = "visit_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int | None] = parent_key("user.id", index=True)
    visitor: Mapped[str | None] = mapped_column(String(43), index=True)
    day: Mapped[date] = mapped_column(Date)
    token: Mapped[str] = mapped_column(String(43), unique=True)
    created_at: Mapped[datetime] = mapped_column(default=now, index=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)


class Favourite(Base):
    """Work that an account, or an anonymous visitor, wants to find again."""

    __tablename__ = "favourite"
    __table_args__ = (
        UniqueConstraint("user_id", "artwork_id"),
        UniqueConstraint("visitor", "artwork_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int | None] = parent_key("user.id")
    visitor: Mapped[str | None] = mapped_column(String(43))
    artwork_id: Mapped[int] = parent_key("artwork.id", index=True)
    created_at: Mapped[datetime] = mapped_column(default=now, index=True)

    artwork: Mapped[Artwork] = relationship()


class Tour(Base):
    """Tour through the museum that curators put together, in one language."""

    __tablename__ = "tour"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(sorted_text(Text))
    intro: Mapped[str] = mapped_column(Text, default="")
    language: Mapped[str] = mapped_column(String(35))
    """BCP 47 tag of its texts, such as ``en`` or ``pt-BR``."""
    translation_of_id: Mapped[int | None] = reference_key("tour.id", index=True)
    """The tour that this one tells in another language."""
    published_at: Mapped[datetime | None] = mapped_column(index=True)
    """None: only curators see it."""
    deleted_at: Mapped[datetime | None]
    """Its row is kept, so that a curator can take that back."""
    revision: Mapped[int] = mapped_column(default=1)
    """Counts changes: an editor notices those of another one."""
    created_at: Mapped[datetime] = mapped_column(default=now)

    stops: Mapped[list["TourStop"]] = children(
        back_populates="tour", order_by="TourStop.position"
    )

    @property
    def is_published(self) -> bool:
        """Whether visitors see it."""
        return self.published_at is not None and self.deleted_at is None


class TourStop(Base):
    """Stop of a tour: a work, and what is said in front of it."""

    __tablename__ = "tour_stop"
    __table_args__ = (UniqueConstraint("tour_id", "artwork_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    tour_id: Mapped[int] = parent_key("tour.id")
    artwork_id: Mapped[int] = parent_key("artwork.id", index=True)
    position: Mapped[int]
    """Order in the tour, from 0."""
    text: Mapped[str] = mapped_column(Text, default="")

    tour: Mapped[Tour] = relationship(back_populates="stops")
    artwork: Mapped[Artwork] = relationship()
