"""Sources of pictures: ZIP files and folders, in which names are looked up.

Names are only ever compared with the names that are there, so none leads out of what
was given; what is in a ZIP file is read from it in memory, one picture at a time, and
unpacked nowhere.
"""

import os
import stat
import unicodedata
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import BinaryIO, Protocol, cast

from flask_babel import lazy_gettext as _

from app.retrieval.settings import ImageSettings
from app.services.importing.messages import Remark

PICTURE_ENDINGS = (
    *(".jpg", ".jpeg", ".png", ".webp", ".heic", ".heif"),
    *(".tif", ".tiff", ".bmp", ".gif"),
)
TABLE_ENDINGS = (".csv", ".tsv", ".tab", ".txt", ".xlsx", ".xlsm", ".ods")
DOCUMENT_ENDINGS = (".json", ".jsonld", ".xml", ".lido", ".rdf")
"""Of what standards are written in."""
MOST_ENTRIES = 200_000
MOST_BYTES = 50_000_000_000
"""Of all that is in a ZIP file, unpacked; it is never unpacked all at once."""
MOST_TABLE_BYTES = 1_000_000_000
MOST_PACKED = 200
"""Times that what is in a ZIP file may be larger than the file: tables are packed to
a tenth or twentieth, pictures hardly at all; bombs a thousandfold and more."""

_BROKEN = (zipfile.BadZipFile, zlib.error, OSError, NotImplementedError, EOFError)


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


class PictureNames:
    """Index of picture names, by the spellings that a table may use.

    Parameters
    ----------
    names : iterable of str
        Of all pictures, with ``/`` between folders.
    beside : str
        Folder of the table, which names in it start from; "" for the root.
    """

    def __init__(self, names: Iterable[str], beside: str = "") -> None:
        self._beside = beside
        self._paths: dict[str, str] = {}
        self._files: dict[str, list[str]] = {}
        for name in names:
            plain = _plain(name)
            self._paths[plain] = name
            self._files.setdefault(plain.rpartition("/")[2], []).append(name)

    def find(self, name: str) -> str:
        """Return the whole name of what a table calls so.

        A name without its folders will do where there is only one such picture.

        Raises
        ------
        PictureError
            If it is not there, or several are called so.
        """
        path = relative_path(name)
        if path is None:
            raise PictureError(Remark("picture_outside", {"name": name}))
        for start in (self._beside, ""):
            if found := self._paths.get(_plain(str(PurePosixPath(start, path)))):
                return found
        same = self._files.get(_plain(path.name), [])
        if len(path.parts) > 1:
            ending = "/" + _plain(str(path))
            same = [one for one in same if ("/" + _plain(one)).endswith(ending)]
        if len(same) != 1:
            code = "picture_ambiguous" if same else "picture_missing"
            raise PictureError(Remark(code, {"name": name}))
        return same[0]


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
        if path is None or not path.is_file():
            path = self._folder / self._names.find(name)
        if not path.resolve().is_relative_to(self._folder):
            raise PictureError(Remark("picture_outside", {"name": name}))
        return path

    def read(self, name: str) -> bytes:
        """Return the bytes of a picture; raises as :meth:`PictureSource.read`."""
        path = self.path_of(name)
        try:
            if path.stat().st_size > self._limits.max_bytes:
                raise PictureError(Remark("picture_large", {"name": name}))
            return path.read_bytes()
        except OSError as error:
            raise PictureError(Remark("picture_missing", {"name": name})) from error


