"""Codes of terms in controlled vocabularies, and filters that curators keep."""

from datetime import datetime
from typing import Any

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.accounts import User
from app.models.base import Base, now, parent_key, sorted_text

LONGEST_TERM = 255
"""Characters of a value that may have codes; what is longer is a text."""
LONGEST_FILTER_NAME = 80


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
