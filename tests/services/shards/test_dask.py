"""Shards on real workers of Dask: killed, and searched on."""

import json
import os
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager

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
from tests.support.shards import FEATURES, coded_at_random
from tests.support.waiting import WAIT_SECONDS

pytestmark = pytest.mark.slow

COUNT = 6
SETTINGS = RetrievalSettings()
ANSWERING_SECONDS = 25.0


@contextmanager
def process(*words, environ=None):
    running = subprocess.Popen(
        [sys.executable, "-m", *words],
        cwd=ROOT,
        env={**os.environ, **(environ or {})},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield running
    finally:
        running.kill()
        running.wait(timeout=WAIT_SECONDS)


def wait_until(holds):
    ends = time.monotonic() + ANSWERING_SECONDS
    while not holds():
        assert time.monotonic() < ends
        time.sleep(0.1)


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


@contextmanager
def scheduler(folder):
    """Run a scheduler; yields its address."""
    note = folder / "scheduler.json"
    words = ("--host", "127.0.0.1", "--port", "0", "--scheduler-file", str(note))
    with process("distributed.cli.dask_scheduler", *words, "--no-dashboard"):
        wait_until(note.exists)
        yield json.loads(note.read_text())["address"]


def worker(name, url, instance):
    """Run a worker as docs/scaling.md says."""
    words = ("--name", name, "--no-nanny", "--memory-limit", "0", "--no-dashboard")
    return process(
        *("distributed.cli.dask_worker", url, *words, "--host", "127.0.0.1"),
        environ={"MORELLI_INSTANCE": str(instance)},
    )


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
