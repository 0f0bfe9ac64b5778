"""Shards on real workers of Dask: killed, and searched on."""

from contextlib import ExitStack

import numpy as np
import pytest

from app.configuration.load import ROOT
from app.retrieval.gallery.shards import asking
from app.retrieval.gallery.shards.cut import open_cut
from app.retrieval.generations.shards import CutStore, ShardStore
from app.retrieval.generations.validation import Validation
from app.retrieval.model import Model
from app.retrieval.settings import RetrievalSettings
from app.services.shards.engine import ShardConnection
from tests.support.dask import ANSWERING_SECONDS, scheduler, wait_until, worker
from tests.support.shards import FEATURES, coded_at_random

pytestmark = pytest.mark.slow

COUNT = 6
SETTINGS = RetrievalSettings()


@pytest.fixture(scope="module")
def instance(tmp_path_factory):
    """An instance with a cut index of the bundled model's words."""
    folder = tmp_path_factory.mktemp("instance")
    model = Model.open(ROOT / "models" / "default")
    items, features = zip(*coded_at_random(model, COUNT), strict=True)
    weights = np.ones(len(model.vocabulary), np.float32)
    store = ShardStore(folder / "shards")
    shards = [
        store.build_shard(
            items[own],
            features[own],
            model,
            word_weights=weights,
            examine=lambda _: Validation({}, ()),
            settings=SETTINGS,
        )
        for own in (slice(0, 3), slice(3, 6))
    ]
    live = CutStore(folder / "generations").publish_cut(
        items, shards, model, word_weights=weights, settings=SETTINGS
    )
    return folder, live.path, model.vocabulary


def test_one_copy_is_enough_and_a_dead_shard_comes_back(
    instance, tmp_path, monkeypatch
):
    # The fast tests go without this package.
    from app.services.shards.dask import DaskEngine

    monkeypatch.setattr(asking, "REST_SECONDS", 0.5)
    folder, cut, vocabulary = instance
    with ExitStack() as stack:
        url = stack.enter_context(scheduler(tmp_path))
        workers = {
            name: stack.enter_context(worker(name, url, folder))
            for name in ("1a", "2a", "2b")
        }
        engine = DaskEngine(url)
        stack.callback(engine.close)
        connection = ShardConnection(engine, ANSWERING_SECONDS)
        gallery = open_cut(cut, vocabulary, connection.connect)
        wait_until(lambda: not gallery.away())
        query = gallery.descriptor_of(4)
        truth = gallery.search_global(query, COUNT)
        assert truth[0].position == 4
        assert len(gallery.local_features_of(5)) == FEATURES
        workers["2a"].kill()
        assert gallery.search_global(query, COUNT) == truth
        workers["2b"].kill()
        wait_until(lambda: gallery.away() == ("shard 2 of 2",))
        photo = gallery.for_one_photo()
        found = {hit.position for hit in photo.search_global(query, COUNT)}
        assert found == {0, 1, 2}
        assert photo.missing == ("shard 2 of 2",)
        stack.enter_context(worker("2b", url, folder))
        wait_until(lambda: not gallery.away())
        assert gallery.search_global(query, COUNT) == truth
