import threading

import pytest

from app.retrieval.errors import EmptyGalleryError
from app.services.index.live import LiveIndex
from tests.support.museum import FakePublication
from tests.support.waiting import WAIT_SECONDS, ended


def test_threads_have_the_searcher_at_the_same_time(searcher):
    index = LiveIndex(FakePublication(searcher))
    inside = threading.Barrier(2)

    def look():
        with index.use():
            inside.wait(WAIT_SECONDS)

    other = threading.Thread(daemon=True, target=look)
    other.start()
    look()
    ended(other)


def test_threads_that_come_first_open_the_index_once(searcher):
    publication = FakePublication(searcher)
    index = LiveIndex(publication)

    def look():
        with index.use():
            pass

    threads = [threading.Thread(daemon=True, target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    ended(*threads)
    assert publication.opened == 1


def test_a_search_that_fails_gives_the_searcher_back(searcher):
    index = LiveIndex(FakePublication(searcher))
    with pytest.raises(ZeroDivisionError), index.use() as first:
        raise ZeroDivisionError
    with index.use() as again:
        assert again is first


def test_what_is_published_later_is_found_without_a_restart(searcher):
    publication = FakePublication()
    index = LiveIndex(publication)
    with pytest.raises(EmptyGalleryError), index.use():
        pass
    publication.searcher = searcher
    with index.use() as found:
        assert found.generation == searcher.generation
