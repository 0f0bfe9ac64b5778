"""The database: what the museum owns, what visitors asked, and which index is live.

The database is the truth and the index is derived from it. Portable SQL only: what is
particular to SQLite lives in ``app.extensions``.
"""

import uuid
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    DateTime,
    Dialect,
    Enum,
    ForeignKey,
    LargeBinary,
    String,
    Text,
    TypeDecorator,
    UniqueConstraint,
    inspect,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from app import extensions
from app.retrieval.types import Verdict


def now() -> datetime:
    """Return the present moment in UTC."""
    return datetime.now(UTC)


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in UTC; aware in Python also where the database forgets the zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(
        self, value: datetime | None, dialect: Dialect
    ) -> datetime | None:
        """Refuse a naive moment: nobody could say when it was."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a moment needs a time zone, got {value!r}")
        return value.astimezone(UTC)

    def process_result_value(
        self, value: datetime | None, dialect: Dialect
    ) -> datetime | None:
        """Put the zone back that SQLite drops."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value


def verdict_type() -> Enum:
    """Return a column type that holds a verdict as its word, checked by Python."""
    return Enum(
        Verdict,
        native_enum=False,
        length=16,
        values_callable=lambda verdicts: [verdict.value for verdict in verdicts],
    )


class Base(DeclarativeBase):
    """Base of all tables."""

    metadata = extensions.metadata


class Artwork(Base):
    """A work of the collection, as its label tells it.

    Dates are the museum's words ("c. 1503–1506"), not numbers. A withdrawn work keeps
    its row, so that old answers can still name it, but is found by nobody.
    """

    __tablename__ = "artwork"

    id: Mapped[int] = mapped_column(primary_key=True)
    accession: Mapped[str] = mapped_column(String(255), unique=True)
    title: Mapped[str] = mapped_column(Text, default="")
    artist: Mapped[str] = mapped_column(Text, default="")
    date: Mapped[str] = mapped_column(Text, default="")
    technique: Mapped[str] = mapped_column(Text, default="")
    school: Mapped[str] = mapped_column(Text, default="")
    location: Mapped[str] = mapped_column(Text, default="")
    source: Mapped[str] = mapped_column(Text, default="")
    rights: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, onupdate=now)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)

    images: Mapped[list["ReferenceImage"]] = relationship(
        back_populates="artwork",
        cascade="all, delete-orphan",
        passive_deletes=True,
        order_by="ReferenceImage.position",
    )

    @property
    def is_withdrawn(self) -> bool:
        """Whether the work no longer belongs to the searchable collection."""
        return self.withdrawn_at is not None


