"""Source of pictures: what every place gives where they are found by name."""

from typing import BinaryIO, Protocol

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

    def copy(self, name: str, file: BinaryIO, most_bytes: int) -> None:
        """Copy what is no picture, such as a recording; raises as :meth:`read`."""
        ...

    def remarks_on(self, name: str) -> tuple[Remark, ...]:
        """Return what is to be said of how a picture was found; raises as `read`."""
        ...


class NoPictures:
    """No pictures at all, beside a table alone."""

    def read(self, name: str) -> bytes:
        """Raise ``PictureError``."""
        raise PictureError(Remark("picture_missing", {"name": name}))

    def copy(self, name: str, file: BinaryIO, most_bytes: int) -> None:
        """Raise ``PictureError``."""
        raise PictureError(Remark("picture_missing", {"name": name}))

    def remarks_on(self, name: str) -> tuple[Remark, ...]:
        """Raise ``PictureError``."""
        raise PictureError(Remark("picture_missing", {"name": name}))


def remarks_on_place(
    name: str, found: str, *, is_elsewhere: bool
) -> tuple[Remark, ...]:
    """Say so where a picture lies in other folders than its name has."""
    facts = {"name": name, "found": found}
    return (Remark("picture_matched", facts),) if is_elsewhere else ()
