"""Features computed by real workers of Dask, one of which is killed."""

from contextlib import ExitStack

import pytest

from app.configuration.load import ROOT, Folders
from app.retrieval.images.codec import encode_jpeg
from app.retrieval.model import Model
from app.retrieval.settings import LocalSettings
from app.services.index.computing import ComputesHere
from app.services.index.features import pack_features
from app.services.media.folder import FolderStore
from app.services.shards.computing import Pending, PictureFault
from tests.support.dask import scheduler, wait_until, worker
from tests.support.fakes import draw_picture

pytestmark = pytest.mark.slow

COUNT = 12
SETTINGS = LocalSettings()
OFFERED = ("--resources", "features=1", "--nthreads", "1")


@pytest.fixture(scope="module")
def model():
    return Model.open(ROOT / "models" / "default", threads=1)


@pytest.fixture
def media(tmp_path):
    return FolderStore(Folders(tmp_path).works)


@pytest.fixture
def pictures(media):
    return [
        Pending(number, f"A-{number}", keep(media, number)) for number in range(COUNT)
    ]


def keep(media, number):
    """Keep a picture; return its name."""
    name = f"{number}.jpg"
    media.write(name, encode_jpeg(draw_picture(number)))
    return name


def told(picture, found):
    """Return what was computed of a picture, comparable; a fault as it is."""
    if isinstance(found, PictureFault):
        return picture, found
    row = pack_features(picture.image_id, "key", found)
    return picture, row.descriptor, row.semantic, row.local_codes, row.picture


@pytest.fixture
def workers(tmp_path):
    # The fast tests go without this package.
    from app.services.shards.dask import DaskEngine
    from app.services.shards.feature_workers import DaskFeatureWorkers

    with ExitStack() as stack:
        url = stack.enter_context(scheduler(tmp_path))
        engine = DaskEngine(url)
        stack.callback(engine.close)

        def start(name):
            return stack.enter_context(worker(name, url, tmp_path, *OFFERED))

        yield DaskFeatureWorkers(engine), start


def test_what_workers_compute_is_what_this_process_would(
    model, media, pictures, workers
):
    way, start = workers
    assert way.computer(model.model_id) is None
    first, _second = start("f1"), start("f2")
    wait_until(lambda: getattr(way.computer(model.model_id), "count", 0) == 2)
    lost = Pending(99, "lost", "lost.jpg")
    computed = way.computer(model.model_id).compute([*pictures, lost], SETTINGS)
    found = [next(computed)]
    first.kill()
    found += computed
    expected = ComputesHere(model, media).compute([*pictures, lost], SETTINGS)
    assert [told(*one) for one in found] == [told(*one) for one in expected]
    assert isinstance(found[-1][1], PictureFault)


def test_a_worker_with_another_model_ends_the_run(pictures, workers):
    from app.services.shards.feature_workers import FeatureWorkersError

    way, start = workers
    start("f1")
    wait_until(lambda: way.computer("another") is not None)
    with pytest.raises(FeatureWorkersError, match="needs another"):
        next(way.computer("another").compute(pictures, SETTINGS))


def test_without_a_scheduler_features_are_computed_here(monkeypatch, caplog):
    from app.services.shards import dask
    from app.services.shards.feature_workers import DaskFeatureWorkers

    monkeypatch.setattr(dask, "CONNECT_SECONDS", 1)
    engine = dask.DaskEngine("tcp://127.0.0.1:1")
    assert DaskFeatureWorkers(engine).computer("any") is None
    assert "computed here" in caplog.text
    engine.close()
