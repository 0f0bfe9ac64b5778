"""ZIP file with a table and pictures, in which names are looked up.

What is in it is read from it in memory, one picture at a time, and unpacked nowhere.
"""

import lzma
import os
import stat
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import BinaryIO, cast

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

TABLE_ENDINGS = (".csv", ".tsv", ".tab", ".mer", ".txt", ".xlsx", ".xlsm", ".ods")
UNREAD_ENDINGS = (
    *(".xls", ".html", ".htm", ".pdf", ".doc", ".docx", ".rtf", ".numbers", ".mdb"),
    *(".accdb", ".fmp12", ".db", ".sqlite", ".parquet"),
)
"""Of what people take for a table, and who opens it says what it is."""
DOCUMENT_ENDINGS = (".json", ".jsonld", ".xml", ".lido", ".rdf")
"""Of what standards are written in."""
NAME_ENCODINGS = (
    *("utf-8", "cp850", "cp1252", "mac_roman", "cp932", "cp852", "cp1250"),
    *("cp866", "cp1251", "cp737", "cp1253", "cp857", "cp1254", "gb18030"),
)
"""Of names in ZIP files that do not say: DOS, Windows and Macs, in Europe and East
Asia."""
UTF_8_FLAG = 0x800
MOST_ENTRIES = 200_000
MOST_BYTES = 50_000_000_000
"""Of all that is in a ZIP file, unpacked; it is never unpacked all at once."""
MOST_TABLE_BYTES = 1_000_000_000
MOST_PACKED = 200
"""Times that what is in a ZIP file may be larger than the file: tables are packed to
a tenth or twentieth, pictures hardly at all; bombs a thousandfold and more."""

CHUNK_BYTES = 1 << 20
_BROKEN = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, OSError),
    *(NotImplementedError, EOFError),
)


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
        read = {*self.table_names, *self.documents}
        self._names = PictureNames(
            (name for name in self._entries if name not in read),
            str(PurePosixPath(next(iter(self.table_names), "")).parent),
            {name: spellings_of(entry) for name, entry in self._entries.items()},
        )

    def open_table(self, name: str = "") -> BinaryIO:
        """Open a table to be read as bytes; the first one, if none is named."""
        return cast(BinaryIO, self._zip.open(name or self.table_names[0]))

    def open_document(self, name: str) -> BinaryIO:
        """Open one of the ``documents`` to be read as bytes."""
        return cast(BinaryIO, self._zip.open(name))

    def read(self, name: str) -> bytes:
        """Return the bytes of a picture; raises as :meth:`PictureSource.read`."""
        entry = self._entries[self._names.find(name).name]
        if entry.file_size > self._limits.max_bytes:
            raise PictureError(Remark("picture_large", {"name": name}))
        try:
            return self._zip.read(entry)
        except _BROKEN as error:
            raise PictureError(Remark("picture_broken", {"name": name})) from error

    def copy(self, name: str, file: BinaryIO, most_bytes: int) -> None:
        """Copy what is no picture; raises as :meth:`PictureSource.read`."""
        entry = self._entries[self._names.find(name).name]
        if entry.file_size > most_bytes:
            raise PictureError(Remark("picture_large", {"name": name}))
        for chunk in self._chunks(entry, name):
            file.write(chunk)

    def remarks_on(self, name: str) -> tuple[Remark, ...]:
        """Say how a picture was found; raises as :meth:`PictureSource.read`."""
        found = self._names.find(name)
        return remarks_on_place(name, found.name, is_elsewhere=found.is_elsewhere)

    def close(self) -> None:
        """Close the file."""
        self._zip.close()

    def _chunks(self, entry: zipfile.ZipInfo, name: str) -> Iterator[bytes]:
        # Faults of what is read only: those of a file that is written are the disk's.
        try:
            with self._zip.open(entry) as given:
                while chunk := given.read(CHUNK_BYTES):
                    yield chunk
        except _BROKEN as error:
            raise PictureError(Remark("picture_broken", {"name": name})) from error

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
            tables = [
                entry
                for name, entry in self._entries.items()
                if name.lower().endswith(UNREAD_ENDINGS)
            ]
        if not tables:
            raise SourceError(
                _("The ZIP file holds no table: no file ends in .csv, .xlsx or .ods.")
            )
        tables.sort(key=lambda one: (one.filename.count("/"), -one.file_size))
        if tables[0].file_size > MOST_TABLE_BYTES:
            raise SourceError(_("The table in the ZIP file is too large."))
        return [one.filename for one in tables if one.file_size <= MOST_TABLE_BYTES]


def _is_plain(entry: zipfile.ZipInfo) -> bool:
    """Tell whether an entry is a file inside, that can be read without a password."""
    is_link = stat.S_ISLNK(entry.external_attr >> 16)
    is_locked = bool(entry.flag_bits & 1)
    is_inside = relative_path(entry.filename) is not None
    # Macs leave such beside each file, under the same name.
    is_shadow = is_hidden(entry.filename)
    return is_inside and not (entry.is_dir() or is_link or is_locked or is_shadow)


def spellings_of(entry: zipfile.ZipInfo) -> list[str]:
    """Return what an entry's name may be, where the ZIP file does not say how to read.

    Macs write UTF-8 and do not say so; Windows and DOS write the code page that they
    were set to, and ``zipfile`` reads all of these as cp437.
    """
    if entry.flag_bits & UTF_8_FLAG or entry.filename.isascii():
        return []
    raw = entry.filename.encode("cp437")
    readings = []
    for encoding in NAME_ENCODINGS:
        try:
            readings.append(raw.decode(encoding))
        except UnicodeDecodeError:
            continue
    return readings
