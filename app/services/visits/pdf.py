"""PDF of a visit: pictures and labels by room, to be kept or printed.

Its letters are Latin, Greek and Cyrillic. Those of other scripts are written in Latin
ones, and the PDF says so: setting Arabic or Chinese would need fonts of many megabytes.
The library and the font are loaded by the first PDF, no earlier.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING

from anyascii import anyascii

from app.services.media.store import MediaStore

if TYPE_CHECKING:
    pass

FAMILY = "serif"
FONTS = ("SourceSerifPro", "SourceSerifProSemibold")
"""Regular and bold, by the names of the package that ships them."""
MARGIN_MM, GAP_MM = 18.0, 6.0
PICTURE_MM = 42.0
"""Width and height that a picture has at most."""
TITLE_PT, ROOM_PT, TEXT_PT, SMALL_PT = 22, 15, 12, 10
LINE = 0.5
"""Height of a line in mm, for each point of its letters."""


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
    return _Writer(sheet, pictures).written()


class _Writer:
    def __init__(self, sheet: Sheet, pictures: MediaStore) -> None:
        from font_source_serif_pro import font_files_ttf
        from fpdf import FPDF

        regular, bold = (font_files_ttf[name] for name in FONTS)
        self._sheet = sheet
        self._pictures = pictures
        self._is_replaced = False
        self._pdf: FPDF = FPDF(format="A4")
        self._pdf.set_margin(MARGIN_MM)
        self._pdf.c_margin = 0  # words begin where pictures do
        self._pdf.set_auto_page_break(auto=True, margin=MARGIN_MM)
        self._pdf.set_title(self._set(sheet.title))
        self._pdf.set_lang(sheet.language)
        self._pdf.add_font(FAMILY, "", regular)
        self._pdf.add_font(FAMILY, "B", bold)

    def written(self) -> bytes:
        from fpdf.fonts import TTFFont

        try:
            return self._written()
        finally:
            for font in self._pdf.fonts.values():
                if isinstance(font, TTFFont):
                    font.ttfont.close()  # the library leaves them to the collector

    def _written(self) -> bytes:
        self._pdf.add_page()
        self._words(self._sheet.title, TITLE_PT, is_bold=True)
        self._words(self._sheet.lead, TEXT_PT)
        for room, entries in self._sheet.rooms:
            if room:
                self._room(room)
            for entry in entries:
                self._entry(entry)
        if self._is_replaced:
            self._pdf.ln(GAP_MM)
            self._words(self._sheet.latin_note, SMALL_PT)
        return bytes(self._pdf.output())

    def _room(self, name: str) -> None:
        # A heading is not left alone at the end of a page.
        if self._pdf.will_page_break(PICTURE_MM + 2 * GAP_MM):
            self._pdf.add_page()
        self._pdf.ln(GAP_MM)
        self._words(name, ROOM_PT, is_bold=True)

    def _entry(self, entry: Entry) -> None:
        pdf = self._pdf
        pdf.ln(GAP_MM)
        if pdf.will_page_break(PICTURE_MM):
            pdf.add_page()
        top, page = pdf.get_y(), pdf.page
        height = self._picture(entry, top)
        pdf.set_left_margin(MARGIN_MM + PICTURE_MM + GAP_MM)
        pdf.set_y(top)
        self._words(entry.title, TEXT_PT, is_bold=True)
        self._words(entry.byline, TEXT_PT)
        for line in entry.details:
            self._words(line, SMALL_PT)
        pdf.set_left_margin(MARGIN_MM)
        # A long label may have gone on to the next page, where it ends.
        bottom = top + height if pdf.page == page else MARGIN_MM
        pdf.set_y(max(pdf.get_y(), bottom))

    def _picture(self, entry: Entry, top: float) -> float:
        """Draw a work's picture, and return how high it is."""
        if entry.picture is None:
            return 0.0
        try:
            data = self._pictures.read(entry.picture)
        except FileNotFoundError:
            return 0.0
        scale = PICTURE_MM / max(entry.size)
        width, height = (side * scale for side in entry.size)
        self._pdf.image(
            BytesIO(data),
            x=MARGIN_MM,
            y=top,
            w=width,
            h=height,
            alt_text=self._set(entry.title),
        )
        return height

    def _words(self, text: str, size: int, *, is_bold: bool = False) -> None:
        if not text:
            return
        self._pdf.set_font(FAMILY, "B" if is_bold else "", size)
        self._pdf.multi_cell(
            0, size * LINE, self._set(text), align="L", new_x="LMARGIN", new_y="NEXT"
        )

    def _set(self, text: str) -> str:
        known = in_known_letters(text)
        self._is_replaced |= known != text
        return known


def in_known_letters(text: str) -> str:
    """Return a text in letters that the font has, others transliterated."""
    known = _letters()
    return "".join(
        letter if letter.isspace() or ord(letter) in known else anyascii(letter)
        for letter in text
    )


@cache
def _letters() -> frozenset[int]:
    from font_source_serif_pro import font_files_ttf
    from fontTools.ttLib import TTFont

    with TTFont(font_files_ttf[FONTS[0]]) as opened:
        return frozenset(opened.getBestCmap())
