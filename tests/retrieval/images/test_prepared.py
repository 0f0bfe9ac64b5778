import numpy as np

from app.retrieval.images import prepared
from app.retrieval.images.codec import resize_to_long_side
from app.retrieval.images.frame_detection import find_frame
from app.retrieval.images.prepared import PreparedPhoto
from tests.support.fakes import draw_picture, photograph
from tests.support.pictures import plain


def test_copies_are_those_that_the_photo_alone_would_give():
    image = photograph(draw_picture(3))
    photo = PreparedPhoto(image)
    for side_px in (256, 100, 256, 333, 100):  # in any order, again and again
        expected = resize_to_long_side(image, side_px)
        np.testing.assert_array_equal(photo.resized(side_px), expected)


def test_a_copy_is_made_once():
    photo = PreparedPhoto(photograph(draw_picture(3)))
    assert photo.resized(200) is photo.resized(200)
    assert photo.resized(10_000) is photo.image


def test_the_frame_is_searched_once_however_often_it_is_asked_for(monkeypatch):
    searched = []

    def find(image):
        searched.append(image)
        return find_frame(image)

    monkeypatch.setattr(prepared, "find_frame", find)
    framed = plain((300, 400), 190)
    framed[60:240, 100:300] = 60
    for image in (framed, plain((120, 160), 190)):
        photo = PreparedPhoto(image)
        assert not searched
        assert photo.frame == photo.frame == find_frame(image)
        assert len(searched) == 1
        searched.clear()
