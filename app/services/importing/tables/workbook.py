"""Workbooks: rows of a sheet in Excel's (xlsx) and LibreOffice's (ods) files.

Both are ZIP files of XML, and both are read as a stream, so that one cell in the last
row of an otherwise blank sheet takes no memory. How much they hold is counted before
anything is read.
"""

import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import BinaryIO

from flask_babel import lazy_gettext as _

from app.services.importing.tables import ods, xlsx
from app.services.importing.tables.dialect import Record
from app.services.importing.tables.faults import TableError

MOST_BYTES = 250_000_000
"""Of all that is in a workbook, unpacked."""
MOST_ENTRIES = 10_000
BLOCK_BYTES = 1 << 20
XLSX_ENTRY, ODS_ENTRY = "xl/workbook.xml", "content.xml"
DOCUMENTS = ("word/document.xml", "ppt/presentation.xml", "Index/Document.iwa")
"""Of text documents, presentations, and what Apple's programs save."""
DOCTYPES = (b"<!DOCTYPE", b"<!ENTITY")
"""Neither kind has any; what has some is made to be expanded."""

_BROKEN = (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError)


def is_workbook(file: BinaryIO) -> bool:
    """Tell whether a ZIP file is a workbook, and no catalogue with pictures.

    Raises
    ------
    TableError
        If it is another document.
    """
    file.seek(0)
    try:
        with closing(zipfile.ZipFile(file)) as packed:
            names = set(packed.namelist())
    except _BROKEN:
        return False
    if names.intersection(DOCUMENTS) or any(n.endswith(".iwa") for n in names):
        raise TableError(
            _("The file is a document. Please save a table: .xlsx, .ods or CSV.")
        )
    return XLSX_ENTRY in names or {ODS_ENTRY, "mimetype"} <= names


class Workbook:
    """Workbook, of which sheets are read.

    Parameters
    ----------
    file : binary file
        Can be sought in; stays the caller's.

    Attributes
    ----------
    sheets : tuple of str
        Names of the sheets that are not hidden; of all, where all are.

    Raises
    ------
    TableError
        If it is damaged, locked, or made to fill a memory.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        try:
            with closing(zipfile.ZipFile(file)) as packed:
                _weigh(packed)
                is_xlsx = XLSX_ENTRY in packed.namelist()
            self._format = xlsx if is_xlsx else ods
            self.sheets: tuple[str, ...] = tuple(self._format.sheet_names(file))
        except (*_BROKEN, *xlsx.BROKEN, *ods.BROKEN) as error:
            raise _damaged() from error
        if not self.sheets:
            raise TableError(_("The workbook has no sheet."))

    def records(self, sheet: str) -> Iterator[Record]:
        """Yield the rows of a sheet with their numbers, as texts."""
        try:
            yield from self._format.rows(self._file, sheet)
        except (*_BROKEN, *xlsx.BROKEN, *ods.BROKEN) as error:
            raise _damaged() from error


def choose_sheet(sheets: Sequence[str], wanted: str) -> str:
    """Return the sheet that is wanted, or the first one.

    Raises
    ------
    TableError
        If there is no such sheet.
    """
    if wanted and wanted not in sheets:
        raise TableError(_("The workbook has no sheet %(name)s.", name=wanted))
    return wanted or sheets[0]


def _weigh(packed: zipfile.ZipFile) -> None:
    """Refuse what is too much, or holds entities to be expanded."""
    entries = packed.infolist()
    declared = sum(entry.file_size for entry in entries)
    if declared > MOST_BYTES or len(entries) > MOST_ENTRIES:
        raise TableError(_("The workbook holds too much. Please save it as CSV."))
    for entry in entries:
        if entry.flag_bits & 1:
            raise TableError(_("The workbook is locked by a password."))
        if not entry.filename.endswith((".xml", ".rels")):
            continue
        # What is declared falsely fails its checksum where it is read to its end.
        with packed.open(entry) as file:
            last = b""
            while block := file.read(BLOCK_BYTES):
                if any(mark in last + block for mark in DOCTYPES):
                    raise TableError(_("The workbook is damaged."))
                last = block[-16:]


def _damaged() -> TableError:
    return TableError(_("The workbook is damaged. Please save it anew."))
