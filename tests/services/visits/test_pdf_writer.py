"""What all PDFs share: letters, headings, and the note on replaced letters."""

from contextlib import closing

import pytest

from app.services.visits.pdf_writer import (
    SMALL_PT,
    TEXT_PT,
    PdfWriter,
    in_known_letters,
)
from tests.support.pdfs import page_count, text_length


def written(*paragraphs, title="Your visit"):
    with closing(PdfWriter(title, "28 November", "IN LATIN LETTERS", "de")) as writer:
        for text in paragraphs:
            writer.words(text, SMALL_PT)
        return writer.finished()


@pytest.mark.parametrize(
    "text", ["Ägäis, Œuvre, Łódź", "Αλφα", "Репин", "Nguyễn", "“–”…", "a\nb"]
)
def test_latin_greek_and_cyrillic_letters_are_set_as_they_are(text):
    assert in_known_letters(text) == text


@pytest.mark.parametrize("text", ["葛飾北斎", "محمود", "מארק", "राजा"])
def test_other_letters_become_latin_ones_and_it_is_said(text):
    set_as = in_known_letters(text)
    assert set_as
    assert set_as.isascii()
    assert text_length(written(text)) > text_length(written(set_as)) + 20


def test_its_language_and_title_are_told_to_readers():
    data = written("Ballast")
    assert b"/Lang (de)" in data
    assert page_count(data) == 1
    assert text_length(data) > text_length(written("")) > 10


def test_a_heading_is_not_left_alone_at_the_end_of_a_page():
    with closing(PdfWriter("Visit", "", "", "en")) as writer:
        writer.heading("Room 1", 40)
        assert writer.pdf.page == 1
        writer.pdf.set_y(240)
        writer.heading("Room 2", 40)
        assert writer.pdf.page == 2
        writer.words("Ballast", TEXT_PT)
        assert page_count(writer.finished()) == 2