class ReferenceImage(Base):
    """One picture of a work: a view, a detail, a photo from the gallery."""

    __tablename__ = "reference_image"
    __table_args__ = (UniqueConstraint("artwork_id", "sha256"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    artwork_id: Mapped[int] = mapped_column(
        ForeignKey("artwork.id", ondelete="CASCADE"), index=True
    )
    position: Mapped[int] = mapped_column(default=0)
    """Order among the work's pictures; the first one represents it."""
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    """Hex digest of the original bytes, before anything was re-encoded."""
    media_name: Mapped[str] = mapped_column(String(255))
    """Generated path below ``media/works/``, e.g. ``ab/abcdef.jpg``."""
    width: Mapped[int]
    """Of the stored picture, in pixels."""
    height: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    artwork: Mapped[Artwork] = relationship(back_populates="images")
    features: Mapped[list["ImageFeatures"]] = relationship(
        back_populates="image", cascade="all, delete-orphan", passive_deletes=True
    )

    @property
    def thumbnail_name(self) -> str:
        """Path of the small version, beside the stored picture: ``ab/abcdef.s.jpg``."""
        return f"{self.media_name.removesuffix('.jpg')}.s.jpg"


class ImageFeatures(Base):
    """What one model computed from one reference image; arrays as raw bytes."""

    __tablename__ = "image_features"
    __table_args__ = (UniqueConstraint("image_id", "model_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    image_id: Mapped[int] = mapped_column(
        ForeignKey("reference_image.id", ondelete="CASCADE")
    )
    model_id: Mapped[str] = mapped_column(String(64), index=True)
    descriptor: Mapped[bytes] = mapped_column(LargeBinary)
    """(D,) float32, little-endian."""
    local_xy: Mapped[bytes] = mapped_column(LargeBinary)
    """(M, 2) float32, little-endian, pixels of the resized picture."""
    local_descriptors: Mapped[bytes] = mapped_column(LargeBinary)
    """(M, 128) uint8."""
    local_height: Mapped[int]
    """Of the resized picture that ``local_xy`` refers to, in pixels."""
    local_width: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    image: Mapped[ReferenceImage] = relationship(back_populates="features")


class Query(Base):
    """One photo that a visitor asked about, and what was answered."""

    __tablename__ = "query"

    id: Mapped[str] = mapped_column(
        String(36), primary_key=True, default=lambda: str(uuid.uuid4())
    )
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, index=True)
    verdict: Mapped[Verdict] = mapped_column(verdict_type())
    probability: Mapped[float]
    photo_name: Mapped[str | None] = mapped_column(String(255))
    """Generated path below ``media/queries/``; None once the photo is gone."""
    width: Mapped[int]
    """Of the upright photo as it was searched, in pixels."""
    height: Mapped[int]
    model_id: Mapped[str] = mapped_column(String(64))
    generation: Mapped[str] = mapped_column(String(64))
    """Name of the index that answered. No foreign key: indexes come and go."""
    similar: Mapped[list[Any]] = mapped_column(JSON, default=list)
    """Works that look alike: ``[accession, similarity]`` pairs, most similar first."""
    timings_ms: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)

    matches: Mapped[list["Match"]] = relationship(
        back_populates="query",
        cascade="all, delete-orphan",
        passive_deletes=True,
        order_by="Match.rank",
    )

    @property
    def proposals(self) -> list["Match"]:
        """The works that the answer stands by.

        With *found* those that are found themselves, one or several; with *uncertain*
        all: two that fit equally well are not found, however well they fit.
        """
        if self.verdict is Verdict.UNCERTAIN:
            return list(self.matches)
        return [match for match in self.matches if match.verdict is self.verdict]

    @property
    def is_stored(self) -> bool:
        """Whether the row is in the database, and so has a page to go back to."""
        return inspect(self).persistent


class Match(Base):
    """One work proposed as the answer to a query."""

    __tablename__ = "match"
    __table_args__ = (UniqueConstraint("query_id", "rank"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    query_id: Mapped[str] = mapped_column(ForeignKey("query.id", ondelete="CASCADE"))
    rank: Mapped[int]
    """0 is the most probable."""
    artwork_id: Mapped[int] = mapped_column(
        ForeignKey("artwork.id", ondelete="CASCADE"), index=True
    )
    image_id: Mapped[int | None] = mapped_column(
        ForeignKey("reference_image.id", ondelete="SET NULL")
    )
    """The reference picture that was recognised."""
    verdict: Mapped[Verdict] = mapped_column(verdict_type())
    """Of this work alone: one photo may show several works."""
    probability: Mapped[float]
    similarity: Mapped[float]
    inlier_count: Mapped[int]
    outline: Mapped[list[Any] | None] = mapped_column(JSON(none_as_null=True))
    """Four ``[x, y]`` corners as shares of the photo's width and height."""

    query: Mapped[Query] = relationship(back_populates="matches")
    artwork: Mapped[Artwork] = relationship()
    image: Mapped[ReferenceImage | None] = relationship()


class Generation(Base):
    """A searchable index that was built, examined and published."""

    __tablename__ = "generation"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    model_id: Mapped[str] = mapped_column(String(64))
    works: Mapped[int]
    images: Mapped[int]
    examination: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
