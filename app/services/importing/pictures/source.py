"""Source of pictures: what every place gives where they are found by name."""

from typing import Protocol

from app.services.importing.messages import Remark


class SourceError(Exception):
    """Fault of what is to be imported from; the message says why."""


class PictureError(Exception):
    """Fault of one picture, which cannot be had."""

    def __init__(self, remark: Remark) -> None:
        self.remark = remark
        super().__init__(str(remark))


class PictureSource(Protocol):
    """Place where pictures are found by their names."""

    def read(self, name: str) -> bytes:
        """Return the bytes of a picture.

        Raises
        ------
        PictureError
            If it is not there, or too large.
        """
        ...


class NoPictures:
    """No pictures at all, beside a table alone."""

    def read(self, name: str) -> bytes:
        """Raise ``PictureError``."""
        raise PictureError(Remark("picture_missing", {"name": name}))
