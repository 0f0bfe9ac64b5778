import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.importing.columns.picture_cells import pictures_in, says_nothing


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("a.jpg; b.jpg", ["a.jpg", "b.jpg"]),
        ("a.jpg,b.jpg", ["a.jpg", "b.jpg"]),
        ("a.jpg|b.jpg\nc.jpg", ["a.jpg", "b.jpg", "c.jpg"]),
        ("['a.jpg', 'b.jpg']", ["a.jpg", "b.jpg"]),
        ('["a.jpg", "b.jpg"]', ["a.jpg", "b.jpg"]),
        ("['https://x.org/a.jpg']", ["https://x.org/a.jpg"]),
        ("['a.jpg', 'b.jp", ["a.jpg"]),
        ('[{"url": "https://x.org/a.jpg", "caption": "A"}]', ["https://x.org/a.jpg"]),
        ("pn_0001; pn_0002", ["pn_0001", "pn_0002"]),
        ("IMG1, IMG2", ["IMG1", "IMG2"]),
        (
            "https://x.org/a.jpg^^https://x.org/b.jpg",
            ["https://x.org/a.jpg", "https://x.org/b.jpg"],
        ),
        (r"Harbour#..\pictures\a.jpg#", [r"..\pictures\a.jpg"]),
        (r"#D:\pictures\a.jpg#", [r"D:\pictures\a.jpg"]),
        ("a#1.jpg; b#2.jpg", ["a#1.jpg", "b#2.jpg"]),
        ("image:../pictures/a.jpg", ["../pictures/a.jpg"]),
        (
            "size:640,480\nimage:../a.jpg\nimagemac:/HD/a.jpg\nimagewin:/C:/a.jpg",
            ["../a.jpg"],
        ),
        ("filewin:/C:/pictures/a.jpg", ["C:/pictures/a.jpg"]),
        ("file:///C:/my%20pictures/a.jpg", ["C:/my pictures/a.jpg"]),
        ("File:Harbour.jpg", ["Harbour.jpg"]),
        ("Harbour, dusk.jpg", ["Harbour, dusk.jpg"]),
        ("Harbour, dusk", ["Harbour, dusk"]),
        (
            "https://x.org/full/!200,200/0/a.jpg",
            ["https://x.org/full/!200,200/0/a.jpg"],
        ),
        (
            "https://x/a.jpg, https://x/b,c.jpg",
            ["https://x/a.jpg", "https://x/b,c.jpg"],
        ),
        ("https://x/a.jpg https://x/b.jpg", ["https://x/a.jpg", "https://x/b.jpg"]),
        ("a.jpg; a.jpg", ["a.jpg"]),
        ("[]", []),
        ('{"id": 7}', []),
        ("[broken.jpg", ["[broken.jpg"]),
    ],
)
def test_pictures_are_found_in_a_cell(cell, names):
    assert pictures_in(cell) == names


@given(st.text())
def test_no_cell_is_silently_without_a_picture(cell):
    if not pictures_in(cell) and cell.strip() and not says_nothing(cell):
        # Lists and strokes without a name between them; what names them says so.
        assert cell.strip()[0] in "[{" or not cell.strip("|;, \t\r\n")
