"""What a worker opens: from its disk, or fetched there, and only with its own model."""

import shutil

import numpy as np
import pytest

from app.configuration.load import ROOT, Folders
from app.retrieval.errors import (
    DamagedArtefactError,
    IncompatibleArtefactError,
    MissingArtefactError,
)
from app.retrieval.generations.shards import ShardStore
from app.retrieval.generations.validation import Validation
from app.retrieval.model import Model
from app.retrieval.settings import RetrievalSettings
from app.services.media.opening import open_stores
from app.services.shards.holding import open_shard, published_shards
from tests.support.shards import coded_at_random

COUNT = 3


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A shard in the bundled model's words."""
    folder = tmp_path_factory.mktemp("built")
    model = Model.open(ROOT / "models" / "default")
    items, features = zip(*coded_at_random(model, COUNT), strict=True)
    shard = ShardStore(folder).build_shard(
        items,
        features,
        model,
        word_weights=np.ones(len(model.vocabulary), np.float32),
        examine=lambda _: Validation({}, ()),
        settings=RetrievalSettings(),
    )
    return folder / shard.folder


@pytest.fixture
def environ(tmp_path):
    return {"MORELLI_INSTANCE": str(tmp_path)}


@pytest.fixture
def held(built, tmp_path):
    return shutil.copytree(built, tmp_path / "shards" / built.name)


def test_a_shard_on_the_disk_is_opened(held, environ):
    gallery = open_shard(environ, held.name)
    assert [item.image_id for item in gallery.items] == [
        "image-0",
        "image-1",
        "image-2",
    ]


def test_one_that_is_not_there_is_named(environ):
    with pytest.raises(MissingArtefactError, match="0123456789abcdef"):
        open_shard(environ, "0123456789abcdef")


def test_one_that_was_cut_short_is_damaged(held, environ):
    path = held / "descriptors.npy"
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(DamagedArtefactError, match="descriptors"):
        open_shard(environ, held.name)


def test_one_of_another_model_is_refused(held, environ):
    manifest = held / "manifest.json"
    text = manifest.read_text()
    mine = Model.open(ROOT / "models" / "default").model_id
    manifest.write_text(text.replace(mine, "another"))
    with pytest.raises(IncompatibleArtefactError, match="model another"):
        open_shard(environ, held.name)


def test_one_in_the_bucket_is_fetched(built, environ, bucket, tmp_path):
    url = {"MORELLI_MEDIA_URL": bucket, "MORELLI_SECRET_KEY": "k" * 64}
    folders = Folders(tmp_path / "builder")
    published = published_shards(open_stores(bucket, folders), folders)
    assert published is not None
    published.upload(built)
    assert len(open_shard(environ | url, built.name)) == COUNT
    assert (tmp_path / "shards" / built.name / "manifest.json").exists()
    published.keep_only([])
    with pytest.raises(MissingArtefactError):
        open_shard({**url, "MORELLI_INSTANCE": str(tmp_path / "new")}, built.name)
