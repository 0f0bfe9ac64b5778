"""Reviews of visitors' photos by curators."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.accounts import User
from app.models.base import Base, now, parent_key, reference_key
from app.models.collection import Artwork
from app.models.curation import AuditEntry
from app.models.queries import Query
from app.retrieval.verification.evidence import Verdict


class ReviewOutcome(StrEnum):
    """Outcome of a review: what a photo shows, as a curator sees it."""

    OPEN = "open"
    """Nothing was decided yet, or it was taken back."""
    NAMED = "named"
    NOT_OURS = "not_ours"
    NOT_A_WORK = "not_a_work"


class PhotoReview(Base):
    """Review of a visitor's photo. It goes with the answer."""

    __tablename__ = "photo_review"

    query_id: Mapped[str] = parent_key("query.id", primary_key=True)
    outcome: Mapped[ReviewOutcome] = mapped_column(default=ReviewOutcome.OPEN)
    artwork_id: Mapped[int | None] = reference_key("artwork.id", index=True)
    """The work that was named."""
    entry_id: Mapped[int | None] = reference_key("audit_entry.id", index=True)
    """The change by which the photo became a picture of it, to be taken back."""
    user_id: Mapped[int | None] = reference_key("user.id", index=True)
    created_at: Mapped[datetime] = mapped_column(default=now, onupdate=now)
    again_verdict: Mapped[Verdict | None]
    """Of the answer when the photo was asked again; None: it never was."""
    again_id: Mapped[int | None] = reference_key("artwork.id", index=True)
    """The first work that was named then."""
    again_generation: Mapped[str] = mapped_column(String(64), default="")
    again_at: Mapped[datetime | None]

    query: Mapped[Query] = relationship()
    artwork: Mapped[Artwork | None] = relationship(foreign_keys=[artwork_id])
    again: Mapped[Artwork | None] = relationship(foreign_keys=[again_id])
    entry: Mapped[AuditEntry | None] = relationship()
    user: Mapped[User | None] = relationship()
