import gzip
import hashlib
import json
from itertools import chain
from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest

from app.configuration.load import Folders
from app.models import Artwork, ReferenceImage, TaskState, now
from app.retrieval.images.codec import decode, encode_jpeg
from app.retrieval.runtime.extras import Extra
from app.retrieval.settings import LocalSettings
from app.retrieval.types import CodedFeatures, GalleryFeatures
from app.services.index.features import features_key, pack_features
from app.services.map import building
from app.services.map.building import build
from app.services.map.reading import MapReader
from app.services.map.registry import Level, Likeness, MapError, MapRegistry
from app.services.media.folder import FolderStore
from app.services.media.opening import open_stores
from app.services.operations.servers import follower_of
from app.services.system import tasks
from app.services.system.lock import AlreadyRunningError
from app.services.system.tasks import TaskFailedError, TaskHandle
from tests.support.extras import leave_out

MODEL = "model"
COUNT = 9
SILENT = lambda _done, _total, _step: None  # noqa: E731 - a name for nothing


def vector(number, length):
    values = np.random.default_rng(number).normal(size=length).astype(np.float32)
    return values / np.linalg.norm(values)


@pytest.fixture
def real_layout():
    """Asked for by tests that want t-SNE."""


@pytest.fixture(autouse=True)
def quick_layout(request, monkeypatch):
    """Place works by two of their numbers, unless the test is about t-SNE."""

    def arrange(vectors, told):
        told(1, 1)
        return vectors[:, :2].copy()

    if "real_layout" not in request.fixturenames:
        monkeypatch.setattr(building, "arrange", arrange)


CONFIG = {"MORELLI_MEDIA_URL": ""}


class Place:
    """A collection with made-up descriptors."""

    def __init__(self, session, folder):
        self.session = session
        self.folders = Folders(folder)
        self.media = FolderStore(self.folders.works)
        self.told = []

    def record(self, number, *, style_length=6, has_features=True, **label):
        sha256 = hashlib.sha256(str(number).encode()).hexdigest()
        image = ReferenceImage(
            sha256=sha256, media_name=f"{number}.jpg", width=320, height=240
        )
        picture = np.full((240, 320, 3), 10 * number % 250, np.uint8)
        self.media.write(image.thumbnail_name, encode_jpeg(picture))
        if has_features:
            features = GalleryFeatures(
                vector(number, 8),
                CodedFeatures.empty(),
                vector(100 + number, style_length),
            )
            key = features_key(MODEL, LocalSettings())
            image.features.append(pack_features(None, key, features))
        work = Artwork(accession=f"1900.{number}", images=[image], **label)
        self.session.add(work)
        self.session.commit()
        return work

    def build(self, told=SILENT):
        media = open_stores("", self.folders)
        return build(self.session, self.folders, media, MODEL, told)

    @property
    def shown(self):
        stored = MapRegistry(self.folders.maps).current()
        assert stored is not None
        return stored

    def sight(self, likeness=Likeness.STYLE, reader=None):
        reader = reader or MapReader(self.folders.maps)
        return reader.sight(self.session, self.shown, likeness)

    def files(self, stored):
        return {
            path.relative_to(stored.path): path.read_bytes()
            for path in sorted(stored.path.rglob("*"))
            if path.is_file() and path.name != "manifest.json"
        }


@pytest.fixture
def place(session, tmp_path):
    return Place(session, tmp_path / "instance")


@pytest.fixture
def full(place):
    for number in range(COUNT):
        place.record(number)
    return place


def unpacked(data):
    return np.frombuffer(data, "<f4").reshape(-1, 3)


