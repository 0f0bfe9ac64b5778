"""Media store: files under generated names, whole or not there, wherever they lie.

What a caller sees is the same for every backend: a file that is written appears whole
or not at all, one that is not there is a `FileNotFoundError`, and a storage that does
not answer a `StorageAwayError`, which is no `OSError`: who takes a missing or damaged
file for granted must not take all files for missing because a network is down.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import BinaryIO, Protocol, Self

from app.retrieval.images.codec import decode
from app.retrieval.types import Image

_PART = re.compile(r"[0-9A-Za-z_-][0-9A-Za-z._-]{0,199}")
"""Between two slashes; what begins with a point is the store's own."""


class StorageAwayError(Exception):
    """Storage that does not answer, or refuses to; no word on whether a file is there.

    Attributes
    ----------
    retry_seconds : int
        When it is worth trying again.
    """

    retry_seconds = 10

    def __init__(self, reason: str) -> None:
        super().__init__(f"The storage of pictures cannot be used: {reason}.")


@dataclass(frozen=True, slots=True)
class StoredFile:
    """File of a media store, as it is listed.

    Attributes
    ----------
    size : int
        In bytes.
    changed_at : datetime
        When it was written, by the clock of the storage.
    """

    name: str
    size: int
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class OpenFile:
    """File of a media store that is being read; a context manager that closes it.

    Attributes
    ----------
    file : binary file
        Can be sought in; stays readable when the name is deleted or written anew, or
        raises `StorageAwayError`, but never mixes two contents.
    size : int
        In bytes.
    changed_at : datetime
    tag : str
        Changes with the content, for HTTP's ``ETag``.
    """

    file: BinaryIO
    size: int
    changed_at: datetime
    tag: str

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _type: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self.file.close()


class MediaStore(Protocol):
    """Store of files by name, shared by all servers.

    A name is parts joined by ``/``, each of letters, digits, ``.``, ``_`` and ``-``;
    others are a `ValueError`. Every method raises `StorageAwayError` if the storage
    does not answer in some seconds, and `OSError` if the disk of a folder fails.
    """

    @property
    def is_near(self) -> bool:
        """Whether asking for a file takes no longer than a look at the disk."""
        ...

    def read(self, name: str) -> bytes:
        """Return a file's content, or raise `FileNotFoundError`."""
        ...

    def open(self, name: str) -> OpenFile:
        """Open a file, of any size, or raise `FileNotFoundError`."""
        ...

    def write(self, name: str, data: bytes | BinaryIO) -> None:
        """Store a file; a reader sees the old content or the new, never a part.

        Parameters
        ----------
        data : bytes or binary file
            A file is read from its beginning, some megabytes at a time.
        """
        ...

    def exists(self, name: str) -> bool:
        """Tell whether there is a file of this name."""
        ...

    def delete(self, *names: str) -> None:
        """Delete files, as far as they are there; once this returns there are none.

        In a bucket many cost no more requests than one.
        """
        ...

    def list(self, folder: str = "") -> Iterator[StoredFile]:
        """Yield the files, or those whose names begin with ``folder`` and a slash."""
        ...

    def sweep(self) -> int:
        """Remove what killed processes left half-written; return how many files."""
        ...


def is_name(text: str) -> bool:
    """Tell whether a stored file can have this name."""
    return all(_PART.fullmatch(part) for part in text.split("/"))


def checked(name: str) -> str:
    """Return a name, or raise `ValueError` if no stored file can have it."""
    if not is_name(name):
        raise ValueError(f"{name!r} is no name of a stored file")
    return name


def read_picture(
    store: MediaStore, name: str, *, max_side_px: int | None = None
) -> Image:
    """Decode a stored picture.

    Raises
    ------
    FileNotFoundError, OSError, StorageAwayError
        As :meth:`MediaStore.read`.
    ImageError
        As :func:`app.retrieval.images.codec.decode`.
    """
    return decode(store.read(name), max_side_px=max_side_px)
