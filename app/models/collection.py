"""Works, reference images, their features, and generations of the index."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Index, String, Text, UniqueConstraint, event
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, children, now, parent_key, sorted_text
from app.models.dates.reading import years_of
from app.models.keys import LAST_KEY, plain_text, sort_key
from app.models.languages import parted

if TYPE_CHECKING:
    from app.models.content import WorkMedia
    from app.models.curation import TermCode

TITLE = "title"

SEARCHED = (
    *("accession", "title", "artist", "date"),
    *("technique", "type", "school", "location"),
)
"""What a search for words looks through."""
CODED = ("artist", "technique", "type", "school", "location")
"""Fields whose values are terms, which may have codes in controlled vocabularies."""


class Artwork(Base):
    """Work of the collection, as its label tells it.

    Dates are the museum's words ("c. 1503–1506"); the years follow from them. A
    withdrawn work keeps its row, so that old answers can still name it, but is found by
    nobody.
    """

    __tablename__ = "artwork"
    __table_args__ = (
        Index("ix_artwork_order", "artist_key", "title_key", "id"),
        Index("ix_artwork_room", "location", "withdrawn_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    accession: Mapped[str] = mapped_column(sorted_text(String, 255), unique=True)
    title: Mapped[str] = mapped_column(Text, default="")
    artist: Mapped[str] = mapped_column(sorted_text(Text), default="")
    date: Mapped[str] = mapped_column(Text, default="")
    technique: Mapped[str] = mapped_column(sorted_text(Text), default="")
    type: Mapped[str] = mapped_column(sorted_text(Text), default="")
    """What kind of work it is, or of what: painting, portrait, landscape."""
    school: Mapped[str] = mapped_column(sorted_text(Text), default="")
    location: Mapped[str] = mapped_column(sorted_text(Text), default="")
    source: Mapped[str] = mapped_column(Text, default="")
    rights: Mapped[str] = mapped_column(Text, default="")
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What else is said of it: fields of visitors' pages such as ``story@en``, titles
    in other languages, and what the museum's own table says, by its columns' names."""
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now, onupdate=now)
    withdrawn_at: Mapped[datetime | None] = mapped_column(index=True)
    revision: Mapped[int] = mapped_column(default=0, index=True)
    """Of the collection, when what can be found of this work last changed."""
    search_text: Mapped[str] = mapped_column(Text, default="")
    """The label in plain letters, which a search looks through."""
    artist_key: Mapped[str] = mapped_column(sorted_text(Text), default=LAST_KEY)
    title_key: Mapped[str] = mapped_column(sorted_text(Text), default=LAST_KEY)
    """What the list is sorted by; as are artist_key and the years."""
    earliest_year: Mapped[int | None] = mapped_column(index=True)
    latest_year: Mapped[int | None] = mapped_column(index=True)
    """Of the date, as ``dates/years`` counts them; NULL where it leaves that end open,
    or names no year."""
    stated_subjects: Mapped[str] = mapped_column(Text, default="")
    """What a curator said it shows, as ``collection/subjects`` writes it; "" where
    nobody did, and what is seen in its pictures counts."""
    shows: Mapped[str] = mapped_column(sorted_text(Text), default="")
    """Keys of what it shows, with a space before and after each: `` cat dog ``.
    Follows from what was stated and seen; see ``collection/subjects``."""

    images: Mapped[list["ReferenceImage"]] = children(
        back_populates="artwork", order_by="ReferenceImage.position"
    )

    media: Mapped[list["WorkMedia"]] = children(
        back_populates="artwork", order_by="(WorkMedia.position, WorkMedia.id)"
    )

    term_codes: Mapped[list["TermCode"]] = relationship(
        primaryjoin="or_({})".format(
            ", ".join(
                f"and_(TermCode.field == {name!r}, "
                f"foreign(TermCode.text) == Artwork.{name})"
                for name in CODED
            )
        ),
        viewonly=True,
        order_by="(TermCode.field, TermCode.authority)",
    )
    """Of what its label says, shared with all works that say the same."""

    @property
    def is_withdrawn(self) -> bool:
        """Whether the work no longer belongs to the searchable collection."""
        return self.withdrawn_at is not None


@dataclass(slots=True, eq=False)
class WorkRow:
    """Row of the table ``artwork``, out of every session's sight.

    Edits of many works read and write such rows: noticing each attribute that is set,
    as ``Artwork`` does, takes many times as long. Attributes as there.
    """

    id: int
    accession: str
    title: str
    artist: str
    date: str
    technique: str
    type: str
    school: str
    location: str
    source: str
    rights: str
    details: dict[str, Any]
    updated_at: datetime
    withdrawn_at: datetime | None
    revision: int
    search_text: str
    artist_key: str
    title_key: str
    earliest_year: int | None
    latest_year: int | None
    stated_subjects: str
    shows: str
    images: list["ReferenceImage"] = field(default_factory=list)
    """Empty unless they were asked for."""

    @property
    def is_withdrawn(self) -> bool:
        """Whether the work no longer belongs to the searchable collection."""
        return self.withdrawn_at is not None


AnyWork = Artwork | WorkRow
"""Work as a session knows it, or as its row tells it."""


@event.listens_for(Artwork, "before_insert")
@event.listens_for(Artwork, "before_update")
def _set_keys(_mapper: object, _connection: object, artwork: Artwork) -> None:
    set_keys(artwork)


