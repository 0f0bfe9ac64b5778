"""Words of statistics."""

import pytest

from app.services.operations.wording import difference_words


@pytest.mark.parametrize(
    ("count", "before", "words"),
    [
        (3, 3, "no difference"),
        (6, 4, "2 more (+50 %)"),
        (3, 4, "1 fewer (-25 %)"),
        (3, 0, "3 more"),
    ],
)
def test_a_difference_is_said_in_words(app, count, before, words):
    with app.test_request_context():
        assert difference_words(count, before).replace("\xa0", " ") == words