def test_every_work_has_a_place_and_the_cell_with_its_picture(full, real_layout):
    stored = full.build()
    assert (stored.works, stored.model_id) == (COUNT, MODEL)
    assert stored.likenesses == (Likeness.STYLE, Likeness.PICTURE)
    for likeness in Likeness:
        accessions = stored.accessions(likeness)
        assert sorted(accessions) == [f"1900.{number}" for number in range(COUNT)]
        places = unpacked(stored.places(likeness))
        assert len(np.unique(places[:, :2], axis=0)) == COUNT
        assert np.allclose(places[:, 2], 320 / 240)
        for level, side in ((Level.FINE, 64), (Level.COARSE, 16)):
            image = decode(stored.sheet_path(likeness, level, 0).read_bytes())
            for cell, accession in enumerate(accessions):
                shade = image[side // 2, side * cell + side // 2]
                number = int(accession.removeprefix("1900."))
                assert abs(int(shade[1]) - 10 * number) <= 3


def test_neighbours_on_the_map_follow_each_other_in_the_sheets(full):
    for number in range(COUNT, 60):
        full.record(number)
    places = unpacked(full.build().places(Likeness.STYLE))[:, :2]
    steps = np.linalg.norm(np.diff(places, axis=0), axis=1)
    shuffled = places[np.random.default_rng(0).permutation(len(places))]
    assert steps.mean() < np.linalg.norm(np.diff(shuffled, axis=0), axis=1).mean() / 2


def test_two_runs_make_the_same_files(full, real_layout, session, tmp_path):
    first = full.build()
    again = Place(session, tmp_path / "other")
    again.folders.maps.parent.mkdir(parents=True)
    for number in range(COUNT):
        name = f"{number}.s.jpg"
        again.media.write(name, (full.media.root / name).read_bytes())
    second = again.build()
    assert second.name == first.name
    assert full.files(first) == again.files(second)


def test_an_unchanged_collection_keeps_its_map(full):
    first = full.build()
    steps = []
    assert full.build(lambda *told: steps.append(told)) == first
    assert steps == []


def test_a_map_that_lost_a_file_is_made_again(full):
    stored = full.build()
    stored.sheet_path(Likeness.STYLE, Level.FINE, 0).unlink()
    assert not stored.is_whole
    assert full.build().is_whole


def test_the_map_before_is_kept_for_open_pages_and_older_ones_go(full):
    names = [full.build().name]
    for number in (20, 21):
        full.record(number)
        names.append(full.build().name)
    registry = MapRegistry(full.folders.maps)
    assert full.shown.name == names[-1]
    assert registry.find(names[1]) is not None
    assert registry.find(names[0]) is None
    left = {path.name for path in full.folders.maps.iterdir()}
    assert left == {names[1], names[2], "CURRENT", "LOCK"}


def test_until_a_new_map_is_whole_the_old_one_is_shown(full):
    before = full.build()
    full.record(30)

    class KilledError(Exception):
        pass

    def kill(_done, _total, step):
        assert full.shown == before
        if step == building.DRAWING:
            raise KilledError

    with pytest.raises(KilledError):
        full.build(kill)
    assert full.shown == before
    assert before.is_whole
    assert full.build().works == COUNT + 1


def test_works_without_a_picture_or_features_are_not_on_it(full, session):
    full.record(40, has_features=False)
    session.add(Artwork(accession="bare"))
    full.record(41).withdrawn_at = now()
    session.commit()
    assert full.build().works == COUNT


def test_a_lost_picture_is_grey_and_stops_nothing(full):
    (full.media.root / "0.s.jpg").unlink()
    stored = full.build()
    cell = stored.accessions(Likeness.STYLE).index("1900.0")
    image = decode(stored.sheet_path(Likeness.STYLE, Level.FINE, 0).read_bytes())
    assert abs(int(image[32, 64 * cell + 32, 0]) - 128) <= 2


def test_a_model_without_styles_has_one_map_only(place):
    for number in range(COUNT):
        place.record(number, style_length=0)
    stored = place.build()
    assert stored.likenesses == (Likeness.PICTURE,)
    with pytest.raises(KeyError):
        place.sight(Likeness.STYLE)


def test_without_its_package_the_task_says_what_brings_it(monkeypatch):
    leave_out(monkeypatch, Extra.MAPS)
    with pytest.raises(TaskFailedError, match=r"openTSNE.* Run: pip install"):
        building.make(cast(TaskHandle, SimpleNamespace(context=None)))


def test_without_works_it_says_what_to_do(place):
    with pytest.raises(MapError, match="precompute_descriptors"):
        place.build()


def test_two_at_a_time_are_one_too_many(full):
    with (
        MapRegistry(full.folders.maps).making(),
        pytest.raises(AlreadyRunningError, match="Another process"),
    ):
        full.build()


@pytest.mark.parametrize("text", ["", "../../etc", "0123456789abcdef", "\xff"])
def test_a_name_that_is_none_shows_no_map(full, text):
    full.build()
    (full.folders.maps / "CURRENT").write_bytes(text.encode("latin-1"))
    assert MapRegistry(full.folders.maps).current() is None


def test_a_broken_map_is_passed_over(full, caplog):
    stored = full.build()
    (stored.path / "manifest.json").write_text('{"format": 99}')
    assert MapRegistry(full.folders.maps).current() is None
    assert "broken map" in caplog.text


def test_without_an_index_the_task_fails_and_says_what_to_do(full):
    task = tasks.enqueue(full.session, building.KIND, {}, None)
    context = tasks.TaskContext(full.session, full.folders, CONFIG)
    tasks.work_off(context, {building.KIND: building.make})
    assert task.state is TaskState.FAILED
    assert "precompute_descriptors.py" in task.fault


class TestTheTask:
    @pytest.fixture(autouse=True)
    def live_model(self, monkeypatch):
        monkeypatch.setattr(building, "live_model_id", lambda _folders: MODEL)

    def work_off(self, place, work=building.make):
        context = tasks.TaskContext(
            place.session, place.folders, {"MORELLI_MEDIA_URL": ""}
        )
        tasks.work_off(context, {building.KIND: work})

    def test_it_is_done_in_the_background(self, full):
        task = tasks.enqueue(full.session, building.KIND, {}, None)
        self.work_off(full)
        assert (task.state, task.step) == (TaskState.DONE, building.DRAWING)
        assert task.done == task.total
        assert full.sight().works == COUNT

    def test_it_can_be_stopped_everywhere_and_goes_on(self, full, monkeypatch):
        """Paused after every report, it does no step twice and ends the same."""
        arranged = []

        def arrange(vectors, _told):
            arranged.append(len(vectors))
            return vectors[:, :2].copy()

        monkeypatch.setattr(building, "arrange", arrange)
        monkeypatch.setattr(building, "COLLECTED_BETWEEN", 1)
        task = tasks.enqueue(full.session, building.KIND, {}, None)
        seen = []

        def stop_at_something_new(handle):
            progress = handle.progress

            def told(done, total, step):
                if (done, step) not in seen:
                    seen.append((done, step))
                    tasks.pause(full.session, task)
                progress(done, total, step)

            monkeypatch.setattr(handle, "progress", told)
            building.make(handle)

        for _ in range(60):
            self.work_off(full, stop_at_something_new)
            if task.state is TaskState.DONE:
                break
            assert task.state is TaskState.PAUSED
            tasks.go_on(full.session, task)
        assert task.state is TaskState.DONE
        assert len(seen) > COUNT
        assert len(arranged) == len(Likeness)
        assert full.shown.is_whole


class TestWhatIsShown:
    def test_withdrawn_works_are_left_out_and_come_back(self, full, session):
        work = full.record(50, title="Hare")
        full.build()
        assert full.sight().works == COUNT + 1
        work.withdrawn_at = now()
        session.commit()
        sight = full.sight()
        place = list(sight.accessions).index("1900.50")
        assert sight.works == COUNT
        assert not sight.shown[place]
        assert unpacked(sight.places())[place, 2] == 0
        assert np.count_nonzero(unpacked(sight.places())[:, 2]) == COUNT
        assert place not in sight.page(1).entries
        assert b"Hare" not in self.read_labels(full)
        work.withdrawn_at = None
        session.commit()
        assert full.sight().shown.all()

    def read_labels(self, place):
        reader = MapReader(place.folders.maps)
        sight = place.sight(reader=reader)
        return gzip.decompress(reader.labels(place.session, sight))

    def test_labels_are_those_of_today(self, full, session):
        work = full.record(51, title="Old", artist="Ada", school="Dutch", date="1668")
        full.build()
        reader = MapReader(full.folders.maps)
        first = full.sight(reader=reader)
        assert full.sight(reader=reader) is first
        assert reader.labels(session, first) is reader.labels(session, first)
        work.title = "New"
        session.commit()
        second = full.sight(reader=reader)
        assert second.version != first.version
        labels = json.loads(self.read_labels(full))
        place = labels["accession"].index("1900.51")
        assert labels["title"][place] == "New"
        assert labels["year"][place] == 1668
        assert labels["artists"][labels["artist"][place]] == "Ada"
        assert labels["schools"][labels["school"][place]] == "Dutch"
        assert labels["artists"][labels["artist"][place - 1]] == ""

    def test_the_list_has_pages(self, full, monkeypatch):
        monkeypatch.setattr("app.services.map.reading.WORKS_PER_PAGE", 4)
        full.build()
        sight = full.sight()
        pages = [sight.page(number) for number in (1, 2, 3)]
        assert [len(page.entries) for page in pages] == [4, 4, 1]
        assert sorted(chain(*(page.entries for page in pages))) == list(range(COUNT))
        assert sight.page(0) is sight.page(4) is None


def test_all_servers_show_the_map_that_one_has_made(full, bucket, tmp_path):
    address, _, options = bucket.partition("?")
    media = open_stores(f"{address}/{tmp_path.name}?{options}", full.folders)
    for file in full.media.list():
        media.works.write(file.name, full.media.read(file.name))
    stored = build(full.session, full.folders, media, MODEL, SILENT)
    second = Folders(tmp_path / "second")
    follower = follower_of(media, second)
    assert MapRegistry(second.maps).current() is None
    follower.follow(full.session)
    shown = MapRegistry(second.maps).current()
    assert shown is not None
    assert (shown.name, shown.is_whole) == (stored.name, True)
    assert full.files(shown) == full.files(stored)
    assert follower.missing(full.session) == {}
