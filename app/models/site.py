"""The museum's own site: what it is called and looks like, and its own pages."""

from datetime import datetime
from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, now, sorted_text

LONGEST_SLUG = 64
"""Characters of what an own page is called in its address."""


class MuseumSite(Base):
    """Profile of the museum's site; the table has one row."""

    __tablename__ = "museum_site"

    id: Mapped[int] = mapped_column(primary_key=True)
    revision: Mapped[int] = mapped_column(default=0)
    """Counts changes, also those of own pages: server processes notice them by it."""
    profile: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What was set, by the names of ``services/site/profile``; the rest has its
    default."""


class OwnPage(Base):
    """Page that the museum has written itself, such as its imprint."""

    __tablename__ = "own_page"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(sorted_text(String, LONGEST_SLUG), unique=True)
    """Its name in the address."""
    position: Mapped[int] = mapped_column(default=0)
    in_header: Mapped[bool] = mapped_column(default=False)
    """Whether it is named at the top of every page instead of the bottom."""
    texts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """By the code of the language: ``title``, and ``text`` in Markdown."""
    updated_at: Mapped[datetime] = mapped_column(default=now, onupdate=now)
