"""Visitors' queries, the matches of their answers, and feedback on them."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, String, UniqueConstraint, inspect, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.accounts import User
from app.models.base import Base, children, now, parent_key, reference_key
from app.models.collection import Artwork, ReferenceImage
from app.retrieval.verification.evidence import Verdict

SECONDS_PER_HOUR = 3600


def hour_of(moment: datetime) -> int:
    """Return the hour of a moment, counted since 1970 in UTC."""
    return int(moment.timestamp()) // SECONDS_PER_HOUR


def _hour_asked(context: Any) -> int:  # SQLAlchemy's; its own types say little
    return hour_of(context.get_current_parameters()["created_at"])


class Query(Base):
    """Photo that a visitor asked about, and what was answered."""

    __tablename__ = "query"
    __table_args__ = (
        # Everything that is counted over all of them, so that the rows are not read.
        Index(
            "ix_query_counted",
            *("asked_hour", "verdict", "language", "device", "total_ms", "id"),
        ),
    )

    id: Mapped[str] = mapped_column(
        String(36), primary_key=True, default=lambda: str(uuid.uuid4())
    )
    created_at: Mapped[datetime] = mapped_column(default=now, index=True)
    asked_hour: Mapped[int] = mapped_column(default=_hour_asked)
    """Of ``created_at``: what is counted by hours and days must not be computed."""
    verdict: Mapped[Verdict]
    probability: Mapped[float]
    photo_name: Mapped[str | None] = mapped_column(String(255))
    """Generated path below ``media/queries/``; None once the photo is gone."""
    width: Mapped[int]
    """Of the upright photo as it was searched, in pixels."""
    height: Mapped[int]
    model_id: Mapped[str] = mapped_column(String(64))
    generation: Mapped[str] = mapped_column(String(64))
    """Name of the index that answered. No foreign key: indexes come and go."""
    similar: Mapped[list[Any]] = mapped_column(default=list)
    """Works that look alike: ``[accession, similarity]`` pairs, most similar first."""
    timings_ms: Mapped[dict[str, Any]] = mapped_column(default=dict)
    total_ms: Mapped[float] = mapped_column(default=0.0)
    """Of the search alone, as in ``timings_ms``, for statistics."""

    is_complete: Mapped[bool] = mapped_column(default=True, server_default=true())
    """Whether the whole collection was searched; otherwise a part of it did not answer,
    and what the photo shows may be in there."""

    user_id: Mapped[int | None] = parent_key("user.id", index=True)
    """Whose it is; None: an anonymous visitor's, or a program's without a token."""
    visitor: Mapped[str | None] = mapped_column(String(43), index=True)
    """Random name of the anonymous browser session that asked."""
    share_token: Mapped[str | None] = mapped_column(String(43), unique=True)
    """Secret part of the link by which the owner shares this answer; None: private."""
    source: Mapped[str] = mapped_column(String(16), default="upload")
    """How the photo came: ``upload``, ``link``, ``api``, ``kiosk``, ``viewfinder``."""
    language: Mapped[str | None] = mapped_column(String(8))
    """Of the page that was asked from."""
    device: Mapped[str | None] = mapped_column(String(16))
    """``phone``, ``tablet``, ``desktop`` or ``program``; no more is kept of it."""
    quality: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Measured faults of the photo, see ``app.retrieval.images.quality``."""
    activation_map: Mapped[bytes | None]
    """Where the network looked: a small grey PNG that covers the photo."""
    seen: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    """What it saw there: keys of ``app.retrieval.descriptors.subjects``; None where it
    was not asked, and once the photo is gone."""
    reading: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    """What was read on labels in the photo, see ``app.services.labels.reading``; None
    where nothing was, and once the photo is gone."""

    user: Mapped[User | None] = relationship()
    feedback: Mapped["Feedback | None"] = children(back_populates="query")
    matches: Mapped[list["QueryMatch"]] = children(
        back_populates="query", order_by="QueryMatch.rank"
    )

    @property
    def proposals(self) -> list["QueryMatch"]:
        """The works that the answer stands by.

        With *found* those that are found themselves, one or several; with *uncertain*
        all: two that fit equally well are not found, however well they fit.
        """
        if self.verdict is Verdict.UNCERTAIN:
            return list(self.matches)
        return [match for match in self.matches if match.verdict is self.verdict]

    @property
    def is_read(self) -> bool:
        """Whether a label in the photo names a work, and the photo shows none."""
        if self.verdict is Verdict.FOUND or not self.reading:
            return False
        return any(work["sure"] for work in self.reading["works"])

    @property
    def is_open(self) -> bool:
        """Whether nothing was found in the part of the collection that was searched.

        It may be in the rest, so it is never *not found*.
        """
        is_uncertain = self.verdict is Verdict.UNCERTAIN
        return is_uncertain and not self.is_complete and not self.matches

    @property
    def is_stored(self) -> bool:
        """Whether the row is in the database, and so has a page to go back to."""
        return inspect(self).persistent


