"""Writer of PDFs: fonts, margins, words and headings that all of them share.

Its letters are Latin, Greek and Cyrillic. Those of other scripts are written in Latin
ones, and the PDF says so: setting Arabic or Chinese would need fonts of many megabytes.
The library and the font are loaded by the first PDF, no earlier.
"""

from functools import cache
from typing import TYPE_CHECKING

from anyascii import anyascii

if TYPE_CHECKING:
    pass

FAMILY = "serif"
FONTS = ("SourceSerifPro", "SourceSerifProSemibold")
"""Regular and bold, by the names of the package that ships them."""
MARGIN_MM, GAP_MM = 18.0, 6.0
TITLE_PT, HEADING_PT, TEXT_PT, SMALL_PT = 22, 15, 12, 10
LINE = 0.5
"""Height of a line in mm, for each point of its letters."""


class PdfWriter:
    """Writer of one PDF, its first page begun with its title.

    Parameters
    ----------
    lead : str
        What stands below the title.
    latin_note : str
        Said at the end if letters were replaced by Latin ones.
    language : str
        Its code.
    """

    def __init__(self, title: str, lead: str, latin_note: str, language: str) -> None:
        from font_source_serif_pro import font_files_ttf
        from fpdf import FPDF

        regular, bold = (font_files_ttf[name] for name in FONTS)
        self._latin_note = latin_note
        self._is_replaced = False
        self.pdf: FPDF = FPDF(format="A4")
        self.pdf.set_margin(MARGIN_MM)
        self.pdf.c_margin = 0  # words begin where pictures do
        self.pdf.set_auto_page_break(auto=True, margin=MARGIN_MM)
        self.pdf.set_title(self.known(title))
        self.pdf.set_lang(language)
        self.pdf.add_font(FAMILY, "", regular)
        self.pdf.add_font(FAMILY, "B", bold)
        self.pdf.add_page()
        self.words(title, TITLE_PT, is_bold=True)
        self.words(lead, TEXT_PT)

    def heading(self, text: str, least: float) -> None:
        """Write a heading, on the next page where less than so many mm are left."""
        # A heading is not left alone at the end of a page.
        if self.pdf.will_page_break(least):
            self.pdf.add_page()
        self.pdf.ln(GAP_MM)
        self.words(text, HEADING_PT, is_bold=True)

    def words(self, text: str, size: int, *, is_bold: bool = False) -> None:
        """Write a paragraph of letters of so many points; nothing for no text."""
        if not text:
            return
        self.set_font(size, is_bold=is_bold)
        self.pdf.multi_cell(
            0, size * LINE, self.known(text), align="L", new_x="LMARGIN", new_y="NEXT"
        )

    def set_font(self, size: int, *, is_bold: bool = False) -> None:
        """Choose the letters of what is written next."""
        self.pdf.set_font(FAMILY, "B" if is_bold else "", size)

    def known(self, text: str) -> str:
        """Return a text in letters that the font has."""
        known = in_known_letters(text)
        self._is_replaced |= known != text
        return known

    def finished(self) -> bytes:
        """Write the note, if letters were replaced, and return the file."""
        if self._is_replaced:
            self.pdf.ln(GAP_MM)
            self.words(self._latin_note, SMALL_PT)
        return bytes(self.pdf.output())

    def close(self) -> None:
        """Close the fonts, which the library leaves to the collector."""
        from fpdf.fonts import TTFFont

        for font in self.pdf.fonts.values():
            if isinstance(font, TTFFont):
                font.ttfont.close()


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
