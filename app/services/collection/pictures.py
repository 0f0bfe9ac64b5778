"""The museum's works: their labels in the database, their pictures in the media folder.

A picture is kept as one upright sRGB JPEG without metadata, from which everything is
computed, and a thumbnail. Both are named by the hash of the original bytes, so the
same picture sent twice is stored once and a name never changes its content.
"""

import hashlib
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from pathlib import Path, PurePosixPath

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from app.models import Artwork, ReferenceImage
from app.retrieval.errors import ImageError, ImageTooLargeError
from app.retrieval.images.codec import decode, encode_jpeg, resize_to_long_side
from app.retrieval.settings import ImageSettings
from app.retrieval.types import Image
from app.services.catalogue import CatalogueRow, RowFault
from app.services.system.media import MediaFolder
from app.services.system.parallel import map_in_order

STORED_SIDE_PX = 1600
"""Long side of the stored picture: twice what the retrieval looks at, enough for a
large screen."""
STORED_QUALITY = 90
THUMBNAIL_SIDE_PX = 320
THUMBNAIL_QUALITY = 80
BATCH_ROWS = 32
"""Rows per transaction: a kill loses the work on at most these."""


class Recorded(StrEnum):
    """What became of one catalogue row."""

    NEW_WORK = "new work"
    NEW_VIEW = "new view"
    CHANGED = "changed label"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class StoredPicture:
    """A picture in the media folder.

    Attributes
    ----------
    sha256 : str
        Hex digest of the original bytes.
    width, height : int
        Of the stored JPEG, in pixels.
    """

    sha256: str
    width: int
    height: int

    @property
    def media_name(self) -> str:
        """Path of the stored JPEG below the media folder; 256 folders share them."""
        return f"{self.sha256[:2]}/{self.sha256}.jpg"

    @property
    def thumbnail_name(self) -> str:
        """Path of the small version, as ``ReferenceImage.thumbnail_name`` has it."""
        return f"{self.sha256[:2]}/{self.sha256}.s.jpg"


def store_picture(
    data: bytes, media: MediaFolder, *, settings: ImageSettings
) -> StoredPicture:
    """Bring any picture into the media folder.

    Raises
    ------
    ImageError
        If the bytes are not a picture we can use.
    OSError
        If the media folder cannot be written.
    """
    sha256 = hashlib.sha256(data).hexdigest()
    image = decode(data, settings=settings, max_side_px=STORED_SIDE_PX)
    return _write(sha256, image, media)


def keep_picture(
    data: bytes, sha256: str, media: MediaFolder, *, settings: ImageSettings
) -> StoredPicture:
    """Bring a picture back that was stored before, under the name it had.

    Parameters
    ----------
    data : bytes
        What was in the media folder; not encoded again, which would spoil it.
    sha256 : str
        Of the original bytes, as its name tells.

    Raises
    ------
    ImageError
        If the bytes are not a picture we can use.
    OSError
        If the media folder cannot be written.
    """
    image = decode(data, settings=settings, max_side_px=STORED_SIDE_PX)
    return _write(sha256, image, media, data if _is_as_stored(data, image) else b"")


def _write(
    sha256: str, image: Image, media: MediaFolder, large: bytes = b""
) -> StoredPicture:
    small = resize_to_long_side(image, THUMBNAIL_SIDE_PX)
    height, width = image.shape[:2]
    picture = StoredPicture(sha256, width, height)
    thumbnail = encode_jpeg(small, quality=THUMBNAIL_QUALITY)
    # The large one last: where it is, both are.
    media.write(picture.thumbnail_name, thumbnail)
    media.write(picture.media_name, large or encode_jpeg(image, quality=STORED_QUALITY))
    return picture


def _is_as_stored(data: bytes, image: Image) -> bool:
    """Tell whether a file is as small and as silent about its origin as stored ones."""
    is_jpeg = data.startswith(b"\xff\xd8\xff")
    return is_jpeg and b"Exif\0" not in data and max(image.shape[:2]) <= STORED_SIDE_PX


def record_label(
    session: Session, artwork: Artwork | None, accession: str, label: Mapping[str, str]
) -> tuple[Artwork, bool]:
    """Create a work or bring its label up to date; what the label leaves out stays.

    Returns
    -------
    artwork : Artwork
        Added to the session, not committed.
    changed : bool
        Whether anything is new.
    """
    if artwork is None:
        artwork = Artwork(accession=accession, **label)
        session.add(artwork)
        return artwork, True
    changes = {
        name: value for name, value in label.items() if getattr(artwork, name) != value
    }
    for name, value in changes.items():
        setattr(artwork, name, value)
    return artwork, bool(changes)


def record_view(artwork: Artwork, picture: StoredPicture) -> bool:
    """Add a picture to a work, after its others; return False if it has it already."""
    if any(image.sha256 == picture.sha256 for image in artwork.images):
        return False
    position = max((image.position for image in artwork.images), default=-1) + 1
    artwork.images.append(
        ReferenceImage(
            position=position,
            sha256=picture.sha256,
            media_name=picture.media_name,
            width=picture.width,
            height=picture.height,
        )
    )
    return True


