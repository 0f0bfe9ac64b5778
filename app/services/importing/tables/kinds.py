"""Kinds of files that are no table as text, named with the way out."""

import re
from enum import StrEnum

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

START_BYTES = 4096
"""By which a kind is told."""


class FileKind(StrEnum):
    """FileKind of a file, as far as it matters to who wants it read as a table."""

    TEXT = "text"
    PACKED = "packed"
    """A ZIP file, which workbooks are, too."""
    OLD_OFFICE = "old office"
    HTML = "html"
    SPREADSHEET_XML = "spreadsheet xml"
    XML = "xml"
    JSON = "json"
    PDF = "pdf"
    RTF = "rtf"
    PICTURE = "picture"
    DATABASE = "database"
    COMPRESSED = "compressed"
    PARQUET = "parquet"


SAVE_AS = _(
    "Please open it in a spreadsheet program and save it as .xlsx, .ods or CSV (UTF-8)."
)
WAYS_OUT: dict[FileKind, LazyString] = {
    FileKind.OLD_OFFICE: _("The file is an old Office file (.xls, .doc)."),
    FileKind.HTML: _("The file is a web page, whatever its name says."),
    FileKind.SPREADSHEET_XML: _("The file is an Excel file of 2003 in XML."),
}
OTHERS: dict[FileKind, LazyString] = {
    FileKind.XML: _(
        "The file is XML, but neither LIDO nor anything else that can be read here. "
        "Please export a table (CSV, .xlsx, .ods) or LIDO."
    ),
    FileKind.JSON: _(
        "The file is JSON, but no IIIF manifest. Please export a table (CSV, .xlsx, "
        ".ods)."
    ),
    FileKind.PDF: _("The file is a PDF. Please export a table (CSV, .xlsx, .ods)."),
    FileKind.RTF: _(
        "The file is a text document (RTF). Please export a table (CSV, .xlsx, .ods)."
    ),
    FileKind.PICTURE: _(
        "The file is a picture. Please send a table, or a ZIP file with a table and "
        "its pictures."
    ),
    FileKind.DATABASE: _(
        "The file is a database. Please export a table from it (CSV, .xlsx, .ods)."
    ),
    FileKind.COMPRESSED: _("The file is packed. Please unpack it, or pack it as ZIP."),
    FileKind.PARQUET: _("The file is in Parquet. Please export a table as CSV."),
}
SIGNATURES = (
    (b"PK\x03\x04", FileKind.PACKED),
    (b"PK\x05\x06", FileKind.PACKED),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", FileKind.OLD_OFFICE),
    (b"\x09\x08\x10\x00", FileKind.OLD_OFFICE),
    (b"\x09\x04\x06\x00", FileKind.OLD_OFFICE),
    (b"%PDF-", FileKind.PDF),
    (b"{\\rtf", FileKind.RTF),
    (b"SQLite format 3\0", FileKind.DATABASE),
    (b"\x00\x01\x00\x00Standard ", FileKind.DATABASE),
    (b"\x00\x01\x00\x00\x00\x02\x00\x01\x00\x05\x00\x02", FileKind.DATABASE),
    (b"\x1f\x8b", FileKind.COMPRESSED),
    (b"BZh", FileKind.COMPRESSED),
    (b"\xfd7zXZ\0", FileKind.COMPRESSED),
    (b"7z\xbc\xaf\x27\x1c", FileKind.COMPRESSED),
    (b"Rar!\x1a\x07", FileKind.COMPRESSED),
    (b"PAR1", FileKind.PARQUET),
    (b"\xff\xd8\xff", FileKind.PICTURE),
    (b"\x89PNG\r\n", FileKind.PICTURE),
    (b"GIF8", FileKind.PICTURE),
    (b"II*\0", FileKind.PICTURE),
    (b"MM\0*", FileKind.PICTURE),
)
MARKUP = re.compile(rb"<[!?a-zA-Z]")
HTML = re.compile(rb"<(!doctype html|html|head|body|table|meta)\b", re.IGNORECASE)
JSON = re.compile(rb'(\{\s*("|\})|\[\s*[\[{"\]])')


def kind_of(start: bytes) -> FileKind:
    """Tell the kind of a file by how it begins."""
    for signature, kind in SIGNATURES:
        if start.startswith(signature):
            return kind
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = start.replace(b"\0", b"")[2:].lstrip()
    if MARKUP.match(text):
        if b"urn:schemas-microsoft-com:office:spreadsheet" in text:
            return FileKind.SPREADSHEET_XML
        return FileKind.HTML if HTML.search(text) else FileKind.XML
    return FileKind.JSON if JSON.match(text) else FileKind.TEXT


def way_out(kind: FileKind) -> str:
    """Say what a file is that cannot be read, and what would help."""
    if kind in WAYS_OUT:
        return f"{WAYS_OUT[kind]} {SAVE_AS}"
    return str(OTHERS[kind])
