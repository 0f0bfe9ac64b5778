"""Folders that one server publishes and the others fetch, whole or not at all."""

from dataclasses import replace
from datetime import timedelta

import pytest

from app.models import now
from app.services.media import following
from app.services.media.folder import FolderStore
from app.services.media.following import Followed, Follower
from app.services.media.published import LIST, DamagedFolderError, Kind, Published
from tests.support.away import AwayStore
from tests.support.killing import die, is_killed
from tests.support.waiting import WAIT_SECONDS

FILES = {"manifest.json": b"{}", "local/words.u32": b"words" * 500, "empty.bin": b""}


@pytest.fixture
def made(tmp_path):
    """Make a folder on the first server."""

    def make(name, files=FILES):
        folder = tmp_path / "first" / name
        for one, content in files.items():
            (folder / one).parent.mkdir(parents=True, exist_ok=True)
            (folder / one).write_bytes(content)
        return folder

    return make


@pytest.fixture
def first(store, tmp_path):
    return Published(Kind.INDEX, store, tmp_path / "first", kept=3)


@pytest.fixture
def second(store, tmp_path):
    return Published(Kind.INDEX, store, tmp_path / "second", kept=3)


def content(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def in_store(store):
    return {file.name.partition("/")[0] for file in store.list()}


def test_another_server_gets_the_very_same_files(first, second, made):
    first.upload(made("a" * 16))
    assert second.fetch("a" * 16)
    assert content(second.root / ("a" * 16)) == FILES


def test_what_is_there_as_it_is_is_not_put_there_again(first, store, made):
    folder = made("a" * 16)
    first.upload(folder)
    before = {file.name: file.changed_at for file in store.list()}
    (folder / "manifest.json").touch()
    away = Published(Kind.INDEX, ReadOnly(store), first.root, kept=3)
    away.upload(folder)
    assert {file.name: file.changed_at for file in store.list()} == before


class ReadOnly:
    """Store that takes no file."""

    def __init__(self, store):
        self.store = store

    def __getattr__(self, name):
        assert name == "read"
        return self.store.read


def test_nothing_points_to_what_is_not_whole(first, store, made, session):
    with pytest.raises(FileNotFoundError):
        first.point_to(session, "a" * 16)
    first.upload(made("a" * 16))
    store.delete(f"{'a' * 16}/{LIST}")
    with pytest.raises(FileNotFoundError):
        first.point_to(session, "a" * 16)
    assert first.live_name(session) is None


@pytest.mark.parametrize("damage", [b"", b"another", b"words" * 500 + b"!"])
def test_what_is_not_as_it_was_made_is_not_used(first, second, store, made, damage):
    first.upload(made("a" * 16))
    store.write(f"{'a' * 16}/local/words.u32", damage)
    with pytest.raises(DamagedFolderError):
        second.fetch("a" * 16)
    assert not any(path.is_dir() for path in second.root.iterdir())
    with pytest.raises(FileNotFoundError):
        second.fetch("b" * 16)


class Dated:
    """Store in which every folder is a day older than the one before it by name."""

    def __init__(self, store):
        self.store = store

    def __getattr__(self, name):
        return getattr(self.store, name)

    def list(self, folder=""):
        for file in self.store.list(folder):
            days = timedelta(days=ord(file.name[0]))
            yield replace(file, changed_at=now() - days)


def test_the_last_ones_are_kept_and_the_live_one(store, made, tmp_path):
    dated = Published(Kind.INDEX, Dated(store), tmp_path / "first", kept=3)
    for letter in "abcde":
        dated.upload(made(letter * 16))
    dated.prune("e" * 16)
    assert in_store(store) == {"a" * 16, "b" * 16, "e" * 16}
    dated.prune("a" * 16)
    assert in_store(store) == {"a" * 16, "b" * 16, "e" * 16}


class Counted:
    """What this server uses, told by a test."""

    def __init__(self):
        self.name = None
        self.told = []

    def use(self, name):
        self.told.append(name)
        self.name = name


@pytest.fixture
def server(second):
    counted = Counted()
    follower = Follower([Followed(second, lambda: counted.name, counted.use)])
    return counted, follower


def publish(first, session, folder):
    first.upload(folder)
    first.point_to(session, folder.name)
    session.commit()


def test_a_server_follows_the_database(first, made, session, server):
    counted, follower = server
    assert follower.notice(session) == {}
    publish(first, session, made("a" * 16))
    assert follower.missing(session) == {Kind.INDEX: "a" * 16}
    follower.follow(session)
    assert follower.missing(session) == {}
    publish(first, session, made("b" * 16, {"manifest.json": b"[]"}))
    follower._rests_until = 0.0
    follower.follow(session)
    assert counted.told == ["a" * 16, "b" * 16]


def test_it_goes_on_with_what_it_has_while_a_thread_fetches(
    first, made, session, server
):
    counted, follower = server
    publish(first, session, made("a" * 16))
    assert follower.notice(session) == {Kind.INDEX: "a" * 16}
    assert follower._thread is not None
    follower._thread.join(WAIT_SECONDS)
    assert counted.name == "a" * 16
    assert follower.notice(session) == {}


def test_it_tries_again_but_not_at_once(first, made, session, tmp_path, monkeypatch):
    monkeypatch.setattr(following, "RETRY_SECONDS", 0.05)
    publish(first, session, made("a" * 16))
    away = AwayStore(first._store)
    counted = Counted()
    published = Published(Kind.INDEX, away, tmp_path / "second", kept=3)
    follower = Follower([Followed(published, lambda: counted.name, counted.use)])
    follower.follow(session)
    asked = away.asked
    follower.follow(session)
    assert away.asked == asked
    away.is_away = False
    follower._rests_until = 0.0
    follower.follow(session)
    assert counted.told == ["a" * 16]


class Deadly:
    """Store in which the server dies after so many files."""

    def __init__(self, store, files):
        self.store = store
        self.files = files

    def __getattr__(self, name):
        return getattr(self.store, name)

    def write(self, name, data):
        self._count()
        self.store.write(name, data)

    def open(self, name):
        self._count()
        return self.store.open(name)

    def _count(self):
        if self.files == 0:
            die()
        self.files -= 1


@pytest.fixture
def on_disk(tmp_path):
    """A process that is forked cannot use a bucket: the library's threads are gone."""
    return FolderStore(tmp_path / "store")


@pytest.mark.parametrize("files", range(4))
def test_a_server_that_is_killed_while_publishing_or_fetching_loses_nothing(
    on_disk, made, tmp_path, files
):
    folder = made("a" * 16)
    deadly = Published(Kind.INDEX, Deadly(on_disk, files), tmp_path / "first", kept=3)
    assert is_killed(lambda: deadly.upload(folder))
    assert not on_disk.exists(f"{'a' * 16}/{LIST}")
    Published(Kind.INDEX, on_disk, tmp_path / "first", kept=3).upload(folder)
    if files < len(FILES):
        deadly = Published(
            Kind.INDEX, Deadly(on_disk, files), tmp_path / "second", kept=3
        )
        assert is_killed(lambda: deadly.fetch("a" * 16))
        assert not (tmp_path / "second" / ("a" * 16)).exists()
    second = Published(Kind.INDEX, on_disk, tmp_path / "second", kept=3)
    assert second.fetch("a" * 16)
    assert content(second.root / ("a" * 16)) == FILES
    assert {path.name for path in second.root.iterdir()} == {"a" * 16, "LOCK"}