class Archive:
    """ZIP file with a table and its pictures.

    Parameters
    ----------
    file : binary file
        Can be sought in; stays the caller's.
    limits : ImageSettings

    Raises
    ------
    SourceError
        If it is no ZIP file, holds nothing to read, or is made to fill a disk.

    Attributes
    ----------
    documents : list of str
        Files of a standard, such as LIDO.
    table_names : list of str
        None where there are documents instead.
    """

    def __init__(self, file: BinaryIO, limits: ImageSettings) -> None:
        self._limits = limits
        try:
            self._zip = zipfile.ZipFile(file)
        except (OSError, zipfile.BadZipFile) as error:
            raise SourceError(_("The file is no ZIP file, or is damaged.")) from error
        entries = self._zip.infolist()
        unpacked = sum(entry.file_size for entry in entries)
        if len(entries) > MOST_ENTRIES or unpacked > MOST_BYTES:
            raise SourceError(_("The ZIP file holds too much to be a catalogue."))
        if unpacked > MOST_PACKED * max(file.seek(0, os.SEEK_END), 1_000):
            raise SourceError(_("The ZIP file is packed in a way that only bombs are."))
        self._entries = {entry.filename: entry for entry in entries if _is_plain(entry)}
        self.documents = sorted(
            name for name in self._entries if name.lower().endswith(DOCUMENT_ENDINGS)
        )
        self.table_names = self._find_tables()
        self._names = PictureNames(
            (n for n in self._entries if n.lower().endswith(PICTURE_ENDINGS)),
            str(PurePosixPath([*self.table_names, ""][0]).parent),
        )

    def open_table(self, name: str = "") -> BinaryIO:
        """Open a table to be read as bytes; the first one, if none is named."""
        return cast(BinaryIO, self._zip.open(name or self.table_names[0]))

    def open_document(self, name: str) -> BinaryIO:
        """Open one of the ``documents`` to be read as bytes."""
        return cast(BinaryIO, self._zip.open(name))

    def read(self, name: str) -> bytes:
        """Return the bytes of a picture; raises as :meth:`PictureSource.read`."""
        entry = self._entries[self._names.find(name)]
        if entry.file_size > self._limits.max_bytes:
            raise PictureError(Remark("picture_large", {"name": name}))
        try:
            return self._zip.read(entry)
        except _BROKEN as error:
            raise PictureError(Remark("picture_broken", {"name": name})) from error

    def close(self) -> None:
        """Close the file."""
        self._zip.close()

    def _find_tables(self) -> list[str]:
        """Return the tables: what lies highest, and of that the largest, first.

        None where there are documents of a standard instead.
        """
        tables = [
            entry
            for name, entry in self._entries.items()
            if name.lower().endswith(TABLE_ENDINGS)
            and not PurePosixPath(name).name.startswith(".")
        ]
        # Beside documents a text says what they are.
        if self.documents and all(one.filename.endswith(".txt") for one in tables):
            return []
        if not tables:
            raise SourceError(
                _("The ZIP file holds no table: no file ends in .csv, .xlsx or .ods.")
            )
        tables.sort(key=lambda one: (one.filename.count("/"), -one.file_size))
        if tables[0].file_size > MOST_TABLE_BYTES:
            raise SourceError(_("The table in the ZIP file is too large."))
        return [one.filename for one in tables if one.file_size <= MOST_TABLE_BYTES]


def relative_path(text: str) -> PurePosixPath | None:
    """Read a picture's path, written for any system; None if it leads elsewhere."""
    windows = PureWindowsPath(text)
    if windows.drive or windows.root or ".." in windows.parts or not windows.parts:
        return None
    return PurePosixPath(*windows.parts)


def _is_plain(entry: zipfile.ZipInfo) -> bool:
    """Tell whether an entry is a file inside, that can be read without a password."""
    is_link = stat.S_ISLNK(entry.external_attr >> 16)
    is_locked = bool(entry.flag_bits & 1)
    is_inside = relative_path(entry.filename) is not None
    # Left by Macs beside each file, under the same name.
    is_shadow = entry.filename.startswith("__MACOSX/")
    return is_inside and not (entry.is_dir() or is_link or is_locked or is_shadow)


def _files_below(folder: Path) -> Iterator[str]:
    pictures = (p for p in folder.rglob("*") if p.suffix.lower() in PICTURE_ENDINGS)
    for number, path in enumerate(pictures, 1):
        if number > MOST_ENTRIES:
            raise SourceError(_("The folder holds too much to be a catalogue."))
        yield path.relative_to(folder).as_posix()


def _plain(name: str) -> str:
    """Return a name in the spelling that names are compared in."""
    # A Mac writes é as two characters; Windows takes A for a.
    return unicodedata.normalize("NFC", name).casefold()
