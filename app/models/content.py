"""Media of works: audio, video and links that visitors hear, see and follow."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, String, Text, event, insert, select
from sqlalchemy.orm import Mapped, Mapper, mapped_column, relationship

from app.models.base import Base, now, parent_key
from app.models.collection import Artwork
from app.models.languages import LONGEST_TAG
from app.models.media import PendingDeletion

RECORDINGS = "recordings"
"""Store of the files, a field of ``MediaStores``."""


class MediaKind(StrEnum):
    """Kind of what belongs to a work beside its label and pictures."""

    AUDIO = "audio"
    VIDEO = "video"
    LINK = "link"


class WorkMedia(Base):
    """Audio, video or link of a work, in one language."""

    __tablename__ = "work_media"

    id: Mapped[int] = mapped_column(primary_key=True)
    artwork_id: Mapped[int] = parent_key("artwork.id", index=True)
    position: Mapped[int] = mapped_column(default=0)
    """Order among the work's media."""
    kind: Mapped[MediaKind]
    language: Mapped[str] = mapped_column(String(LONGEST_TAG), default="")
    """BCP 47; "" where nobody said."""
    title: Mapped[str] = mapped_column(Text, default="")
    transcript: Mapped[str] = mapped_column(Text, default="")
    """What is said and to be heard, for those who do not hear it; "" of a link."""
    address: Mapped[str] = mapped_column(Text, default="")
    """Of a link: https."""
    media_name: Mapped[str | None] = mapped_column(String(255), unique=True)
    """Generated path of the file in its store; NULL of a link."""
    mimetype: Mapped[str] = mapped_column(String(64), default="")
    size: Mapped[int] = mapped_column(default=0)
    """In bytes."""
    seconds: Mapped[float | None]
    source: Mapped[str] = mapped_column(Text, default="")
    """Where an import had the recording from: an address, or a file's name."""
    sha256: Mapped[str | None] = mapped_column(String(64))
    """Hex digest of the file that an import had, before it was written anew."""
    created_at: Mapped[datetime] = mapped_column(default=now)
    removed_at: Mapped[datetime | None]
    """When a curator took it away, who may take that back; NULL while it is shown."""

    artwork: Mapped[Artwork] = relationship(back_populates="media")

    @property
    def is_removed(self) -> bool:
        """Whether a curator took it away."""
        return self.removed_at is not None


@event.listens_for(Artwork, "before_delete")
def let_go_of_recordings(
    _mapper: Mapper[Artwork], connection: Connection, artwork: Artwork
) -> None:
    """Note the files of a work that is deleted, in the same transaction."""
    named = WorkMedia.artwork_id == artwork.id, WorkMedia.media_name.is_not(None)
    names = connection.scalars(select(WorkMedia.media_name).where(*named)).all()
    if names:
        notes = [{"area": RECORDINGS, "name": name} for name in names]
        connection.execute(insert(PendingDeletion), notes)
