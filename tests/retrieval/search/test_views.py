import numpy as np

from app.retrieval.images.prepared import PreparedPhoto
from app.retrieval.search.views import views_of
from tests.support.pictures import plain


def test_the_whole_and_the_middle_are_looked_at():
    photo = plain((300, 400), 190)
    photo[0, 0] = 7
    whole, middle = views_of(PreparedPhoto(photo))
    assert np.array_equal(whole, photo)
    assert middle.shape == (150, 200, 3)
    assert np.array_equal(middle, photo[75:225, 100:300])


def test_the_smallest_photo_has_views_too():
    assert all(view.size for view in views_of(PreparedPhoto(plain((1, 1), 9))))