def set_keys(artwork: AnyWork, changed: Collection[str] = SEARCHED) -> None:
    """Bring what is searched and sorted by up to date with the label.

    Parameters
    ----------
    changed : collection of str
        Fields that may say something else than before.
    """
    label = [getattr(artwork, name) or "" for name in SEARCHED]
    artwork.search_text = plain_text(" ".join((*label, *other_titles(artwork))))
    if "artist" in changed:
        artwork.artist_key = sort_key(artwork.artist or "")
    if TITLE in changed:
        artwork.title_key = sort_key(artwork.title or "")
    if "date" in changed:
        artwork.earliest_year, artwork.latest_year = years_of(artwork.date or "")


def other_titles(artwork: AnyWork) -> list[str]:
    """Return a work's titles in other languages than that of its label."""
    titles = []
    for name, value in (artwork.details or {}).items():
        if name.startswith(TITLE):
            named, tag = parted(name)
            if named == TITLE and tag and str(value) != artwork.title:
                titles.append(str(value))
    return titles


class MergedNumber(Base):
    """Accession number of a work that was merged into another one.

    It leads to the work that was kept, also once the merged one is deleted for good.
    """

    __tablename__ = "merged_number"

    accession: Mapped[str] = mapped_column(sorted_text(String, 255), primary_key=True)
    artwork_id: Mapped[int] = parent_key("artwork.id", index=True)
    created_at: Mapped[datetime] = mapped_column(default=now)

    artwork: Mapped[Artwork] = relationship()


class DeletedWork(Base):
    """Accession number of a work that was deleted for good.

    Indexes that were built before still hold its pictures: they pass it over.
    """

    __tablename__ = "deleted_work"

    accession: Mapped[str] = mapped_column(sorted_text(String, 255), primary_key=True)
    revision: Mapped[int] = mapped_column(index=True)
    """Of the collection, by its deletion."""


class ReferenceImage(Base):
    """Picture of a work: a view, a detail, a photo from the gallery."""

    __tablename__ = "reference_image"
    __table_args__ = (UniqueConstraint("artwork_id", "sha256"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    artwork_id: Mapped[int] = parent_key("artwork.id", index=True)
    position: Mapped[int] = mapped_column(default=0)
    """Order among the work's pictures; the first one represents it."""
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    """Hex digest of the original bytes, before anything was re-encoded."""
    media_name: Mapped[str] = mapped_column(String(255))
    """Generated path below ``media/works/``, e.g. ``ab/abcdef.jpg``."""
    width: Mapped[int]
    """Of the stored picture, in pixels."""
    height: Mapped[int]
    seen_subjects: Mapped[str | None] = mapped_column(Text)
    """What the semantic network sees in it, as ``Artwork.shows``; NULL until it has
    looked."""
    about: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What the museum's table says of the picture and not of the work: photographer,
    view, date of the photo. By the names of its columns."""
    created_at: Mapped[datetime] = mapped_column(default=now)

    artwork: Mapped[Artwork] = relationship(back_populates="images")
    features: Mapped[list["ImageFeatures"]] = children(back_populates="image")

    @property
    def thumbnail_name(self) -> str:
        """Path of the small version, beside the stored picture: ``ab/abcdef.s.jpg``."""
        return f"{self.media_name.removesuffix('.jpg')}.s.jpg"


class ImageFeatures(Base):
    """Features of a reference image, computed by one model; arrays as raw bytes."""

    __tablename__ = "image_features"
    __table_args__ = (UniqueConstraint("image_id", "model_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    image_id: Mapped[int] = parent_key("reference_image.id")
    model_id: Mapped[str] = mapped_column(String(64), index=True)
    descriptor: Mapped[bytes]
    """(D,) float16, little-endian."""
    style: Mapped[bytes] = mapped_column(default=b"")
    """(S,) float16, little-endian; empty where the model has none."""
    semantic: Mapped[bytes] = mapped_column(default=b"")
    """(E,) float16, little-endian; empty where the model has none."""
    picture: Mapped[bytes] = mapped_column(default=b"")
    """Grey copy as WebP; empty for features from before there was one."""
    local_xy: Mapped[bytes]
    """(M, 2) uint16, little-endian, in steps of 1/64 pixel of the resized picture."""
    local_codes: Mapped[bytes]
    """(M, 16) uint8."""
    local_words: Mapped[bytes]
    """(M,) int32, little-endian."""
    local_signatures: Mapped[bytes]
    """(M,) uint64, little-endian."""
    local_height: Mapped[int]
    """Of the resized picture that ``local_xy`` refers to, in pixels."""
    local_width: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(default=now)

    image: Mapped[ReferenceImage] = relationship(back_populates="features")


class IndexFault(Base):
    """Picture that the last building of the index could not read, and why."""

    __tablename__ = "index_fault"

    image_id: Mapped[int] = parent_key("reference_image.id", primary_key=True)
    reason: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(default=now)

    image: Mapped[ReferenceImage] = relationship()


class GenerationRecord(Base):
    """Generation of the index that was built, examined and published."""

    __tablename__ = "generation"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    created_at: Mapped[datetime] = mapped_column(default=now)
    model_id: Mapped[str] = mapped_column(String(64))
    works: Mapped[int]
    images: Mapped[int]
    examination: Mapped[dict[str, Any]] = mapped_column(default=dict)
    revision: Mapped[int] = mapped_column(default=0)
    """Of the collection, when building began: later changes may not be in the index."""


class CollectionState(Base):
    """Revision of the searchable collection; the table has one row."""

    __tablename__ = "collection_state"

    id: Mapped[int] = mapped_column(primary_key=True)
    revision: Mapped[int] = mapped_column(default=0)
    """Counts changes; see ``app.services.index.changes``."""