def record_catalogue(
    session: Session,
    rows: Sequence[CatalogueRow],
    images_dir: Path,
    media: MediaFolder,
    *,
    workers: int,
    settings: ImageSettings = ImageSettings(),  # noqa: B008 - frozen, so sharing is safe
) -> Iterator[Recorded | RowFault]:
    """Bring a catalogue's works and pictures into the collection.

    Idempotent: works are known by accession, pictures by their bytes, and nothing is
    ever removed. Rows are committed in batches, in the order of the catalogue.

    Parameters
    ----------
    session : Session
        Used by the calling thread only.
    rows : sequence of CatalogueRow
    images_dir : Path
        Folder that the rows' paths start from.
    media : MediaFolder
    workers : int, >= 1
        Pictures prepared at once.
    settings : ImageSettings
        Ceilings on one picture.

    Yields
    ------
    outcome : Recorded or RowFault
        One per row, in order, once it is committed.

    Raises
    ------
    OSError
        If the media folder cannot be written (a full disk); committed rows stay.
    """
    # A work has the label of its first row; further views need not repeat it.
    labels: dict[str, Mapping[str, str]] = {}
    for row in rows:
        labels.setdefault(row.accession, row.label)
    columns = ReferenceImage.sha256, ReferenceImage.width, ReferenceImage.height
    known = {
        sha256: StoredPicture(sha256, width, height)
        for sha256, width, height in session.execute(select(*columns))
    }
    session.commit()

    def prepare(row: CatalogueRow) -> StoredPicture | RowFault:
        def fault(reason: object) -> RowFault:
            return RowFault(row.line, row.accession, f"picture {row.image}: {reason}")

        try:
            data = read_picture(images_dir, row.image, settings)
        except ImageError as error:
            return fault(error)
        except OSError as error:
            return fault(error.strerror or error)
        picture = known.get(hashlib.sha256(data).hexdigest())
        if picture and media.path(picture.media_name).exists():
            return picture
        # An OSError from here on is the media folder's, and no fault of the row.
        try:
            return store_picture(data, media, settings=settings)
        except ImageError as error:
            return fault(error)

    prepared = map_in_order(prepare, rows, workers=workers)
    while batch := list(islice(prepared, BATCH_ROWS)):
        yield from _record_batch(session, batch, labels)


def read_picture(
    images_dir: Path, name: PurePosixPath, settings: ImageSettings
) -> bytes:
    """Read a picture file, however its system spells an accent.

    Raises
    ------
    OSError
        If there is no such file or it cannot be read.
    ImageTooLargeError
        If it has more bytes than allowed; they are not read then.
    """
    path = images_dir / name
    if not path.exists():
        # A Mac writes é as two characters, and Linux takes file names literally.
        spellings = (unicodedata.normalize(form, str(name)) for form in ("NFD", "NFC"))
        path = next(filter(Path.exists, map(images_dir.joinpath, spellings)), path)
    size = path.stat().st_size
    if size > settings.max_bytes:
        raise ImageTooLargeError(size, settings.max_bytes, "bytes")
    return path.read_bytes()


def collection_figures(session: Session) -> dict[str, int]:
    """Count works on show, withdrawn works and pictures."""
    counts = {
        "works": select(func.count(Artwork.id)).where(Artwork.withdrawn_at.is_(None)),
        "withdrawn works": select(func.count(Artwork.withdrawn_at)),
        "pictures": select(func.count(ReferenceImage.id)),
    }
    return {name: session.scalars(count).one() for name, count in counts.items()}


def _record_batch(
    session: Session,
    batch: Sequence[tuple[CatalogueRow, StoredPicture | RowFault]],
    labels: Mapping[str, Mapping[str, str]],
) -> list[Recorded | RowFault]:
    """Write some rows in one transaction."""
    wanted = select(Artwork).where(
        Artwork.accession.in_({row.accession for row, _ in batch})
    )
    found = session.scalars(wanted.options(selectinload(Artwork.images)))
    artworks = {artwork.accession: artwork for artwork in found}
    outcomes: list[Recorded | RowFault] = []
    for row, picture in batch:
        if isinstance(picture, RowFault):
            outcomes.append(picture)
            continue
        known = artworks.get(row.accession)
        label = labels[row.accession]
        artwork, is_changed = record_label(session, known, row.accession, label)
        artworks[row.accession] = artwork
        is_new_view = record_view(artwork, picture)
        if known is None:
            outcomes.append(Recorded.NEW_WORK)
        elif is_new_view:
            outcomes.append(Recorded.NEW_VIEW)
        else:
            outcomes.append(Recorded.CHANGED if is_changed else Recorded.UNCHANGED)
    session.commit()
    return outcomes
