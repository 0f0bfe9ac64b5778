"""From recorded pictures to an index in shards."""

import pytest

from app.configuration.load import Folders
from app.models import GenerationRecord
from app.retrieval.errors import EmptyGalleryError, IncompatibleArtefactError
from app.retrieval.gallery.gallery import Gallery
from app.retrieval.gallery.shards.cut import read_shards
from app.retrieval.images.prepared import PreparedPhoto
from app.retrieval.model import Model
from app.services.index import cutting
from app.services.index.building import build_index
from app.services.index.cutting import edges
from app.services.index.features import load_in_order
from app.services.index.opening import open_searcher
from app.services.media.folder import FolderStore
from app.services.media.opening import open_stores
from app.services.shards.engine import ShardConnection
from tests.support.fakes import draw_picture, fake_model, photograph
from tests.support.recorded import record_work
from tests.support.shards import FakeCopy

COUNT = 6


@pytest.fixture
def folders(tmp_path):
    return Folders(tmp_path)


@pytest.fixture
def works(session, folders):
    media = FolderStore(folders.works)
    return [
        record_work(session, media, f"A-{number}", draw_picture(number))
        for number in range(COUNT)
    ]


@pytest.fixture
def build(session, folders):
    def build(shard_count):
        return build_index(
            session,
            folders,
            open_stores("", folders),
            fake_model(),
            lambda *_: None,
            shard_count=shard_count,
        ).generation

    return build


class LocalEngine:
    """Engine whose workers are here, and open shards from this disk."""

    def __init__(self, folders):
        self.folders = folders
        self.workers = []

    def copy(self, folder, worker):
        self.workers.append(worker)
        path = self.folders.shards / folder
        return FakeCopy(worker, Gallery.open(path, fake_model().vocabulary))


@pytest.fixture
def engine(folders, monkeypatch):
    monkeypatch.setattr(Model, "open", lambda *_, **__: fake_model())
    return LocalEngine(folders)


def opened(folders, engine):
    connection = ShardConnection(engine, 5.0)
    return open_searcher(folders.instance, folders.generations, None, connection)


def answer(one, number):
    photo = PreparedPhoto(photograph(draw_picture(number), seed=number))
    given = one.answer(photo, excluded_works=())
    return (
        given.verdict,
        [(m.item, m.probability) for m in given.matches],
        [(s.item, s.similarity) for s in given.similar],
    )


@pytest.mark.usefixtures("works")
def test_a_cut_index_is_published_and_answers_as_one_piece(
    session, folders, build, engine
):
    whole = build(0)
    truth = open_searcher(folders.instance, folders.generations)
    cut = build(2)
    assert session.get(GenerationRecord, cut.name).images == COUNT
    assert cut.works == whole.works
    one = opened(folders, engine)
    assert one.generation == cut.name
    assert engine.workers == ["1a", "1b", "2a", "2b"]
    assert one.work_ids == truth.work_ids
    assert one.shards_away() == ()
    for number in (0, 5, 998):
        assert answer(one, number) == answer(truth, number)


@pytest.mark.usefixtures("works")
def test_the_same_collection_gives_the_same_bytes(folders, build):
    first = build(2).name
    there = {path: path.read_bytes() for path in folders.shards.rglob("*.npy")}
    for path in folders.shards.iterdir():
        path.rename(folders.instance / f"was-{path.name}")
    assert build(2).name == first
    again = {path: path.read_bytes() for path in folders.shards.rglob("*.npy")}
    assert again == there


@pytest.mark.usefixtures("works")
def test_a_killed_run_is_gone_on_with_and_nothing_was_live(folders, build, monkeypatch):
    before = build(0).name
    read: list[str] = []

    def dying(session, rows):
        for item, features in load_in_order(session, rows):
            if len(read) == COUNT // 2:
                raise KeyboardInterrupt
            read.append(item.image_id)
            yield item, features

    monkeypatch.setattr(cutting, "load_in_order", dying)
    with pytest.raises(KeyboardInterrupt):
        build(3)
    current = folders.generations / "CURRENT"
    assert current.read_text().strip() == before
    del read[:]

    def reading(session, rows):
        for item, features in load_in_order(session, rows):
            read.append(item.image_id)
            yield item, features

    monkeypatch.setattr(cutting, "load_in_order", reading)
    after = build(3)
    assert current.read_text().strip() == after.name
    # Of three shards the first one was whole.
    assert len(read) == COUNT - COUNT // 3
    assert len(read_shards(folders.generations / after.name)) == 3


def test_shards_that_no_index_names_are_removed(session, works, folders, build):
    old = {one.folder for one in read_shards(folders.generations / build(2).name)}
    for number in range(4):
        works[0].withdrawn_at = works[0].created_at if number % 2 == 0 else None
        works[1].withdrawn_at = works[1].created_at if number // 2 == 0 else None
        session.commit()
        live = build(2)
    named = {
        shard.folder
        for path in folders.generations.glob("[0-9a-f]*")
        for shard in read_shards(path)
    }
    there = {path.name for path in folders.shards.iterdir() if path.is_dir()}
    assert there == named
    assert len(old) == 2
    assert live.name in {path.name for path in folders.generations.iterdir()}


@pytest.mark.usefixtures("works")
def test_without_the_way_to_the_workers_a_cut_index_is_refused(folders, build, engine):
    build(2)
    with pytest.raises(IncompatibleArtefactError, match="MORELLI_SHARDS_URL"):
        open_searcher(folders.instance, folders.generations)


def test_nothing_to_cut_is_an_error(build):
    with pytest.raises(EmptyGalleryError):
        build(2)


@pytest.mark.parametrize(
    ("count", "shard_count", "expected"),
    [(6, 2, [0, 3, 6]), (7, 3, [0, 2, 4, 7]), (2, 5, [0, 1, 2])],
)
def test_edges_leave_no_shard_empty(count, shard_count, expected):
    assert edges(count, shard_count) == expected