class QueryMatch(Base):
    """Row of an answer: one work that a query was matched with."""

    __tablename__ = "match"
    __table_args__ = (
        UniqueConstraint("query_id", "rank"),
        Index("ix_match_counted", "query_id", "verdict", "artwork_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    query_id: Mapped[str] = parent_key("query.id")
    rank: Mapped[int]
    """0 is the most probable."""
    artwork_id: Mapped[int] = parent_key("artwork.id", index=True)
    image_id: Mapped[int | None] = reference_key("reference_image.id", index=True)
    """The reference picture that was recognised."""
    verdict: Mapped[Verdict]
    """Of this work alone: one photo may show several works."""
    probability: Mapped[float]
    similarity: Mapped[float | None]
    """Of the global descriptors; None where the network was not asked."""
    inlier_count: Mapped[int]
    outline: Mapped[list[Any] | None] = mapped_column(JSON(none_as_null=True))
    """Four ``[x, y]`` corners as shares of the photo's width and height."""
    region: Mapped[list[Any] | None] = mapped_column(JSON(none_as_null=True))
    """Where no plane fits the work: three ``[x, y]`` corners or more, likewise, of the
    surroundings of what was recognised."""
    points: Mapped[list[Any]] = mapped_column(default=list)
    """Details found on both: ``[x, y, u, v]`` as shares of the photo's width and height
    and of the reference picture's, strongest first."""
    comparison: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    """Where the two agree and where not, see ``app.services.search.evidence``; None
    where they were not compared."""

    query: Mapped[Query] = relationship(back_populates="matches")
    artwork: Mapped[Artwork] = relationship()
    image: Mapped[ReferenceImage | None] = relationship()

    @property
    def place(self) -> list[Any] | None:
        """Polygon in which the photo shows the work: its outline, or the region."""
        return self.region if self.outline is None else self.outline

    @property
    def difference_outlines(self) -> list[Any]:
        """Polygons on the work's picture, around what was seen to differ."""
        return list(self.comparison["outlines"]) if self.comparison else []


class Feedback(Base):
    """Feedback of a visitor on an answer: right, or not."""

    __tablename__ = "feedback"

    id: Mapped[int] = mapped_column(primary_key=True)
    query_id: Mapped[str] = parent_key("query.id", unique=True)
    is_right: Mapped[bool]
    artwork_id: Mapped[int | None] = reference_key("artwork.id", index=True)
    """The work that it is, as the visitor says; None: none of those proposed."""
    found_by: Mapped[str | None] = mapped_column(String(16))
    """How the visitor found a work that was not proposed: ``number``, ``words``,
    ``label``, ``room`` or ``alike``."""
    created_at: Mapped[datetime] = mapped_column(default=now)

    query: Mapped[Query] = relationship(back_populates="feedback")
    artwork: Mapped[Artwork | None] = relationship()
