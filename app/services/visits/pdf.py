"""PDF of a visit: pictures and labels by room, to be kept or printed."""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from io import BytesIO

from app.services.media.store import MediaStore
from app.services.visits.pdf_writer import (
    GAP_MM,
    MARGIN_MM,
    SMALL_PT,
    TEXT_PT,
    PdfWriter,
)

PICTURE_MM = 42.0
"""Width and height that a picture has at most."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Work of a PDF, in words.

    Attributes
    ----------
    picture : str or None
        Name of its small picture in the media store.
    size : tuple of int
        Of the picture, width and height, in any unit.
    """

    title: str
    byline: str
    details: Sequence[str]
    picture: str | None = None
    size: tuple[int, int] = (1, 1)


@dataclass(frozen=True, slots=True)
class Sheet:
    """Texts of a PDF, in the visitor's language.

    Attributes
    ----------
    rooms : sequence of (str, sequence of Entry)
        Headings and what belongs below them; a blank one is left out.
    latin_note : str
        Said at the end if letters were replaced by Latin ones.
    """

    title: str
    lead: str
    rooms: Sequence[tuple[str, Sequence[Entry]]]
    latin_note: str
    language: str


def render(sheet: Sheet, pictures: MediaStore) -> bytes:
    """Draw a PDF; a picture that is not there any more is left out.

    Raises
    ------
    StorageAwayError
        If the storage of pictures does not answer.
    """
    writer = PdfWriter(sheet.title, sheet.lead, sheet.latin_note, sheet.language)
    with closing(writer):
        for room, entries in sheet.rooms:
            if room:
                writer.heading(room, PICTURE_MM + 2 * GAP_MM)
            for entry in entries:
                _write_entry(writer, entry, pictures)
        return writer.finished()


def _write_entry(writer: PdfWriter, entry: Entry, pictures: MediaStore) -> None:
    pdf = writer.pdf
    pdf.ln(GAP_MM)
    if pdf.will_page_break(PICTURE_MM):
        pdf.add_page()
    top, page = pdf.get_y(), pdf.page
    height = _draw_picture(writer, entry, pictures)
    pdf.set_left_margin(MARGIN_MM + PICTURE_MM + GAP_MM)
    pdf.set_y(top)
    writer.words(entry.title, TEXT_PT, is_bold=True)
    writer.words(entry.byline, TEXT_PT)
    for line in entry.details:
        writer.words(line, SMALL_PT)
    pdf.set_left_margin(MARGIN_MM)
    # A long label may have gone on to the next page, where it ends.
    bottom = top + height if pdf.page == page else MARGIN_MM
    pdf.set_y(max(pdf.get_y(), bottom))


def _draw_picture(writer: PdfWriter, entry: Entry, pictures: MediaStore) -> float:
    """Draw a work's picture here, and return how high it is."""
    if entry.picture is None:
        return 0.0
    try:
        data = pictures.read(entry.picture)
    except FileNotFoundError:
        return 0.0
    scale = PICTURE_MM / max(entry.size)
    width, height = (side * scale for side in entry.size)
    writer.pdf.image(
        BytesIO(data),
        x=MARGIN_MM,
        y=writer.pdf.get_y(),
        w=width,
        h=height,
        alt_text=writer.known(entry.title),
    )
    return height
