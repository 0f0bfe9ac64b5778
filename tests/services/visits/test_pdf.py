"""The PDF of a visit: its pages, pictures and letters."""

import re
import zlib

import pytest

from app.services.media.folder import FolderStore
from app.services.visits.pdf import Entry, Sheet, in_known_letters, render
from tests.support.fakes import draw_picture
from tests.support.museum import encoded

STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.S)


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    store = FolderStore(tmp_path_factory.mktemp("works"))
    store.write("aa/a.s.jpg", encoded(draw_picture(0)))
    return store


def entry(title="The Astronomer’s Table", picture="aa/a.s.jpg"):
    return Entry(title, "Ada Bright, c. 1668", ["Oil on canvas"], picture, (4, 3))


def sheet(*rooms, title="Your visit"):
    return Sheet(title, "28 November 2026", rooms, "IN LATIN LETTERS", "en")


def page_count(data):
    return len(re.findall(rb"/Type /Page\b", data))


def test_it_holds_pictures_and_labels_by_room(pictures):
    data = render(sheet(("Room 2", [entry()]), ("", [entry()])), pictures)
    assert data.startswith(b"%PDF-")
    assert page_count(data) == 1
    assert data.count(b"/DCTDecode") == 1  # the same picture once
    assert b"/Lang (en)" in data
    other = render(sheet(("Room 2", [entry("Ballast")]), ("", [entry()])), pictures)
    assert text_length(data) > text_length(other) > 200


def test_many_works_go_over_many_pages(pictures):
    few = render(sheet(("Room 2", [entry()] * 5)), pictures)
    many = render(sheet(("Room 2", [entry()] * 50)), pictures)
    assert page_count(few) == 1
    assert 7 <= page_count(many) <= 9


def test_a_label_longer_than_a_page_is_set_and_ends(pictures):
    long = entry("A very long title " * 400)
    data = render(sheet(("Room 2", [long, entry()])), pictures)
    assert page_count(data) >= 3


def test_a_picture_that_is_gone_is_left_out(pictures):
    data = render(sheet(("Room 2", [entry(picture="bb/b.s.jpg")])), pictures)
    assert b"/DCTDecode" not in data


@pytest.mark.parametrize(
    "text", ["Ägäis, Œuvre, Łódź", "Αλφα", "Репин", "Nguyễn", "“–”…", "a\nb"]
)
def test_latin_greek_and_cyrillic_letters_are_set_as_they_are(text):
    assert in_known_letters(text) == text


@pytest.mark.parametrize("text", ["葛飾北斎", "محمود", "מארק", "राजा"])
def test_other_letters_become_latin_ones_and_it_is_said(text, pictures):
    set_as = in_known_letters(text)
    assert set_as
    assert set_as.isascii()
    plain = render(sheet(("", [entry()])), pictures)
    noted = render(sheet(("", [entry(f"Ada {text}")])), pictures)
    assert text_length(noted) > text_length(plain) + 20


def text_length(data):
    """Return how many signs the pages set; fonts number them as they need them."""
    pages = [zlib.decompress(one) for one in STREAM.findall(data) if one[:1] == b"x"]
    return sum(len(page) for page in pages if b" Tf" in page)
