"""The PDF of a visit: its pages and pictures."""

import pytest

from app.services.media.folder import FolderStore
from app.services.visits.pdf import Entry, Sheet, render
from tests.support.fakes import draw_picture
from tests.support.museum import encoded
from tests.support.pdfs import page_count, text_length


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    store = FolderStore(tmp_path_factory.mktemp("works"))
    store.write("aa/a.s.jpg", encoded(draw_picture(0)))
    return store


def entry(title="The Astronomer’s Table", picture="aa/a.s.jpg"):
    return Entry(title, "Ada Bright, c. 1668", ["Oil on canvas"], picture, (4, 3))


def sheet(*rooms, title="Your visit"):
    return Sheet(title, "28 November 2026", rooms, "IN LATIN LETTERS", "en")


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
