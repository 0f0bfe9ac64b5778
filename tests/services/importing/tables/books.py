"""Workbooks for tests, as Excel and LibreOffice write them."""

import io
import zipfile

import openpyxl

ODS = (
    '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:'
    'office:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
    'xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0">'
    '<style:style style:name="gone"><style:table-properties table:display="false"/>'
    "</style:style>{}</office:document-content>"
)
BLANK_END = (
    '<table:table-row table:number-rows-repeated="1048000"><table:table-cell '
    'table:number-columns-repeated="16384"/></table:table-row>'
)


def xlsx(rows, *, formats=None, hidden=(), more=None):
    """Return a workbook with one sheet of rows, and perhaps ``more`` sheets by name."""
    book = openpyxl.Workbook()
    for name, content in {"Works": rows, **(more or {})}.items():
        sheet = book.create_sheet(name)
        for row in content:
            sheet.append(row)
        if name in hidden:
            sheet.sheet_state = "hidden"
    for place, shown in (formats or {}).items():
        book["Works"][place].number_format = shown
    book.remove(book.worksheets[0])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def ods(tables, content=ODS):
    """Return a workbook with the tables of some XML."""
    return packed(
        {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": content.format(tables),
        }
    )


def packed(entries):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in entries.items():
            archive.writestr(name, text)
    return file.getvalue()
