import numpy as np
import pytest

from app.lab import sheets
from app.lab.labelled import LabelledPicture
from app.lab.sheets import BADGE_PX, BORDER_PX, mark, queries_to_show, sheet
from app.retrieval.images.codec import encode_jpeg
from tests.support.pictures import plain


@pytest.fixture
def pictures(tmp_path):
    """A grey level for each picture; a, a, b, b."""
    kept = []
    for number, label in enumerate("aabb"):
        path = tmp_path / f"{number}.jpg"
        path.write_bytes(encode_jpeg(plain((60, 80), 40 + 50 * number)))
        kept.append(LabelledPicture(path, label))
    return kept


def test_a_row_shows_the_query_and_what_it_found_in_order(pictures):
    orders = np.array([[2, 1, 3], [0, 2, 3], [3, 0, 1], [0, 1, 2]], np.int32)
    rows = sheet(orders, pictures, [0, 2])
    assert [[label for label, _ in row] for row in rows] == [
        ["asked: a", "1 ✗ b", "2 ✓ a", "3 ✗ b"],
        ["asked: b", "1 ✓ b", "2 ✗ a", "3 ✗ a"],
    ]
    middles = [int(image[image.shape[0] // 2, -20, 0]) for _, image in rows[0]]
    assert middles == pytest.approx([40, 140, 90, 190], abs=2)


def test_ten_are_shown(tmp_path, pictures):
    many = pictures[:1] * 20
    orders = np.tile(np.arange(1, 20, dtype=np.int32), (20, 1))
    assert len(sheet(orders, many, [0])[0]) == 1 + 10


def test_right_and_wrong_differ_also_without_colours():
    picture = plain((60, 80), 128)
    right, wrong = (mark(picture, is_right=each).mean(axis=2) for each in (True, False))
    assert right.shape == (60 + 2 * BORDER_PX, 80 + 2 * BORDER_PX)
    # One border is of one tone all around, the other is broken.
    below = slice(BADGE_PX, None)
    assert np.ptp(right[below, 0]) == 0
    assert np.ptp(wrong[below, 0]) > 50
    one, other = (image[:BADGE_PX, :BADGE_PX] > 250 for image in (right, wrong))
    assert 20 < one.sum() < BADGE_PX**2 / 2
    assert (one != other).sum() > 20
    # The cross is its own mirror image, the tick is not.
    assert (other == other[:, ::-1]).mean() > 0.97
    assert (one == one[:, ::-1]).mean() < 0.9


def test_the_picture_stays_as_it_is_inside_the_marks():
    picture = np.random.default_rng(0).integers(0, 256, (60, 80, 3)).astype(np.uint8)
    marked = mark(picture, is_right=True)
    inside = marked[BORDER_PX:-BORDER_PX, BORDER_PX:-BORDER_PX]
    np.testing.assert_array_equal(inside[BADGE_PX:], picture[BADGE_PX:])


def test_pictures_smaller_than_the_badge_can_be_marked():
    assert mark(plain((3, 2)), is_right=False).shape == (11, 10, 3)


def test_one_query_of_each_class_and_of_many_classes_some(monkeypatch):
    assert queries_to_show(["b", "a", "b", "a", "c"]) == [1, 0, 4]
    monkeypatch.setattr(sheets, "MOST_QUERIES", 3)
    assert queries_to_show(list("abcdefghi")) == [0, 4, 8]
