"""Pictures that are sent for an import before it is recorded, found by name or number.

They are stored at once like any picture of a work, so that what a camera wrote into
them touches no disk, and are looked up as those of a ZIP file are.
"""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import ImportRun, SentPicture, now
from app.retrieval.images.encoded import FileFault
from app.retrieval.settings import ImageSettings
from app.services.collection.pictures import StoredPicture, store_picture
from app.services.importing.pictures.names import PictureNames
from app.services.importing.pictures.numbers import numbers_in, plain_number
from app.services.importing.pictures.source import PictureError
from app.services.importing.records import Record
from app.services.media.store import MediaStore

MOST_NAME = 1_000
"""Characters of a name, with its folders."""


class SentPictures:
    """Pictures that were sent for one import.

    Parameters
    ----------
    pictures : iterable of SentPicture
    """

    def __init__(self, pictures: Iterable[SentPicture]) -> None:
        self._stored = {one.name: _stored(one) for one in pictures}
        self._names = PictureNames(self._stored)
        self._numbers: dict[str, list[str]] = {}
        for name in sorted(self._stored):
            for number in numbers_in(name):
                self._numbers.setdefault(number, []).append(name)

    @classmethod
    def of(cls, session: Session, run: ImportRun) -> "SentPictures":
        """Return those of an import."""
        meant = select(SentPicture).where(SentPicture.run_id == run.id)
        return cls(session.scalars(meant))

    def find(self, name: str) -> StoredPicture | None:
        """Return the picture that a table calls so; None where it was not sent.

        Raises
        ------
        PictureError
            If several are called so.
        """
        try:
            return self._stored[self._names.find(name).name]
        except PictureError as error:
            if error.remark.code == "picture_missing":
                return None
            raise

    def _called(self, name: str) -> str:
        """Return which picture is called so; "" where that is none or not clear."""
        try:
            return self._names.find(name).name
        except PictureError:
            return ""

    def complete(self, record: Record) -> None:
        """Let a record have what carries its number, beside the pictures it names."""
        numbered = self._numbers.get(plain_number(record.accession), [])
        if record.fault is None and numbered:
            called = {self._called(name) for name in record.images}
            record.images += [name for name in numbered if name not in called]


def _stored(sent: SentPicture) -> StoredPicture:
    faults = tuple(FileFault(fault) for fault in sent.faults.split())
    return StoredPicture(sent.sha256, sent.width, sent.height, faults)


def keep_sent(
    session: Session,
    run: ImportRun,
    name: str,
    data: bytes,
    media: MediaStore,
    settings: ImageSettings,
) -> SentPicture:
    """Keep a picture for an import; one that was sent under its name is replaced.

    Raises
    ------
    ImageError
        If the bytes are not a picture we can use.
    OSError
        If the media store cannot be written.
    """
    stored = store_picture(data, media, settings=settings)
    name = name[-MOST_NAME:]
    meant = select(SentPicture).filter_by(run_id=run.id, name=name)
    sent = session.scalars(meant).first() or SentPicture(run_id=run.id, name=name)
    sent.sha256, sent.width, sent.height = stored.sha256, stored.width, stored.height
    sent.faults = " ".join(fault.value for fault in stored.faults)
    sent.sent_at = now()
    session.add(sent)
    session.commit()
    return sent


def sent_hashes(session: Session, run: ImportRun) -> set[str]:
    """Return the hashes of what was sent for an import already."""
    meant = select(SentPicture.sha256).where(SentPicture.run_id == run.id)
    return set(session.scalars(meant))
