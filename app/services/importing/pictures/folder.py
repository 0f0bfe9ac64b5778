"""Folder of pictures, in which names are looked up."""

import os
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from shutil import copyfileobj
from typing import BinaryIO

from flask_babel import lazy_gettext as _

from app.retrieval.settings import ImageSettings
from app.services.importing.messages import Remark
from app.services.importing.pictures.names import (
    PictureNames,
    is_hidden,
    relative_path,
)
from app.services.importing.pictures.source import (
    PictureError,
    SourceError,
    remarks_on_place,
)

MOST_FILES = 200_000


class FolderPictures:
    """Pictures below a folder; links that lead out of it are not followed.

    Parameters
    ----------
    folder : Path
    limits : ImageSettings
    """

    def __init__(self, folder: Path, limits: ImageSettings) -> None:
        self._folder = folder.resolve()
        self._limits = limits

    @cached_property
    def _names(self) -> PictureNames:
        # Only where a name is not exact: a large folder takes seconds to look through.
        return PictureNames(_files_below(self._folder))

    def path_of(self, name: str) -> Path:
        """Return where a picture is; raises as :meth:`PictureSource.read`."""
        inside = relative_path(name)
        path = self._folder / inside if inside else None
        if path is None or not _is_file(path):
            path = self._folder / self._names.find(name).name
        if not path.resolve().is_relative_to(self._folder):
            raise PictureError(Remark("picture_outside", {"name": name}))
        return path

    def remarks_on(self, name: str) -> tuple[Remark, ...]:
        """Say how a picture was found; raises as :meth:`PictureSource.read`."""
        inside = relative_path(name)
        if inside is not None and _is_file(self._folder / inside):
            return ()
        found = self._names.find(name)
        return remarks_on_place(name, found.name, is_elsewhere=found.is_elsewhere)

    def read(self, name: str) -> bytes:
        """Return the bytes of a picture; raises as :meth:`PictureSource.read`."""
        path = self.path_of(name)
        try:
            if path.stat().st_size > self._limits.max_bytes:
                raise PictureError(Remark("picture_large", {"name": name}))
            return path.read_bytes()
        except OSError as error:
            raise PictureError(Remark("picture_missing", {"name": name})) from error

    def copy(self, name: str, file: BinaryIO, most_bytes: int) -> None:
        """Copy what is no picture; raises as :meth:`PictureSource.read`."""
        path = self.path_of(name)
        try:
            given = path.open("rb")
        except OSError as error:
            raise PictureError(Remark("picture_missing", {"name": name})) from error
        with given:
            if os.fstat(given.fileno()).st_size > most_bytes:
                raise PictureError(Remark("picture_large", {"name": name}))
            copyfileobj(given, file)


def _is_file(path: Path) -> bool:
    """Tell whether a path leads to a file; names may be longer than any file has."""
    try:
        return path.is_file()
    except OSError:
        return False


def _files_below(folder: Path) -> Iterator[str]:
    """Yield the names of all files; what is a picture is told by their content."""
    files = (path for path in folder.rglob("*") if path.is_file())
    for number, path in enumerate(files, 1):
        if number > MOST_FILES:
            raise SourceError(_("The folder holds too much to be a catalogue."))
        name = path.relative_to(folder).as_posix()
        if not is_hidden(name):
            yield name
