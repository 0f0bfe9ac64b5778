import threading

import pytest

from app.retrieval.errors import EmptyGalleryError
from app.services.live_index import LiveIndex
from tests.conftest import FakePublication


def test_one_thread_at_a_time_has_the_searcher(searcher):
    index = LiveIndex(FakePublication(searcher))
    inside = threading.Event()

    def look():
        with index.use():
            inside.set()

    with index.use():
        other = threading.Thread(target=look)
        other.start()
        assert not inside.wait(0.05)
    other.join()
    assert inside.is_set()


def test_a_search_that_fails_gives_the_searcher_back(searcher):
    index = LiveIndex(FakePublication(searcher))
    with pytest.raises(ZeroDivisionError), index.use():
        raise ZeroDivisionError
    with index.use() as again:
        assert again is searcher


def test_what_is_published_later_is_found_without_a_restart(searcher):
    publication = FakePublication()
    index = LiveIndex(publication)
    with pytest.raises(EmptyGalleryError), index.use():
        pass
    publication.searcher = searcher
    with index.use() as found:
        assert found is searcher
