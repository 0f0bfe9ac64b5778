"""Published indexes whose nearest descriptors an engine finds."""

import pytest

from app.configuration.load import Folders
from app.retrieval.generations.store import Store
from app.retrieval.model import Model
from app.services.index.building import build_index
from app.services.index.opening import open_searcher
from app.services.media.folder import FolderStore
from app.services.media.opening import open_stores
from tests.support.fakes import draw_picture, fake_model
from tests.support.recorded import record_work
from tests.support.vectors import FakeVectors

COUNT = 3


@pytest.fixture
def folders(tmp_path):
    return Folders(tmp_path)


@pytest.fixture
def vectors():
    return FakeVectors()


@pytest.fixture
def build(session, folders, vectors):
    """Record one more work, and build an index of all."""

    def build(number):
        media = FolderStore(folders.works)
        record_work(session, media, f"A-{number}", draw_picture(number))
        stores = open_stores("", folders)
        build_index(session, folders, stores, fake_model(), lambda *_: None, vectors)
        return Store(folders.generations).current()

    return build


@pytest.fixture
def opened(folders, vectors, monkeypatch):
    monkeypatch.setattr(Model, "open", lambda *_, **__: fake_model())
    return lambda: open_searcher(folders.instance, folders.generations, vectors)


def nearest_to_first(searcher):
    gallery = searcher.gallery
    return gallery.search_global(gallery.descriptor_of(0), COUNT)


def test_the_engine_has_a_generation_before_it_is_live_and_a_forest_is_not_grown(
    build, opened, vectors
):
    first = build(0)
    live = build(1)
    assert "index.ann" not in live.manifest.files
    assert set(vectors.generations) == {first.name, live.name}
    assert vectors.kept == {first.name}
    searcher = opened()
    ids = [item.image_id for item in searcher.gallery.items]
    assert list(vectors.generations[live.name].image_ids) == ids
    assert len(nearest_to_first(searcher)) == 2
    assert vectors.searches == 1
    assert searcher.fault() is None


def test_an_engine_that_is_away_holds_up_no_index_and_building_again_heals(
    build, opened, vectors, caplog
):
    vectors.fault = "it is away"
    build(0)
    assert "once it is there again, run: python precompute" in caplog.text
    searcher = opened()
    assert len(nearest_to_first(searcher)) == 1
    assert searcher.fault() == "it is away"
    vectors.fault = ""
    assert "is not there" in searcher.fault()
    assert len(nearest_to_first(searcher)) == 1
    build(1)
    searcher = opened()
    assert searcher.fault() is None
    nearest_to_first(searcher)
    assert vectors.searches == 1
